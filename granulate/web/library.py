"""A library's map served: its sounds as they are wanted, and what its page asks of it.

    GET  /library/state         {"labels": {"names", "of"}, "version", "training": {...}, "exports": bool}
    GET  /library/sound/N       FLAC
    GET  /library/similar       ?point=N&n=20 -> {"points": [...], "distances": [...]}
    GET  /library/predictions   {"classes": [...], "shares": base64 of uint16 (n, n_classes), 65535 is certain}
    POST /library/labels        {"points": ..., "label": "kick"}
    POST /library/train         {}
    POST /library/export        {"points": ..., "folder": "name", "how": "copy" | "link"}
    POST /library/score         {"points": ...} -> the score

Pages at the socket are told {"labels": version} when labels have changed. Points are base64 of a bit for each, the lowest first. What is refused is {"refused": "one line"}, status 400.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from aiohttp import web

from granulate.corpus import Step, quiet
from granulate.errors import GranulateError, ParameterError
from granulate.library import Library
from granulate.page import sketch
from granulate.page.library import of_library
from granulate.types import Choice
from granulate.web.content import Content
from granulate.web.desk import Desk, Points
from granulate.web.server import Tell

PANELS = ("panel-play.js", "panel-library.js")

_TELL: web.AppKey[Tell] = web.AppKey("tell")

Answer = Callable[[Desk, web.Request], Awaitable[Any]]


class ServedLibrary:
    """What a `Server` is given to serve a library: `content`, `routes` and `settings`."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        pack = desk.shown.map.to_bytes()
        self.content = Content(desk.shown.map.title, pack, sketch=sketch(pack))
        self.settings: Mapping[str, Any] = {"panels": list(PANELS), "library": True}

    def routes(self, application: web.Application, tell: Tell) -> None:
        """Add what the page asks for to a server, and have labels told to all pages."""
        application[_TELL] = tell
        for method, path, answer in (
            ("GET", "/library/state", _state),
            ("GET", "/library/sound/{point:[0-9]{1,9}}", _sound),
            ("GET", "/library/similar", _similar),
            ("GET", "/library/predictions", _predictions),
            ("POST", "/library/labels", _label),
            ("POST", "/library/train", _train),
            ("POST", "/library/export", _export),
            ("POST", "/library/score", _score),
        ):
            application.router.add_route(method, path, _handler(self.desk, answer))


def serve_library(
    library: Library, *, exports: Path | None = None, title: str = "", seed: int = 0,
    reduction: Choice | None = None, step: Step = quiet,
) -> ServedLibrary:  # fmt: skip
    """Lay a library out (`page.library.of_library`) to be served.

    `exports`: in which folder pages may put folders of sounds; None: nowhere.

    Raises ParameterError for a library without measured sounds.
    """
    shown = of_library(library, title=title, embedded=False, seed=seed, reduction=reduction, step=step)
    return ServedLibrary(Desk(library.folder, library.index, shown, exports=exports))


def _handler(desk: Desk, answer: Answer) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            found = await answer(desk, request)
        except GranulateError as error:
            return web.json_response({"refused": str(error)}, status=400)
        return found if isinstance(found, web.StreamResponse) else web.json_response(found)

    return handle


async def _state(desk: Desk, request: web.Request) -> dict[str, Any]:
    names, of = await asyncio.to_thread(desk.labels)
    return {
        "labels": {"names": names, "of": of},
        "version": desk.version,
        "training": asdict(desk.training),
        "exports": desk.exports is not None,
    }


async def _sound(desk: Desk, request: web.Request) -> web.Response:
    data = await asyncio.to_thread(desk.sound, int(request.match_info["point"]))
    return web.Response(body=data, content_type="audio/flac")


async def _similar(desk: Desk, request: web.Request) -> dict[str, Any]:
    point, n = _number(request, "point"), _number(request, "n")
    found = await asyncio.to_thread(desk.similar, point, n)
    return {"points": [point for point, _ in found], "distances": [distance for _, distance in found]}


async def _predictions(desk: Desk, request: web.Request) -> dict[str, Any]:
    classes, shares = await asyncio.to_thread(desk.predicted)
    whole = np.rint(np.nan_to_num(shares) * 65535).astype("<u2")
    return {"classes": classes, "shares": base64.b64encode(whole.tobytes()).decode("ascii")}


async def _label(desk: Desk, request: web.Request) -> dict[str, Any]:
    body = await _body(request, points=str, label=str)
    points = _points(desk, body["points"])
    await asyncio.to_thread(desk.label, points, body["label"])
    request.app[_TELL]("labels", desk.version)
    return await _state(desk, request)


async def _train(desk: Desk, request: web.Request) -> dict[str, Any]:
    await _body(request)
    desk.train()
    return asdict(desk.training)


async def _export(desk: Desk, request: web.Request) -> dict[str, Any]:
    body = await _body(request, points=str, folder=str, how=str)
    points = _points(desk, body["points"])
    return await asyncio.to_thread(desk.export, points, body["folder"], body["how"])


async def _score(desk: Desk, request: web.Request) -> web.Response:
    body = await _body(request, points=str)
    data = await asyncio.to_thread(desk.score, _points(desk, body["points"]))
    return web.Response(body=data, content_type="application/json")


async def _body(request: web.Request, **wanted: type) -> dict[str, Any]:
    """The request's object, which has these and no other values. Raises ParameterError."""
    try:
        found = json.loads(await request.text())
    except (ValueError, RecursionError, LookupError):
        raise ParameterError("a request that is no JSON; allowed: one object") from None
    if not isinstance(found, dict) or set(found) != set(wanted):
        raise ParameterError(
            f"a request without its values; allowed: {', '.join(wanted) or 'an empty object'}"
        )
    for name, kind in wanted.items():
        if not isinstance(found[name], kind):
            raise ParameterError(f"{name} that is no {kind.__name__}; allowed: that")
    return found


def _points(desk: Desk, text: str) -> Points:
    n = len(desk.shown.ids)
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ParameterError("points that are no base64; allowed: a bit for each point of the map") from None
    if len(data) != -(-n // 8):
        raise ParameterError(f"{len(data)} bytes of points; allowed: a bit for each of {n}")
    bits = np.unpackbits(np.frombuffer(data, np.uint8), count=n, bitorder="little")
    return np.flatnonzero(bits).astype(np.int64)


def _number(request: web.Request, name: str) -> int:
    text = request.query.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise ParameterError(f"{name} = {text[:20]!r}; allowed: a whole number from 0")
    return int(text)
