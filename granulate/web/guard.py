"""Who may ask: this run's token, our own host, our own page; and what every answer forbids its page."""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp import web

if TYPE_CHECKING:
    from aiohttp.typedefs import Middleware
    from aiohttp.web import Request, StreamResponse

    Handler = Callable[[Request], Awaitable[StreamResponse]]

LOOPBACK = ("127.0.0.1", "::1", "localhost")
TOKEN_BYTES = 32
_LONGEST_TOKEN = 512
_SAFE_METHODS = frozenset({"GET", "HEAD"})

POLICY = "; ".join(
    (
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "worker-src 'self' blob:",
        "connect-src 'self'", "img-src 'self' data: blob:", "media-src 'self' blob:", "base-uri 'none'",
        "form-action 'none'", "frame-ancestors 'none'",
    )
)  # fmt: skip
"""The served page runs its own modules and nothing that is written within it."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """Refuses what is not asked by the person who was given the URL, from the page that this server gave.

    `hosts`: the names that this server is reached by. A page of another site whose name was made to point
    here (DNS rebinding) has another one. `token`: made anew unless one is given.
    """

    def __init__(self, hosts: Sequence[str], token: str | None = None) -> None:
        self.token = secrets.token_urlsafe(TOKEN_BYTES) if token is None else token
        self.cookie = "granulate"
        """The cookie's name; the server adds its port, since cookies are shared by all ports of a host."""
        self._hosts = {host.lower() for host in hosts}

    def refusal(self, request: Request) -> tuple[int, str] | None:
        """HTTP status and reason where a request is refused, the token apart; None where it may go on."""
        hosts = request.headers.getall("Host", [])
        # A target with a host of its own would count more than the header (RFC 9112, 3.2.2).
        if len(hosts) != 1 or not self._is_own(hosts[0]) or not request.raw_path.startswith("/"):
            return 403, "this host is not served"
        origins = request.headers.getall("Origin", [])
        same = all(_is_same_origin(origin, hosts[0]) for origin in origins)
        changes = request.method not in _SAFE_METHODS
        upgrades = "upgrade" in request.headers.get("Connection", "").lower()
        if len(origins) > 1 or not same or ((changes or upgrades) and not origins):
            return 403, "asked from another site"
        site = request.headers.get("Sec-Fetch-Site", "none")
        if site not in ("none", "same-origin") and (changes or upgrades or request.path != "/"):
            return 403, "asked from another site"
        if changes and request.content_type != "application/json":
            return 415, "allowed: application/json"
        return None

    def knows(self, request: Request) -> bool:
        """Whether the request has this run's token, as its cookie."""
        return self._is_token(request.cookies.get(self.cookie, ""))

    def admits(self, request: Request) -> bool:
        """Whether the request is for the page, by the URL that was printed."""
        given = request.query.getall("token", [])
        return (
            request.path == "/" and request.method == "GET" and len(given) == 1 and self._is_token(given[0])
        )

    def _is_token(self, given: str) -> bool:
        return len(given) <= _LONGEST_TOKEN and hmac.compare_digest(
            given.encode("utf-8", "surrogatepass"), self.token.encode()
        )

    def _is_own(self, host: str) -> bool:
        try:
            parts = urlsplit(f"//{host}")
            name, _ = parts.hostname or "", parts.port
        except ValueError:
            return False
        # Only a host and a port: no name and password, no path.
        return not set(host) & set("@/?#\\ \t,") and name in self._hosts


def hosts_of(bound: str) -> list[str]:
    """By which names a server is reached that is bound to an address."""
    found = [*LOOPBACK, bound]
    if not ipaddress.ip_address(bound).is_loopback:
        name = socket.gethostname()
        found += [name, f"{name}.local"]
    if ipaddress.ip_address(bound).is_unspecified:
        import ifaddr

        addresses = (ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips)
        found += [address if isinstance(address, str) else address[0] for address in addresses]
    return found


def _is_same_origin(origin: str, host: str) -> bool:
    return origin.lower() in (f"http://{host.lower()}", f"https://{host.lower()}")


def middleware(guard: Guard, known: Callable[[Request], None]) -> Middleware:
    """Refuse before anything is looked up. `known` is told of a request that has the token."""

    @web.middleware
    async def guarded(request: Request, handler: Handler) -> StreamResponse:
        refusal = guard.refusal(request)
        if refusal is not None:
            return web.Response(status=refusal[0], text=refusal[1])
        if guard.admits(request):
            known(request)
            answer = web.Response(status=303, headers={"Location": "/"})
            answer.set_cookie(guard.cookie, guard.token, httponly=True, samesite="Strict", path="/")
            return answer
        if not guard.knows(request):
            return web.Response(
                status=403, text="allowed: the URL that granulate printed when it was started"
            )
        known(request)
        return await handler(request)

    return guarded


async def harden(request: Request, response: StreamResponse) -> None:
    """Give an answer the headers that every answer has."""
    response.headers.update(HEADERS)
    response.headers.pop("Server", None)
