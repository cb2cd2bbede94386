"""The sound map as an object: a notebook shows it, and it can be saved as a page.

import granulate as gr

gr.map(gr.analyse("violin.flac", preset), preset)
"""

from __future__ import annotations

import html
from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING

import numpy as np

from granulate.atomic import check_output, replacing
from granulate.errors import ParameterError
from granulate.page.bundle import standalone
from granulate.page.mapping import default_preset, of_corpus
from granulate.page.pack import Column, Map
from granulate.preset import Preset
from granulate.types import Corpus

if TYPE_CHECKING:
    from granulate.library import Library

MOST_BYTES = 64 * 2**20
"""Of a page that is shown within a notebook, which keeps it in its file."""
HEIGHT = 640
"""Pixels of the frame that the page is shown in."""
_MOST_COLUMNS = 40


class SoundMap:
    """A map with its page: `_repr_html_` shows it in a frame of its own, `save` writes it.

    `map`: what is shown; `height` in pixels.
    """

    def __init__(self, shown: Map, *, height: int = HEIGHT) -> None:
        if not 100 <= height <= 10_000:
            raise ParameterError(f"height = {height} pixels; allowed: 100 to 10000")
        self.map = shown
        self.height = height

    @cached_property
    def page(self) -> str:
        """The page, as one HTML text."""
        return standalone(self.map.to_bytes(), title=self.map.title)

    def save(self, path: str | PathLike[str], *, force: bool = False) -> None:
        """Write the page; it opens from disk in any browser. Raises OutputError as every output does."""
        check_output(path, force=force)
        with replacing(path, force=force) as temporary:
            temporary.write_text(self.page, encoding="utf-8")

    def __len__(self) -> int:
        return len(self.map)

    def __repr__(self) -> str:
        return f"SoundMap({len(self)} {self.map.of} of {len(self.map.sounds)} sounds, {self.map.title!r})"

    def _repr_html_(self) -> str:
        if len(self.page) > MOST_BYTES:
            return (
                f'<p class="granulate-map">{html.escape(repr(self))}: {len(self.page) / 1e6:.0f} MB, more than a notebook'
                f" should hold ({MOST_BYTES / 1e6:.0f} MB); <code>.save(&quot;map.html&quot;)</code> writes the page.</p>"
            )
        # Whatever a notebook takes its own text for, the page within stays what it is: its rules name its bytes.
        within = html.escape(self.page).encode("ascii", "xmlcharrefreplace").decode("ascii")
        # A frame that has no origin: what is in it reaches neither the notebook nor its server.
        return (
            '<iframe class="granulate-map" sandbox="allow-scripts allow-downloads" allow="autoplay"'
            f' title="{html.escape(self.map.title)}" loading="lazy"'
            f' style="width: 100%; height: {self.height}px; border: 0"'
            f' srcdoc="{within}"></iframe>'
        )


def sound_map(
    shown: Corpus | Library, preset: Preset | None = None, *, of: str = "grains", title: str = "",
    height: int = HEIGHT,
) -> SoundMap:  # fmt: skip
    """The map of a corpus (its grains, or `of` "sounds"), or of a scanned library, as an object to look at and to play.

    `preset`: what the corpus was analysed by, so that level, centroid, flatness and pitch of its grains are
    measured to colour them by; without it, they are coloured by its own descriptors.

    Raises ParameterError for another thing than these, and whatever measuring raises.
    """
    from granulate.library import Library

    if isinstance(shown, Library):
        from granulate.page.library import of_library

        return SoundMap(of_library(shown, title=title).map, height=height)
    if not isinstance(shown, Corpus):
        raise ParameterError(f"a map of a {type(shown).__name__}; allowed: a Corpus or a Library")
    columns = () if preset is not None or of != "grains" else _own_columns(shown)
    found = of_corpus(
        shown, preset or default_preset(), of=of, title=title, columns=columns, measured=preset is not None
    )
    return SoundMap(found, height=height)


def _own_columns(corpus: Corpus) -> tuple[Column, ...]:
    """What a corpus's grains were described by, scaled as it is."""
    described = corpus.descriptors
    if len(described.names) > _MOST_COLUMNS:
        return ()
    return tuple(
        Column(name, "", np.ascontiguousarray(values))
        for name, values in zip(described.names, described.values.T, strict=True)
    )
