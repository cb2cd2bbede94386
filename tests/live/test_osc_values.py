"""OSC's arguments and the parameters that they mean: every one of the registry, there and back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from granulate.errors import PresetError
from granulate.live.osc import values
from granulate.live.osc.packets import Message
from granulate.live.osc.server import Server
from granulate.preset import SECTIONS
from tests.live.instrument import Client, Instrument

STAGES = [stage for section in SECTIONS.values() for stage in section.stages.values()]


@pytest.mark.parametrize(
    ("address", "given", "expected"),
    [
        ("grain/density", 20.5, 20.5),
        ("grain/density", 20, 20.0),
        ("path/momentum", 0.99, 0.99),
        ("path/neighbours", 5.0, 5),
        ("envelope/taper", 1, 1.0),
        ("framing/hop", 256.0, 256),
        ("framing/hop", "20ms", "20ms"),
        ("framing/n_fft", "unset", None),
        ("path/floor", -40, -40.0),
        ("grain/interpolation", "linear", "linear"),
        ("output/sample_rate", 44100.0, 44100),
        ("scaling/kind", "db,minmax", "db,minmax"),
        ("path/kind", "tour", "tour"),
        ("master/gain", -6, -6.0),
    ],
)
def test_values_arrive_as_the_parameters_type(
    instrument: Instrument, client: Client, address: str, given: Any, expected: Any
) -> None:
    assert client.ask(f"/granulate/{address}", given) == []
    value = instrument.get(*address.split("/"))
    assert (value, type(value)) == (expected, type(expected))


@pytest.mark.parametrize("given", [True, 1, 1.0, "on", "true"])
def test_truth_is_read_from_what_clients_have(instrument: Instrument, client: Client, given: Any) -> None:
    client.ask("/granulate/path/kind", "tour")
    assert instrument.get("path", "loop") is False
    client.ask("/granulate/path/loop", given)
    assert instrument.get("path", "loop") is True


def test_lists_and_tables_arrive(instrument: Instrument, client: Client) -> None:
    client.ask("/granulate/path/weights", "mfcc", 1.0, "level", 0.2)
    assert instrument.get("path", "weights") == {"mfcc": 1.0, "level": 0.2}
    client.ask("/granulate/path/kind", "gesture")
    client.ask("/granulate/path/points", 0.1, 0.2, 0.9, 0.5)
    assert instrument.get("path", "points") == [[0.1, 0.2], [0.9, 0.5]]
    client.ask("/granulate/path/kind", "nearest")
    client.ask("/granulate/path/transpose", -12, 0.0, 7)
    assert instrument.get("path", "transpose") == [-12, 0.0, 7]


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: f"{stage.section}.{stage.name}")
def test_every_parameter_is_asked_and_its_answer_is_taken_back(stage: Any) -> None:
    instrument = Instrument()
    with Server(instrument) as server, Client(server.port) as client:
        if not SECTIONS[stage.section].single:
            client.ask(f"/granulate/{stage.section}/kind", stage.name)
            assert instrument.get(stage.section, "kind") == stage.name
        for name in stage.parameters:
            before = instrument.get(stage.section, name)
            address = f"/granulate/{stage.section}/{name}"
            (answer,) = client.ask(address)
            assert answer.address == address
            assert client.ask(address, *answer.arguments) == []
            assert instrument.history[-1] == (stage.section, name, before)


@pytest.mark.parametrize(
    ("address", "sent", "meant"),
    [
        ("grain/density", -1, -1.0),
        ("grain/density", 2.5e9, 2.5e9),
        ("grain/density", "often", "often"),
        ("path/neighbours", 0.0, 0),
        ("path/neighbours", 1.5, 1.5),
        ("framing/hop", -1.0, -1),
        ("framing/hop", 0.5, 0.5),
        ("grain/interpolation", "qubic", "qubic"),
        ("path/momentum", 1.0, 1.0),
    ],
)
def test_what_is_not_allowed_is_answered_in_the_presets_words(
    instrument: Instrument, client: Client, address: str, sent: Any, meant: Any
) -> None:
    section, parameter = address.split("/")
    stage = SECTIONS[section][str(instrument.get(section, "kind") or section)]
    before = dict(instrument.values())
    with pytest.raises(PresetError) as refused:
        stage.bind({parameter: meant})
    (answer,) = client.ask(f"/granulate/{address}", sent)
    assert answer == Message("/granulate/error", "ss", [f"/granulate/{address}", str(refused.value)])
    assert instrument.values() == before


PROBES = st.one_of(
    st.floats(-1e6, 1e6),
    st.integers(-5, 100_000),
    st.booleans(),
    st.none(),
    st.sampled_from(["hann", "linear", "20ms", "1/8s", "-1", "x", "", "1 window", "auto"]),
    st.lists(st.one_of(st.floats(-1, 1), st.just("x")), max_size=3),
    st.lists(st.lists(st.floats(0, 1), max_size=3), max_size=3),
    st.dictionaries(st.sampled_from(["mfcc", "level"]), st.one_of(st.floats(0, 1), st.just("x")), max_size=2),
    st.binary(max_size=3),
)


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: f"{stage.section}.{stage.name}")
def test_the_quick_check_agrees_with_the_registrys_model(stage: Any) -> None:
    @settings(max_examples=20)
    @given(value=PROBES)
    def agrees(value: Any) -> None:
        for name, (kind, declared, _) in stage.parameters.items():
            try:
                stage.bind({name: value})
            except PresetError:
                allowed = False
            else:
                allowed = True
            assert values.is_allowed(value, values.shape(kind), declared) is allowed

    agrees()
