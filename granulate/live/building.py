"""The builder: a thread that does what takes long beside the player, which goes on with what it has until then."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from granulate.api import analyse
from granulate.atomic import reason
from granulate.errors import GranulateError
from granulate.live.folders import Folders
from granulate.live.input.keeping import Keeper
from granulate.live.saving import Takes
from granulate.live.stream import Stream, analysed_alike, fitted_to, needs_another
from granulate.live.take import Take
from granulate.live.wanted import Wanted
from granulate.preset import Preset
from granulate.sound_file import gather, read
from granulate.types import Corpus

_TICK_S = 0.01
_LOOK_S = 0.1
Said = Callable[[str], None]


class Builder(threading.Thread):
    """Makes the streams that are wanted, writes takes, and keeps what is heard.

    `said` is told one line of what could not be done. `source`: other sounds that are to be played, in
    `folders`; `ended`: takes that are to be written; `fallen`: presets that the player could not play, and why.
    """

    def __init__(
        self, wanted: Wanted, corpus: Corpus, folders: Folders, keeper: Keeper | None, takes: Takes | None,
        said: Said,
    ) -> None:  # fmt: skip
        super().__init__(name="builder", daemon=True)
        self.said = said
        self.source: str | None = None
        self.ended: deque[Take] = deque()
        self.fallen: deque[tuple[Preset, str]] = deque()
        self._wanted, self._player, self._changed = wanted, wanted.player, wanted.due
        self._corpus, self._folders, self._keeper, self._takes = corpus, folders, keeper, takes
        self._over = threading.Event()

    def run(self) -> None:
        """The thread's work, until `close`."""
        while not self._over.is_set():
            sampling = self._keeper is not None and self._wanted.values.get(("input", "sampling"))
            self._changed.wait(_TICK_S if self._wanted.morph else _LOOK_S if sampling else None)
            self._changed.clear()
            self.turn()

    def turn(self) -> None:
        """Do what is to be done now."""
        for work in (self.save, self._recover, self._wanted.step, self._renew, self._remember, self._keep):
            try:
                work()
            except GranulateError as error:
                self.said(str(error))
            except Exception as error:  # noqa: BLE001 - whatever it is, the next change may be well
                self.said(f"{type(error).__name__}: {reason(error)}")

    def close(self) -> None:
        """End the thread."""
        self._over.set()
        self._changed.set()
        if self.ident is not None:
            self.join()

    def save(self) -> None:
        """Write what has been played to its end. Raises OutputError and ScoreError."""
        while self._takes is not None and self.ended:
            self._takes.save(self.ended.popleft())

    def _recover(self) -> None:
        """Say what could not be played, and stand where the player has gone back to."""
        player, wanted = self._player, self._wanted
        while self.fallen:
            failed, line = self.fallen.popleft()
            self.said(line)
            if player.fallback.good is None:
                continue
            corpus, good = player.fallback.good
            if player.stream.preset is not failed:  # it has gone back by itself
                wanted.fall_back(failed, good)
                continue
            player.fallback.good = None  # what fails once more is not tried for ever
            with wanted.lock:
                wanted.preset = wanted.made_of = good
                wanted.tabulate()
            self._play(corpus, good)

    def _renew(self) -> None:
        wanted, source = self._wanted, self.source
        preset, made_of, corpus = wanted.preset, wanted.made_of, self._corpus
        if source is None and not needs_another(made_of, preset):
            return
        self.source, wanted.made_of = None, preset
        try:
            if source is not None:
                # The engine's rate stands until it is started anew.
                rate = self._player.engine.setup.sample_rate
                corpus = analyse([read(path, sample_rate=rate) for path in self._gathered(source)], preset)
            elif not analysed_alike(made_of, preset):
                corpus = analyse(corpus.sounds, preset)
            self._play(corpus, preset)
        except Exception:
            wanted.give_up(preset)
            raise
        if source is not None and self._keeper is not None:
            self._keeper.start_anew()

    def _gathered(self, source: str) -> list[str]:
        paths = gather([source])
        for path in paths:  # links within a folder may lead out of it
            self._folders.check(path, "corpus.path")
        return paths

    def _remember(self) -> None:
        inlet = self._player.inlet
        if inlet is not None and inlet.outgrown:
            self._player.remember(inlet.resized())

    def _keep(self) -> None:
        if self._keeper is not None and self._keeper.waiting():
            self._play(self._keeper.extended(self._corpus), self._wanted.made_of)

    def _play(self, corpus: Corpus, preset: Preset) -> None:
        n_grains = len(corpus)
        self._player.take_over(Stream(corpus, fitted_to(preset, n_grains)))
        self._corpus = corpus
        for line in self._wanted.lower(n_grains):
            self.said(line)
        self._wanted.apply()  # what was moved meanwhile
