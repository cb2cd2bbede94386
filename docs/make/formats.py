"""The page of files: sounds, pictures, and what other programs read."""

from __future__ import annotations

from docs.make.markdown import NOTE, cell, code, joined, table
from granulate.exports import EXPORTS
from granulate.pictures import FORMATS
from granulate.score_file import FORMATS as SCORES
from granulate.sound_file.formats import EXTENSIONS, SUBTYPES


def page() -> str:
    """The text."""
    return joined(
        "# Files",
        NOTE,
        "## Sounds that are read",
        "Whatever libsndfile reads: WAV, AIFF, FLAC, Ogg Vorbis, Opus, MP3, CAF, W64, RF64, AU and others, at any rate"
        " and with up to 1024 channels. Samples that are not finite are replaced by 0, and counted in a warning.",
        "## Sounds that are written",
        "The extension says the format; `output.subtype` ([the `output` section](sections/output.md)) says the format"
        " of the samples. `auto` is 32-bit floats where the input has floats and the format holds them, and 24 bits"
        " where the format holds those. Nothing is clipped: what would exceed full scale is turned down as a whole,"
        " and a warning says by how much.",
        table(("extension", "format", "subtypes"), _sounds()),
        "## Pictures",
        f"`--plot` writes {', '.join(code(f'.{name}') for name in FORMATS)}.",
        "## Scores",
        f"`--score` writes {' and '.join(code(name) for name in SCORES)}, as [the score's page](score.md) tells.",
        "## For other programs",
        "`--export KIND=PATH` writes what is played when, so that another program plays or shows it. What the spectrum,"
        " the phase and the output's level do to the sound stays in granulate.",
        table(
            ("kind", "extension", "what it is"),
            [(code(kind), code(found.extension), cell(found.help)) for kind, found in EXPORTS.items()],
        ),
    )


def _sounds() -> list[tuple[str, str, str]]:
    formats = dict.fromkeys(EXTENSIONS.values())
    return [
        (
            ", ".join(code(extension) for extension, of in EXTENSIONS.items() if of == name),
            name,
            ", ".join(map(code, SUBTYPES[name])),
        )
        for name in formats
    ]
