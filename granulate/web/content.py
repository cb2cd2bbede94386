"""What the served page shows and plays: the pack of a corpus, its sounds as files, and where its grains lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from granulate.corpus import Step, quiet
from granulate.page import Column, of_corpus, packed_sound, sketch, unpack
from granulate.page.mapping import sound_names
from granulate.preset import Preset
from granulate.types import Corpus
from granulate.web.places import Places


@dataclass(frozen=True, eq=False)
class Content:
    """One state of the map. `sounds`: FLAC files, which the page fetches when it needs them; `sketch` of the pack."""

    title: str
    pack: bytes
    sounds: Sequence[bytes] = ()
    places: Places | None = None
    sketch: str = ""


def content(
    corpus: Corpus, preset: Preset, *, title: str = "", columns: Sequence[Column] = (), step: Step = quiet
) -> Content:
    """The map of a corpus's grains as a server gives it. Raises ParameterError for a rate that FLAC has not."""
    step("pack sounds", 0, 0)
    names = sound_names(corpus.sounds)
    packed = [packed_sound(one, name) for one, name in zip(corpus.sounds, names, strict=True)]
    fetched = [replace(one, flac=b"", url=f"/sound/{number}") for number, one in enumerate(packed)]
    found = of_corpus(corpus, preset, title=title, columns=columns, sounds=fetched, step=step)
    pack = found.to_bytes()
    header, arrays = unpack(pack)
    shown = arrays["points3" if header["dimensions"] == 3 else "points"].reshape(len(found), -1)
    places = Places(corpus, shown.astype(np.float32))
    return Content(found.title, pack, [one.flac for one in packed], places, sketch(pack))
