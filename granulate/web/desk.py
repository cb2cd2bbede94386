"""What the page of a library may do to it: label its sounds, learn from the labels, find like ones, take some out."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from granulate.errors import GranulateError, OutputError, ParameterError, printable
from granulate.library import Library
from granulate.library.organise.export import check_folder, plan, put
from granulate.library.organise.names import safe
from granulate.page.excerpts import whole
from granulate.page.library import HAND, PREDICTED, LibraryMap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from granulate.library.classify import Predictions, Trained

Points = NDArray[np.int64]

WAYS = ("copy", "link")
LONGEST_LABEL = 80
MOST_SIMILAR = 200
MOST_SCORED = 1000
_MOST_SCORED_S = 3600.0
_MODEL, _TRIALS, _FOLDS = "svm", 8, 3
"""What learns from labels given by hand: it is to answer in seconds, of a few sounds of each kind."""


@dataclass(frozen=True, slots=True)
class Training:
    """How far learning has come: `state` is "idle", "running", "done" or "failed"; `said` one line about it."""

    state: str = "idle"
    stage: str = ""
    done: int = 0
    total: int = 0
    said: str = ""


class Desk:
    """A library that is shown as a map, and what is done to it. Any thread may ask.

    `shown`: the map that the pages have. `exports`: the folder in which folders of sounds may be made; None:
    none. Every method raises a GranulateError of one line for what is not allowed.
    """

    def __init__(
        self, folder: Path, index: Path | None, shown: LibraryMap, *, exports: Path | None = None
    ) -> None:
        self.folder, self.index, self.shown, self.exports = folder, index, shown, exports
        self.training = Training()
        self.version = 0
        """How often labels have been given or taken."""
        self.predictions: Predictions | None = None
        self._changes = threading.Lock()
        self._busy = threading.Lock()

    def sound(self, point: int) -> bytes:
        """The sound of a point as FLAC."""
        (one,) = self._checked(np.array([point]))
        peak = np.float32(self.shown.map.sounds[one].gain)
        return whole(self.folder / self.shown.paths[one], float(peak))

    def labels(self) -> tuple[tuple[str, ...], list[int]]:
        """The names of the labels that were given by hand, and which of them each point has; -1 for none."""
        with self._library() as library:
            known = library.labels(HAND)
        names = tuple(sorted(set(known.labels)))
        of = {file: names.index(label) for file, label in zip(known.ids.tolist(), known.labels, strict=True)}
        return names, [of.get(file, -1) for file in self.shown.ids.tolist()]

    def label(self, points: Points, label: str) -> None:
        """Give points a label; an empty one takes theirs away."""
        text = label.strip()
        if len(text) > LONGEST_LABEL or not (text.isprintable()):
            raise ParameterError(
                f"label {label[:40]!r}; allowed: one line of up to {LONGEST_LABEL} characters"
            )
        ids = self.shown.ids[self._checked(points)]
        with self._changes, self._library() as library:
            self.version += 1
            if text:
                library.set_labels(HAND, ids, [text] * len(ids), keep=True)
                return
            known = library.labels(HAND)
            kept = ~np.isin(known.ids, ids)
            names = [name for name, keep in zip(known.labels, kept, strict=True) if keep]
            library.set_labels(HAND, known.ids[kept], names, known.probabilities[kept])

    def train(self) -> None:
        """Begin to learn from the labels given by hand, in a thread; `training` tells how far it is.

        At its end `predictions` are those of every sound, and the index has them as labels by `PREDICTED`.
        """
        with self._changes:
            if self.training.state == "running":
                raise ParameterError("a model is learning; allowed: once that has ended")
            self.training = Training("running", "begin")
        threading.Thread(target=self._train, name="train", daemon=True).start()

    def _train(self) -> None:
        from granulate.library.classify import Wish, kinds_by, predict, train

        def step(stage: str, done: int, total: int) -> None:
            self.training = Training("running", stage, done, total)

        try:
            with self._library() as library:
                if HAND not in library.label_sources():
                    raise ParameterError(
                        "no sound has a label yet; allowed: two kinds, of four sounds and more"
                    )
                wish = Wish(model=_MODEL, trials=_TRIALS, folds=_FOLDS, n_jobs=1)
                found = train(library, kinds_by(library, HAND), wish, step=step)
                step("predict", 0, 0)
                told = predict(library, found.model)
                with self._changes:
                    library.set_labels(PREDICTED, told.ids, told.labels(), told.likeliest)
                    self.predictions = told
            self.training = Training("done", said=_summary(found))
        except GranulateError as error:
            self.training = Training("failed", said=str(error))
        except BaseException as error:
            self.training = Training("failed", said=f"learning failed ({type(error).__name__})")
            raise

    def predicted(self) -> tuple[tuple[str, ...], NDArray[np.float64]]:
        """The classes and the probability (n_points, n_classes) of each; NaN for sounds that were not judged."""
        found = self.predictions
        if found is None:
            raise ParameterError("nothing has been learned yet; allowed: after a training")
        shares = np.full((len(self.shown.ids), len(found.classes)), np.nan)
        shown, judged = np.isin(self.shown.ids, found.ids), np.isin(found.ids, self.shown.ids)
        shares[shown] = found.probabilities[judged]
        return found.classes, shares

    def similar(self, point: int, n: int) -> list[tuple[int, float]]:
        """The points most like one, the most like first, and how far each is."""
        from granulate.library.organise.similar import open_searcher, similar

        if not 1 <= n <= MOST_SIMILAR:
            raise ParameterError(f"{n} similar sounds; allowed: 1 to {MOST_SIMILAR}")
        (one,) = self._checked(np.array([point]))
        with self._library() as library:
            found = similar(open_searcher(library), library.path(self.shown.paths[one]), n)
        place = {file: at for at, file in enumerate(self.shown.ids.tolist())}
        return [(place[sound.id], sound.distance) for sound in found if sound.id in place]

    def export(self, points: Points, name: str, way: str) -> dict[str, Any]:
        """Copy or link sounds into a new or an own folder `name` within `exports`; nothing is overwritten."""
        if self.exports is None:
            raise OutputError("no folder was given for exports when this map was served; allowed: with one")
        if way not in WAYS:
            raise ParameterError(f"an export by {way[:40]!r}; allowed: {', '.join(WAYS)}")
        if not name.strip() or len(name) > LONGEST_LABEL:
            raise ParameterError(f"a folder called {name[:40]!r}; allowed: 1 to {LONGEST_LABEL} characters")
        folder = safe(name.strip())
        out = self.exports / folder
        if out.is_symlink():
            raise OutputError(f"{printable(out)}: is a link; allowed: a folder, or a new name")
        check_folder(out, self.folder)
        paths = [self.shown.paths[point] for point in self._checked(points)]
        with self._alone():
            done = put(plan(self.folder, paths, [folder] * len(paths)), self.exports, way)
        return {
            "folder": folder, "written": done.written, "there": done.there, "failed": len(done.failed),
            "first": f"{done.failed[0][0]}: {done.failed[0][1]}" if done.failed else "",
        }  # fmt: skip

    def score(self, points: Points) -> bytes:
        """The sounds of points one after another as a score (JSON) that names them as from the library's folder."""
        from granulate import sound_file
        from granulate.score_file import plain
        from granulate.score_file.document import document_of
        from granulate.stages.envelopes import ENVELOPE
        from granulate.types import Events, Framing, Score

        rows = self._checked(points)
        seconds = float(self.shown.map.length[rows].sum()) / self.shown.map.sample_rate
        if not 1 <= len(rows) <= MOST_SCORED or seconds > _MOST_SCORED_S:
            raise ParameterError(
                f"a score of {len(rows)} sounds, {seconds:.0f} s; allowed: 1 to {MOST_SCORED}, an hour together"
            )
        with self._alone():
            read = [sound_file.read(self.folder / self.shown.paths[row]) for row in rows]
            sounds = sound_file.match(read)
            sizes = np.array([sound.n_samples for sound in sounds])
            ends = np.cumsum(sizes)
            events = Events(ends - sizes, np.arange(len(sounds), dtype=np.int32), np.zeros_like(ends), sizes)
            edges = ENVELOPE.bind({"kind": "trapezoid", "attack": 0.005, "release": 0.01})
            score = Score(sounds, Framing(2048, 2048, 512), events, int(ends[-1]), envelopes=(edges,))
            return plain.encoded(document_of(score, self.folder))

    def _checked(self, points: Points) -> Points:
        n = len(self.shown.ids)
        if not len(points) or points.min() < 0 or points.max() >= n:
            raise ParameterError(
                f"{len(points)} points of this map; allowed: at least one, from 0 to {n - 1}"
            )
        return points

    def _library(self) -> Library:
        return Library.open(self.folder, self.index)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Refuse rather than let many pages fill the memory or the disk at once."""
        if not self._busy.acquire(blocking=False):
            raise ParameterError("another selection is being taken out; allowed: once that is done")
        try:
            yield
        finally:
            self._busy.release()


def _summary(found: Trained) -> str:
    test = found.scores["test"]
    kinds = len(found.model.classes)
    line = (
        f"{kinds} kinds learned; right for {test.accuracy:.0%} of {test.n_files} sounds that it had not seen"
    )
    if found.left_out:
        line += f"; too few sounds of {', '.join(sorted(found.left_out))[:80]}"
    return line
