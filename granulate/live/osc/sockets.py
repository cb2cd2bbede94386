"""The UDP socket: opened, read many datagrams at a time, and its errors told by sender.

On Linux one call (recvmmsg) reads a batch, and without letting go of the interpreter's lock: where
another thread is busy, each release would cost up to a switch interval (5 ms), and a flood would
overrun the socket's buffer meanwhile. Elsewhere datagrams are read one by one.
"""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import sys
from contextlib import suppress
from typing import Any, Protocol

import numpy as np

from granulate.errors import ParameterError
from granulate.live.osc.inbox import Sender
from granulate.live.osc.packets import MAX_BYTES

BATCH = 256
_ROOM = MAX_BYTES + 4
"""More than a packet may have, so that a larger one is seen to be larger."""
_BUFFER_BYTES = 1 << 24
"""Room for some ten thousand small datagrams, each of which takes 768 bytes: a flood of a fifth of a second and more."""
_SO_RCVBUFFORCE = 33
_IP_RECVERR = 11
_LINUX = sys.platform == "linux"

Datagram = tuple[bytes, Sender]


class Receiver(Protocol):
    """Reads what a socket holds, without waiting: at most a batch. Raises OSError for errors of earlier sends."""

    def read(self) -> list[Datagram]:
        """The datagrams in their order; none where there are none."""


def opened(host: str, port: int) -> socket.socket:
    """A UDP socket that does not block, with a large buffer. Raises ParameterError where it cannot be."""
    opening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        opening.bind((host, port))
    except (OSError, OverflowError, UnicodeError) as error:
        opening.close()
        reason = getattr(error, "strerror", None) or error
        raise ParameterError(
            f"OSC cannot listen on {host}:{port} ({reason}); allowed: an IPv4 address of this machine and a port"
            " that is free, or 0 for any"
        ) from None
    opening.setblocking(False)
    opening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
    if _LINUX:
        # Beyond the system's limit, where we may.
        with suppress(OSError):
            opening.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER_BYTES)
        opening.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)
    return opening


def receiver(source: socket.socket) -> Receiver:
    """The fastest receiver that this system has."""
    return BatchReceiver(source) if _LINUX else PlainReceiver(source)


def unreachable(source: socket.socket) -> list[Sender]:
    """To whom datagrams could not be delivered, as ICMP told since the last call (on Linux)."""
    found: list[Sender] = []
    while _LINUX and len(found) < BATCH:
        try:
            found.append(source.recvmsg(0, 512, socket.MSG_ERRQUEUE)[3])
        except OSError:
            break
    return found


class PlainReceiver:
    """One call for each datagram; any system."""

    def __init__(self, source: socket.socket) -> None:
        self._source = source

    def read(self) -> list[Datagram]:
        """See Receiver."""
        found: list[Datagram] = []
        while len(found) < BATCH:
            try:
                found.append(self._source.recvfrom(_ROOM))
            except BlockingIOError:
                break
            except OSError:
                if found:
                    break
                raise
        return found


class _Vector(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class _Header(ctypes.Structure):
    """struct msghdr."""

    _fields_ = (
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint32),
        ("vectors", ctypes.POINTER(_Vector)),
        ("n_vectors", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    )


class _Entry(ctypes.Structure):
    """struct mmsghdr."""

    _fields_ = (("header", _Header), ("length", ctypes.c_uint))


class BatchReceiver:
    """One call for each batch; Linux."""

    def __init__(self, source: socket.socket) -> None:
        self._descriptor = source.fileno()
        self._names = np.zeros((BATCH, 16), np.uint8)
        buffer = np.zeros(BATCH * _ROOM, np.uint8)
        words = np.zeros((BATCH, ctypes.sizeof(_Entry) // 4), np.uint32)
        self._data = buffer.data
        self._entries = (_Entry * BATCH).from_buffer(words.data)
        self._vectors = (_Vector * BATCH)()
        for i in range(BATCH):
            self._vectors[i] = _Vector(buffer.ctypes.data + i * _ROOM, _ROOM)
            header = self._entries[i].header
            header.name = self._names.ctypes.data + 16 * i
            header.vectors = ctypes.pointer(self._vectors[i])
            header.n_vectors = 1
        self._lengths = words[:, _Entry.length.offset // 4]
        self._name_lengths = words[:, _Header.name_length.offset // 4]
        self._call: Any = ctypes.PyDLL(None, use_errno=True).recvmmsg
        self._senders: dict[bytes, Sender] = {}

    def read(self) -> list[Datagram]:
        """See Receiver."""
        self._name_lengths[:] = 16
        n = self._call(self._descriptor, self._entries, BATCH, socket.MSG_DONTWAIT, None)
        if n < 0:
            number = ctypes.get_errno()
            if number in (errno.EAGAIN, errno.EINTR):
                return []
            raise OSError(number, os.strerror(number))
        data, names = self._data, self._names[:n].tobytes()
        return [
            (bytes(data[i * _ROOM : i * _ROOM + length]), self._sender(names[16 * i : 16 * i + 16]))
            for i, length in enumerate(self._lengths[:n].tolist())
        ]

    def _sender(self, name: bytes) -> Sender:
        """A struct sockaddr_in as Python says it."""
        known = self._senders.get(name)
        if known is None:
            if len(self._senders) >= BATCH:
                self._senders.clear()
            known = (socket.inet_ntoa(name[4:8]), int.from_bytes(name[2:4]))
            self._senders[name] = known
        return known
