"""Pure Data's files: a canvas of objects, connections and canvases within it.

Source: the patch file format as Pure Data 0.53 writes it (`#N canvas`, `#X obj`, `#X connect`).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TypeAlias

from granulate.parameters import number

Atom: TypeAlias = str | float
EMPTY = "empty"
BACKGROUND, INK, MUTED = "#fcfcfc", "#202020", "#d8dce4"


class Canvas:
    """Objects by number, in the order in which they are added; positions in pixels."""

    def __init__(self, name: str = "", width: int = 450, height: int = 300) -> None:
        self._head = f"#N canvas 40 40 {width} {height} " + (f"{name} 0" if name else "10")
        self._lines: list[str] = []
        self._connections: list[str] = []
        self._n_objects = 0

    def add(self, line: str) -> int:
        """Add an object's line, without its end; its number."""
        self._lines.append(line)
        self._n_objects += 1
        return self._n_objects - 1

    def obj(self, x: int, y: int, *words: Atom) -> int:
        """An object box."""
        return self.add(f"#X obj {x} {y} {_words(words)}")

    def message(self, x: int, y: int, *words: Atom) -> int:
        """A message box."""
        return self.add(f"#X msg {x} {y} {_words(words)}")

    def text(self, x: int, y: int, words: str) -> int:
        """A comment."""
        return self.add(f"#X text {x} {y} {_escaped(words)}")

    def within(self, x: int, y: int, name: str, inner: Canvas) -> int:
        """A subpatch."""
        return self.add(f"{inner.text_of(last=False)}\n#X restore {x} {y} pd {name}")

    def connect(self, source: int, target: int, outlet: int = 0, inlet: int = 0) -> None:
        """A cord."""
        self._connections.append(f"#X connect {source} {outlet} {target} {inlet}")

    def chain(self, *objects: int) -> None:
        """Cords from each object's first outlet to the next one's first inlet."""
        for source, target in pairwise(objects):
            self.connect(source, target)

    def defined(self, x: int, y: int, name: str, lines: list[str]) -> int:
        """A text object, a line for each word."""
        held = " ".join(f"{line} \\;" for line in lines)
        return self.add(f"#X obj {x} {y} text define -k {name};\n#A set {held}")

    def text_of(self, last: bool = True) -> str:
        """The file's text."""
        lines = [self._head, *self._lines, *self._connections]
        return ";\n".join(lines) + (";\n" if last else ";")

    # What a panel is made of; `sends` and `receives` are names.

    def title(self, x: int, y: int, width: int, words: str) -> None:
        """A bar with a heading; no spaces in it."""
        self.obj(x, y, "cnv", 10, width, 18, EMPTY, EMPTY, words, 6, 9, 0, 12, "#384860", BACKGROUND, 0)

    def slider(
        self, x: int, y: int, sends: str, receives: str, low: float, high: float,
        by_ratio: bool = False, upright: bool = False, length: int = 120,
    ) -> None:  # fmt: skip
        """A slider from left to right, or upright from bottom to top."""
        shape = ("vsl", 14, length) if upright else ("hsl", length, 14)
        self.obj(x, y, *shape, low, high, int(by_ratio), 0, sends, receives, EMPTY, -2, -8, 0, 10,
                 BACKGROUND, INK, INK, 0, 1)  # fmt: skip

    def number(
        self, x: int, y: int, sends: str, receives: str, low: float, high: float, begin: float = 0.0
    ) -> None:
        """A number box; one that does not begin with 0 says so when the patch is opened."""
        self.obj(x, y, "nbx", 6, 14, low, high, 0, int(begin != 0), sends, receives, EMPTY, 0, -8, 0, 10,
                 BACKGROUND, INK, INK, begin, 256)  # fmt: skip

    def toggle(self, x: int, y: int, sends: str, receives: str) -> None:
        """A toggle of 1 and 0."""
        self.obj(x, y, "tgl", 14, 0, sends, receives, EMPTY, 17, 7, 0, 10, BACKGROUND, INK, INK, 0, 1)

    def button(self, x: int, y: int, sends: str, receives: str = EMPTY, label: str = EMPTY) -> None:
        """A button, with a label on its right."""
        self.obj(x, y, "bng", 16, 250, 50, 0, sends, receives, label, 20, 8, 0, 10, MUTED, INK, INK)

    def choice(self, x: int, y: int, sends: str, receives: str, words: list[str]) -> None:
        """One of several, each on a line of its own."""
        self.obj(x, y, "vradio", 14, 1, 0, len(words), sends, receives, EMPTY, 0, -8, 0, 10, BACKGROUND, INK,
                 INK, 0)  # fmt: skip
        for i, word in enumerate(words):
            self.text(x + 18, y + 14 * i - 3, word)

    def shown(self, x: int, y: int, width: int, receives: str) -> None:
        """Text that is shown only; width in characters."""
        self.add(f"#X symbolatom {x} {y} {width} 0 0 0 - {receives} - 0")

    def meter(self, x: int, y: int, receives: str) -> None:
        """A level in dBFS."""
        self.obj(x, y, "vu", 12, 120, receives, EMPTY, -1, -8, 0, 10, "#404040", INK, 0, 0)

    def dot(self, x: int, y: int, size: int, receives: str) -> None:
        """A spot that `pos X Y` moves."""
        self.obj(x, y, "cnv", size, size, size, EMPTY, receives, EMPTY, 0, 0, 0, 10, "#d04020", INK, 0)

    def field(self, x: int, y: int, width: int, height: int) -> None:
        """A rectangle behind other things."""
        self.obj(x, y, "cnv", 10, width, height, EMPTY, EMPTY, EMPTY, 0, 0, 0, 10, MUTED, INK, 0)


def _words(words: tuple[Atom, ...]) -> str:
    return " ".join(word if isinstance(word, str) else number(word) for word in words)


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace(";", " \\;").replace(",", " \\,").replace("$", "\\$")
