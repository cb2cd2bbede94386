"""What Markdown pages show: their fenced blocks, and the commands in those of a shell."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHELLS = ("sh", "bash", "shell", "console")
SECOND = "# in a second terminal"
"""The first line of a block that is meant for another terminal, while the command before it runs."""

_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>[^\n`]*)\n(?P<text>.*?)^(?P=indent)```[ ]*$", re.M | re.S
)
_HERE = re.compile(r"^cat > (?P<name>\S+) <<'?(?P<end>\w+)'?$")


@dataclass(frozen=True)
class Block:
    """A fenced block. `line`: of the page, from 1, that its fence stands on; `language`: as the fence names it."""

    page: Path
    line: int
    language: str
    text: str

    @property
    def for_second_terminal(self) -> bool:
        return self.text.startswith(SECOND)


@dataclass(frozen=True)
class Command:
    """One command of a shell block: its words; or, with `content`, the file of that name that it writes."""

    block: Block
    words: tuple[str, ...]
    content: str | None = None

    @property
    def program(self) -> str:
        """Without the folder of the environment that it may be called from."""
        return self.words[0].rpartition("/")[2]

    def __str__(self) -> str:
        where = self.block.page.relative_to(ROOT)
        return f"{where}, block of line {self.block.line}: {shlex.join(self.words)}"


def pages() -> list[Path]:
    """README and all pages of the documentation, without what its generator has made beside them."""
    found = sorted((ROOT / "docs").rglob("*.md"))
    built = [page for page in found if any(part.startswith("_") for part in page.relative_to(ROOT).parts)]
    return [ROOT / "README.md", *(page for page in found if page not in built)]


def blocks(page: Path, *languages: str) -> list[Block]:
    """The page's fenced blocks of those languages, or all."""
    text = page.read_text("utf-8")
    found = []
    for fence in _FENCE.finditer(text):
        indent, language = fence["indent"], fence["language"].strip()
        if not languages or language in languages:
            inside = re.sub(rf"^{indent}", "", fence["text"], flags=re.M)
            found.append(Block(page, text.count("\n", 0, fence.start()) + 1, language, inside))
    return found


def commands(block: Block) -> list[Command]:
    """The commands of a shell block, one after another; `&&` joins several in a line."""
    found = []
    lines = iter(block.text.replace("\\\n", " ").splitlines())
    for line in lines:
        if here := _HERE.match(line):
            content = "".join(f"{one}\n" for one in _until(lines, here["end"]))
            found.append(Command(block, ("cat", ">", here["name"]), content))
            continue
        words = shlex.split(line.removeprefix("$ "), comments=True)
        while words:
            end = words.index("&&") if "&&" in words else len(words)
            found.append(Command(block, tuple(words[:end])))
            words = words[end + 1 :]
    return found


def _until(lines: Iterator[str], end: str) -> Iterator[str]:
    for line in lines:
        if line == end:
            return
        yield line
    raise AssertionError(f"no line {end!r} ends the text")
