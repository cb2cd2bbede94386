"""Running the command: as a process of its own, or in this one where that is not what is shown."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest import mock

from granulate.cli import _run

COMMAND = shutil.which("granulate", path=str(Path(sys.executable).parent)) or "granulate"
Result = subprocess.CompletedProcess[str]


def granulate(*args: object, cwd: Path, **kwargs: Any) -> Result:
    """The installed command, in a process of its own."""
    words = [COMMAND, *map(str, args)]
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, timeout=120, check=False, **kwargs)


def here(*args: object, cwd: Path) -> Result:
    """The same in this process: what takes a second to start and compile is there already."""
    words = ["granulate", *map(str, args)]
    out, err = io.StringIO(), io.StringIO()
    with chdir(cwd), redirect_stdout(out), redirect_stderr(err), mock.patch.object(sys, "argv", words):
        code = _run()
    return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())


def done(result: Result) -> Result:
    """What has been done without a complaint."""
    assert result.returncode == 0, result.stderr
    return result


def fails(result: Result, code: int = 2) -> str:
    """The one line of a failure."""
    assert result.returncode == code, result.stderr
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("granulate: ")
    return lines[0]
