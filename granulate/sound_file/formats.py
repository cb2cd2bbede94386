"""Which formats can be written, and what each can hold."""

from __future__ import annotations

import os
from dataclasses import dataclass

from granulate.atomic import AnyPath
from granulate.errors import OutputError, ParameterError, printable
from granulate.parameters import listed, near
from granulate.types import Origin

EXTENSIONS = {
    ".wav": "WAV", ".wave": "WAV", ".rf64": "RF64", ".w64": "W64", ".aif": "AIFF", ".aiff": "AIFF",
    ".aifc": "AIFF", ".caf": "CAF", ".au": "AU", ".snd": "AU", ".flac": "FLAC", ".ogg": "OGG",
    ".oga": "OGG", ".opus": "OGG", ".mp3": "MP3",
}  # fmt: skip

# Bytes of a sample; 0 where that depends on the sound. ALAC is not among them: libsndfile 1.2.2
# writes its 20 and 32 bits wrong. Neither is ADPCM, nor 8 bits in AIFF: they change a sound's length.
WIDTHS = {
    "PCM_U8": 1, "PCM_S8": 1, "PCM_16": 2, "PCM_24": 3, "PCM_32": 4, "FLOAT": 4, "DOUBLE": 8,
    "ULAW": 1, "ALAW": 1, "VORBIS": 0, "OPUS": 0, "MPEG_LAYER_III": 0,
}  # fmt: skip

_RIFF = ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW")
_SIGNED = ("PCM_S8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW")
SUBTYPES = {
    "WAV": _RIFF, "RF64": _RIFF, "W64": _RIFF, "CAF": _SIGNED, "AU": _SIGNED,
    "AIFF": ("PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"),
    "FLAC": ("PCM_S8", "PCM_16", "PCM_24"), "OGG": ("VORBIS", "OPUS"), "MP3": ("MPEG_LAYER_III",),
}  # fmt: skip

_MOST_CHANNELS = {"FLAC": 8, "MPEG_LAYER_III": 2, "VORBIS": 255, "OPUS": 255}
_RATES = {
    "OPUS": (8000, 12000, 16000, 24000, 48000),
    "MPEG_LAYER_III": (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000),
}
_HIGHEST_RATE = {
    "FLAC": 655_350,
    "VORBIS": 200_000,  # above this, as above 255 channels, libsndfile 1.2.2 crashes
    "AIFF": 800_000_000,
}
_MOST_BYTES = {"WAV": 2**32 - 1, "AU": 2**32 - 1, "AIFF": 2**31 - 1}
_HEADER_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Encoding:
    """A file's format and the format of its samples, as libsndfile names them."""

    format: str
    subtype: str

    @property
    def bits(self) -> int:
        """Of an integer sample; 0 for others."""
        return 8 * WIDTHS[self.subtype] if self.subtype.startswith("PCM") else 0

    @property
    def is_float(self) -> bool:
        """Whether levels above full scale can be held."""
        return self.subtype in ("FLOAT", "DOUBLE")

    @property
    def is_lossy(self) -> bool:
        """Whether the samples are coded by ear, and the file may hold a few more of them."""
        return WIDTHS[self.subtype] == 0


def output_format(
    path: AnyPath,
    subtype: str,
    sample_rate: int,
    n_channels: int,
    *,
    n_samples: int = 0,
    origin: Origin | None = None,
) -> Encoding:
    """How a sound of that rate (Hz) and size would be written to `path`, whose extension decides.

    `subtype` "auto" is FLOAT where the origin is of floats and the format holds them, else 24 bits
    where it does, else the format's own. A WAV above 4 GiB becomes an RF64, which most programs that
    read WAV read as well; its name stays.

    Raises OutputError for an extension, rate, channel count or size that cannot be written, and
    ParameterError for a subtype that the format cannot hold; each says what is allowed.
    """
    name = printable(path)
    extension = os.path.splitext(os.fsdecode(path))[1].lower()
    if extension not in EXTENSIONS:
        what = f"the extension {extension!r}" if extension else "no extension"
        raise OutputError(f"{name}: {what}{near(extension, EXTENSIONS)}; allowed: {listed(EXTENSIONS)}")
    format_ = EXTENSIONS[extension]
    encoding = Encoding(format_, _subtype(extension, format_, subtype, origin))
    _check_channels(name, encoding, n_channels)
    _check_rate(name, encoding, sample_rate)
    n_bytes = n_samples * n_channels * WIDTHS[encoding.subtype] + _HEADER_BYTES
    if n_bytes <= _MOST_BYTES.get(format_, n_bytes):
        return encoding
    if format_ == "WAV":
        return Encoding("RF64", encoding.subtype)
    raise OutputError(
        f"{name}: {n_bytes / 2**30:.1f} GiB are too many for {format_}; allowed: .wav, .w64, .caf or .flac"
    )


def _subtype(extension: str, format_: str, subtype: str, origin: Origin | None) -> str:
    choices = ("OPUS",) if extension == ".opus" else SUBTYPES[format_]
    chosen = subtype.upper()
    if chosen == "AUTO":
        from_floats = origin is not None and origin.subtype in ("FLOAT", "DOUBLE")
        wanted = ("FLOAT", "PCM_24") if from_floats else ("PCM_24",)
        return next((kind for kind in wanted if kind in choices), choices[0])
    if chosen not in choices:
        raise ParameterError(
            f"output.subtype = {subtype!r} is not allowed for {extension}{near(chosen, choices)};"
            f" allowed: auto, {listed(choices)}"
        )
    return chosen


def _check_channels(name: str, encoding: Encoding, n_channels: int) -> None:
    most = _MOST_CHANNELS.get(encoding.subtype, _MOST_CHANNELS.get(encoding.format, 1024))
    if n_channels > most:
        raise OutputError(f"{name}: {n_channels} channels in {_kind(encoding)}; allowed: 1 to {most}")


def _check_rate(name: str, encoding: Encoding, sample_rate: int) -> None:
    rates = _RATES.get(encoding.subtype, ())
    highest = _HIGHEST_RATE.get(encoding.subtype, _HIGHEST_RATE.get(encoding.format, 2**31 - 1))
    if rates and sample_rate not in rates:
        allowed = f"{listed(map(str, rates))} Hz (output.sample_rate)"
    elif sample_rate > highest:
        allowed = f"up to {highest} Hz (output.sample_rate)"
    elif encoding.format == "FLAC" and sample_rate > 65_535 and sample_rate % 10:
        allowed = "above 65535 Hz multiples of 10 (output.sample_rate)"
    else:
        return
    raise OutputError(f"{name}: {sample_rate} Hz in {_kind(encoding)}; allowed: {allowed}")


def _kind(encoding: Encoding) -> str:
    return encoding.format if encoding.format not in ("OGG", "MP3") else encoding.subtype
