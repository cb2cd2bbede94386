"""What is written comes back: every format, the level, the bytes, and files whole or not at all."""

from __future__ import annotations

import itertools
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from granulate import sound_file
from granulate.errors import OutputError, ParameterError
from granulate.sound_file import formats
from granulate.sound_file.formats import EXTENSIONS, SUBTYPES, WIDTHS, Encoding
from granulate.types import Origin, Sound
from tests.test_atomic import files

ONE_OF_EACH = (".wav", ".rf64", ".w64", ".aiff", ".caf", ".au", ".flac", ".ogg", ".mp3")
KINDS = [(".opus", "OPUS")] + [(e, subtype) for e in ONE_OF_EACH for subtype in SUBTYPES[EXTENSIONS[e]]]
LOSSLESS = [kind for kind in KINDS if WIDTHS[kind[1]]]
SIZES = [(1, 8000, 1), (2, 48_000, 777), (1, 24_000, 20_000), (2, 16_000, 70_001)]


def tones(n_samples: int, n_channels: int = 1, rate: int = 48_000, peak: float = 0.8) -> Sound:
    t = np.arange(n_samples) / rate
    channels = [np.sin(2 * np.pi * 220 * (1 + 0.5 * c) * t + 0.3) for c in range(n_channels)]
    return Sound((peak * np.array(channels)).astype(np.float32), rate)


def from_format(sound: Sound, subtype: str) -> Sound:
    origin = Origin("in.wav", "WAV", subtype, sound.sample_rate, sound.n_channels)
    return Sound(sound.samples, sound.sample_rate, origin)


def step_of(subtype: str) -> float:
    """The most that writing may change a sample by."""
    bits = Encoding("WAV", subtype).bits
    return 2.0**-bits if bits else {"FLOAT": 0.0, "DOUBLE": 0.0, "ULAW": 0.02, "ALAW": 0.02}[subtype]


# Round trips


@pytest.mark.parametrize(("extension", "subtype"), KINDS)
def test_what_is_written_is_read(tmp_path, extension, subtype):
    for n_channels, rate, n_samples in SIZES:
        sound = tones(n_samples, n_channels, rate)
        path = tmp_path / f"{n_channels}-{n_samples}{extension}"
        written = sound_file.write(sound, path, subtype=subtype)
        back = sound_file.read(path)
        assert (written.format, written.subtype) == (EXTENSIONS[extension], subtype)
        assert back.origin.subtype == subtype
        assert back.origin.missing == back.origin.replaced == 0
        assert (back.sample_rate, back.n_channels, back.n_samples) == (rate, n_channels, n_samples)
        if WIDTHS[subtype]:
            # Half a step, and the float32 that it is read as.
            assert np.abs(back.samples - sound.samples).max() <= step_of(subtype) + 2**-25
        elif n_samples > 10_000:
            error = back.samples - sound.samples
            assert np.square(error).mean() < 0.02 * np.square(sound.samples).mean()


@pytest.mark.parametrize(("extension", "subtype"), KINDS)
def test_the_same_sound_makes_the_same_bytes(tmp_path, extension, subtype):
    sound = tones(5000, 2)
    paths = [tmp_path / f"{i}{extension}" for i in range(2)]
    sound_file.write(sound, paths[0], subtype=subtype)
    sound_file.write(sound, paths[1], subtype=subtype)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_ogg_streams_of_different_sounds_have_different_serials(tmp_path):
    serials = set()
    for i in range(5):
        sound_file.write(tones(1000 + i), tmp_path / f"{i}.ogg")
        serials.add((tmp_path / f"{i}.ogg").read_bytes()[14:18])
    assert len(serials) == 5


def test_no_clock_is_left_in_a_file(tmp_path):
    names = ["a.wav", "a.rf64", "a.aiff", "a.caf", "a.w64", "a.au", "a.ogg", "a.opus"]
    script = """
        import sys
        from granulate import sound_file
        from tests.test_sound_file import from_format, tones
        for name in sys.argv[2:]:
            sound_file.write(from_format(tones(1000), "FLOAT"), f"{sys.argv[1]}/{name}")
    """
    folders = [tmp_path / "now", tmp_path / "later"]
    for folder in folders:
        folder.mkdir()
        run(script, folder, *names)  # each takes its own second, and seeds libsndfile anew
        if folder.name == "now":
            time.sleep(1 - time.time() % 1)
    for name in names:
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes()


