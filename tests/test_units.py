from fractions import Fraction

import pytest

from granulate.errors import ParameterError
from granulate.units import parse_time


@pytest.mark.parametrize(
    ("text", "samples"),
    [
        (2048, 2048),
        ("2048", 2048),
        ("12 samples", 12),
        ("250ms", 11025),
        ("250 ms", 11025),
        ("0.25s", 11025),
        ("1/8s", 5512),  # int(sr / 8), as the habit has it
        ("1 window", 2000),
        ("1/2 windows", 1000),
        ("2.5 hops", 1000),
        (0, 0),
    ],
)
def test_times_in_samples(text: int | str, samples: int) -> None:
    assert parse_time(text).samples(44_100, window=2000, hop=400) == samples


def test_times_do_not_round_through_floats() -> None:
    assert parse_time("0.1s").amount == Fraction(1, 10)
    assert parse_time("0.29s").samples(100) == 29  # int(0.29 * 100) is 28


@pytest.mark.parametrize(
    "text", ["", "fast", "-1", "1 week", "1/0s", "1e9s", "nan", "1 2", True, None, 1.5, "99999999s"]
)
def test_what_is_no_time_is_refused_by_name(text: object) -> None:
    with pytest.raises(ParameterError, match=r"is not a time|longer than"):
        parse_time(text)  # type: ignore[arg-type]


def test_hops_need_a_framing() -> None:
    with pytest.raises(ParameterError, match="hops"):
        parse_time("2 hops").samples(44_100)
