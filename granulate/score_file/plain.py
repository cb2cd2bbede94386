"""Scores as one JSON object, the events as columns."""

from __future__ import annotations

import json

from granulate.score_file.document import Document, Parts
from granulate.score_file.reading import parsed, text_of


def encoded(document: Document) -> bytes:
    """A document as JSON."""
    return json.dumps(document, separators=(",", ":"), allow_nan=False).encode()


def decoded(data: bytes) -> Parts:
    """The document that a file holds. Raises ScoreError."""
    return Parts(parsed(text_of(data)))
