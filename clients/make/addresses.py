"""docs/osc.md: every address, with what it takes."""

from __future__ import annotations

from granulate.live.osc.addresses import ACTIONS, ROOT, SERVED, Action, Control, Taken, address_space
from granulate.live.osc.values import Kind, Shape
from granulate.parameters import Parameter, allowed, number

_INTRODUCTION = f"""# OSC addresses

`granulate live SOUND --osc 9000` listens to these; written by `python -m clients.make` from the registry.

- A parameter is at `{ROOT}/SECTION/PARAMETER`. With a value it is set; without one it is answered with its own,
  to the sender. Which parameters there are depends on the kind that the section has now: others are refused.
- Whole numbers and truth may be sent as floats (`1.0`), truth also as `on` and `off`, and `unset` (or a nil) unsets
  what may be unset. A time is text with a unit (`"80ms"`, `"1/8s"`, `"1 window"`), or a number of samples.
- What is refused is answered with `{ROOT}/error ADDRESS REASON`. Wildcards are refused; a bundle that is due within
  ten seconds waits until then. In a flood the newest value of each address counts.
- After `{ROOT}/subscribe` the sender is told at that rate: `{ROOT}/feedback/grain`, `{ROOT}/feedback/position`,
  `{ROOT}/feedback/level` (dBFS, one for each channel), and each parameter whose value has changed, at its own
  address. Who receives at another port than it sends from names that port.
"""


def table() -> str:
    """The file's text."""
    sections: dict[str, list[Control]] = {}
    for target in address_space().values():
        if isinstance(target, Control):
            sections.setdefault(target.section.name, []).append(target)
    actions = "\n".join(_action_line(action) for action in (*ACTIONS, *SERVED))
    parts = [_INTRODUCTION, f"## Actions\n\n| address | takes | does |\n| --- | --- | --- |\n{actions}\n"]
    for name, controls in sections.items():
        lines = "\n".join(_line(control) for control in controls)
        parts.append(
            f"## {name}\n\n| address | kinds | takes | what it is |\n| --- | --- | --- | --- |\n{lines}\n"
        )
    return "\n".join(parts)


def _action_line(action: Action) -> str:
    taken = "; ".join(_argument(one) for one in action.arguments)
    again = ", and so on" if action.repeated else ""
    return f"| `{action.address}` | {_safe(taken)}{again} | {_safe(action.help)} |"


def _argument(taken: Taken) -> str:
    words = f"{taken.name}: {allowed(taken.kind, taken.declared)}"
    return words if taken.default is ... else f"[{words}]"


def _line(control: Control) -> str:
    if not control.stages:
        kinds = ", ".join(control.section.stages)
        return f"| `{control.address}` | | {kinds} | {_safe(control.section.help)} |"
    first = next(iter(control.stages))
    shape, declared = control.declared(first)
    whose = "" if control.section.single else ", ".join(control.stages)
    takes = _safe(_takes(control, first, shape, declared))
    return f"| `{control.address}` | {whose} | {takes} | {_safe(declared.help)} |"


def _takes(control: Control, first: str, shape: Shape, declared: Parameter) -> str:
    """In words; where kinds have bounds of their own, the widest."""
    bounds = control.bounds
    words = allowed(control.stages[first].parameters[control.parameter][0], declared)
    if shape.kind is Kind.TIME:
        words = "a time"
    elif bounds is not None and (bounds[0] != declared.minimum or bounds[1] != declared.maximum):
        what = "a whole number" if shape.kind is Kind.WHOLE else "a number"
        unit = f" ({declared.unit})" if declared.unit else ""
        words = f"{what} from {number(bounds[0])} to {number(bounds[1])}{unit}"
    return f"{words}, or unset" if shape.optional else words


def _safe(text: str) -> str:
    return text.replace("|", "\\|")
