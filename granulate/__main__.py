"""`python -m granulate`, and the installed command, are the command line."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line, and end the process with its exit code."""
    # What is interrupted while it is still being imported ends as later, and without Python's traceback.
    try:
        from granulate.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("granulate: interrupted; nothing was left half-written\n")
        os._exit(130)


if __name__ == "__main__":
    main()
