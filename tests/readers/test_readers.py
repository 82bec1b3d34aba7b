"""Programs that people have for Telegram Desktop's exports read ours, and find all of it."""

from __future__ import annotations

from pathlib import Path

from tests.installation import exported
from tests.readers import expected
from tests.readers.conftest import Exports
from tests.readers.programs import Programs


def test_libraries_find_every_message_that_they_look_for(
    programs: Programs, exports: Exports
) -> None:
    for folder in exports.chats:
        messages = exported(folder)["messages"]

        assert programs.count_with_libraries(folder / "result.json") == {
            "chat-miner": expected.chat_miner(messages),
            "chatpack": expected.chatpack(messages),
            "chatpack streaming": expected.chatpack(messages),
        }


def test_tg_parser_finds_every_message_and_topic(
    programs: Programs, exports: Exports, tmp_path: Path
) -> None:
    for number, folder in enumerate(exports.chats):
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
    programs: Programs, exports: Exports, tmp_path: Path
) -> None:
    for number, folder in enumerate(exports.chats):
        found = programs.tgmix(folder / "result.json", tmp_path / str(number))

        assert found == expected.tgmix(exported(folder)["messages"])


def test_telegramstats_counts_the_messages_of_a_whole_account(
    programs: Programs, exports: Exports
) -> None:
    found = programs.telegramstats(exports.account)

    assert sorted(found) == sorted(
        counted
        for folder in exports.chats
        for counted in expected.telegramstats(exported(folder)["messages"])
    )


def test_chat_miner_finds_each_chat_of_a_whole_account_by_its_name(
    programs: Programs, exports: Exports
) -> None:
    chats = [exported(folder) for folder in exports.chats]
    named = {
        chat["name"]: expected.chat_miner(chat["messages"]) for chat in chats if "name" in chat
    }

    found = programs.chat_miner_in_account(exports.account / "result.json", list(named))

    assert found == named