@settings(deadline=None, max_examples=30)
@given(
    samples=arrays(np.int16, st.tuples(st.integers(1, 300), st.integers(1, 4))),
    extension=st.sampled_from([".wav", ".flac", ".aiff", ".caf", ".w64", ".au"]),
    subtype=st.sampled_from(["PCM_16", "PCM_24"]),
)
def test_integers_are_written_back_to_the_bit(tmp_path_factory, samples, extension, subtype):
    folder = tmp_path_factory.mktemp("bits")
    soundfile.write(folder / "in.wav", samples, 44_100, "PCM_16")
    sound_file.write(sound_file.read(folder / "in.wav"), folder / f"out{extension}", subtype=subtype)
    back = soundfile.read(folder / f"out{extension}", dtype="int16", always_2d=True)[0]
    np.testing.assert_array_equal(back, samples)


@settings(deadline=None, max_examples=30)
@given(
    samples=arrays(np.float32, st.integers(1, 300), elements=st.floats(-1e9, 1e9, width=32, allow_nan=False)),
    extension=st.sampled_from([".wav", ".aiff", ".caf", ".w64", ".rf64", ".au"]),
)
def test_floats_are_written_back_to_the_bit(tmp_path_factory, samples, extension):
    path = tmp_path_factory.mktemp("floats") / f"out{extension}"
    written = sound_file.write(Sound(samples, 44_100), path, subtype="FLOAT")
    np.testing.assert_array_equal(sound_file.read(path).samples[0], samples)
    assert written.peak == np.abs(samples).max()
    assert written.turned_down_db == 0


# Level


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "ULAW", "ALAW"])
def test_full_scale_does_not_wrap(tmp_path, subtype):
    sound = Sound(np.array([1.0, -1.0, 0.99999994, -0.99999994], np.float32), 8000)
    written = sound_file.write(sound, tmp_path / "a.wav", subtype=subtype)
    back = sound_file.read(tmp_path / "a.wav").samples[0]
    assert np.abs(back - sound.samples[0]).max() <= max(0.02, 2 * step_of(subtype))
    assert (written.peak, written.turned_down_db) == (1.0, 0.0)
    if subtype == "PCM_16":
        values = soundfile.read(tmp_path / "a.wav", dtype="int16")[0]
        assert values.tolist() == [32767, -32768, 32767, -32768]


@pytest.mark.parametrize(("extension", "subtype"), LOSSLESS)
def test_integers_above_full_scale_are_turned_down_as_a_whole(tmp_path, extension, subtype):
    sound = tones(3000, 2, peak=0.5)
    path = tmp_path / f"loud{extension}"
    written = sound_file.write(sound, path, subtype=subtype, gain=5.0)
    back = sound_file.read(path).samples
    loudest = float(np.abs(sound.samples).max())
    if subtype in ("FLOAT", "DOUBLE"):
        assert written.turned_down_db == 0
        assert written.peak == pytest.approx(loudest * 5, rel=1e-6)
        assert written.peak_dbfs == pytest.approx(7.96, abs=0.01)
        np.testing.assert_allclose(back, sound.samples * 5, rtol=1e-6)
    else:
        assert written.peak == 1.0
        assert written.peak_dbfs == 0.0
        assert written.turned_down_db == pytest.approx(7.96, abs=0.01)
        assert np.abs(back - sound.samples / loudest).max() <= 2 * step_of(subtype) + 2**-24


@pytest.mark.parametrize("extension", [".ogg", ".opus", ".mp3"])
def test_lossy_formats_are_turned_down_too(tmp_path, extension):
    written = sound_file.write(tones(20_000, peak=4.0), tmp_path / f"loud{extension}")
    assert written.turned_down_db == pytest.approx(12.04, abs=0.01)
    assert np.abs(sound_file.read(written.path).samples).max() < 1.2


def test_rounding_has_no_bias(tmp_path):
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 100_000).astype(np.float32)
    sound_file.write(Sound(noise, 48_000), tmp_path / "a.wav", subtype="PCM_16")
    error = (sound_file.read(tmp_path / "a.wav").samples[0] - noise) * 32768
    assert abs(error.mean()) < 0.01
    assert np.abs(error).max() <= 0.5001


def test_gain_and_silence(tmp_path):
    written = sound_file.write(tones(100), tmp_path / "a.wav", gain=0.5)
    assert np.abs(sound_file.read(written.path).samples - tones(100).samples / 2).max() < 1e-6
    written = sound_file.write(tones(100), tmp_path / "b.wav", gain=0.0)
    assert written.peak == 0.0
    assert written.peak_dbfs == -np.inf
    for gain in (np.nan, np.inf, -1.0, 1e39):
        with pytest.raises(ParameterError, match="a gain of"):
            sound_file.write(tones(100), tmp_path / "c.wav", gain=gain)
    assert files(tmp_path) == ["a.wav", "b.wav"]


