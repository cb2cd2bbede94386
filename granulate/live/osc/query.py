"""OSCQuery: what the OSC server understands, over HTTP, and announced on the network by zeroconf.

Loopback only unless told otherwise. Only GET is answered, and only to who asks for this machine by
its address: a page of another site that has its name point here gets nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import socket
import threading
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Self

from granulate.errors import MissingDependencyError, ParameterError
from granulate.live.background import Background, silent
from granulate.live.osc.addresses import address_space
from granulate.live.osc.handler import Handler
from granulate.live.osc.server import LOOPBACK
from granulate.live.osc.tree import ATTRIBUTES, OTHER_ATTRIBUTES, Node, found, tree

if TYPE_CHECKING:
    from aiohttp.web import Application, Request, Response, StreamResponse
    from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

NAME = "granulate"
EVERYWHERE = "0.0.0.0"
SERVICES = ("_oscjson._tcp.local.", "_osc._udp.local.")
"""What is announced: this server, and the OSC server that it tells of."""


class Query:
    """Answers from `start` to `stop` (or as a context manager), in a thread of its own.

    `osc_port`: the OSC server's; `host`: an IPv4 address; `port`: 0 takes a free one. Where zeroconf
    cannot announce it, `unannounced` says why, and all else goes on.
    """

    def __init__(
        self, handler: Handler, osc_port: int, host: str = LOOPBACK, port: int = 0, announce: bool = True
    ) -> None:
        self.host, self.port, self.osc_port = host, port, osc_port
        self.unannounced: str | None = None if announce else "not asked for"
        self._handler = handler
        self._space = address_space()
        self._announce = announce
        self._announced = threading.Event()
        self._background = Background("oscquery", self._run)

    def start(self) -> Self:
        """Begin to answer. Raises MissingDependencyError, and ParameterError where it cannot listen there."""
        try:
            import aiohttp  # noqa: F401 - to say at once that it is missing
        except ImportError:
            raise MissingDependencyError("OSCQuery needs aiohttp; pip install aiohttp") from None
        try:
            self._background.start()
        except (OSError, OverflowError, UnicodeError) as error:
            raise ParameterError(
                f"OSCQuery cannot listen on {self.host}:{self.port} ({error}); allowed: an IPv4 address of"
                " this machine and a port that is free, or 0 for any"
            ) from None
        return self

    def stop(self) -> None:
        """Stop answering, and take the announcement back."""
        self._background.stop()

    def announced(self, timeout: float | None = None) -> bool:
        """Wait (s) until zeroconf has been asked; whether it announces the server."""
        return self._announced.wait(timeout) and self.unannounced is None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def _run(self) -> None:
        from aiohttp import web

        logger = silent(__name__)
        runner = web.AppRunner(
            self._application(), access_log=None, logger=logger, keepalive_timeout=5, shutdown_timeout=1
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, self.host, self.port).start()
            self.host, self.port = runner.addresses[0][:2]
            announced = asyncio.create_task(self._announced_by())
            await self._background.serving()
            if (announcing := await announced) is not None:
                await announcing.async_unregister_all_services()
                await announcing.async_close()
        finally:
            await runner.cleanup()

    def _application(self) -> Application:
        from aiohttp import web

        @web.middleware
        async def only_this_host(
            request: Request, handler: Callable[[Request], Awaitable[StreamResponse]]
        ) -> StreamResponse:
            if not self._is_own(request.host):
                return web.Response(status=403, text="this host is not served")
            return await handler(request)

        async def get(request: Request) -> Response:
            status, body = self.answer(request.path, request.query_string)
            if body is None:
                return web.Response(status=status)
            text = json.dumps(body, allow_nan=False)
            return web.Response(status=status, text=text, content_type="application/json")

        application = web.Application(middlewares=[only_this_host])
        application.router.add_get("/{path:.*}", get)
        return application

    def answer(self, path: str, attribute: str) -> tuple[int, Node | None]:
        """HTTP status and body for a path and the attribute after `?` (all of them where it is empty)."""
        if attribute == "HOST_INFO":
            return 200, self._host_info()
        node = found(tree(self._space, self._handler), path)
        if node is None:
            return 404, None
        if not attribute:
            return 200, node
        if attribute in node:
            return 200, {attribute: node[attribute]}
        return (204 if attribute in (*ATTRIBUTES, *OTHER_ATTRIBUTES) else 400), None

    def _host_info(self) -> Node:
        own = {"ACCESS", "VALUE", "RANGE", "DESCRIPTION", "UNIT"}
        return {
            "NAME": NAME,
            "OSC_IP": self.host,
            "OSC_PORT": self.osc_port,
            "OSC_TRANSPORT": "UDP",
            "EXTENSIONS": {name: name in own for name in (*sorted(own), *OTHER_ATTRIBUTES, "LISTEN")},
        }

    def _is_own(self, host: str) -> bool:
        name = host.rpartition(":")[0] if ":" in host else host
        if name in (LOOPBACK, "localhost", self.host):
            return True
        try:
            ipaddress.IPv4Address(name)
        except ValueError:
            return False
        return self.host != LOOPBACK

    async def _announced_by(self) -> AsyncZeroconf | None:
        """Announce it; what has done so, None where nothing could."""
        announcing: AsyncZeroconf | None = None
        try:
            if self._announce:
                announcing = self._zeroconf()
                for info in self._services():
                    await announcing.async_register_service(info, allow_name_change=True)
        except ImportError:
            self.unannounced = "zeroconf is not installed; pip install zeroconf"
        except Exception as error:  # noqa: BLE001 - a network without multicast costs the announcement only
            self.unannounced = f"zeroconf: {error or type(error).__name__}"
        self._announced.set()
        return announcing

    def _zeroconf(self) -> AsyncZeroconf:
        from zeroconf import InterfaceChoice, IPVersion
        from zeroconf.asyncio import AsyncZeroconf

        interfaces: Any = InterfaceChoice.All if self.host == EVERYWHERE else [self.host]
        return AsyncZeroconf(interfaces=interfaces, ip_version=IPVersion.V4Only)

    def _services(self) -> list[AsyncServiceInfo]:
        from zeroconf.asyncio import AsyncServiceInfo

        name = f"{NAME}-{self.osc_port}"
        return [
            AsyncServiceInfo(
                service,
                f"{name}.{service}",
                addresses=[socket.inet_aton(address) for address in self._addresses()],
                port=port,
                server=f"{name}.local.",
            )
            for service, port in zip(SERVICES, (self.port, self.osc_port), strict=True)
        ]

    def _addresses(self) -> list[str]:
        """Those of this machine at which it can be reached."""
        import ifaddr

        if self.host != EVERYWHERE:
            return [self.host]
        found = [str(ip.ip) for adapter in ifaddr.get_adapters() for ip in adapter.ips if ip.is_IPv4]
        return found or [LOOPBACK]
