"""A chat's figures: `chatkeep stats`, /stats on the phone, and in the HTML reader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.installation import Installation, exported
from tests.reader_folder import ReaderFolder
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.stage import made_up

Install = Callable[[Sandbox], Installation]
MESSAGES = 400
PNG = b"\x89PNG\r\n\x1a\n"


def sandbox_with_hikers() -> Sandbox:
    return Sandbox(made_up(messages=MESSAGES).world)


async def archived(chatkeep: Installation, sandbox: Sandbox, *words: str) -> Path:
    """Export the chat; its folder."""
    await chatkeep.sign_in(sandbox.session())
    done = await chatkeep.run("export", "@alpine", "--media", "none", *words)
    assert done.code == 0, done.err
    return Path(done.out.strip())


def written_by_people(folder: Path) -> list[dict[str, Any]]:
    return [each for each in exported(folder)["messages"] if each["type"] == "message"]


async def test_the_figures_are_those_of_the_archive_or_of_some_days(install: Install) -> None:
    async with sandbox_with_hikers() as sandbox:
        chatkeep = install(sandbox)
        folder = await archived(chatkeep, sandbox)

    told = await chatkeep.run("stats", "@alpine", "--json")

    assert told.code == 0, told.err
    figures, messages = told.json, written_by_people(folder)
    assert figures["messages"] == len(messages)
    assert sum(day["messages"] for day in figures["days"]) == len(messages)
    assert sum(map(sum, figures["hours"])) == len(messages)
    names = {message["from"] for message in messages}
    assert figures["writers_total"] == len(names)
    top = figures["writers"][0]
    assert top["messages"] == sum(message["from"] == top["name"] for message in messages)
    photos = sum("photo" in message for message in messages)
    assert photos == {each["kind"]: each["files"] for each in figures["media"]}["photo"]
    paths = [Path(path) for path in figures["pictures"]]
    assert {path.parent for path in paths} == {folder / "stats"}
    assert all(path.read_bytes().startswith(PNG) for path in paths)
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}

    middle = messages[len(messages) // 2]["date"][:10]
    later = await chatkeep.run("stats", "@alpine", "--since", middle, "--json")
    assert later.json["messages"] == sum(message["date"] >= middle for message in messages)
    assert Path(later.json["pictures"][0]).parents[1].name == f"since {middle}"


async def test_table_and_pictures_are_in_the_language_and_folder_asked_for(
    install: Install, tmp_path: Path
) -> None:
    async with sandbox_with_hikers() as sandbox:
        chatkeep = install(sandbox)
        await archived(chatkeep, sandbox)

    to = tmp_path / "Bilder"
    told = await chatkeep.run("stats", "Alpine Hikers", "--to", str(to), "--lang", "ru", "--dark")
    unknown = await chatkeep.run("stats", "@nobody_here")
    nothing = await chatkeep.run("stats", "@alpine", "--until", "2001-01-01")

    assert told.code == 0, told.err
    assert "Сообщения по времени" in told.out
    assert told.out.splitlines()[-1] == str(to / "6-reactions.png")
    assert len(list(to.glob("*.png"))) == 6
    assert (unknown.code, unknown.err.strip()) == (
        2,
        "No chat in the archive is called “@nobody_here”. Export it first.",
    )
    assert (nothing.code, nothing.err.strip()) == (3, "There are no messages to count.")


async def test_the_reader_shows_the_pictures_once_they_were_asked_for(install: Install) -> None:
    async with sandbox_with_hikers() as sandbox:
        chatkeep = install(sandbox)
        folder = await archived(chatkeep, sandbox, "--formats", "html")
    plain = ReaderFolder(folder / "index.html").meta
    await chatkeep.run("stats", "@alpine", "--lang", "ru")

    rendered = await chatkeep.run("render", "@alpine", "--media", "none", "--formats", "html")

    assert rendered.code == 0, rendered.err
    assert "stats" not in plain
    shown = ReaderFolder(folder / "index.html").meta["stats"]
    assert shown[0]["title"] == "Messages over time"
    assert "messages, " in shown[0]["alt"]
    for picture in shown:
        light, dark = ((folder / picture[look]).read_text() for look in ("light", "dark"))
        assert light.startswith("<?xml")
        assert light != dark


async def test_the_phone_gets_an_album_in_its_own_language(install: Install) -> None:
    async with sandbox_with_hikers() as sandbox:
        chatkeep, phone = install(sandbox), sandbox.phone
        phone.person.language_code = "ru"
        await archived(chatkeep, sandbox)
        await chatkeep.start("run")

        asked = await phone.say("/stats @alpine")
        await phone.wait_for("Картинки придут ниже.", timeout_s=120)
        await phone.wait_for(lambda message: message.photo is not None, timeout_s=60)

        album = [message for message in phone.received if message.photo is not None]
        assert len({message.album_id for message in album}) == 1
        assert len(album) >= 4
        assert all(message.reply_to is asked for message in album)
        assert "Сообщения по времени (" in album[0].text
        assert album[0].photo is not None
        content = sandbox.bot_api.state.files[album[0].photo[-1]["file_id"]]
        assert content.startswith(PNG)
