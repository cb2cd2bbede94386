"""The command line: it parses, makes one call, and prints. Commands are loaded when they are used.

Exit codes: 0 done, 1 some items failed, 2 wrong usage or preset or input, 130 interrupted, 143 ended.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from types import FrameType

import click

from granulate.cli.lazy import LazyGroup
from granulate.errors import GranulateError

COMMANDS = {
    "render": "Make one sound out of one or several, or out of a saved score.",
    "batch": "Render every sound of a folder, with one preset or several.",
    "live": "Play sounds as an instrument, over OSC and MIDI.",
    "mosaic": "Rebuild a target sound from the grains of others.",
    "map": "See sounds as a page of points that play.",
    "trajectory": "Follow a sound through its embedding: see it, film it, forecast it.",
    "devices": "List audio devices and MIDI ports for live.",
    "library": "Index a folder of sounds, and find one's way in it.",
    "clients": "Panels for Max, Pure Data and SuperCollider that play live.",
    "presets": "List, show and check presets.",
    "demo": "Render a sound that granulate makes itself: nothing to download.",
}


@click.group(
    cls=LazyGroup, package=__name__, told=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)  # fmt: skip
@click.version_option(package_name="granulate", message="%(prog)s %(version)s")
def granulate() -> None:
    """Take sounds apart into grains and play them back along new paths.

    \b
    granulate demo                                  hear what it does
    granulate render violin.flac -p unfold -o unfolded.wav
    granulate mosaic speech.wav --corpus drums/ -o talking-drums.wav
    granulate live violin.flac --osc 9000           play it
    granulate batch sounds/ -p unfold -o out/
    granulate library scan sounds/
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
    _end_workers()
    sys.stdout.flush()
    sys.stderr.flush()
    # Taking the interpreter and the compiled kernels down takes half a second and changes nothing.
    os._exit(code)


def _end_workers() -> None:
    """End joblib's processes, if there are any: they would wait for work for minutes, since nothing is done at exit."""
    if "joblib.externals.loky" not in sys.modules:
        return
    import warnings

    from joblib.externals.loky import reusable_executor

    executor = reusable_executor._executor  # to ask for it would complete what was interrupted amid its start
    if executor is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it goes by other means where there is no psutil
            executor.terminate(kill_workers=True)  # which takes its temporary folders away, too


def _run() -> int:
    try:
        result = granulate.main(prog_name="granulate", standalone_mode=False)
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
