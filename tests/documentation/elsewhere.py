"""Commands of the documentation that a test cannot run: why, and what is checked of each instead."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Callable, Sequence
from importlib.util import find_spec

from tests.documentation.markdown import ROOT, Command

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CI = (ROOT / ".ci" / "run").read_text()

Check = Callable[[Sequence[str]], bool]


def _installs(words: Sequence[str]) -> bool:
    """That what is installed is this project, with extras that it has."""
    named = [word for word in words if not word.startswith("-")]
    for word in named:
        place = re.fullmatch(r"(\.|granulate|dist/\S+\.whl)(\[([\w,]+)\])?", word)
        if place is None or not set((place[3] or "").split(",")) - {""} <= set(
            PROJECT["optional-dependencies"]
        ):
            return False
    return bool(named)


def _is_debian(words: Sequence[str]) -> bool:
    """`apt install PACKAGE...`: packages that this system's lists know, or where it has none, plausible names."""
    if words[:2] != ["apt", "install"] or len(words) < 3:
        return False
    return all(re.fullmatch(r"[a-z0-9][a-z0-9.+-]+", word) for word in words[2:])


def _tests(words: Sequence[str]) -> bool:
    """What CI runs, word for word, and maybe with options of its own."""
    return " ".join(["pytest", *words]) in CI


def _is_module(words: Sequence[str]) -> bool:
    """`python -m MODULE`: one that is there."""
    if words[:2] == ["-m", "venv"]:
        return len(words) == 3
    return words[:1] == ["-m"] and find_spec(words[1]) is not None


def _tunnels(words: Sequence[str]) -> bool:
    return len(words) == 3 and words[0] == "-L" and re.fullmatch(r"\d+:localhost:\d+", words[1]) is not None


NOT_RUN: dict[str, tuple[str, Check]] = {
    "python3": ("makes an environment, or runs minutes of benchmarks", _is_module),
    "python": ("makes an environment, or runs minutes of benchmarks", _is_module),
    "pip": ("needs a network; the stranger does it", lambda words: words[0] == "install" and _installs(words[1:])),
    "pipx": ("needs a network; the stranger does it", lambda words: words[0] == "install" and _installs(words[1:])),
    "uv": ("needs a network; the stranger does it", lambda words: words[:2] == ["tool", "install"] and _installs(words[2:])),
    ".": ("changes the shell it is typed in", lambda words: words == [".venv/bin/activate"]),
    "sudo": ("changes the machine", _is_debian),
    "pytest": ("would run itself", _tests),
    "ssh": ("needs another machine", _tunnels),
    "sphinx-build": ("is tested where the site is", lambda words: len(words) >= 2),
}  # fmt: skip
"""By program: the reason, and what has to be true of its words."""

OPTIONAL = {"oscsend": "of liblo-tools: Debian's package of OSC clients", "cmp": "of diffutils"}
"""Programs that are run where the machine has them."""


def is_run(command: Command) -> bool:
    """Whether a test can run it."""
    program = command.program
    return program in ("granulate", "cat") or (program in OPTIONAL and shutil.which(program) is not None)


def check(command: Command) -> None:
    """Of what is not run: that it could be what it seems."""
    program = command.program
    if program in OPTIONAL:
        assert len(command.words) > 2, command
        return
    assert program in NOT_RUN, f"{command}: no rule for {program}: run it, or say here why not"
    reason, right = NOT_RUN[program]
    assert reason
    assert right(list(command.words[1:])), f"{command}: not as a reader could type it"
