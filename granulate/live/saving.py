"""Takes as files, with the sounds that were heard in them beside them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from granulate import score_file, sound_file
from granulate.errors import GranulateError
from granulate.live.take import Take
from granulate.types import Origin, Sound


class Takes:
    """Writes takes to one path, each instead of the one before.

    What of a take came from the input is written beside it, as `TAKE-input-1.wav` and so on, float32.
    Unless `force`d nothing that was there before is replaced.
    """

    def __init__(self, path: Path, *, force: bool = False) -> None:
        self._path, self._force, self._own = path, force, False
        self._files: set[Path] = set()
        self._saved: dict[int, tuple[Sound, Sound]] = {}

    def save(self, take: Take) -> None:
        """Write a take. Raises ScoreError and OutputError; then nothing of it is left."""
        score = take.score()
        before = dict(self._saved)
        try:
            sounds = tuple(self._in_file(sound) for sound in score.sounds)
            score_file.save(replace(score, sounds=sounds), self._path, force=self._force or self._own)
        except GranulateError:
            for key in self._saved.keys() - before.keys():
                self._remove(self._saved.pop(key)[1])
            raise
        self._own = True

    def _in_file(self, sound: Sound) -> Sound:
        if sound.origin is not None:
            return sound
        if id(sound) not in self._saved:
            path = self._free_name()
            sound_file.write(sound, path, subtype="FLOAT", force=self._force)
            self._files.add(path)
            origin = Origin(str(path), "WAV", "FLOAT", sound.sample_rate, sound.n_channels)
            named = Sound.known(sound.samples, sound.sample_rate, origin, sound.peak)
            self._saved[id(sound)] = (sound, named)
        return self._saved[id(sound)][1]

    def _free_name(self) -> Path:
        number = 1
        while True:
            path = self._path.with_name(f"{self._path.stem}-input-{number}.wav")
            if path not in self._files and (self._force or not path.exists()):
                return path
            number += 1

    def _remove(self, sound: Sound) -> None:
        assert sound.origin is not None
        path = Path(sound.origin.path)
        self._files.discard(path)
        with suppress(OSError):
            path.unlink()
