"""The wheel: built of this tree, and what it must hold beside the code."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from tests.documentation.markdown import ROOT
from tests.stranger.terminal import StumbleError

PUT_IN = {"presets": "granulate/presets", "clients": "granulate/clients"}
"""Folders of the tree, and where they are in the package."""
OURS = ("clients/make",)
"""Of these, what makes the rest and is of no use without the tree."""


def built(folder: Path) -> Path:
    """A wheel of this tree, in that folder."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(folder), str(ROOT)]
    subprocess.run(command, check=True)
    (wheel,) = folder.glob("granulate-*.whl")
    return wheel


def wanted() -> set[str]:
    """Every file that an installed granulate must have, by its name in the wheel."""
    found = {path.relative_to(ROOT).as_posix() for path in _files(ROOT / "granulate")}
    for place, inside in PUT_IN.items():
        found |= {
            f"{inside}/{path.relative_to(ROOT / place).as_posix()}"
            for path in _files(ROOT / place)
            if not path.relative_to(ROOT).as_posix().startswith(OURS) and path.name != "__init__.py"
        }
    return found


def check(wheel: Path) -> None:
    """Raise StumbleError for a wheel that lacks something, or holds what is none of an installation's business."""
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    if missing := wanted() - names:
        raise StumbleError(f"{wheel.name} lacks {', '.join(sorted(missing)[:9])}")
    if more := {name for name in names if not name.startswith("granulate/")}:
        raise StumbleError(f"{wheel.name} holds {', '.join(sorted(more)[:9])}, too")


def _files(folder: Path) -> list[Path]:
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    ]
