"""README and the quick starts, followed to the letter in two terminals and a browser."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from tests.documentation.markdown import ROOT, SHELLS, Block, Command, blocks, commands
from tests.documentation.running import ports, serves
from tests.stranger.terminal import StumbleError, Terminal

README = ROOT / "README.md"
STARTS = tuple(ROOT / "docs" / "start" / f"{name}.md" for name in ("render", "play", "library"))
READY = "ready: "
INSTALL_S = 1800.0
Watch = Callable[[Path, str, int], None]
"""Told of a page whose instrument is ready, once the second terminal has said its part: the line, and the OSC port."""


@dataclass(frozen=True)
class Installer:
    """How the stranger installs. `kind`: venv, as the pages have it, or pipx or uv, as they say in words."""

    kind: str
    wheel: Path

    def lines(self, block: Block) -> list[str]:
        """What is typed for a block that installs: the wheel stands where the page has the dot."""
        if self.kind == "venv":
            return [shlex.join(self._words(command)) for command in commands(block)]
        return [
            shlex.join([*({"uv": ["uv", "tool"]}.get(self.kind, [self.kind])), "install", str(self.wheel)])
        ]

    def _words(self, command: Command) -> list[str]:
        return [str(self.wheel) if word == "." and i else word for i, word in enumerate(command.words)]


@dataclass
class Journey:
    """One stranger, in a folder that is empty at first. `installer`: None where nothing is left to install."""

    folder: Path
    environment: Mapping[str, str]
    installer: Installer | None
    watch: Watch
    patience_s: float = 300.0
    ready: str = ""
    """The line with which the newest instrument said that it plays."""
    times: list[tuple[str, str, float]] = field(default_factory=list)
    """Page, command and seconds."""

    def follow(self, page: Path) -> None:
        """Do what the page says. Raises StumbleError with the command and what it said."""
        free = ports()
        with (
            Terminal(self.folder, self.environment) as first,
            Terminal(self.folder, self.environment) as second,
        ):
            for block, after in pairwise([*_read(page), None]):
                if block is None or self._installed(block, first):
                    continue
                accompanied = after is not None and after.for_second_terminal
                terminal = second if block.for_second_terminal else first
                for command in commands(block):
                    self._do(command, terminal, free, accompanied=accompanied)
                if block.for_second_terminal and not accompanied:
                    self.watch(page, self.ready, int(free["9000"]))
                    self._timed(page, "Ctrl-C", lambda: first.interrupt(self.patience_s))

    def _installed(self, block: Block, terminal: Terminal) -> bool:
        """Whether the block is one that installs, which then has been done."""
        found = commands(block)
        if found and found[0].words[0] == "sudo":
            missing = [package for package in found[0].words[3:] if not _has_package(package)]
            if missing:
                raise StumbleError(
                    f"{block.page.name}: not here, though it is asked for: {', '.join(missing)}"
                )
            return True
        installs = [command for command in found if command.program == "pip"]
        if installs and self.installer is not None:
            for line in self.installer.lines(block):
                self._timed(block.page, line, lambda line=line: terminal.run(line, INSTALL_S))
        return bool(installs)

    def _do(
        self, command: Command, terminal: Terminal, free: Mapping[str, str], *, accompanied: bool
    ) -> None:
        words = [free.get(word, word) for word in command.words]
        text = shlex.join(words)
        if command.content is not None:
            text = f"cat > {shlex.quote(words[2])} <<'END'\n{command.content}END"
        if command.program == "granulate" and serves(words[1:]):
            if not accompanied:  # there is nobody to hear it, or to move a controller
                self.times.append((command.block.page.name, f"(not done: {text})", 0.0))
                return
            self._timed(command.block.page, text, lambda: self._begin(text, terminal))
        else:
            self._timed(command.block.page, text, lambda: terminal.run(text, self.patience_s))

    def _begin(self, text: str, terminal: Terminal) -> None:
        self.ready = terminal.begin(text, READY, self.patience_s)

    def _timed(self, page: Path, text: str, act: Callable[[], object]) -> None:
        began = time.monotonic()
        act()
        self.times.append((page.name, text.splitlines()[0], time.monotonic() - began))


def _read(page: Path) -> list[Block]:
    """The page's shell blocks; of README the one that makes a sound, as whoever reads its first screen does."""
    found = blocks(page, *SHELLS)
    return found[:1] if page == README else found


def address(line: str) -> str:
    """The map's, in the line that an instrument is ready with."""
    found = re.search(r"http://\S+", line)
    if found is None:
        raise StumbleError(f"no address of a map in {line!r}")
    return found[0].rstrip(",")


def _has_package(name: str) -> bool:
    if shutil.which("dpkg") is None:
        return True
    return subprocess.run(["dpkg", "-s", name], capture_output=True, check=False).returncode == 0
