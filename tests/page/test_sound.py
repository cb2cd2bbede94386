"""What the page of a sound map plays, in a real Chromium, against the corpus and the library's own render."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from granulate import page, score_file, sound_file
from granulate.corpus import analyse
from granulate.preset import Preset
from granulate.resynthesis import Rendering
from granulate.stages.envelopes import ENVELOPE
from granulate.types import Corpus, Events, Score
from tests.page.sounding import Heard, difference, module, opened, rendered, serving, until

RATE = 44_100
CLOSE = 1e-4
PRESET = Preset.of({"descriptors": {"kind": "mfcc"}, "reduction": {"kind": "pca", "dimensions": 2}})

SOUNDED = "granulate.take.events.length > 0 && granulate.audio.latest.voices === 0"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """A rising tone in noise, so that no two grains are alike, in a file of 16 bits."""
    path = tmp_path_factory.mktemp("sound") / "rise & <b>fall.wav"
    time = np.arange(RATE) / RATE
    tone = 0.4 * np.sin(2 * np.pi * 200 * time * (1 + time))
    noise = 0.1 * np.random.default_rng(1).standard_normal(len(time))
    soundfile.write(path, tone + noise, RATE, subtype="PCM_16")
    return analyse(sound_file.read(path), PRESET)


@pytest.fixture(scope="module")
def pack(corpus: Corpus) -> bytes:
    """The map, its sounds named with what their files hold."""
    plain = page.of_corpus(corpus, PRESET, measured=False).to_bytes()
    header, _ = page.unpack(plain)
    size = 4 + int.from_bytes(plain[:4], "little")
    for entry, sound in zip(header["sounds"], corpus.sounds, strict=True):
        assert sound.origin is not None
        entry["sha256"] = sha256(Path(sound.origin.path).read_bytes()).hexdigest()
    text = json.dumps(header).encode()
    return len(text).to_bytes(4, "little") + text + bytes(-(4 + len(text)) % 8) + plain[size + -size % 8 :]


@pytest.fixture(scope="module")
def served(pack: bytes) -> Iterator[str]:
    html = page.served(title="rise", settings={"panels": ["panel-play.js"]}).encode()
    files = {"/": (html, "text/html"), "/map.bin": (pack, "application/octet-stream")}
    with serving(files) as url:
        yield url + "?canvas"


@pytest.fixture(scope="module")
def tab(chromium: Any, served: str) -> Iterator[Any]:
    """One page for most of the tests."""
    found = opened(chromium, served)
    yield found
    assert not found.errors
    found.close()


@pytest.fixture
def silent(tab: Any) -> Iterator[Any]:
    """The page as it was at first, and silent again afterwards."""
    tab.evaluate("() => { Object.assign(granulate.player.settings, firstSettings); granulate.take.clear(); }")
    yield tab
    tab.mouse.move(3, 3)
    tab.keyboard.press("Escape")
    tab.wait_for_timeout(100)


def place_of(tab: Any, index: int) -> tuple[float, float]:
    """Where a point is on the screen."""
    x, y = tab.evaluate(
        """(i) => {
            const { view } = granulate;
            const [x, y] = view.camera.toScreen(view.points[2 * i], view.points[2 * i + 1]);
            const box = view.element.getBoundingClientRect();
            return [x + box.left, y + box.top];
        }""",
        index,
    )
    return x, y


def windowed(corpus: Corpus, index: int) -> NDArray[np.float64]:
    """A grain as it was recorded, under the framing's window."""
    first, n = int(corpus.grains.onsets[index]), int(corpus.grains.lengths[index])
    source = np.zeros(n)
    low, high = max(0, first), min(corpus.sounds[0].n_samples, first + n)
    source[low - first : high - first] = corpus.sounds[0].frames[low:high, 0]
    return source * corpus.framing.weights()


