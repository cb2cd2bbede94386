"""The page of a library's measures: sets, their columns with units, and where each comes from."""

from __future__ import annotations

from docs.make.markdown import NOTE, cell, code, joined, prose, table
from docs.make.parameters import parameter_table, stages_of
from granulate.library.measures import ASPECTS, DEFAULT, MEASURES, STATISTICS
from granulate.library.measures.registry import Measure, Names
from granulate.parameters import Stage

_RATE = 44_100


def page() -> str:
    """The text."""
    stages = stages_of(MEASURES)
    rows = [(f"[{code(stage.name)}](#{stage.name})", cell(stage.help)) for stage in stages]
    return joined(
        "# Measures of whole sounds",
        NOTE,
        _INTRODUCTION,
        table(("set", "measures"), rows),
        *map(_set, stages),
        _aspects(),
    )


_INTRODUCTION = f"""\
What `granulate library scan` measures of every sound and keeps in the index; `granulate library table` writes it out.
`--measures SET` takes others than those that a scan takes by itself ({", ".join(code(choice.kind) for choice in DEFAULT)}).
All values are finite.

A set has columns of the whole sound, of frames, or both. A column of frames is summed up by statistics, each a column
of the table named `COLUMN_STATISTIC`: {", ".join(code(name) for name in STATISTICS)}. The derivative is the difference
from the frame before. What is summed up *briefly* has only {code(STATISTICS[0])} and {code(STATISTICS[1])}."""


def _set(stage: Stage) -> str:
    defaults = {name: default for name, (_, _, default) in stage.parameters.items()}
    made: Measure = stage.function(_RATE, **defaults)
    full = len(made.frames) - made.brief
    rows = [
        *((name, unit, "frames") for name, unit in made.frames[:full]),
        *((name, unit, "frames, briefly") for name, unit in made.frames[full:]),
        *((name, unit, "the sound") for name, unit in made.whole),
    ]
    return joined(
        f"## {code(stage.name)}",
        prose(stage.function.__doc__),
        parameter_table(stage.parameters),
        table(("column", "unit", "of"), [(code(name), cell(unit), of) for name, unit, of in rows]),
    )


def _aspects() -> str:
    names: Names = tuple(
        (aspect, ", ".join(dict.fromkeys(code(kind) for kind, _ in patterns)))
        for aspect, patterns in ASPECTS.items()
    )
    return joined(
        "## Aspects",
        "Respects in which sounds are alike, each made of columns of the sets named. `--aspect ASPECT=WEIGHT` weighs"
        " them, where `library map`, `cluster`, `similar` and others have it.",
        table(("aspect", "of the sets"), [(code(aspect), kinds) for aspect, kinds in names]),
    )