# Formats


def test_auto_keeps_floats_and_is_24_bits_elsewhere():
    def auto(name: str, subtype: str = "PCM_16") -> str:
        origin = Origin("in.wav", "WAV", subtype, 48_000, 1)
        return sound_file.output_format(name, "auto", 48_000, 1, origin=origin).subtype

    assert sound_file.output_format("a.wav", "auto", 48_000, 1).subtype == "PCM_24"
    assert [auto(f"a{e}") for e in (".wav", ".flac", ".ogg", ".opus", ".mp3")] == [
        "PCM_24", "PCM_24", "VORBIS", "OPUS", "MPEG_LAYER_III",
    ]  # fmt: skip
    assert [auto(f"a{e}", "FLOAT") for e in (".wav", ".AIFF", ".flac")] == ["FLOAT", "FLOAT", "PCM_24"]
    assert auto("a.caf", "DOUBLE") == "FLOAT"


@pytest.mark.parametrize(
    ("name", "subtype", "rate", "channels", "message"),
    [
        ("a.xyz", "auto", 48_000, 1, r"a\.xyz: the extension '\.xyz'; allowed: \.wav, "),
        ("a.flca", "auto", 48_000, 1, r"did you mean '\.flac'"),
        ("wav", "auto", 48_000, 1, "no extension; allowed: "),
        ("a.flac", "FLOAT", 48_000, 1, "allowed: auto, PCM_S8, PCM_16, PCM_24"),
        ("a.wav", "PCM_42", 48_000, 1, r"output\.subtype = 'PCM_42' .*did you mean 'PCM_"),
        ("a.wav", "VORBIS", 48_000, 1, "is not allowed for .wav"),
        ("a.opus", "VORBIS", 48_000, 1, "allowed: auto, OPUS"),
        ("a.opus", "auto", 44_100, 1, "44100 Hz in OPUS; allowed: 8000, 12000, 16000, 24000, 48000 Hz"),
        ("a.mp3", "auto", 96_000, 2, "96000 Hz in MPEG_LAYER_III; allowed: 8000, "),
        ("a.ogg", "auto", 384_000, 2, "384000 Hz in VORBIS; allowed: up to 200000 Hz"),
        ("a.flac", "auto", 768_000, 2, "768000 Hz in FLAC; allowed: up to 655350 Hz"),
        ("a.flac", "auto", 100_001, 2, "multiples of 10"),
        ("a.flac", "auto", 48_000, 9, "9 channels in FLAC; allowed: 1 to 8"),
        ("a.mp3", "auto", 48_000, 3, "3 channels in MPEG_LAYER_III; allowed: 1 to 2"),
        ("a.ogg", "auto", 48_000, 256, "256 channels in VORBIS; allowed: 1 to 255"),
        ("a.wav", "auto", 2**31, 1, "up to 2147483647 Hz"),
    ],
)
def test_what_a_format_cannot_hold_is_refused_and_what_it_can_is_said(name, subtype, rate, channels, message):
    with pytest.raises((OutputError, ParameterError), match=message):
        sound_file.output_format(name, subtype, rate, channels)


@pytest.mark.parametrize(
    ("name", "rate", "channels"),
    [
        ("a.flac", 655_350, 8),
        ("a.flac", 65_535, 1),
        ("a.ogg", 200_000, 2),
        ("a.ogg", 8000, 255),
        ("a.opus", 8000, 255),
        ("a.mp3", 8000, 2),
        ("a.wav", 768_000, 1024),
        ("a.caf", 1000, 1024),
        ("a.aiff", 768_000, 3),
    ],
)
def test_the_limits_themselves_are_written(tmp_path, name, rate, channels):
    written = sound_file.write(tones(50, channels, rate), tmp_path / name)
    back = sound_file.read(written.path)
    assert (back.sample_rate, back.n_channels, back.n_samples) == (rate, channels, 50)


def test_a_wav_above_4_gib_becomes_rf64(tmp_path, monkeypatch):
    assert sound_file.output_format("a.wav", "PCM_24", 48_000, 2, n_samples=715_000_000).format == "WAV"
    assert sound_file.output_format("a.wav", "PCM_24", 48_000, 2, n_samples=716_000_000).format == "RF64"
    with pytest.raises(OutputError, match=r"GiB are too many for AIFF; allowed: \.wav"):
        sound_file.output_format("a.aiff", "PCM_24", 48_000, 2, n_samples=716_000_000)
    monkeypatch.setitem(formats._MOST_BYTES, "WAV", 70_000)
    written = sound_file.write(tones(5000), tmp_path / "a.wav")
    assert written.format == sound_file.read(written.path).origin.format == "RF64"


