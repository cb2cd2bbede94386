"""Controller maps: what is right, what is wrong and in which words, and curves."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from granulate.errors import ParameterError
from granulate.live.midi import Controller, ControllerMap, load, map_names, parse, schema, to_toml
from granulate.live.midi.scaling import Scale
from granulate.live.midi.targets import targets
from tests.live.midi import Instrument, cc, send

BAD = {
    'cc = 200\ntarget = "grain.pan"': ["control.cc = 200", "from 0 to 119"],
    'cc = 1\ntarget = "grain.pam"': ["target = 'grain.pam'", "did you mean 'grain.pan'", "SECTION.PARAMETER"],
    'cc = 1\ntraget = "grain.pan"': ["'traget'", "did you mean 'target'", "allowed: target, cc"],
    'cc = 1\nmode = "togle"\ntarget = "path.loop"': ["control.mode = 'togle'", "did you mean 'toggle'"],
    'cc = 1\nnote = 2\ntarget = "panic"': ["cc, note", "one source of"],
    'target = "panic"': ["no source", "one source of"],
    "cc = 1": ["target is missing"],
    'cc = 1\ntarget = "grain.length"': ["low is missing", "20ms"],
    'cc = 1\ntarget = "grain.length"\nlow = "5ms"\nhigh = "1 hop"': ["high = '1 hop'", "unit of low = '5ms'"],
    'cc = 1\ntarget = "grain.length"\nlow = "5ms"\nhigh = "fast"': ["high = 'fast'", "a time such as"],
    'cc = 1\ntarget = "path.speed"\nlow = -5': ["low = -5", "0 to 100"],
    'cc = 1\ntarget = "path.speed"\nlow = "slow"': ["low = 'slow'", "0 to 100"],
    'cc = 1\ntarget = "path.speed"\nlow = 5\nhigh = 5': ["low = high = 5"],
    'cc = 1\ntarget = "path.speed"\nlow = nan': ["control.low = nan"],
    'cc = 1\ntarget = "path.loop"\nlow = 1': ["low = 1", "path.loop has no range"],
    'cc = 1\ntarget = "path.weights"': ["target = 'path.weights'", "one number, time or choice"],
    'cc = 1\ntarget = "grain.pan"\ncurve = "exponential"': ["curve = 'exponential' from -1 to 1", "power"],
    'cc = 1\ntarget = "preset"\npreset = "drit"': ["preset = 'drit'", "did you mean 'drift'"],
    'cc = 1\ntarget = "preset"': ["preset is missing"],
    'cc = 1\ntarget = "goto"': ["point = []", "two or three"],
    'note = 1\nmode = "binary_offset"\ntarget = "grain.pan"': ["mode = 'binary_offset'", "a cc"],
    'note = 1\npickup = true\ntarget = "grain.pan"': ["pickup = true"],
    'cc = 1\nmode = "toggle"\ntarget = "goto.x"': ["mode = 'toggle' of goto.x"],
    'cc = 1\nchannel = 2\nmpe = true\ntarget = "grain.pan"': ["channel = 2 beside mpe"],
    'cc = 1\nchannel = 17\ntarget = "grain.pan"': ["control.channel = 17", "from 1 to 16"],
}


@pytest.mark.parametrize("entry", BAD)
def test_a_bad_entry_is_one_line_that_names_it(entry: str) -> None:
    with pytest.raises(ParameterError) as caught:
        parse('[[control]]\ncc = 9\ntarget = "panic"\n[[control]]\n' + entry)
    message = str(caught.value)
    assert message.startswith("control 2: ")
    assert "\n" not in message
    for part in BAD[entry]:
        assert part in message


@pytest.mark.parametrize(
    ("toml", "part"),
    [
        ("[[contrl]]", "did you mean 'control'"),
        ("[control]\ncc = 1", "[[control]]"),
        ("port = 5", "port = 5"),
        ("control = [1]", "control 1: control = 1"),
        ("[[notes]]\nlow = 70\nhigh = 60", "notes 1: high = 60"),
        ('[clock]\ntarget = "path.loop"', "clock: target = 'path.loop'"),
        ("[mpe]\nlower = 10\nupper = 10", "mpe: upper = 10"),
        ("[[", "not TOML"),
    ],
)
def test_a_bad_map_is_one_line(toml: str, part: str) -> None:
    with pytest.raises(ParameterError) as caught:
        parse(toml)
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_and_unreadable_files(tmp_path: Path) -> None:
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    (tmp_path / "bad.toml").write_text("[[control]]\ncc = 1")
    for name, part in [
        ("keybord", "did you mean 'keyboard'"), (tmp_path / "none.toml", "not a file"),
        (tmp_path / "binary.toml", "binary.toml: "), (tmp_path / "bad.toml", "bad.toml: control 1: target"),
    ]:  # fmt: skip
        with pytest.raises(ParameterError, match=part):
            load(name)


@pytest.mark.parametrize("name", map_names())
def test_shipped_maps(name: str, tmp_path: Path) -> None:
    import tomllib

    shipped = load(name)
    assert shipped.description
    assert shipped.controls or shipped.notes
    shipped.save(tmp_path / "saved.toml")
    saved = load(tmp_path / "saved.toml")
    assert (saved.tables, saved.description, saved.port) == (
        shipped.tables,
        shipped.description,
        shipped.port,
    )
    jsonschema.Draft202012Validator(schema()).validate(tomllib.loads((tmp_path / "saved.toml").read_text()))


TABLES = st.dictionaries(
    st.sampled_from(["target", "cc", "nrpn", "note", "bend", "channel", "low", "high", "curve", "mode", "pickup",
                     "step", "point", "preset", "mpe", "hold", "per_beat", "lower", "x"]),
    st.one_of(
        st.sampled_from([*targets(), "linear", "exponential", "toggle", "5ms", "1 hop", "drift", "regions"]),
        st.integers(-5, 200), st.floats(), st.booleans(), st.text(max_size=5), st.none(),
        st.lists(st.floats(0, 1), max_size=4),
    ),
    max_size=6,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["control", "notes", "clock", "mpe", "port"]),
        st.one_of(TABLES, st.lists(TABLES, max_size=3)),
    ),
    st.text(max_size=9),
)
def test_any_table_is_a_map_that_can_be_written_or_one_line(tables: dict[str, Any], description: str) -> None:
    made, problem = None, ""
    try:
        made = ControllerMap.of({**tables, "description": description})
    except ParameterError as error:
        problem = str(error)
    assert len(problem.splitlines()) == (made is None)
    assert made is None or parse(to_toml(made)) == made


def test_the_schema_is_one_and_refuses_what_the_map_refuses() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    json.dumps(schema())
    validator = jsonschema.Draft202012Validator(schema())
    for wrong in ({"cc": 200, "target": "panic"}, {"cc": 1, "target": "panic", "x": 1}, {"cc": 1}):
        assert not validator.is_valid({"control": [wrong]})


CURVES = st.sampled_from(["linear", "exponential", "logarithmic", "power"])


@settings(max_examples=100, deadline=None)
@given(st.floats(1e-3, 1e5), st.floats(1e-3, 1e5), CURVES, st.floats(0.1, 8), st.floats(0, 1))
def test_curves_keep_their_ends_rise_and_turn_back(
    low: float, high: float, curve: str, power: float, position: float
) -> None:
    if abs(low - high) < 1e-3 * max(low, high):
        return
    scale = Scale(low, high, curve, power)
    assert (scale.at(0.0), scale.at(1.0)) == pytest.approx((low, high))
    assert min(low, high) <= scale.at(position) <= max(low, high)
    # Flat ends of steep powers have no way back, only as far as the value itself goes.
    assert scale.at(scale.position(scale.at(position))) == pytest.approx(
        scale.at(position), abs=1e-6 * abs(high - low)
    )


def test_exponential_and_logarithmic_are_what_they_are_called() -> None:
    assert [Scale(1, 1000, "exponential").at(p) for p in (1 / 3, 2 / 3)] == pytest.approx([10, 100])
    middle = Scale(1, 1000, "logarithmic")
    assert middle.position(middle.at(0.5)) == pytest.approx(0.5)
    assert middle.at(0.5) == pytest.approx(1 + 999 * math.log(500.5) / math.log(1000))


def test_every_target_can_be_mapped() -> None:
    for name, target in targets().items():
        extra = {"low": "1ms", "high": "9ms"} if target.kind == "time" else {}
        extra |= {"preset": "drift"} if name == "preset" else {"point": [0.5, 0.5]} if name == "goto" else {}
        if target.ranged and target.kind != "time" and not math.isfinite(target.maximum - target.minimum):
            extra |= {"low": 1, "high": 2}
        made = ControllerMap.of({"control": [{"cc": 1, "target": name, **extra}]})
        instrument = Instrument()
        controller = Controller(instrument, made)
        send(controller, cc(1, 0), cc(1, 127))
        assert instrument.sets or instrument.acts
