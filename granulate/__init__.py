"""granulate takes sounds apart into grains and plays them back along new paths.

    import granulate as gr

    violin = gr.read("violin.flac")
    preset = gr.load_preset("unfold").set("path.apart=250ms", "seed=7")
    corpus = gr.analyse(violin, preset)  # Sound -> grains, descriptors, embedding
    score = gr.score(corpus, preset)  # the path through them, as events
    gr.write(gr.render(score), "out.wav")

Nouns: `Sound`, `Framing`, `Grains`, `Descriptors`, `Embedding`, `Corpus`, `Events`, `Score`,
`Preset`. Verbs: `read`, `write`, `match`, `analyse`, `score`, `mosaic`, `render`, `render_folder`, `load_score`, `save_score`,
`export`, `load_preset`, `preset_names`, `plot`, `map`, `demo`. Errors: all are `GranulateError`s.

Nothing is imported before it is asked for, so that `granulate --help` stays instant.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from granulate import preset as _preset
    from granulate import score_file as _score_file
    from granulate.api import analyse as analyse
    from granulate.api import mosaic as mosaic
    from granulate.api import render as render
    from granulate.api import score as score
    from granulate.batch import render_folder as render_folder
    from granulate.demo_sound import demo as demo
    from granulate.errors import GranulateError as GranulateError
    from granulate.errors import MissingDependencyError as MissingDependencyError
    from granulate.errors import OutputError as OutputError
    from granulate.errors import ParameterError as ParameterError
    from granulate.errors import PresetError as PresetError
    from granulate.errors import ScoreError as ScoreError
    from granulate.errors import SoundFileError as SoundFileError
    from granulate.exports import export as export
    from granulate.page import notebook as _notebook
    from granulate.pictures import plot as plot
    from granulate.preset import Preset as Preset
    from granulate.sound_file import match as match
    from granulate.sound_file import read as read
    from granulate.sound_file import write as write
    from granulate.types import Corpus as Corpus
    from granulate.types import Descriptors as Descriptors
    from granulate.types import Embedding as Embedding
    from granulate.types import Events as Events
    from granulate.types import Framing as Framing
    from granulate.types import Grains as Grains
    from granulate.types import Score as Score
    from granulate.types import Sound as Sound

    # Under another name than theirs, type checkers take them as exported only so.
    load_preset, preset_names = _preset.load, _preset.names
    load_score, save_score = _score_file.load, _score_file.save
    map = _notebook.sound_map

_WHERE = {
    **dict.fromkeys(("analyse", "mosaic", "render", "score"), "api"),
    **dict.fromkeys(
        (
            "GranulateError", "MissingDependencyError", "OutputError", "ParameterError", "PresetError",
            "ScoreError", "SoundFileError",
        ),
        "errors",
    ),
    **dict.fromkeys(("read", "write", "match"), "sound_file"),
    **dict.fromkeys(
        ("Corpus", "Descriptors", "Embedding", "Events", "Framing", "Grains", "Score", "Sound"), "types"
    ),
    "Preset": "preset",
    "load_preset": "preset:load",
    "preset_names": "preset:names",
    "load_score": "score_file:load",
    "save_score": "score_file:save",
    "render_folder": "batch",
    "export": "exports",
    "plot": "pictures",
    "map": "page.notebook:sound_map",
    "demo": "demo_sound",
}  # fmt: skip

__all__ = list(_WHERE)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("granulate")
    if name not in _WHERE:
        raise AttributeError(f"module 'granulate' has no attribute {name!r}")
    module, _, attribute = _WHERE[name].partition(":")
    found = getattr(importlib.import_module(f"granulate.{module}"), attribute or name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return [*globals(), *__all__]


if "IPython" in sys.modules:
    importlib.import_module("granulate.notebook").install()