def test_a_grain_at_its_own_speed_is_the_recording_under_the_window(tab: Any, corpus: Corpus) -> None:
    for index in (0, len(corpus) // 2, len(corpus) - 1):
        event = {
            "time": 300, "sound": 0, "start": int(corpus.grains.onsets[index]),
            "length": int(corpus.grains.lengths[index]), "envelope": 1,
        }  # fmt: skip
        found = rendered(tab, [event], 4096)
        expected = np.zeros(4096)
        expected[300 : 300 + corpus.framing.window] = windowed(corpus, index)
        assert np.abs(found - expected[:, None]).max() < CLOSE


def test_the_page_sounds_as_the_library_renders(tab: Any, corpus: Corpus) -> None:
    rng = np.random.default_rng(2)
    n = 40
    offered = module(tab, "envelopes.js", "ENVELOPES, asChoice", "return ENVELOPES.map(asChoice);")
    rate = rng.choice([-1, 1], n) * 2 ** rng.uniform(-1.5, 1.5, n)
    rate[:5] = 1
    events = Events(
        time=np.sort(rng.integers(0, 9000, n)),
        sound=np.zeros(n, np.int32),
        start=rng.integers(-500, corpus.sounds[0].n_samples - 500, n),
        length=rng.integers(100, 4000, n),
        rate=rate.astype(np.float32),
        gain=rng.uniform(0.02, 0.2, n).astype(np.float32),
        pan=rng.uniform(-1, 1, n).astype(np.float32),
        envelope=np.arange(n, dtype=np.int32) % len(offered),
    )
    envelopes = tuple(ENVELOPE.bind(one) for one in offered)
    score = Score(corpus.sounds, corpus.framing, events, 14_000, envelopes=envelopes, interpolation="cubic")
    expected = np.concatenate([block for _, block in Rendering(score).blocks()])
    assert np.abs(expected).max() < 1, "the limiter would be at work"
    columns = {name: column.tolist() for name, column in events.columns().items()}
    listed = [{name: values[i] for name, values in columns.items()} for i in range(n)]
    assert np.abs(rendered(tab, listed, 14_000) - expected).max() < CLOSE


def test_pointing_at_a_grain_plays_that_grain(silent: Any, corpus: Corpus) -> None:
    silent.evaluate("() => { granulate.hub.on('hover', ({ index }) => (globalThis.hovered = index)); }")
    for wanted in (20, 45):
        x, y = place_of(silent, wanted)
        with Heard(silent) as during:
            silent.mouse.move(x, y)
            until(silent, SOUNDED)
        index = silent.evaluate("hovered")
        assert np.hypot(*np.subtract(place_of(silent, index), (x, y))) < 2, "another grain was nearer"
        assert difference(during.sound[:, 0], windowed(corpus, index)) < CLOSE
        assert np.array_equal(during.sound[:, 0], during.sound[:, 1])
        silent.mouse.move(3, 3)
        silent.evaluate("granulate.take.clear()")


def test_sound_follows_the_pointer_within_30_ms(silent: Any) -> None:
    # From the pointer's event to the audio thread's first sample that is not silent: the best of some, since
    # other processes may hold this one up, and nothing can make it faster than it is.
    waits = []
    for wanted in range(10, 70, 10):
        x, y = place_of(silent, wanted)
        silent.evaluate(
            """() => {
                globalThis.wait = new Promise((resolve) => {
                    const { audio } = granulate;
                    let moved = 0;
                    const now = () => performance.timeOrigin + performance.now();
                    addEventListener("pointermove", () => (moved ||= now()), { capture: true, once: true });
                    audio.on("sounding", ({ at }) => moved && resolve(at - moved));
                    setTimeout(() => resolve(1000), 1500);
                });
            }"""
        )
        silent.mouse.move(x, y)
        waits.append(silent.evaluate("() => globalThis.wait"))
        silent.mouse.move(3, 3)
        silent.wait_for_timeout(80)
    assert min(waits) < 30, waits


def test_in_order_grains_add_up_to_the_recording(silent: Any, corpus: Corpus) -> None:
    silent.select_option("[data-test=walk-mode]", "order")
    for _ in range(3):
        late = silent.evaluate("granulate.audio.latest.late")
        with Heard(silent) as during:
            silent.click("[data-test=play]")
            until(silent, "granulate.take.events.length > 45")
            silent.click("[data-test=play]")
            until(silent, SOUNDED)
        if silent.evaluate("granulate.audio.latest.late") == late:
            break  # otherwise the machine was too busy to play in time
        silent.evaluate("granulate.take.clear()")
    source = corpus.sounds[0].frames[4096:16_384, 0].astype(np.float64)
    assert difference(during.sound[:, 0], source) < CLOSE


def test_what_was_played_renders_again_as_it_was_heard(silent: Any, corpus: Corpus) -> None:
    silent.evaluate(
        """() => Object.assign(granulate.player.settings, {
            mode: "drunk", density: 60, length: 70, transpose: -2, pitch_jitter: 5, pan_jitter: 0.8,
            start_jitter: 20, time_jitter: 1, length_jitter: 0.4, gain_jitter: 6, backwards: 0.3, seed: 4,
        })"""
    )
    with silent.expect_download() as file:
        silent.click("[data-test=record]")
        silent.click("[data-test=play]")
        until(silent, "granulate.take.events.length > 40")
        silent.keyboard.press("w")
        silent.click("[data-test=record]")
    assert file.value.suggested_filename.endswith(".wav")
    recording, rate = soundfile.read(file.value.path())
    with silent.expect_download() as file:
        silent.click("[data-test=save-score]")
    assert corpus.sounds[0].origin is not None
    path = Path(corpus.sounds[0].origin.path).parent / file.value.suggested_filename
    file.value.save_as(path)
    score = score_file.load(path)
    sound = np.concatenate([block for _, block in Rendering(score).blocks()]).astype(np.float64)
    assert len(score.events) > 20
    assert rate == RATE
    part = sound[: RATE // 4]  # stopping cut the end short
    assert difference(recording[:, 0], part[:, 0]) < CLOSE
    assert difference(recording[:, 1], part[:, 1]) < CLOSE


def test_a_drawn_loop_plays(silent: Any) -> None:
    silent.click("[data-test=tool-loop]")
    box = silent.locator("#map").bounding_box()
    corners = np.array([(0.3, 0.3), (0.7, 0.3), (0.5, 0.7), (0.32, 0.32)])
    corners = corners * [box["width"], box["height"]] + [box["x"], box["y"]]
    silent.mouse.move(*corners[0])
    silent.mouse.down()
    for x, y in corners[1:]:
        silent.mouse.move(x, y, steps=3)
    silent.mouse.up()
    silent.wait_for_selector("[data-test=play][aria-pressed=true]")
    until(silent, "granulate.take.events.length > 3")
    assert silent.input_value("[data-test=walk-mode]") == "line"
    silent.keyboard.press("Escape")
    silent.wait_for_selector("[data-test=play][aria-pressed=false]")
    silent.click("[data-test=tool-pointer]")
    assert silent.evaluate("() => granulate.player.walker.line") is None


def test_a_lassoed_region_plays(silent: Any) -> None:
    silent.click("[data-test=tool-lasso]")
    box = silent.locator("#map").bounding_box()
    corners = np.array([(0.02, 0.02), (0.5, 0.02), (0.5, 0.98), (0.02, 0.98)])
    corners = corners * [box["width"], box["height"]] + [box["x"], box["y"]]
    silent.mouse.move(*corners[0])
    silent.mouse.down()
    for x, y in corners[1:]:
        silent.mouse.move(x, y, steps=3)
    silent.mouse.up()
    silent.wait_for_selector("[data-test=play][aria-pressed=true]")
    until(silent, "granulate.take.events.length > 8")
    selected, played = silent.evaluate(
        "[[...granulate.state.selection], granulate.take.events.map((one) => one.index)]"
    )
    assert 3 < len(selected) < silent.evaluate("granulate.pack.n")
    assert set(played) <= set(selected)
    silent.click("[data-test=tool-pointer]")


def test_without_a_worklet_the_page_plays_as_well(chromium: Any, served: str, corpus: Corpus) -> None:
    tab = opened(chromium, served + "&script")
    assert tab.evaluate("granulate.audio.kind") == "script"
    with Heard(tab) as during:
        tab.evaluate("granulate.hub.emit('pick', { index: 33, source: 'keys' })")
        until(tab, SOUNDED)
    assert difference(during.sound[:, 0], windowed(corpus, 33)) < CLOSE
    assert not tab.errors
    tab.close()


def test_the_page_in_one_file_plays(chromium: Any, pack: bytes, corpus: Corpus, tmp_path: Path) -> None:
    path = tmp_path / "map.html"
    path.write_text(page.standalone(pack, title="rise"), encoding="utf-8")
    tab = opened(chromium, path.as_uri() + "?canvas")
    assert tab.evaluate("granulate.audio.kind") == "worklet"
    with Heard(tab) as during:
        tab.evaluate("granulate.hub.emit('pick', { index: 12, source: 'keys' })")
        until(tab, SOUNDED)
    assert difference(during.sound[:, 0], windowed(corpus, 12)) < CLOSE
    assert not tab.errors
    tab.close()
