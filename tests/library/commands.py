"""`granulate library ...` in this process, as the tests of its commands run it."""

from __future__ import annotations

import json
from typing import Any

from click.testing import CliRunner, Result

from granulate.cli.library import command
from granulate.errors import GranulateError


def run(*args: object) -> Result:
    return CliRunner().invoke(command, [str(arg) for arg in args], standalone_mode=False)


def told(*args: object) -> dict[str, Any]:
    """The report of a command that ends well."""
    result = run(*args, "--json")
    assert result.exception is None, result.exception
    assert not result.return_value
    report: dict[str, Any] = json.loads(result.stdout)
    return report


def refused(*args: object) -> str:
    """The one line of a refusal that is the user's to mend."""
    error = run(*args).exception
    assert isinstance(error, GranulateError), error
    assert error.exit_code == 2
    assert "\n" not in str(error)
    return str(error)
