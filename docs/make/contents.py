"""The pages that lead to others: of the reference, of the sections, of the commands."""

from __future__ import annotations

from collections.abc import Mapping

from docs.make.markdown import NOTE, cell, code, joined, table
from granulate.cli import COMMANDS
from granulate.live.sections import MOVED

_TOP = {
    "commands/index": "every command and option",
    "sections/index": "every stage and parameter of a preset",
    "presets": "how a preset is written",
    "score": "how a score is written",
    "../osc": "every OSC address",
    "midi": "how a controller map is written, and what MIDI can move",
    "measures": "what is measured of whole sounds in a library",
    "formats": "sound files, pictures, and files for other programs",
    "codes": "exit codes, errors and environment variables",
    "python": "the Python interface",
}
_TITLES = {"index": "Reference", "sections/index": "Sections of a preset", "commands/index": "Commands"}


def page(name: str, pages: Mapping[str, str]) -> str:
    """The text of one of them, given those of the others."""
    folder = name.rpartition("/")[0]
    if folder:
        told: Mapping[str, str] = COMMANDS if folder == "commands" else _sections()
    else:
        told = _TOP
    titles = {
        entry: _title(pages[f"{folder}/{entry}" if folder else entry])
        for entry in told
        if _has(pages, folder, entry)
    }
    rows = [(_link(entry, titles.get(entry) or _named(entry)), cell(words)) for entry, words in told.items()]
    tree = "\n".join(["```{toctree}", ":hidden:", "", *told, "```"])
    return joined(f"# {_TITLES[name]}", NOTE, _more(folder), table(("", ""), rows), tree)


def _more(folder: str) -> str:
    if folder == "commands":
        return (
            "`granulate COMMAND --help` says the same in the terminal. Errors are one line, which names the value and"
            " what is allowed; [what commands end with](../codes.md) says whether they did their work."
        )
    if folder == "sections":
        return (
            "In the order in which sound flows through them; the last two are the live instrument's own. Each is a"
            " table of a preset, `--set SECTION.PARAMETER=VALUE` on the command line, and"
            " `/granulate/SECTION/PARAMETER` over OSC."
        )
    return ""


def _sections() -> dict[str, str]:
    return {name: section.help for name, section in MOVED.items()}


def _has(pages: Mapping[str, str], folder: str, entry: str) -> bool:
    return (f"{folder}/{entry}" if folder else entry) in pages


def _named(entry: str) -> str:
    return "OSC addresses" if entry == "../osc" else _TITLES[entry]


def _title(text: str) -> str:
    title = text.partition("\n")[0].removeprefix("# ")
    return title if " " in title else code(title) if title.islower() else title


def _link(entry: str, title: str) -> str:
    return f"[{title}]({entry}.md)"
