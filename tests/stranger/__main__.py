"""The stranger for real: from the built wheel, with a Python, in a home where nothing is cached."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.stranger import wheel
from tests.stranger.journey import Installer, Journey
from tests.stranger.terminal import StumbleError
from tests.stranger.visit import VISITS, lacks, watch

KEPT = ("PIP_", "SSL_", "LANG", "LC_", "NIX_SSL")
"""What of this machine's environment an installation may need; everything else is as on a new one."""


def main() -> int:
    """Print a line for each command with its time; the exit code is 1 where the stranger stumbled."""
    options = _options()
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a shell's background jobs ignore it, and so do theirs
    if missing := lacks():
        print(f"needs {', '.join(missing)}", file=sys.stderr)
        return 2
    stumbles = 0
    with tempfile.TemporaryDirectory(prefix="stranger-") as made:
        place = Path(made)
        found = options.wheel.resolve() if options.wheel else wheel.built(place / "dist")
        if options.wheel is None:
            wheel.check(found)
        environment = _environment(place, options)
        for name in options.page or VISITS:
            if name == "readme" and options.installer != "venv":
                continue
            folder = place / name
            folder.mkdir()
            journey = Journey(folder, environment, Installer(options.installer, found), watch, patience_s=600)
            began = time.monotonic()
            try:
                VISITS[name](journey)
                verdict = "followed to its end"
            except StumbleError as stumble:
                stumbles += 1
                verdict = f"STUMBLED\n{stumble}"
            for page, command, seconds in journey.times:
                print(f"{seconds:8.1f} s  {page}: {command}")
            print(f"{time.monotonic() - began:8.1f} s  {name}: {verdict}", flush=True)
    return 1 if stumbles else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.stranger", description=__doc__)
    parser.add_argument("--python", default="python3", help="the interpreter that the stranger has")
    parser.add_argument("--installer", choices=("venv", "pipx", "uv"), default="venv")
    parser.add_argument("--wheel", type=Path, help="a built wheel; otherwise one is built")
    parser.add_argument("--page", action="append", choices=list(VISITS), help="only this; may be repeated")
    return parser.parse_args()


def _environment(place: Path, options: argparse.Namespace) -> dict[str, str]:
    """A home of its own, and a path on which `python3` is the one that was asked for, and the installer beside it."""
    home, programs = place / "home", place / "bin"
    (home / ".local" / "bin").mkdir(parents=True)
    programs.mkdir()
    python = shutil.which(options.python)
    if python is None:
        raise SystemExit(f"no {options.python} here")
    if options.installer != "venv":
        _tool(options.installer, place / "tool", python, programs)
    kept = {name: value for name, value in os.environ.items() if name.startswith(KEPT)}
    return kept | {
        "HOME": str(home),
        "PATH": os.pathsep.join(
            [str(home / ".local" / "bin"), str(programs), str(Path(python).parent), "/usr/bin", "/bin"]
        ),
        "UV_PYTHON": python,
        "PIPX_DEFAULT_PYTHON": python,
    }


def _tool(name: str, folder: Path, python: str, programs: Path) -> None:
    """pipx or uv, from the package index, in an environment of its own."""
    subprocess.run([python, "-m", "venv", str(folder)], check=True)
    subprocess.run([str(folder / "bin" / "pip"), "install", "--quiet", name], check=True)
    (programs / name).symlink_to(folder / "bin" / name)


if __name__ == "__main__":
    sys.exit(main())
