"""All pages at the socket: what one of them moves, all are told."""

from __future__ import annotations

import asyncio
import itertools
import time
from typing import TYPE_CHECKING, Any

import numpy as np
from aiohttp import WSMsgType, web

from granulate.errors import GranulateError
from granulate.live.osc.rates import Rates
from granulate.web import asking, frames
from granulate.web.labels import Labels
from granulate.web.live import Live, refusal
from granulate.web.session import Session

if TYPE_CHECKING:
    from aiohttp.web import Request

MOST_PAGES = 32
TICK_S = 0.0167
_STATUS_EVERY = 2
"""Ticks: some thirty a second."""
_MESSAGES_PER_S, _MESSAGES_AT_ONCE = 400, 800
_PING_S = 15.0


class Hub:
    """The sessions of a server, and the task that tells them what goes on. `hello`: what a page is told first."""

    def __init__(self, live: Live | None, hello: dict[str, Any]) -> None:
        self._live, self.hello = live, hello
        self._sessions: set[Session] = set()
        self._numbers = itertools.count(1)
        self._rates = Rates(_MESSAGES_PER_S, _MESSAGES_AT_ONCE, keys=4 * MOST_PAGES)
        self._told = 0
        self._selection: bytes | None = None
        self._labels: Labels | None = None

    def __len__(self) -> int:
        return len(self._sessions)

    async def page(self, request: Request) -> web.StreamResponse:
        """Serve one page until it goes."""
        if len(self._sessions) >= MOST_PAGES:
            return web.Response(status=503, text=f"{MOST_PAGES} pages are open; allowed: so many")
        socket = web.WebSocketResponse(
            heartbeat=_PING_S, max_msg_size=asking.MOST_BYTES, compress=False, timeout=1.0
        )
        if not socket.can_prepare(request).ok:
            return web.Response(status=426, text="allowed: a WebSocket", headers={"Upgrade": "websocket"})
        await socket.prepare(request)
        number = next(self._numbers)
        session = Session(socket, number, self._live.door(number) if self._live else None)
        self._greet(session)
        self._sessions.add(session)
        sending = asyncio.create_task(self._send(session, request))
        try:
            async for message in socket:
                if not self._heard(session, message.type, message.data):
                    await socket.close(code=1009, message=b"too long")
        finally:
            self._sessions.discard(session)
            self._listen()
            sending.cancel()
        return socket

    async def close(self) -> None:
        """Let all pages go: they come again when there is a server again."""
        for session in list(self._sessions):
            await session.close()

    async def run(self) -> None:
        """Tell the pages what goes on, for ever."""
        if self._live is None:
            return
        self._told = self._live.said(0)[0]
        for turn in itertools.count():
            began = time.monotonic()
            try:
                self._turn(self._live, turn)
            except GranulateError as error:
                self._say_all("said", refusal(error))
                for session in self._sessions:
                    session.tell("status", {"over": True})
                return
            await asyncio.sleep(max(0.001, began + TICK_S - time.monotonic()))

    def tell(self, name: str, value: Any) -> None:
        """Tell all pages something."""
        for session in self._sessions:
            session.tell(name, value)

    def _turn(self, live: Live, turn: int) -> None:
        began, audio = live.began(), live.audio()
        if not self._sessions:
            return
        piece = None if audio is None else frames.audio(audio.clock, audio.frames)
        grains, values = began.tolist(), live.values()
        status = None
        if turn % _STATUS_EVERY == 0:
            status = {**live.status(), "clients": len(self._sessions)}
        self._told, lines = live.said(self._told)
        for session in self._sessions:
            session.tell_values(values)
            if grains:
                session.sound(grains)
            if piece is not None and session.hears:
                session.play(piece)
            if status is not None:
                session.tell("status", {**status, "page": session.number, "lateAudio": session.late})
            for line in lines:
                session.say("said", line)

    def _greet(self, session: Session) -> None:
        live = self._live
        session.tell("hello", {**self.hello, "page": session.number, **(live.hello() if live else {})})
        if live is not None:
            session.tell_values(live.values())
        if self._selection is not None:
            session.select(self._selection)
        if self._labels is not None:
            session.label(frames.labels(self._labels))

    async def _send(self, session: Session, request: Request) -> None:
        await session.send_all()
        # It is gone, or takes nothing: there is no use in a polite farewell.
        if request.transport is not None:
            request.transport.abort()

    def _heard(self, session: Session, kind: WSMsgType, data: Any) -> bool:
        """Do what a page says; False for what is so long that nobody who means well sends it."""
        live, door = self._live, session.door
        if kind is WSMsgType.TEXT and len(data.encode("utf-8", "surrogatepass")) > asking.MOST_TEXT:
            return False
        if kind not in (WSMsgType.TEXT, WSMsgType.BINARY) or live is None or door is None:
            return True
        if not self._rates.allow(session.number, time.monotonic()):
            session.tell("refused", f"more than {_MESSAGES_PER_S} messages a second")
            return True
        try:
            if kind is WSMsgType.BINARY:
                if data[:1] == bytes((frames.LABELLING,)):
                    self._labelled(len(live.corpus), data)
                else:
                    asking.obey_bytes(live, door, data)
                    self._selected(session, data)
                return True
            message = asking.read(data)
            hears = asking.obey(live, door, message)
            if hears is not None:
                live.listen(hears or any(s.hears for s in self._sessions if s is not session))
                session.hears = hears
            if "select" in message:
                grains = np.unique(np.array(message["select"], np.int64))
                self._selected(session, frames.selection(grains, len(live.corpus)))
        except GranulateError as error:
            session.say("refused", refusal(error))
        except Exception as error:  # noqa: BLE001 - a fault in one control must not end the page's connection
            session.say("refused", f"a fault: {type(error).__name__}")
        return True

    def _selected(self, by: Session, selection: bytes) -> None:
        self._selection = selection
        for session in self._sessions:
            if session is not by:
                session.select(selection)

    def _labelled(self, n_grains: int, data: bytes) -> None:
        """Give grains a label, and tell all pages."""
        if self._labels is None or len(self._labels.of) != n_grains:
            self._labels = Labels(n_grains)
        self._labels.give(*frames.read_labelling(data))
        told = frames.labels(self._labels)
        for session in self._sessions:
            session.label(told)

    def renew(self) -> None:
        """Other grains are shown: what was selected and labelled are not they."""
        self._selection = self._labels = None

    def _listen(self) -> None:
        """Fetch no audio that nobody hears."""
        if self._live is not None:
            try:
                self._live.listen(any(session.hears for session in self._sessions))
            except GranulateError:
                return

    def _say_all(self, kind: str, line: str) -> None:
        for session in self._sessions:
            session.say(kind, line)
