"""The ring: whatever is pushed comes out once, in order and whole, however both sides take turns."""

from __future__ import annotations

import multiprocessing
import time
from collections import deque
from multiprocessing.shared_memory import SharedMemory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from granulate.errors import ParameterError
from granulate.live.records import event_type
from granulate.live.ring import Ring

DTYPE = np.dtype([("id", "i8"), ("value", "f8"), ("gains", "f4", (4,))])
MANY, CAPACITY = 1_000_000, 1000


def ring(capacity: int, dtype: np.dtype = DTYPE) -> Ring:
    return Ring(dtype, capacity, memoryview(bytearray(Ring.size(dtype, capacity))))


def records(first: int, n: int) -> np.ndarray:
    made = np.zeros(n, DTYPE)
    made["id"] = np.arange(first, first + n)
    made["value"] = made["id"] * 0.5
    made["gains"] = made["id"][:, None]
    return made


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 9), st.lists(st.tuples(st.booleans(), st.integers(0, 12)), max_size=60))
def test_it_is_a_queue_of_that_capacity(capacity: int, schedule: list[tuple[bool, int]]) -> None:
    made, model, pushed = ring(capacity), deque[int](), 0
    for pushing, n in schedule:
        if pushing:
            fitted = made.push(records(pushed, n))
            assert fitted == min(n, capacity - len(model))
            model.extend(range(pushed, pushed + fitted))
            pushed += fitted
        else:
            out = np.zeros(n, DTYPE)
            got = made.pop(out)
            expected = [model.popleft() for _ in range(min(n, len(model)))]
            assert got == len(expected)
            assert (out[:got] == np.array([records(i, 1)[0] for i in expected], DTYPE)).all()
    assert (made.n_pushed, made.n_pushed - made.n_popped) == (pushed, len(model))


def test_a_record_that_is_not_whole_is_never_read() -> None:
    """As a writer leaves it that dies between a record's words and its number, or memory that is overwritten."""
    capacity = 4
    memory = bytearray(Ring.size(DTYPE, capacity))
    made = Ring(DTYPE, capacity, memoryview(memory))
    made.push(records(0, 3))
    words = np.frombuffer(memory, np.int64)
    slots = words[len(words) - capacity * (1 + DTYPE.itemsize // 8) :].reshape(capacity, -1)
    slots[1, 0] -= capacity
    out = np.zeros(4, DTYPE)
    assert made.pop(out) == 1
    assert made.pop(out) == 0
    slots[1, 0] += capacity
    assert made.pop(out) == 2
    assert out["id"][:2].tolist() == [1, 2]


def test_what_it_refuses() -> None:
    with pytest.raises(ParameterError, match="multiple of 8"):
        ring(4, np.dtype([("a", "i4")]))
    with pytest.raises(ParameterError, match="allowed"):
        ring(4).push(np.zeros(1, event_type(2)))


def pour(name: str) -> None:
    memory = SharedMemory(name)
    made = Ring(DTYPE, CAPACITY, memory.buf)
    sent, rng = 0, np.random.default_rng(0)
    pool = records(0, MANY)
    while sent < MANY:
        n = made.push(pool[sent : sent + int(rng.integers(1, 2 * CAPACITY))])
        sent += n
        if not n:
            time.sleep(0)  # the other one may have the same core
    del made
    memory.close()


def test_a_million_records_between_two_processes() -> None:
    memory = SharedMemory(create=True, size=Ring.size(DTYPE, CAPACITY))
    made = Ring(DTYPE, CAPACITY, memory.buf)
    process = multiprocessing.get_context("spawn").Process(target=pour, args=(memory.name,), daemon=True)
    process.start()
    try:
        received, rng, deadline = 0, np.random.default_rng(1), time.monotonic() + 60
        expected, room = records(0, MANY), np.zeros(2 * CAPACITY, DTYPE)
        while received < MANY:
            out = room[: int(rng.integers(1, len(room)))]
            n = made.pop(out)
            assert out[:n].tobytes() == expected[received : received + n].tobytes()
            received += n
            assert time.monotonic() < deadline, f"{received} records"
            if not n:
                time.sleep(0)
        process.join(10)
        assert process.exitcode == 0
    finally:
        process.kill()
        process.join()
        del made  # its arrays, without which the memory can be closed
        memory.close()
        memory.unlink()
