"""A whole render: outputs checked before any work, each stage timed, everything told in one report."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import click

from granulate import api, sound_file
from granulate.atomic import check_output
from granulate.cli.progress import Progress
from granulate.corpus import analyse
from granulate.errors import OutputError, SoundFileError, printable
from granulate.exports import EXPORTS, check_export, export
from granulate.level import from_decibels
from granulate.parameters import listed, near
from granulate.paths import Played, compose, follow
from granulate.preset import Preset
from granulate.types import Corpus, Score, Sound

_VERSIONED = ("granulate", "numpy", "numba", "scikit-learn", "umap-learn", "soundfile", "soxr")


@dataclass(frozen=True, slots=True)
class Outputs:
    """The files that a job writes; `exports` are kinds with their files."""

    sound: Path
    plot: Path | None = None
    score: Path | None = None
    exports: tuple[tuple[str, Path], ...] = ()
    force: bool = False

    @classmethod
    def of(
        cls, sound: str, plot: str | None, score: str | None, exports: Sequence[str], *, force: bool
    ) -> Outputs:
        """As the options say. Raises OutputError for an export that is no KIND=PATH."""
        named = []
        for text in exports:
            kind, equals, path = text.partition("=")
            if kind not in EXPORTS or not equals or not path:
                raise OutputError(
                    f"--export {text!r} is not KIND=PATH{near(kind, EXPORTS)}; kinds: {listed(EXPORTS)}"
                )
            named.append((kind, Path(path)))
        return cls(
            Path(sound), Path(plot) if plot else None, Path(score) if score else None, tuple(named), force
        )

    def check(self, inputs: Sequence[str]) -> None:
        """Raise OutputError, before any work, for what could not or may not be written."""
        check_output(self.sound, force=self.force, inputs=inputs)
        if self.plot is not None:
            from granulate.pictures import check_picture

            check_picture(self.plot, force=self.force, inputs=inputs)
        if self.score is not None:
            from granulate.score_file import check_score

            check_score(self.score, force=self.force, inputs=inputs)
        for kind, path in self.exports:
            if not self._into_the_sound(kind, path):
                check_export(path, kind, force=self.force, inputs=inputs)
        self._check_names()

    def _check_names(self) -> None:
        found: set[Path] = set()
        exported = [path for kind, path in self.exports if not self._into_the_sound(kind, path)]
        for path in (self.sound, self.plot, self.score, *exported):
            if path is not None:
                if path.resolve() in found:
                    raise OutputError(f"{path}: two outputs of one name; allowed: a name for each")
                found.add(path.resolve())

    def _into_the_sound(self, kind: str, path: Path) -> bool:
        # Cue markers may stand in the rendered file itself.
        return kind == "cue" and path.resolve() == self.sound.resolve()


@dataclass(slots=True)
class Report:
    """What a job did, for people (on standard error) and for scripts (JSON on standard output)."""

    content: dict[str, Any]
    warnings: list[str] = field(default_factory=list)
    failed: list[dict[str, str]] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        return 1 if self.failed else 0

    def show(self, as_json: bool, progress: Progress) -> None:
        """Print it. Failures and warnings go to standard error either way."""
        for failure in self.failed:
            click.echo(f"granulate: {failure['reason']}", err=True)
        for warning in self.warnings:
            click.echo(f"granulate: {warning}", err=True)
        seconds = {stage: round(took, 4) for stage, took in progress.seconds.items()}
        if as_json:
            content = {**self.content, "warnings": self.warnings, "failed": self.failed, "seconds": seconds}
            click.echo(json.dumps({**content, "versions": _versions()}, indent=2))
        else:
            click.echo(
                f"{self.content['output']['path']}: {self.content['output']['seconds']:.2f} s of sound,"
                f" {self.content['events']} grains, in {sum(seconds.values()):.2f} s",
                err=True,
            )


def run(inputs: Sequence[str], preset: Preset, outputs: Outputs, progress: Progress) -> Report:
    """Render files by a preset. One bad file of several is left out and named in the report."""
    report = Report({"preset": preset.name, "seed": preset.seed})
    progress("read", 0, 0)
    sounds = read_inputs(inputs, preset, report)
    subtype = preset.output.parameters["subtype"]
    sound_file.output_format(outputs.sound, subtype, sounds[0].sample_rate, sounds[0].n_channels)
    corpus = analyse(sounds, preset, step=progress)
    progress(f"path {preset.path.kind}", 0, 0)
    path = follow(corpus, preset)
    played = compose(corpus, preset, path)
    report.content |= {"grains": len(corpus), "columns": len(corpus.descriptors.names)}
    # An hour's descriptors are large, and only a picture still needs them.
    drawn = corpus if outputs.plot is not None else None
    del corpus
    collect = write(played, outputs, report, progress)
    if drawn is not None:
        draw(drawn.sounds[0], collect, drawn, path, outputs, report, progress)
    return report


def load_score(path: str) -> tuple[Score, Preset]:
    """A saved score, and the preset that holds its own choices."""
    from granulate import score_file

    played = score_file.load(path)
    own = replace(
        Preset.of({}, name="score"),
        spectrum=played.spectrum,
        phase=played.phase,
        output=played.output,
        seed=played.seed,
    )
    return played, own


def replay(path: str, played: Score, preset: Preset, outputs: Outputs, progress: Progress) -> Report:
    """Render a saved score, sounded as the preset says."""
    if outputs.plot is not None:
        raise OutputError(
            f"{outputs.plot}: a score has no embedding to draw; allowed: --plot when it is made"
        )
    played = replace(
        played, spectrum=preset.spectrum, phase=preset.phase, output=preset.output, seed=preset.seed
    )
    report = Report({"score": path, "seed": played.seed})
    report.content["inputs"] = [input_facts(sound, report) for sound in played.sounds]
    write(played, outputs, report, progress)
    return report


def make_folder(folder: Path) -> None:
    """Make a folder for outputs. Raises OutputError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{printable(folder)}: {error.strerror}") from None


