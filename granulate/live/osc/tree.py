"""The address space as OSCQuery's tree: what may be sent where, between which bounds, and what stands there now.

Source: "OSCQuery Proposal" (VIDVOX), its core attributes. A node without a value is an action.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from granulate.live.osc import values
from granulate.live.osc.addresses import Action, Control
from granulate.live.osc.handler import Handler, Value
from granulate.live.osc.values import Kind, Shape
from granulate.parameters import Parameter

Node: TypeAlias = dict[str, Any]

ATTRIBUTES = ("FULL_PATH", "CONTENTS", "TYPE", "ACCESS", "RANGE", "VALUE", "DESCRIPTION", "UNIT")
"""Those that a node may have."""
OTHER_ATTRIBUTES = ("TAGS", "EXTENDED_TYPE", "CRITICAL", "CLIPMODE", "OVERLOADS", "HTML")
"""Those of the proposal that no node has."""
WRITE, READ_WRITE = 2, 3
_TAGS = {Kind.NUMBER: "f", Kind.WHOLE: "i", Kind.TRUTH: "T", Kind.TEXT: "s", Kind.CHOICE: "s"}
_UNSET_TAGS = {Kind.NUMBERS: "f", Kind.POINTS: "ff", Kind.WEIGHTS: "sf"}
"""Those that a value without a fixed length might have."""


def tree(space: Mapping[str, Control | Action], handler: Handler) -> Node:
    """The root, with everything below it."""
    root: Node = {"FULL_PATH": "/", "ACCESS": 0, "DESCRIPTION": "granulate", "CONTENTS": {}}
    for address, target in space.items():
        *folders, name = address.strip("/").split("/")
        node, path = root, ""
        for folder in folders:
            path += f"/{folder}"
            node = node["CONTENTS"].setdefault(folder, {"FULL_PATH": path, "ACCESS": 0, "CONTENTS": {}})
        node["CONTENTS"][name] = _leaf(target, handler)
    return root


def found(root: Node, path: str) -> Node | None:
    """The node at a path, if there is one."""
    node = root
    for name in filter(None, path.split("/")):
        below = node.get("CONTENTS", {}).get(name)
        if below is None:
            return None
        node = below
    return node


def _leaf(target: Control | Action, handler: Handler) -> Node:
    node = {"FULL_PATH": target.address}
    return node | (_action(target) if isinstance(target, Action) else _control(target, handler))


def _action(action: Action) -> Node:
    node: Node = {"ACCESS": WRITE, "DESCRIPTION": action.help, "TYPE": "I"}
    if action.arguments:
        taken = [(values.shape(one.kind), one.declared) for one in action.arguments]
        node["TYPE"] = "".join(_TAGS[shape.kind] for shape, _ in taken)
        node |= _bounded(taken)
    return node


def _control(control: Control, handler: Handler) -> Node:
    section = control.section
    value = handler.get(section.name, control.parameter)
    node: Node = {"ACCESS": READ_WRITE}
    if not control.stages:
        kinds = [{"VALS": list(section.stages)}]
        return node | {"DESCRIPTION": section.help, "TYPE": "s", "VALUE": [value], "RANGE": kinds}
    chosen = None if section.single else handler.get(section.name, "kind")
    shape, declared = control.declared((control.takers(chosen) or list(control.stages))[0])
    tags = _tags(shape, value)
    node |= {"DESCRIPTION": declared.help, "TYPE": tags}
    node["VALUE"] = [None] * len(tags) if value is None else values.arguments_of(value)
    return node | _bounded([(shape, declared)] * len(tags))


def _tags(shape: Shape, value: Value) -> str:
    """The type tags of a value; of one that is unset, those that it might have."""
    if shape.kind in _TAGS:
        return _TAGS[shape.kind]
    if shape.kind is Kind.TIME:
        return "i" if isinstance(value, int) else "s"
    if value is None:
        return _UNSET_TAGS.get(shape.kind, "s")
    return "".join("s" if isinstance(item, str) else "f" for item in values.arguments_of(value))


def _bounded(declared: list[tuple[Shape, Parameter]]) -> Node:
    """RANGE and UNIT, one entry for each type tag, where any of them has one."""
    node: Node = {}
    ranges = [_range(shape, parameter) for shape, parameter in declared]
    if any(ranges):
        node["RANGE"] = [one or None for one in ranges]
    if any(parameter.unit for _, parameter in declared):
        node["UNIT"] = [parameter.unit or None for _, parameter in declared]
    return node


def _range(shape: Shape, declared: Parameter) -> Node:
    if shape.choices:
        return {"VALS": list(shape.choices)}
    bounds = {"MIN": declared.minimum, "MAX": declared.maximum}
    return {name: bound for name, bound in bounds.items() if bound is not None}
