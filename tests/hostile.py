"""Bad sound files, made on the spot: those that must be refused, with a part of the reason, and those
that must be read, with what is then known of them."""

from __future__ import annotations

import io
import struct
import zipfile
from dataclasses import dataclass

import numpy as np
import soundfile

TONE = (0.5 * np.sin(np.arange(2000) / 9)).astype(np.float32)


def encoded(fmt: str, subtype: str | None = None, samples: np.ndarray = TONE, rate: int = 8000) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, subtype, format=fmt)
    return file.getvalue()


def chunk(name: bytes, body: bytes, size: int | None = None) -> bytes:
    return name + struct.pack("<I", len(body) if size is None else size) + body


def wav(
    data: bytes = bytes(range(200)),
    *,
    tag: int = 1,
    channels: int = 1,
    rate: int = 8000,
    bits: int = 16,
    data_size: int | None = None,
    riff_size: int | None = None,
) -> bytes:
    """A RIFF WAVE of those bytes whose header claims whatever it is told to."""
    align = max(1, channels * bits // 8) & 0xFFFF
    header = struct.pack("<HHIIHH", tag, channels, rate, rate * align & 0xFFFFFFFF, align, bits)
    body = b"WAVE" + chunk(b"fmt ", header) + chunk(b"data", data, data_size)
    return chunk(b"RIFF", body, riff_size)


def floats(*values: float) -> bytes:
    return wav(np.array(values, "<f4").tobytes(), tag=3, bits=32)


def doubles(*values: float) -> bytes:
    return wav(np.array(values, "<f8").tobytes(), tag=3, bits=64)


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("tone.wav", encoded("WAV"))
    return file.getvalue()


def _flac_claiming(n_frames: int) -> bytes:
    """A FLAC whose STREAMINFO declares that many frames."""
    data = bytearray(encoded("FLAC"))
    bits = int.from_bytes(data[18:26], "big")
    data[18:26] = (bits >> 36 << 36 | n_frames).to_bytes(8, "big")
    return bytes(data)


NOISE = np.random.default_rng(5).bytes(3000)

BAD: dict[str, tuple[bytes, str]] = {
    "empty.wav": (b"", "empty"),
    "one-byte.wav": (b"R", "not a sound"),
    "riff-only.wav": (b"RIFF\x04\0\0\0WAVE", "data"),
    "half-a-header.wav": (wav()[:30], ""),
    "no-data-chunk.wav": (wav()[:36], "data"),
    "no-samples.wav": (wav(b""), "holds no samples"),
    "no-samples.aiff": (encoded("AIFF", samples=TONE[:0]), "holds no samples"),
    "no-samples.ogg": (encoded("OGG", samples=TONE[:0]), "holds no samples"),
    "no-samples.w64": (encoded("W64", samples=TONE[:0]), "holds no samples"),
    "half-a-sample.wav": (wav(b"\1"), "holds no samples"),
    "no-channels.wav": (wav(channels=0), ""),
    "65535-channels.wav": (wav(channels=65535), ""),
    "no-rate.wav": (wav(rate=0), ""),
    "no-bits.wav": (wav(bits=0), ""),
    "7-bit-floats.wav": (wav(tag=3, bits=7), ""),
    "unknown-codec.wav": (wav(tag=0x7777), ""),
    "text.wav": (b"This is not a sound.\n" * 40, "not a sound"),
    "text.au": (b"This is not a sound.\n" * 40, "not a sound"),
    "text.vox": (b"This is not a sound.\n" * 40, "not a sound"),
    "text.raw": (b"This is not a sound.\n" * 40, ""),
    "text.mp3": (b"This is not a sound.\n" * 40, "malformed"),
    "page.wav": (b"<!DOCTYPE html><html><body>404</body></html>", "not a sound"),
    "picture.wav": (b"\x89PNG\r\n\x1a\n" + NOISE, "not a sound"),
    "archive.wav": (_zip(), "not a sound"),
    "noise.wav": (NOISE, ""),
    "noise.flac": (b"fLaC" + NOISE, ""),
    "noise.ogg": (b"OggS" + NOISE, ""),
    "noise.mp3": (b"\xff\xfb\x90\x00" + NOISE, ""),
    "noise.aiff": (b"FORM\0\0\x0b\xb8AIFF" + NOISE, ""),
    "noise.caf": (b"caff\0\1\0\0" + NOISE, ""),
    "metadata-only.flac": (_flac_claiming(2**36 - 1)[:60], ""),
}


@dataclass(frozen=True)
class Odd:
    data: bytes
    n_samples: int
    missing: int = 0
    replaced: int = 0
    n_channels: int = 1
    rate: int = 8000


ODD: dict[str, Odd] = {
    "one-sample.wav": Odd(wav(b"\0\1"), 1),
    "one-sample.flac": Odd(encoded("FLAC", samples=TONE[:1]), 1),
    "two-samples.mp3": Odd(encoded("MP3", samples=TONE[:2]), 2),
    "odd-byte.wav": Odd(wav(bytes(201)), 100),
    "streamed-ffffffff.wav": Odd(wav(data_size=0xFFFFFFFF, riff_size=0xFFFFFFFF), 100),
    "streamed-7fffffff.wav": Odd(wav(data_size=0x7FFFFFFF), 100),
    "claims-a-billion.wav": Odd(wav(data_size=10**9), 100, missing=5 * 10**8 - 100),
    "claims-68-thousand-million.flac": Odd(_flac_claiming(2**36 - 1), 2000, missing=2**36 - 2001),
    "riff-size-lies.wav": Odd(wav(riff_size=1), 100),
    "truncated.wav": Odd(encoded("WAV")[:1044], 500, missing=1500),
    "truncated.rf64": Odd(encoded("RF64")[:1104], 500, missing=1500),
    "truncated.w64": Odd(encoded("W64")[:1104], 500, missing=1496),
    "truncated.aiff": Odd(encoded("AIFF")[:1054], 500, missing=1500),
    "truncated.au": Odd(encoded("AU")[:1024], 500, missing=1500),
    "nan-and-infinite.wav": Odd(floats(0.5, np.nan, np.inf, -np.inf, -0.5), 5, replaced=3),
    "all-nan.wav": Odd(floats(*[np.nan] * 50), 50, replaced=50),
    "beyond-float32.wav": Odd(doubles(0.1, 1e300, -1e300), 3, replaced=2),
    "denormal.wav": Odd(floats(1e-40, -1e-40), 2),
    "84-dbfs.wav": Odd(floats(1.64e4, -2.0), 2),
    "1024-channels.wav": Odd(wav(bytes(2048 * 3), channels=1024), 3, n_channels=1024),
    "rate-1.wav": Odd(wav(rate=1), 100, rate=1),
    "rate-1234.wav": Odd(wav(rate=1234), 100, rate=1234),
    "rate-192000.wav": Odd(wav(rate=192_000), 100, rate=192_000),
    "really-a-flac.wav": Odd(encoded("FLAC"), 2000),
    "leading-junk.mp3": Odd(bytes(37) + encoded("MP3"), 2000),
    "mu-law.wav": Odd(encoded("WAV", "ULAW"), 2000),
}


def mutants(n: int, seed: int = 0) -> list[tuple[str, bytes]]:
    """Sound files with a few bytes changed, cut off or doubled."""
    rng = np.random.default_rng(seed)
    kinds = ["WAV", "AIFF", "FLAC", "OGG", "MP3", "CAF", "W64", "RF64", "AU"]
    whole = {kind: encoded(kind) for kind in kinds}
    made = []
    for i in range(n):
        kind = kinds[i % len(kinds)]
        data = bytearray(whole[kind])
        for _ in range(rng.integers(1, 9)):
            # Headers are where decoders go wrong.
            at = int(rng.integers(0, 200 if rng.random() < 0.7 else len(data)))
            data[at : at + 1] = rng.bytes(1) if rng.random() < 0.8 else rng.bytes(1) * int(rng.integers(0, 9))
        if rng.random() < 0.2:
            del data[int(rng.integers(0, len(data))) :]
        made.append((f"mutant-{i}.{kind.lower()}", bytes(data)))
    return made