def read_inputs(inputs: Sequence[str], preset: Preset, report: Report) -> tuple[Sound, ...]:
    """The sounds, alike. One bad file of several is left out and named in the report."""
    sounds = []
    for path in inputs:
        try:
            sounds.append(sound_file.read(path))
        except SoundFileError as error:
            if len(inputs) == 1:
                raise
            report.failed.append({"path": printable(path), "reason": str(error)})
    if not sounds:
        raise SoundFileError("; ".join(failure["reason"] for failure in report.failed))
    report.content["inputs"] = [input_facts(sound, report) for sound in sounds]
    return sound_file.match(sounds, sample_rate=preset.output.parameters["sample_rate"])


def input_facts(sound: Sound, report: Report) -> dict[str, Any]:
    """What the report says of an input; what had to be mended in it becomes a warning."""
    origin = sound.origin
    facts = {"channels": sound.n_channels, "samples": sound.n_samples, "sample_rate": sound.sample_rate}
    if origin is None:
        return facts
    name = printable(origin.path)
    if origin.replaced:
        report.warnings.append(f"{name}: {origin.replaced} samples that are not finite were replaced by 0.0")
    if origin.missing:
        report.warnings.append(f"{name}: {origin.missing} samples that the file declares are missing")
    return {"path": name, **facts, "replaced": origin.replaced, "missing": origin.missing}


def write(played: Score, outputs: Outputs, report: Report, progress: Progress) -> Callable[[], Sound]:
    """Sound the score and write it, and the score where that is asked for. Gives what collects the sound as it was written."""
    sound, gain = api.finish(played, step=progress)
    subtype = played.output.parameters["subtype"]
    written = sound_file.write(
        sound, outputs.sound, subtype=subtype, gain=gain, force=outputs.force, progress=progress
    )
    name = printable(outputs.sound)
    if written.turned_down_db:
        report.warnings.append(
            f"{name}: turned down by {written.turned_down_db:.2f} dB to stay within full scale"
        )
    elif written.peak > 1:
        report.warnings.append(f"{name}: peaks {written.peak_dbfs:.2f} dB above full scale")
    report.content |= {
        "events": len(played.events),
        "output": {
            "path": name,
            "format": written.format,
            "subtype": written.subtype,
            "channels": sound.n_channels,
            "samples": sound.n_samples,
            "sample_rate": sound.sample_rate,
            "seconds": sound.n_samples / sound.sample_rate,
            "peak_dbfs": written.peak_dbfs if written.peak else None,
            "turned_down_db": written.turned_down_db,
        },
    }
    if outputs.score is not None:
        from granulate import score_file

        progress("write score", 0, 0)
        score_file.save(played, outputs.score, force=outputs.force)
        report.content["score"] = printable(outputs.score)
    for kind, path in outputs.exports:
        progress(f"export {kind}", 0, 0)
        export(played, path, kind, force=outputs.force, rendered=outputs.sound)
        report.content.setdefault("exports", {})[kind] = printable(path)
    return lambda: api.collected(sound, gain * from_decibels(-written.turned_down_db))


def draw(
    before: Sound, collect: Callable[[], Sound], corpus: Corpus, path: Played, outputs: Outputs,
    report: Report, progress: Progress,
) -> None:  # fmt: skip
    """The picture that the outputs name: before, after, and the path over the corpus."""
    from granulate.pictures import plot

    assert outputs.plot is not None
    progress("draw", 0, 0)
    plot(before, collect(), corpus, outputs.plot, order=path.grains, events=path.events, force=outputs.force)
    report.content["plot"] = printable(outputs.plot)


def _versions() -> dict[str, str]:
    """Of what the result may depend on."""
    import platform
    from importlib.metadata import version

    from granulate.kernels.fft import library

    fft = library()[0]
    found = {name: version(name) for name in (*_VERSIONED, fft)}
    return {"python": platform.python_version(), **found, "fft": fft}
