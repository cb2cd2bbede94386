"""What can go wrong, by whose hand it is mended. Every message is one line that names the value.

The library raises these; only the command line prints them. `exit_code` is what the command line
then ends with.
"""

import os


class GranulateError(Exception):
    """Anything that granulate refuses or could not do."""

    exit_code = 2


class ParameterError(GranulateError, ValueError):
    """A value outside what a parameter allows."""


class PresetError(ParameterError):
    """A preset, or a `--set`, with an unknown key or a value that is not allowed."""


class SoundFileError(GranulateError):
    """An input that is missing, unreadable or holds no sound."""


class OutputError(GranulateError):
    """An output that may not, or could not, be written. Nothing half-written is left."""


class ScoreError(GranulateError):
    """A score that cannot be rendered: malformed, out of range, or of other sounds."""


class LibraryError(GranulateError):
    """An index that is not there, is in use, is of another library, or does not hold what was asked for."""


class MissingDependencyError(GranulateError):
    """An optional library is not installed; the message says what to install."""


def printable(path: str | os.PathLike[str]) -> str:
    """A path as messages show it: one line, and bytes that are no text as `\\xff`."""
    return "".join(c if c.isprintable() else _escaped(c) for c in os.fsdecode(path))


def _escaped(character: str) -> str:
    # Bytes that are not UTF-8 stand in names as the lone surrogates U+DC80 to U+DCFF.
    code = ord(character)
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else ascii(character)[1:-1]
