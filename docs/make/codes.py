"""The page of what commands end with, what the library raises, and which environment variables count."""

from __future__ import annotations

import inspect

import granulate
from docs.make.markdown import NOTE, cell, code, joined, table
from granulate.errors import GranulateError

EXIT_CODES = {
    0: "Done.",
    1: "Some of several items could not be read, rendered or written; each is named with its reason on standard error,"
    " and the others were done.",
    2: "Nothing was done: wrong usage, preset, parameter or input, an output that may not or cannot be written, a"
    " score or library that cannot be read, an optional library that is missing, or too little memory.",
    130: "Interrupted (Ctrl-C). Nothing half-written is left.",
    141: "Whoever read standard output went away, as `| head` does.",
    143: "Ended by SIGTERM. Nothing half-written is left.",
}
VARIABLES = {
    "GRANULATE_CACHE": "The folder in which what took long is kept, to be used again: a mosaic's corpus, networks that were"
    " trained. Unset, it is where the operating system has its caches; where a command has `--no-cache`, that does without.",
    "OMP_WAIT_POLICY": "How OpenMP's threads wait. Where it is unset, granulate sets it to `passive` for itself: threads"
    " that spin slow t-SNE down.",
    "NUMBA_CACHE_DIR": "Where compiled kernels are kept (a variable of Numba's). Unset, they lie beside the installed"
    " files, or in the user's cache where those cannot be written to.",
    "NUMBA_NUM_THREADS": "A variable of Numba's. Batches and scans set it to 1 in the processes that they start, as"
    " they do OMP_NUM_THREADS, OPENBLAS_NUM_THREADS, MKL_NUM_THREADS and BLIS_NUM_THREADS: there are as many"
    " processes as cores. The results are the same for any number of threads.",
    "NO_COLOR": "Set to anything, the panel of `granulate live` has no colours (no-color.org).",
}


def page() -> str:
    """The text."""
    return joined(
        "# Exit codes, errors and environment variables",
        NOTE,
        "## Exit codes",
        table(("code", "meaning"), [(code(number), cell(text)) for number, text in EXIT_CODES.items()]),
        "Errors are one line on standard error that begins with `granulate:`, names the value and says what is allowed."
        " A file that existed is as it was, unless `--force` let it be replaced by a whole new one.",
        "## Errors of the library",
        "All are subclasses of `granulate.GranulateError`; the command line ends with their exit code.",
        table(
            ("error", "is a", "exit code", "raised for"),
            [
                (
                    code(error.__name__),
                    code(error.__bases__[0].__name__),
                    code(error.exit_code),
                    cell(_told(error)),
                )
                for error in _errors(GranulateError)
            ],
        ),
        "## Environment variables",
        table(("variable", "does"), [(code(name), cell(text)) for name, text in VARIABLES.items()]),
    )


def _errors(kind: type[GranulateError]) -> list[type[GranulateError]]:
    """An error and its subclasses, as far as they stand in `granulate.errors`."""
    below = [error for error in kind.__subclasses__() if error.__module__ == granulate.errors.__name__]
    return [kind, *(found for error in below for found in _errors(error))]


def _told(error: type[GranulateError]) -> str:
    return (inspect.getdoc(error) or "").partition("\n\n")[0]
