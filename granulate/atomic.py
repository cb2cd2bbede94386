"""Files that are either whole or not there: checked before the work, moved into place after it."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from granulate.errors import OutputError, printable

AnyPath = str | os.PathLike[str]

_LONGEST_SUFFIX = 16
_NO_LINKS = {errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


def check_output(path: AnyPath, *, force: bool = False, inputs: Iterable[AnyPath] = ()) -> None:
    """Refuse an output that could not, or may not, be written, before any work is done.

    `inputs` are never overwritten, under whatever name, `force` or not.

    Raises OutputError for a folder that is missing or not writable, a path that is a folder or no
    regular file, one of the inputs, and, without `force`, for anything that exists.
    """
    target = os.fsdecode(path)
    name = printable(target)
    folder, base = os.path.split(target)
    try:
        there = _status(target)
        if base in ("", ".", "..") or (there and stat.S_ISDIR(there.st_mode)):
            raise OutputError(f"{name}: is a folder; allowed: the name of a file")
        if there and not stat.S_ISREG(there.st_mode):
            raise OutputError(f"{name}: is not a regular file; allowed: a new name")
        if there and any(_is_same(there, other) for other in inputs):
            raise OutputError(f"{name}: is one of the inputs; allowed: another name")
        if os.path.lexists(target) and not force:
            raise OutputError(_exists(target))
        if not os.path.isdir(folder or "."):
            raise OutputError(f"{name}: the folder {printable(folder)} does not exist")
        if not os.access(folder or ".", os.W_OK | os.X_OK):
            raise OutputError(f"{name}: the folder {printable(folder or '.')} is not writable")
    except (OSError, ValueError) as error:
        raise OutputError(f"{name}: {reason(error)}") from None


@contextmanager
def replacing(path: AnyPath, *, force: bool = False) -> Iterator[Path]:
    """Yield a temporary path beside `path`; when the block ends well, move it to `path`.

    The temporary is an empty file with a hidden name and the suffix of `path`. It is gone after the
    block, however that ends; only a kill leaves it, and then nothing is at `path`. Permissions are
    those that `open(path, "w")` would give. With `force`, a symbolic link at `path` is replaced
    itself: what it points to is not touched. Without, nothing that has come to be at `path` in the
    meantime is overwritten.

    Raises OutputError for what `check_output` refuses and for every OSError, the block's included.
    """
    check_output(path, force=force)
    target = Path(os.fsdecode(path))
    suffix = target.suffix if len(target.suffix) <= _LONGEST_SUFFIX else ""
    temporary = target.with_name(f".granulate-{secrets.token_hex(8)}{suffix}")
    try:
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        yield temporary
        _sync(temporary)
        _move(temporary, target, force)
    except OSError as error:
        raise OutputError(f"{printable(target)}: {reason(error)}") from None
    finally:
        with suppress(OSError):
            temporary.unlink()


def reason(error: BaseException) -> str:
    """What an exception says, as one line without the path."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(text.split()).rstrip(".") or type(error).__name__


def _exists(target: AnyPath) -> str:
    return f"{printable(target)}: exists; allowed: a new name, or force"


def _status(path: str) -> os.stat_result | None:
    """Of what the path leads to; None where there is nothing."""
    try:
        return os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def _is_same(there: os.stat_result, other: AnyPath) -> bool:
    try:
        return os.path.samestat(there, os.stat(other))
    except (OSError, ValueError):
        return False


def _sync(path: Path) -> None:
    # Some file systems only tell here that the disk is full.
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _move(temporary: Path, target: Path, force: bool) -> None:
    try:
        if force:
            _keep_mode(temporary, target)
            os.replace(temporary, target)
        elif os.name == "nt":
            os.rename(temporary, target)  # which never overwrites there
        else:
            _link(temporary, target)
    except FileExistsError:
        raise OutputError(_exists(target)) from None


def _keep_mode(temporary: Path, target: Path) -> None:
    with suppress(FileNotFoundError):
        status = os.lstat(target)
        if stat.S_ISREG(status.st_mode):
            temporary.chmod(stat.S_IMODE(status.st_mode))


def _link(temporary: Path, target: Path) -> None:
    # Unlike a rename, a hard link is never made over something that exists.
    try:
        os.link(temporary, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))  # claim the name
        try:
            os.replace(temporary, target)
        except BaseException:
            os.unlink(target)
            raise
