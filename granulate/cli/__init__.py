"""The command line: it parses, makes one call, and prints. Commands are loaded when they are used.

Exit codes: 0 done, 1 some items failed, 2 wrong usage or preset or input, 130 interrupted, 143 ended.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
from types import FrameType
from typing import Any

import click

from granulate.errors import GranulateError

COMMANDS = {
    "render": "Make one sound out of one or several, or out of a saved score.",
    "live": "Play sounds as an instrument, over OSC.",
    "mosaic": "Rebuild a target sound from the grains of others.",
    "presets": "List, show and check presets.",
    "demo": "Render a sound that granulate makes itself: nothing to download.",
}


class _Commands(click.Group):
    """Commands by name; a command's module is imported only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"granulate.cli.{cmd_name}").command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        from granulate.parameters import listed, near

        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(
                f"no command {args[0]!r}{near(args[0], COMMANDS)}; allowed: {listed(COMMANDS)}"
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="granulate", message="%(prog)s %(version)s")
def _granulate() -> None:
    """Take sounds apart into grains and play them back along new paths.

    \b
    granulate demo                                  hear what it does
    granulate render violin.flac -p unfold -o unfolded.wav
    granulate mosaic speech.wav --corpus drums/ -o talking-drums.wav
    granulate presets list
    """


def main() -> None:
    """Run the command line, and end the process with its exit code."""
    # Imports make many objects and no garbage: looking for it a hundred times takes a sixth of a short job.
    gc.set_threshold(100_000, 10, 10)
    # Threads of OpenMP that spin while they wait slow t-SNE down several times over.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    signal.signal(signal.SIGTERM, _terminated)
    code = _run()
    sys.stdout.flush()
    sys.stderr.flush()
    # Taking the interpreter and the compiled kernels down takes half a second and changes nothing.
    os._exit(code)


def _run() -> int:
    try:
        result = _granulate.main(prog_name="granulate", standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "", err=True)
        return 2
    except click.ClickException as error:
        return _fail(error.format_message(), 2)
    except GranulateError as error:
        return _fail(str(error), error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        return _fail("interrupted; nothing was left half-written", 130)
    except BrokenPipeError:
        # The reader went away (`| head`); Python must not complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except MemoryError:
        return _fail("out of memory; allowed: shorter sounds, a longer hop, or phase.kind=keep", 2)


def _fail(message: str, code: int) -> int:
    click.echo(f"granulate: {' '.join(message.split())}", err=True)
    return code


def _terminated(number: int, frame: FrameType | None) -> None:
    # As an exception, so that temporary files are removed on the way out.
    raise SystemExit(128 + number)
