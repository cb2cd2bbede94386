"""The page of the preset format, and the list of those that are shipped."""

from __future__ import annotations

from docs.make.markdown import NOTE, block, cell, code, joined, table
from granulate import preset
from granulate.preset import MAX_SEED, SECTIONS

_INTRODUCTION = f"""\
A preset is a TOML file of data, and never code. At its top may stand `description` (a line of text) and `seed` (a whole
number from 0 to {MAX_SEED}: what chance is drawn from; the same seed gives the same bytes). Every other key is a table
named after [a section](sections/index.md). What a preset does not say has its default, so that an empty file is a
preset; what it says and is unknown or out of bounds is refused by a line that names the key, the value and what is
allowed."""

_EXAMPLE = """
description = "A loop of twelve seconds through the darker grains"
seed = 7

[framing]
window = "120ms"
hop = "15ms"

[descriptors]
kind = "mel_db"
high = 4000

[path]
kind = "tour"
loop = true
length = "12s"
"""

_CHAINED = """
scaling = [
    { kind = "db", factor = 20 },
    { kind = "standardise" },
]
"""

_FORMS = """\
A section with several kinds has `kind`, which says which of them it is; the other keys are that kind's parameters.

Times are a number of samples (`2048`) or text with a unit: `"250ms"`, `"0.25s"`, `"1/8s"`, `"2048 samples"`,
`"1 window"`, `"2 hops"`. They are rounded down to whole samples at the rate of the sound. The longest is 30 days.

Numbers are finite; `true` and `false` are no numbers, and text in quotes is no number either. What is *unset* is what
the file leaves out."""


def page() -> str:
    """The text."""
    several = ", ".join(code(name) for name, section in SECTIONS.items() if section.several)
    return joined(
        "# Presets",
        NOTE,
        _INTRODUCTION,
        block(_EXAMPLE, "toml"),
        _FORMS,
        f"In {several} kinds may be chained: a list of tables, or, where all have their defaults, a list of kinds as"
        ' `kind = ["frequency", "standardise"]`.',
        block(_CHAINED, "toml"),
        "## On the command line",
        "`-p` takes a shipped preset's name or a file's path (anything with a suffix or a separator). `--set"
        " SECTION.PARAMETER=VALUE` changes it and may be repeated; `--set SECTION.kind=NAME` chooses another kind, whose"
        " parameters then have their defaults; chained kinds are joined by commas. Values are written as in TOML, text"
        " without quotes. `--seed N` is short for `--set seed=N`.",
        "`granulate presets show NAME` prints a preset with every parameter, `presets check FILE` says what is wrong with"
        " one, and `presets schema` prints a JSON Schema by which editors complete and check presets.",
        "## Everything, written out",
        f"The default preset, {code('unfold')}, as `granulate presets show unfold` prints it:",
        block(preset.to_toml(preset.load("unfold")), "toml"),
        "## Shipped presets",
        "What each does to a sound is to be seen and heard in [the gallery](../gallery.md).",
        table(
            ("preset", "what it does"),
            [(code(name), cell(preset.load(name).description)) for name in preset.names()],
        ),
    )
