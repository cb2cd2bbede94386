"""The map's server: the page, its pack and sounds over HTTP, the instrument over a WebSocket.

It listens on this machine alone unless told otherwise, answers only who was given its URL, and only
pages that it served itself (`guard`).
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from aiohttp import web

from granulate.errors import GranulateError, ParameterError
from granulate.live.background import Background, silent
from granulate.page import asset, names, served
from granulate.web.content import Content
from granulate.web.guard import Guard, harden, hosts_of, middleware
from granulate.web.hub import Hub
from granulate.web.live import Live, refusal

if TYPE_CHECKING:
    from aiohttp.web import Request, Response

LOOPBACK = "127.0.0.1"
MOST_CONNECTIONS = 200
STRANGER_S = 10.0
"""A connection that has not shown the token by then is closed."""
LIVE_PANELS = ("panel-live.js", "panel-library.js")
"""Those of a page that has an instrument behind it, instead of one in it."""
_LOOK_S = 1.0
_MOST_BODY = 1 << 20
Tell = Callable[[str, Any], None]
"""Tells all pages at the socket something: its name and its value."""
Routes = Callable[[web.Application, Tell], None]


class Server:
    """Serves from `start` to `stop` (or as a context manager), in a thread of its own.

    `live`: the instrument that pages move; without one they play by themselves. `host`: an address of this
    machine; `port`: 0 takes a free one; `token`: a new one unless it is given. `renewed`: asked now and
    then for another map, where what is played has changed. `routes` adds more to serve. `settings` go to
    the page.
    """

    def __init__(
        self, content: Content, live: Live | None = None, *, host: str = LOOPBACK, port: int = 0,
        token: str | None = None, renewed: Callable[[Content], Content | None] | None = None,
        routes: Routes | None = None, settings: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        try:
            ipaddress.ip_address(host)
        except ValueError:
            raise ParameterError(
                f"--bind {host!r}; allowed: an address of this machine, as 127.0.0.1"
            ) from None
        self.host, self.port = host, port
        self.content = content
        self._guard = Guard(hosts_of(host), token)
        self._live, self._renewed, self._routes = live, renewed, routes
        shown = {} if live is None else {"panels": [name for name in LIVE_PANELS if name in names()]}
        self._settings = {"live": live is not None, **shown, **(settings or {})}
        self._version = 1
        self._hub = Hub(live, {"format": 1, "map": 1, "title": content.title})
        self._strangers: set[Any] = set()
        self._schema = b"" if live is None else json.dumps(live.schema(), allow_nan=False).encode()
        if live is not None and content.places is not None:
            live.show(content.places)
        self._background = Background("map", self._run)

    @property
    def url(self) -> str:
        """Where the page is, with the token: for the person who may see it."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{name}:{self.port}/?token={self._guard.token}"

    @property
    def pages(self) -> int:
        """How many pages are at the socket."""
        return len(self._hub)

    def start(self) -> Self:
        """Begin to serve. Raises ParameterError where it cannot listen there."""
        try:
            self._background.start()
        except (OSError, OverflowError) as error:
            raise ParameterError(
                f"the map cannot be served on {self.host}:{self.port} ({error}); allowed: an address of this"
                " machine and a port that is free, or 0 for any"
            ) from None
        return self

    def stop(self) -> None:
        """Serve no more; pages that are open wait for a server to come again."""
        self._background.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def _run(self) -> None:
        runner = web.AppRunner(
            self._application(), access_log=None, logger=silent(__name__), keepalive_timeout=15, shutdown_timeout=0.5,
            max_line_size=4096, max_field_size=4096,
        )  # fmt: skip
        await runner.setup()
        tasks: list[asyncio.Task[None]] = []
        server: asyncio.Server | None = None
        try:
            server = await asyncio.get_running_loop().create_server(
                self._bounded(runner), self.host, self.port, backlog=64
            )
            self.port = server.sockets[0].getsockname()[1]
            self._guard.cookie = f"granulate-{self.port}"
            tasks = [asyncio.create_task(self._hub.run()), asyncio.create_task(self._renew())]
            await self._background.serving()
        finally:
            if server is not None:
                server.close()
            for task in tasks:
                task.cancel()
            await self._hub.close()
            await runner.cleanup()

    def _bounded(self, runner: web.AppRunner) -> Callable[[], asyncio.Protocol]:
        """Connections as aiohttp has them, so many at most, and none that only waits."""
        loop, made = asyncio.get_running_loop(), runner.server
        assert made is not None
        coming: set[asyncio.Protocol] = set()

        def factory() -> asyncio.Protocol:
            # Of those that come together, none is among the server's connections yet: they are the next turn.
            if len(made.connections) + len(coming) >= MOST_CONNECTIONS:
                return _Refused()
            protocol = made()
            coming.add(protocol)
            loop.call_soon(loop.call_soon, coming.discard, protocol)
            self._strangers.add(protocol)
            loop.call_later(STRANGER_S, self._close_stranger, protocol)
            return protocol

        return factory

    def _close_stranger(self, protocol: Any) -> None:
        if protocol in self._strangers:
            self._strangers.discard(protocol)
            if protocol.transport is not None:
                protocol.transport.abort()

    def _application(self) -> web.Application:
        def known(request: Request) -> None:
            self._strangers.discard(request.protocol)

        application = web.Application(
            middlewares=[middleware(self._guard, known)], client_max_size=_MOST_BODY
        )
        application.on_response_prepare.append(harden)
        add = application.router.add_get
        add("/", self._page)
        add("/assets/{name}", self._asset)
        add("/map.bin", self._pack)
        add("/sound/{number:[0-9]{1,9}}", self._sound)
        add("/parameters.json", self._parameters)
        add("/favicon.ico", _nothing)
        application.router.add_get("/socket", self._hub.page, allow_head=False)
        if self._routes is not None:
            self._routes(application, self._hub.tell)
        return application

    async def _page(self, request: Request) -> Response:
        sketch = {"sketch": self.content.sketch} if self.content.sketch else {}
        text = served(title=self.content.title, settings={**self._settings, **sketch})
        return web.Response(text=text, content_type="text/html")

    async def _asset(self, request: Request) -> Response:
        name = request.match_info["name"]
        if name not in names() or name.endswith(".html"):
            raise web.HTTPNotFound
        body, kind = asset(name)
        return web.Response(body=body, content_type=kind, charset="utf-8")

    async def _pack(self, request: Request) -> Response:
        return web.Response(body=self.content.pack, content_type="application/octet-stream")

    async def _sound(self, request: Request) -> Response:
        number, sounds = int(request.match_info["number"]), self.content.sounds
        if number >= len(sounds):
            raise web.HTTPNotFound
        return web.Response(body=sounds[number], content_type="audio/flac")

    async def _parameters(self, request: Request) -> Response:
        if not self._schema:
            raise web.HTTPNotFound
        return web.Response(body=self._schema, content_type="application/json")

    async def _renew(self) -> None:
        """Show other sounds where these have come."""
        while self._renewed is not None:
            await asyncio.sleep(_LOOK_S)
            try:
                found = await asyncio.to_thread(self._renewed, self.content)
            except GranulateError as error:
                self._hub.tell("said", refusal(error))
                return
            if found is not None:
                self.content = found
                self._version += 1
                if self._live is not None and found.places is not None:
                    self._live.show(found.places)
                self._hub.renew()
                self._hub.hello |= {"map": self._version, "title": found.title}
                self._hub.tell("map", self._version)


class _Refused(asyncio.Protocol):
    """One connection too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        with suppress(AttributeError):
            transport.abort()  # type: ignore[attr-defined]


async def _nothing(request: Request) -> Response:
    """Browsers ask for an icon, whether a page has one or not."""
    return web.Response(status=204)
