"""The files of an export: taken over whole, once each, and nothing outside of its folder."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from typing import Any

from exporter.importing.folder import CARD_BYTES
from tests.exporter.importing.making import NOT_INCLUDED, Keeper, chat_of, saved, text


def with_file(number: int, path: str, **fields: Any) -> dict[str, Any]:
    return text(number, "", file=path, file_size=3, mime_type="text/plain", **fields)


def put(export: Path, path: str, content: bytes = b"abc") -> Path:
    target = export / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return target


async def test_files_are_taken_over_and_stay_where_they_were(
    keeper: Keeper, tmp_path: Path
) -> None:
    """One of another size than was told, an empty one, one in two messages, equal ones."""
    export = saved(
        tmp_path / "export",
        chat_of(
            with_file(1, "files/a.txt", file_name="a.txt"),
            with_file(2, "files/b.txt", file_name="b.txt"),
            with_file(3, "files/a.txt", file_name="a.txt"),
            text(4, "", photo="photos/p.jpg", photo_file_size=9, width=4, height=3),
            with_file(5, "files/empty", file_name="empty"),
        ),
    )
    large = os.urandom(700_001)
    contents = {"files/a.txt": b"abc", "files/b.txt": b"abc", "photos/p.jpg": large}
    contents["files/empty"] = b""
    for path, content in contents.items():
        put(export, path, content)

    done = await keeper.bring(export)

    assert (done["code"], done["chats"][0]["files"]) == (0, 4)
    folder = await keeper.rendered("Garden club")
    assert {path: (folder / path).read_bytes() for path in FOUND} == {
        path: contents[source] for path, source in FOUND.items()
    }
    assert {path: (export / path).read_bytes() for path in contents} == contents
    assert all((export / path).stat().st_mode & 0o200 for path in contents)
    stored = [one for one in (keeper.folder / "data" / "media").rglob("*") if one.is_file()]
    assert {one.parent.name + one.name for one in stored} == {
        sha256(content).hexdigest() for content in contents.values()
    }


FOUND = {
    "files/a.txt": "files/a.txt",
    "files/b.txt": "files/b.txt",
    "photos/photo_1@01-05-2024_12-00-04.jpg": "photos/p.jpg",
    "files/empty": "files/empty",
}


async def test_what_is_not_there_says_so_and_comes_with_the_next_import(
    keeper: Keeper, tmp_path: Path
) -> None:
    too_big = "(File exceeds maximum size. Change data exporting settings to download.)"
    gone = "(File unavailable, please try again later)"
    told = chat_of(
        with_file(1, "files/late.txt"),
        *(with_file(number, path) for number, path in enumerate((NOT_INCLUDED, too_big, gone), 2)),
    )
    export = saved(tmp_path / "export", told)

    first = await keeper.bring(export)
    before = [one["file"] for one in (await keeper.render("Garden club"))["messages"]]
    put(export, "files/late.txt")
    second = await keeper.bring(export)
    after = [one["file"] for one in (await keeper.render("Garden club"))["messages"]]

    assert (first["code"], first["chats"][0]["missing"]) == (1, 1)
    assert before == [NOT_INCLUDED, NOT_INCLUDED, too_big, gone]
    assert (second["code"], second["new"], second["chats"][0]["files"]) == (0, 0, 1)
    assert after[1:] == before[1:]
    assert after[0].startswith("files/")


async def test_links_that_lead_out_and_what_is_no_file_are_left_out_and_named(
    keeper: Keeper, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    paths = ["files/link.txt", "linked/secret.txt", "files/pipe", "files"]
    export = saved(
        tmp_path / "export",
        chat_of(
            *(with_file(number, path) for number, path in enumerate(paths, 1)),
            text(5, "", contact_information={"first_name": "Eve"}, contact_vcard="files/link.txt"),
            with_file(6, "files/inside.txt"),
        ),
    )
    put(export, "files/real.txt")
    (export / "files/link.txt").symlink_to(secret)
    (export / "linked").symlink_to(tmp_path)
    os.mkfifo(export / "files/pipe")
    (export / "files/inside.txt").symlink_to("real.txt")

    done = await keeper.bring(export)

    assert (done["code"], done["new"], done["chats"][0]["files"]) == (1, 6, 1)
    outside, odd = "a link that leads out of the export's folder", "it is no ordinary file"
    assert [(one["id"], one["reason"]) for one in done["chats"][0]["skipped"]] == [
        (1, f"files/link.txt: {outside}"),
        (2, f"linked/secret.txt: {outside}"),
        (3, f"files/pipe: {odd}"),
        (4, f"files: {odd}"),
    ]
    folder = await keeper.rendered("Garden club")
    assert b"secret" not in (folder / "messages.jsonl").read_bytes()


async def test_a_card_becomes_part_of_its_message_unless_it_is_no_card(
    keeper: Keeper, tmp_path: Path
) -> None:
    card = "BEGIN:VCARD\nFN:Eve\nEND:VCARD"
    eve = {"first_name": "Eve", "last_name": "", "phone_number": "+4930123"}
    export = saved(
        tmp_path / "export",
        chat_of(
            text(1, "", contact_information=eve, contact_vcard="contacts/contact_1.vcard"),
            text(2, "", contact_information=eve, contact_vcard="contacts/huge.vcard"),
        ),
    )
    put(export, "contacts/contact_1.vcard", card.encode())
    put(export, "contacts/huge.vcard", b"x" * (CARD_BYTES + 1))

    await keeper.bring(export)

    folder = await keeper.rendered("Garden club")
    first, second = (await keeper.render("Garden club"))["messages"]
    assert (folder / first["contact_vcard"]).read_text() == card
    assert first["contact_information"] == second["contact_information"] == eve
    assert "contact_vcard" not in second
