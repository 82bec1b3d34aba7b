"""Other people's programs that read result.json, run as their documentation says."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

COUNTING = """
import json, sys, chatpack
from chatminer.chatparsers import TelegramJsonParser
path = sys.argv[1]
parser = TelegramJsonParser(path)
parser.parse_file()
print(json.dumps({
    "chat-miner": len(parser.parsed_messages.get_df()),
    "chatpack": len(chatpack.parse_telegram(path)),
    "chatpack streaming": sum(1 for _ in chatpack.TelegramStreamParser(path)),
}))
"""
"""Two of them are libraries."""

COUNTING_BY_NAME = """
import json, sys
from chatminer.chatparsers import TelegramJsonParser
found = {}
for name in sys.argv[2:]:
    parser = TelegramJsonParser(sys.argv[1], chat_name=name)
    parser.parse_file()
    found[name] = len(parser.parsed_messages.get_df())
print(json.dumps(found))
"""


class Programs:
    """Runs what is installed in an environment."""

    def __init__(self, environment: Path) -> None:
        self._bin = environment.absolute() / "bin"

    def count_with_libraries(self, source: Path) -> dict[str, int]:
        """How many messages chat-miner and chatpack find."""
        said = self._run("python", "-c", COUNTING, source)
        return dict(json.loads(said.splitlines()[-1]))

    def chat_miner_in_account(self, source: Path, names: list[str]) -> dict[str, int]:
        """How many messages chat-miner finds in some chats of an account."""
        said = self._run("python", "-c", COUNTING_BY_NAME, source, *names)
        return dict(json.loads(said.splitlines()[-1]))

    def tg_parser_stats(self, source: Path) -> dict[str, int]:
        """What tg-parser counts: `Messages`, `Participants`, and the messages of each topic."""
        said = self._run("tg-parser", "stats", source)
        rows = re.findall(r"│ (.+?) +│ +([\d,]+) +│", said)
        return {name: int(number.replace(",", "")) for name, number in rows}

    def tg_parser_parse(self, source: Path, into: Path) -> dict[str, Any]:
        """What tg-parser makes of a chat when it reads it as a stream."""
        self._run(
            *("tg-parser", "parse", source, "-o", into, "-f", "json"),
            *("--streaming", "--include-service"),
        )
        (made,) = into.glob("*.json")
        return dict(json.loads(made.read_bytes()))

    def tg_parser_topics(self, source: Path, into: Path) -> list[int]:
        """How many messages the files have that tg-parser splits a chat into."""
        self._run("tg-parser", "split-topics", source, "-o", into, "-f", "json")
        made = [json.loads(path.read_bytes()) for path in into.glob("*.json")]
        return sorted(each["meta"]["message_count"] for each in made)

    def tgmix(self, source: Path, into: Path) -> int:
        """How many messages tgmix writes; it works in the folder of its source."""
        into.mkdir()
        shutil.copy(source, into)
        self._run("tgmix", into, "--no-stats")
        written = (into / "tgmix_output.toon.txt").read_text("utf-8")
        (count,) = re.findall(r"^messages\[(\d+)\]", written, re.MULTILINE)
        return int(count)

    def telegramstats(self, folder: Path) -> list[tuple[str, int]]:
        """Who wrote how much in each chat of an account."""
        said = self._run("telegramstats", "count", "-d", folder)
        found = re.findall(r"^(.*): (\d+) messages?$", said, re.MULTILINE)
        return [(name, int(number)) for name, number in found]

    def _run(self, program: str, *words: str | Path) -> str:
        done = subprocess.run(
            [self._bin / program, *words],
            capture_output=True,
            check=False,
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "COLUMNS": "200"},
            text=True,
        )
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"
        return done.stdout
