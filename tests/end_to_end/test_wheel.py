"""The wheel holds all that an installation needs."""

from __future__ import annotations

import asyncio
import sys
import sysconfig
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path
from zipfile import ZipFile

from telethon.tl.alltlobjects import LAYER

from tests.installation import ROOT, Installation, exported
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.world import World


async def test_a_wheel_in_an_environment_of_its_own_exports(tmp_path: Path) -> None:
    """Built and installed without an index; only the dependencies are this environment's."""
    await _run(
        sys.executable, "-m", "pip", "wheel", "--no-build-isolation", "--no-deps", "--no-index",
        "--quiet", "--wheel-dir", str(tmp_path), str(ROOT),
    )  # fmt: skip
    (wheel,) = tmp_path.glob("chatkeep-*.whl")
    assert f"exporter/telegram/layers/{LAYER}.tl" in ZipFile(wheel).namelist()
    venv = tmp_path / "venv"
    await _run(sys.executable, "-m", "venv", "--without-pip", str(venv))
    (packages,) = venv.glob("lib/python*/site-packages")
    (packages / "running.pth").write_text(_dependencies())
    await _run(
        sys.executable, "-m", "pip", "--python", str(venv / "bin" / "python"), "install",
        "--no-deps", "--no-index", "--quiet", str(wheel),
    )  # fmt: skip

    world = World()
    world.add_channel("News", "news", messages=120)
    async with Sandbox(world) as sandbox:
        chatkeep = Installation(tmp_path, sandbox.environment, command=(venv / "bin" / "chatkeep",))
        await chatkeep.sign_in(sandbox.session())
        done = await chatkeep.run("export", "@news", "--json")
    drawn = await chatkeep.run("stats", "@news", "--json")

    assert done.code == 0, done.err
    assert len(exported(Path(done.json["folder"]))["messages"]) == 120
    assert drawn.code == 0, drawn.err
    assert drawn.json["messages"] == 120


def _dependencies() -> str:
    """Return the folder of this environment's packages.

    Its editable Chatkeep is named by a .pth there, which a .pth does not follow: so the new
    environment sees the dependencies and not this checkout.
    """
    return sysconfig.get_path("purelib")


async def _run(*words: str) -> None:
    process = await asyncio.create_subprocess_exec(*words, stdout=PIPE, stderr=STDOUT)
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
