"""The page's sound, module by module: engine, jitter buffer, neighbours and walks, run by a real Chromium."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from scipy.spatial import cKDTree

from tests.page.sounding import difference, module, serving

RATE = 44_100


@pytest.fixture(scope="module")
def tab(chromium: Any) -> Iterator[Any]:
    """An empty page."""
    with serving({"/": (b"<!doctype html><title>empty</title>", "text/html")}) as url:
        found = chromium.new_page()
        found.goto(url)
        yield found
        found.close()


def test_nothing_but_sound_leaves_the_engine(tab: Any) -> None:
    code = """
        const engine = new GrainEngine(given);
        const bad = Float32Array.from({ length: 4000 }, (_, i) => [NaN, Infinity, 0.5, -1e30, 3][i % 5]);
        engine.setSound(0, [bad]);
        engine.tables = [new Float32Array(8193).fill(1)];
        const row = (over) => FIELDS.map((name) => ({ time: 0, sound: 0, start: 0, length: 3000, rate: 1, gain: 60,
            pan: 0, envelope: 0, tag: 0, id: 0, ...over })[name]);
        for (const over of [{}, { rate: NaN }, { rate: 0 }, { length: -1 }, { length: NaN }, { gain: Infinity },
            { pan: 2 }, { sound: 9 }, { envelope: 5 }, { start: NaN }, { time: Infinity }]) {
            engine.schedule(Float64Array.from(row(over)));
        }
        const out = [];
        for (let frame = 0; frame < 4096; frame += 128) {
            const [left, right] = [new Float32Array(128), new Float32Array(128)];
            engine.process(left, right, frame);
            out.push(...left, ...right);
        }
        return { finite: out.every(Number.isFinite), peak: out.reduce((a, b) => Math.max(a, Math.abs(b))),
            refused: engine.counts.refused, silenced: engine.master.nonFinite };
    """
    found = module(tab, "grain-engine.js", "GrainEngine, FIELDS", code, RATE)
    assert found["finite"]
    assert 0.9 < found["peak"] <= 1
    assert found["refused"] == 10
    assert found["silenced"] > 0


def test_stopping_is_soft_and_voices_are_bounded(tab: Any) -> None:
    code = """
        const engine = new GrainEngine(given);
        engine.setSound(0, [new Float32Array(given * 2).fill(0.004)]);
        engine.tables = [Float32Array.from({ length: 8193 }, (_, i) => Math.min(1, i / 400))];
        const all = new Float64Array(2000 * FIELDS.length);
        for (let i = 0; i < 2000; i++) all.set([i * 4, 0, 0, 60000, 1, 1, 0, 0, 1, i], i * FIELDS.length);
        engine.schedule(all);
        let voices = 0;
        const out = [];
        for (let frame = 0; frame < 128 * 200; frame += 128) {
            const [left, right] = [new Float32Array(128), new Float32Array(128)];
            if (frame === 128 * 100) engine.panic();
            engine.process(left, right, frame);
            voices = Math.max(voices, engine.voices.length);
            out.push(...left);
        }
        return { voices, out: JSON.stringify(out) };
    """
    found = module(tab, "grain-engine.js", "GrainEngine, FIELDS", code, RATE)
    out = np.array(json.loads(found["out"]))
    assert found["voices"] <= 256
    assert out.max() > 0.3
    # A raised cosine over 4 ms of a full-scale signal falls by 0.009 a sample at its steepest.
    assert np.abs(np.diff(out)).max() < 0.012
    assert not out[128 * 100 + RATE // 100 :].any()


@pytest.mark.parametrize("drift", [0.0, 0.001, -0.001])
def test_sound_from_a_server_is_even(tab: Any, drift: float) -> None:
    code = """
        const buffer = new JitterBuffer(48000);
        buffer.start(1, 48000);
        const chance = (() => { let s = 1; return () => (s = (s * 16807) % 2147483647) / 2147483647; })();
        const tone = (i) => 0.25 * Math.sin(i * 0.05) + 0.25 * Math.sin(i * 0.0317);
        const out = [];
        let sent = 0;
        let clock = 4294967000;  // it wraps around
        for (let frame = 0; frame < 48000 * 12; frame += 128) {
            // It comes in portions of up to 30 ms.
            const due = frame * (1 + given) + 1024;
            if (due - sent > 480 + 960 * chance()) {
                const n = Math.floor(due - sent);
                buffer.push(clock, Float32Array.from({ length: n }, (_, i) => tone(sent + i)));
                sent += n;
                clock = (clock + n) >>> 0;
            }
            const [left, right] = [new Float32Array(128), new Float32Array(128)];
            buffer.add(left, right);
            if (frame > 48000) out.push(...left);
        }
        return { ...buffer.counts, step: out.reduce((a, x, i) => i ? Math.max(a, Math.abs(x - out[i - 1])) : 0, 0),
            fill: buffer.fill / 48000, sent, some: out.slice(-4096) };
    """
    found = module(tab, "jitter-buffer.js", "JitterBuffer", code, drift)
    assert (found["underruns"], found["lost"], found["skips"]) == (0, 0, 0)
    assert found["step"] < 0.25 * (0.05 + 0.0317) * 1.01
    assert 0.02 < found["fill"] < 0.25
    if drift == 0:
        # Neither faster nor slower: the very samples.
        at = np.arange(found["sent"])
        whole = (0.25 * np.sin(at * 0.05) + 0.25 * np.sin(at * 0.0317)).astype(np.float32)
        assert difference(whole[-20_000:], np.array(found["some"])) < 1e-6


def test_what_a_server_loses_is_silence_and_counted(tab: Any) -> None:
    code = """
        const buffer = new JitterBuffer(48000);
        buffer.start(2, 48000);
        const out = [];
        let clock = 0;
        for (let k = 0; k < 400; k++) {
            if (k === 60) clock += 480;  // lost
            const stalled = k > 200 && k < 260;
            if (!stalled) {
                buffer.push(clock, new Float32Array(2 * 480).fill(0.5));
                clock += 480;
            }
            const [left, right] = [new Float32Array(480), new Float32Array(480)];
            buffer.add(left, right);
            out.push(...left);
        }
        return { ...buffer.counts, last: out.at(-1), peak: out.reduce((a, b) => Math.max(a, b)) };
    """
    found = module(tab, "jitter-buffer.js", "JitterBuffer", code)
    assert found["lost"] == 480
    assert found["underruns"] == 1
    assert found["last"] == 0.5
    assert found["peak"] == 0.5


@pytest.mark.parametrize("axes", [2, 3])
def test_the_nearest_grains_are_the_nearest(tab: Any, axes: int) -> None:
    rng = np.random.default_rng(5)
    points = np.concatenate([rng.random((400, axes)), 0.5 + 1e-3 * rng.random((200, axes))])
    points = points.astype(np.float32)
    members = np.sort(rng.choice(600, 150, replace=False))
    places = rng.uniform(-0.2, 1.2, (40, axes)).round(3)
    code = """
        const { points, members, axes } = given;
        const all = new Neighbours(Float32Array.from(points), axes);
        const some = new Neighbours(Float32Array.from(points), axes, Uint32Array.from(members));
        return given.places.map((place) => [all.nearest(place, 9), some.nearest(place, 9)]);
    """
    given = {
        "points": points.ravel().tolist(), "members": members.tolist(), "places": places.tolist(), "axes": axes,
    }  # fmt: skip
    found = module(tab, "neighbours.js", "Neighbours", code, given)
    for place, (of_all, of_some) in zip(places, found, strict=True):
        assert of_all == cKDTree(points).query(place, 9)[1].tolist()
        assert of_some == members[cKDTree(points[members]).query(place, 9)[1]].tolist()


def test_walks_keep_to_their_seed_their_line_and_their_region(tab: Any) -> None:
    rng = np.random.default_rng(6)
    points = rng.random((3000, 2)).astype(np.float32)
    code = """
        const points = Float32Array.from(given.points);
        const settings = { mode: "walk", spread: 4, step: 0.05, rest: 8, seconds: 2, repeat: false, seed: 7 };
        const walked = (over, prepare = () => {}) => {
            const walker = new Walker(points, { ...settings, ...over });
            walker.restart();
            prepare(walker);
            return Array.from({ length: 300 }, () => walker.next(0.02));
        };
        const within = (walker) => walker.select(Uint32Array.from(given.region));
        return {
            ...Object.fromEntries(Object.keys(WALKS).map((mode) => [mode, walked({ mode })])),
            again: walked({}), other: walked({ seed: 8 }),
            inside: ["walk", "drunk", "order", "random"].flatMap((mode) => walked({ mode, repeat: true }, within)),
            drawn: walked({ mode: "line" }, (walker) => walker.draw([[0.1, 0.2], [0.9, 0.6]], false)),
            round: walked({ mode: "line" }, (walker) => walker.draw([[0.2, 0.2], [0.8, 0.2], [0.5, 0.8]], true)),
        };
    """
    region = np.flatnonzero((points[:, 0] < 0.3) & (points[:, 1] > 0.5))
    given = {"points": points.ravel().tolist(), "region": region.tolist()}
    found = module(tab, "walks.js", "Walker, WALKS", code, given)
    assert found["walk"] == found["again"] != found["other"]
    assert found["order"] == list(range(300))
    assert set(found["inside"]) <= set(region.tolist())
    steps = np.linalg.norm(np.diff(points[found["walk"]], axis=0), axis=1)
    assert np.median(steps) < 0.08, "neighbours are far apart"
    assert all(len(set(found["walk"][i : i + 8])) == 8 for i in range(290)), "a grain did not rest"
    drawn = [i for i in found["drawn"] if i >= 0]
    assert 95 <= len(drawn) <= 101, "a line of two seconds at fifty grains a second"
    direction = np.array([0.8, 0.4]) / np.hypot(0.8, 0.4)
    away = (points[drawn] - [0.1, 0.2]) @ np.array([-direction[1], direction[0]])
    along = (points[drawn] - [0.1, 0.2]) @ direction
    assert np.abs(away).max() < 0.12
    assert np.corrcoef(along, np.arange(len(drawn)))[0, 1] > 0.99
    assert min(found["round"]) >= 0, "a loop has no end"
    assert set(found["line"]) == set(found["pointer"]) == {-1}, "neither line nor pointer"
