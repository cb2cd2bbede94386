"""`granulate library`: a folder of sounds and its index. Commands are loaded when they are used.

To add one: a module here with a click command named `command`, and its line in `COMMANDS`.
"""

from __future__ import annotations

import click

from granulate.cli.lazy import LazyGroup

COMMANDS = {
    "scan": "Find, decode and measure every sound of a folder; later, what has changed.",
    "show": "Say what a scanned folder consists of, and what is wrong with it.",
    "map": "Lay the sounds out so that what sounds alike lies together.",
    "browse": "See, hear, label and choose the sounds on a map in the browser.",
    "cluster": "Group the sounds by what they sound like.",
    "table": "Write all that is known of the sounds as CSV, JSON or Parquet.",
    "similar": "Find the sounds that are most like one.",
    "duplicates": "List the sounds that are there more than once.",
    "classify": "Learn kinds of sounds from some, and tag others.",
    "report": "Report on the recordings: lengths, levels, silence, clipping, offsets.",
    "export": "Sort the sounds into folders or playlists, by group.",
}


@click.group(name="library", cls=LazyGroup, package=__name__, told=COMMANDS)
def command() -> None:
    """Index a folder of sounds: what it holds, what it sounds like, what belongs together.

    The index lies in the folder, as .granulate, or where --index says. Scan first; everything else reads the index.
    """
