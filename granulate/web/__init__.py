"""The sound map served: one page for whoever was given its URL, and the instrument behind it."""

from granulate.web.content import Content, content
from granulate.web.live import Live
from granulate.web.server import Server

__all__ = ["Content", "Live", "Server", "content"]
