"""Max's files: boxes and lines, as Max 8 writes them in JSON."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any, TypeAlias

Rectangle: TypeAlias = tuple[float, float, float, float]
Box: TypeAlias = str
"""A box's identifier."""


class Patcher:
    """Boxes in patching view, some of which are shown in presentation too. Rectangles are x, y, width, height."""

    def __init__(self, width: float, height: float) -> None:
        self._boxes: list[dict[str, Any]] = []
        self._lines: list[dict[str, Any]] = []
        self._parameters: dict[str, list[Any]] = {}
        self._rect = [80.0, 100.0, width, height]

    def box(
        self, kind: str, at: Rectangle, inlets: int, outlets: tuple[str, ...] = (), shown: Rectangle | None = None,
        **attributes: Any,
    ) -> Box:  # fmt: skip
        """Add a box of a class; `outlets` are their types, `shown` is where presentation has it."""
        name = f"obj-{len(self._boxes) + 1}"
        made: dict[str, Any] = {
            "id": name,
            "maxclass": kind,
            "numinlets": inlets,
            "numoutlets": len(outlets),
            "patching_rect": list(at),
            **attributes,
        }
        if outlets:
            made["outlettype"] = list(outlets)
        if shown is not None:
            made |= {"presentation": 1, "presentation_rect": list(shown)}
        self._boxes.append({"box": dict(sorted(made.items()))})
        return name

    def obj(self, x: float, y: float, text: str, inlets: int = 1, outlets: tuple[str, ...] = ("",)) -> Box:
        """An object box."""
        width = max(30.0, 7.0 * len(text) + 12)
        return self.box("newobj", (x, y, width, 22.0), inlets, outlets, text=text)

    def message(self, x: float, y: float, text: str, shown: Rectangle | None = None) -> Box:
        """A message box."""
        return self.box("message", (x, y, max(30.0, 7.0 * len(text) + 12), 22.0), 2, ("",), shown, text=text)

    def comment(self, at: Rectangle, text: str, shown: Rectangle, heading: bool = False) -> Box:
        """A comment."""
        face = {"fontface": 1, "fontsize": 13.0} if heading else {}
        return self.box("comment", at, 1, (), shown, text=text, **face)

    def live(
        self, kind: str, at: Rectangle, outlets: tuple[str, ...], shown: Rectangle, name: str, short: str,
        of: dict[str, Any], **attributes: Any,
    ) -> Box:  # fmt: skip
        """A control of the `live.` kind, which is a parameter of the patch under a name of its own."""
        value = {"parameter_longname": name, "parameter_shortname": short, **of}
        made = self.box(
            kind, at, 1, outlets, shown, parameter_enable=1, varname=name,
            saved_attribute_attributes={"valueof": dict(sorted(value.items()))}, **attributes,
        )  # fmt: skip
        self._parameters[made] = [name, short, 0]
        return made

    def line(self, source: Box, target: Box, outlet: int = 0, inlet: int = 0) -> None:
        """A cord."""
        self._lines.append({"patchline": {"destination": [target, inlet], "source": [source, outlet]}})

    def chain(self, *boxes: Box) -> None:
        """Cords from each box's first outlet to the next one's first inlet."""
        for source, target in pairwise(boxes):
            self.line(source, target)

    def text(self) -> str:
        """The file's text."""
        version = {"major": 8, "minor": 5, "revision": 0, "architecture": "x64", "modernui": 1}
        patcher = {
            "fileversion": 1,
            "appversion": version,
            "classnamespace": "box",
            "rect": self._rect,
            "bglocked": 0,
            "openinpresentation": 1,
            "default_fontsize": 12.0,
            "default_fontface": 0,
            "default_fontname": "Arial",
            "gridonopen": 1,
            "gridsize": [15.0, 15.0],
            "gridsnaponopen": 1,
            "objectsnaponopen": 1,
            "statusbarvisible": 2,
            "toolbarvisible": 1,
            "boxes": self._boxes,
            "lines": self._lines,
            "parameters": {**self._parameters, "parameterbanks": {}},
            "dependency_cache": [],
            "autosave": 0,
        }
        return json.dumps({"patcher": patcher}, indent="\t") + "\n"
