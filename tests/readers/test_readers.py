"""Programs that people have for Telegram Desktop's exports read ours, and find all of it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.installation import exported
from tests.readers import expected
from tests.readers.programs import Programs


def test_libraries_find_every_message_that_they_look_for(
    programs: Programs, folders: list[Path]
) -> None:
    for folder in folders:
        messages = exported(folder)["messages"]

        assert programs.count_with_libraries(folder / "result.json") == {
            "chat-miner": expected.chat_miner(messages),
            "chatpack": expected.chatpack(messages),
            "chatpack streaming": expected.chatpack(messages),
        }


def test_tg_parser_finds_every_message_and_topic(
    programs: Programs, folders: list[Path], tmp_path: Path
) -> None:
    for number, folder in enumerate(folders):
        source = folder / "result.json"
        messages = exported(folder)["messages"]
        topics = expected.topics(messages)

        stats = programs.tg_parser_stats(source)
        parsed = programs.tg_parser_parse(source, tmp_path / f"{number}-parsed")
        split = programs.tg_parser_topics(source, tmp_path / f"{number}-topics")

        assert stats["Messages"] == len(messages)
        assert stats["Participants"] == expected.participants(messages)
        assert parsed["meta"]["message_count"] == len(messages)
        assert [one["id"] for one in parsed["messages"]] == [one["id"] for one in messages]
        assert split == sorted(topics.values() or [len(messages)])


def test_tgmix_takes_every_message_into_its_file(
    programs: Programs, folders: list[Path], tmp_path: Path
) -> None:
    for number, folder in enumerate(folders):
        found = programs.tgmix(folder / "result.json", tmp_path / str(number))

        assert found == expected.tgmix(exported(folder)["messages"])


def test_telegramstats_counts_the_messages_of_a_whole_account(
    programs: Programs, folders: list[Path], tmp_path: Path
) -> None:
    chats = [exported(folder) for folder in folders]
    account = {"about": "All chats.", "chats": {"about": "Each of them.", "list": chats}}
    (tmp_path / "result.json").write_text(json.dumps(account), "utf-8")

    found = programs.telegramstats(tmp_path)

    assert sorted(found) == sorted(
        each for chat in chats for each in expected.telegramstats(chat["messages"])
    )
