"""Jupyter: sounds play themselves, corpora draw themselves, scores say what they are.

`import granulate` calls `install` where IPython is running; nothing here is imported otherwise.
"""

from __future__ import annotations

import html
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from granulate.types import Choice, Corpus, Score, Sound

LONGEST_S = 600
"""Seconds of a sound that are put into a notebook: ten minutes of stereo are 140 MB of it."""
MOST_BYTES = 256 * 2**20
"""What a sound of many channels or a high rate is cut at before that."""
MOST_CHANNELS = 8
"""Browsers play no more."""


def install() -> bool:
    """Register with the running IPython; whether there is one. Twice is as good as once."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    formatters = getattr(getattr(shell, "display_formatter", None), "formatters", {})
    # By name, so that this imports none of the types.
    for mime, name, show in (
        ("text/html", "Sound", sound_html),
        ("image/png", "Corpus", corpus_png),
        ("text/html", "Score", score_html),
        ("text/plain", "Score", _score_plain),
    ):
        if mime in formatters:
            formatters[mime].for_type_by_name(f"granulate.types.{name.lower()}", name, show)
    return bool(formatters)


def sound_html(sound: Sound) -> str:
    """A player of the first ten minutes, at the sound's own level, and a line on what the sound is."""
    import base64

    n_channels = min(sound.n_channels, MOST_CHANNELS)
    n_samples = min(sound.n_samples, LONGEST_S * sound.sample_rate, MOST_BYTES // (2 * n_channels))
    facts = [f"{sound.duration:.3f} s", f"{sound.sample_rate} Hz", _count(sound.n_channels, "channel")]
    if sound.origin is not None:
        facts.insert(0, _name(sound))
    if n_samples < sound.n_samples:
        facts.append(f"here are the first {n_samples / sound.sample_rate / 60:.3g} minutes")
    if n_channels < sound.n_channels:
        facts.append(f"here are the first {n_channels}")
    data, n_clipped = wav(sound, n_samples, n_channels)
    if n_clipped:
        facts.append(f"{_count(n_clipped, 'sample')} above full scale clipped here")
    # The data last, so that whoever reads the page's source sees what it is.
    return (
        f'<div class="granulate-sound"><div>{html.escape(", ".join(facts))}</div>'
        '<audio controls preload="metadata" style="width: 100%; max-width: 40em"'
        f' src="data:audio/wav;base64,{base64.b64encode(data).decode("ascii")}"></audio></div>'
    )


def wav(sound: Sound, n_samples: int, n_channels: int) -> tuple[bytes, int]:
    """The beginning of a sound as a 16-bit WAV file, and how many of its samples had to be clipped.

    16 bits, because that is what every browser plays. Nothing is normalised: -1 to 1 is full scale.
    """
    import io
    import wave

    import numpy as np

    from granulate.storage import blocks

    file, n_clipped = io.BytesIO(), 0
    with wave.open(file, "wb") as writer:
        writer.setnchannels(n_channels)
        writer.setsampwidth(2)
        writer.setframerate(sound.sample_rate)
        for _, block in blocks(sound.frames[:n_samples]):
            part = block[:, :n_channels]
            n_clipped += int(np.count_nonzero(np.abs(part) > 1))
            # Clipped before it is scaled, so that nothing overflows.
            whole = np.rint(np.clip(part, -1, 1) * 32768).clip(-32768, 32767)
            writer.writeframesraw(whole.astype("<i2").tobytes())
    return file.getvalue(), n_clipped


def corpus_png(corpus: Corpus) -> bytes:
    """The picture of a corpus's embedding, as a PNG file."""
    import io

    from granulate.pictures import plot_corpus

    file = io.BytesIO()
    plot_corpus(corpus).savefig(file, format="png", dpi="figure")
    return file.getvalue()


def score_facts(score: Score) -> list[tuple[str, str]]:
    """What a score plays and how, as (what, value)."""
    import numpy as np

    framing, rate, events = score.framing, score.sample_rate, score.events
    n_grains = len(np.unique(np.stack([events.sound, events.start]), axis=1).T)
    names = [f"{_name(sound)} ({sound.duration:.3f} s)" for sound in score.sounds]
    if len(names) > 6:
        names = [*names[:5], f"and {len(names) - 5} more"]
    return [
        ("length", f"{score.n_samples / rate:.3f} s"),
        ("events", f"{len(events):,}, of {_count(n_grains, 'different grain')}"),
        (
            "grains",
            f"{framing.window / rate * 1000:.4g} ms ({framing.window} samples, {framing.shape}),"
            f" {framing.hop / rate * 1000:.4g} ms apart ({framing.hop} samples)",
        ),
        ("sounds", ", ".join(names)),
        ("spectrum", ", ".join(_choice(choice) for choice in score.spectrum) or "none"),
        ("phase", _choice(score.phase)),
        ("seed", str(score.seed)),
    ]


def score_html(score: Score) -> str:
    """The facts of a score as a table."""
    cell = '<td style="text-align: left">'
    rows = (
        f'<tr><th style="text-align: left">{html.escape(what)}</th>{cell}{html.escape(value)}</td></tr>'
        for what, value in score_facts(score)
    )
    return f'<table class="granulate-score">{"".join(rows)}</table>'


def _score_plain(score: Score, printer: Any, cycle: bool) -> None:
    lines = [
        f"Score: {value}" if i == 0 else f"  {what}: {value}"
        for i, (what, value) in enumerate(score_facts(score))
    ]
    for i, line in enumerate(lines):
        if i:
            printer.break_()
        printer.text(line)


def _name(sound: Sound) -> str:
    # Without its folders: notebooks are passed on.
    return os.path.basename(sound.name)


def _choice(choice: Choice) -> str:
    values = ", ".join(f"{name} {value}" for name, value in choice.parameters.items() if value is not None)
    return f"{choice.kind} ({values})" if values else choice.kind


def _count(n: int, what: str) -> str:
    return f"{n:,} {what}{'' if n == 1 else 's'}"
