"""Fixtures of the library's tests."""

from __future__ import annotations

import pytest

from tests.library.scanning import Work


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    """What children would do is done in this process."""
    made = Work()
    monkeypatch.setattr("granulate.jobs.each", made)
    return made