# Files whole or not at all


def test_an_existing_file_is_replaced_only_with_force(tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(b"precious")
    with pytest.raises(OutputError, match="exists"):
        sound_file.write(tones(100), path)
    assert path.read_bytes() == b"precious"
    sound_file.write(tones(100), path, force=True)
    assert sound_file.read(path).n_samples == 100
    assert files(tmp_path) == ["a.wav"]


def test_a_forced_symbolic_link_is_replaced_and_its_target_kept(tmp_path):
    (tmp_path / "target.wav").write_bytes(b"precious")
    (tmp_path / "link.wav").symlink_to("target.wav")
    sound_file.write(tones(100), tmp_path / "link.wav", force=True)
    assert (tmp_path / "target.wav").read_bytes() == b"precious"
    assert not (tmp_path / "link.wav").is_symlink()


@pytest.mark.parametrize("extension", [".wav", ".flac", ".ogg", ".mp3"])
def test_an_interrupt_half_way_leaves_nothing(tmp_path, extension):
    def interrupt(what: str, done: int, of: int) -> None:
        assert what == "write"
        if done > of // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sound_file.write(tones(300_000), tmp_path / f"a{extension}", progress=interrupt)
    assert files(tmp_path) == []


def test_progress_ends_at_the_whole(tmp_path):
    seen = []
    sound_file.write(tones(200_000, 2), tmp_path / "a.wav", progress=lambda *report: seen.append(report))
    assert seen[-1] == ("write", 200_000, 200_000)
    assert all(a[1] < b[1] for a, b in itertools.pairwise(seen))


def run(script: str, *arguments: object) -> str:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        cwd=Path(__file__).parents[1],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout


def test_a_full_disk_leaves_nothing(tmp_path):
    out = run(
        """
        import resource, sys
        from granulate import sound_file
        from granulate.errors import OutputError
        from tests.test_sound_file import tones
        import numpy as np
        from granulate.types import Sound
        noise = Sound(np.random.default_rng(0).uniform(-0.5, 0.5, 400_000).astype("f4"), 48_000)
        for limit in (100_000, 300):
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, 100_000))
            for extension in "wav rf64 aiff caf w64 au flac ogg opus mp3".split():
                try:
                    sound_file.write(noise, f"{sys.argv[1]}/a.{extension}")
                except OutputError as error:
                    print(extension, str(error).isprintable(), error)
        """,
        tmp_path,
    )
    lines = out.splitlines()
    assert [line.split()[1] for line in lines] == ["True"] * len(lines)
    # At the larger limit an MP3 or Opus of that length may fit.
    assert len(lines) >= 17
    assert all(name.split(".")[-1] in ("mp3", "opus", "ogg") for name in files(tmp_path))
    for name in files(tmp_path):
        assert sound_file.read(tmp_path / name).n_samples == 400_000


def test_a_kill_half_way_leaves_no_output(tmp_path):
    script = """
        import sys, time
        from granulate import sound_file
        from tests.test_sound_file import tones
        def progress(*_):
            print(flush=True)
            time.sleep(60)
        sound_file.write(tones(300_000), sys.argv[1], progress=progress)
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), tmp_path / "a.wav"],
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
    ) as process:
        process.stdout.readline()
        process.kill()
    left = files(tmp_path)
    assert len(left) == 1
    assert left[0].startswith(".granulate-")
    sound_file.write(tones(100), tmp_path / "a.wav")  # and what is left does not stand in the way


# Matching and resampling


def test_match_leaves_what_fits_alone():
    sounds = (tones(100, 2), tones(200, 2))
    assert all(a is b for a, b in zip(sound_file.match(sounds), sounds, strict=True))
    assert sound_file.match(sounds[0]) == (sounds[0],)
    with pytest.raises(ParameterError, match="no sounds"):
        sound_file.match(())


def test_match_brings_sounds_to_one_rate_and_channel_count():
    mono, stereo = from_format(tones(4410, 1, 44_100), "FLOAT"), tones(800, 2, 8000)
    wide = tones(480, 3, 48_000)
    matched = sound_file.match([mono, stereo, wide])
    assert [(s.sample_rate, s.n_channels, s.n_samples) for s in matched] == [
        (48_000, 3, 4800), (48_000, 3, 4800), (48_000, 3, 480),
    ]  # fmt: skip
    assert matched[2] is wide
    assert matched[0].origin is mono.origin
    np.testing.assert_array_equal(matched[0].samples[0], matched[0].samples[2])
    assert not matched[1].samples[2].any()
    assert matched[1].samples[1].any()
    assert {s.sample_rate for s in sound_file.match([mono, stereo], sample_rate=22_050)} == {22_050}


@pytest.mark.parametrize(
    ("source", "target"), [(44_100, 48_000), (48_000, 8000), (8000, 96_000), (1000, 768_000)]
)
def test_resampling_keeps_pitch_level_and_length(source, target):
    sound = tones(source, 1, source, peak=0.5)
    (out,) = sound_file.match(sound, sample_rate=target)
    assert out.n_samples == target
    expected = tones(target, 1, target, peak=0.5).samples[0]
    inside = slice(target // 10, -target // 10)
    assert np.abs(out.samples[0][inside] - expected[inside]).max() < 1e-4


def test_reading_at_a_rate_is_reading_and_matching(tmp_path):
    sound_file.write(tones(300_000, 2, 44_100), tmp_path / "a.wav", subtype="FLOAT")
    at_once = sound_file.read(tmp_path / "a.wav", sample_rate=48_000)
    (after,) = sound_file.match(sound_file.read(tmp_path / "a.wav"), sample_rate=48_000)
    assert np.abs(at_once.samples - after.samples).max() < 1e-6
    assert at_once.sample_rate == 48_000
    assert at_once.origin.sample_rate == 44_100


@pytest.mark.parametrize("n_samples", [1, 2, 3])
def test_the_shortest_sounds_can_be_resampled(n_samples):
    for source, target in [(48_000, 1000), (1000, 48_000), (44_100, 48_000)]:
        (out,) = sound_file.match(tones(n_samples, 2, source), sample_rate=target)
        assert out.n_samples >= 1


def test_the_largest_floats_survive_resampling():
    square = np.where(np.arange(1000) % 20 < 10, 3.4e38, -3.4e38).astype(np.float32)
    (out,) = sound_file.match(Sound(square, 44_100), sample_rate=48_000)
    assert np.isfinite(out.samples).all()


# Memory


def test_a_long_sound_stays_out_of_memory(tmp_path):
    """160 MB of samples are read, measured, resampled and written in a few tens of megabytes."""
    out = run(
        """
        import resource, sys
        from granulate import level, sound_file, storage
        storage.IN_MEMORY_BYTES = 1 << 20
        folder, n = sys.argv[1], 40_000_000
        # Written by hand: a header, and a hole in the file for samples.
        import struct
        with open(f"{folder}/long.wav", "wb") as file:
            file.write(b"RIFF" + struct.pack("<I", n + 36) + b"WAVEfmt "
                       + struct.pack("<IHHIIHH", 16, 1, 1, 48_000, 48_000, 1, 8)
                       + b"data" + struct.pack("<I", n))
            file.truncate(44 + n)
        from tests.test_sound_file import tones
        for extension in ("wav", "flac"):
            sound_file.write(sound_file.match(tones(100), sample_rate=8000)[0], f"{folder}/warm.{extension}")
            sound_file.read(f"{folder}/warm.{extension}")
        def peak_mb():
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "linux" else 2**20)
        before = peak_mb()
        sound = sound_file.read(f"{folder}/long.wav")
        assert sound.n_samples == n and level.peak(sound) == 1.0
        (half,) = sound_file.match(sound, sample_rate=24_000)
        assert half.n_samples == n // 2
        sound_file.write(half, f"{folder}/out.flac")
        print(peak_mb() - before)
        """,
        tmp_path,
    )
    assert int(out) < 60


def test_a_full_temporary_disk_is_named(tmp_path):
    sound_file.write(tones(200_000), tmp_path / "a.wav")
    out = run(
        """
        import resource, sys
        from granulate import sound_file, storage
        from granulate.errors import OutputError
        storage.IN_MEMORY_BYTES = 1 << 16
        resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))
        try:
            sound_file.read(sys.argv[1])
        except OutputError as error:
            print(error)
        try:
            storage.allocate(200_000, 1)
        except OutputError as error:
            print(error)
        """,
        tmp_path / "a.wav",
    )
    assert [
        line.startswith("no room for the sound in the temporary folder") for line in out.splitlines()
    ] == [
        True,
        True,
    ]
