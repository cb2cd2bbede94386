"""The page of the Python interface: what `import granulate as gr` gives, with its docstrings."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import granulate as gr
from docs.make.markdown import NOTE, block, code, joined, prose

_LANGUAGE = "py"
"""Of what is to be read, and not run: blocks called `python` are code that a test runs."""
_EXAMPLE = (gr.__doc__ or "").partition("\n\n")[2].partition("Nouns:")[0]


def page() -> str:
    """The text."""
    found = {name: getattr(gr, name) for name in gr.__all__}
    verbs = {name: one for name, one in found.items() if not isinstance(one, type)}
    nouns = {
        name: one for name, one in found.items() if isinstance(one, type) and not issubclass(one, Exception)
    }
    return joined(
        "# Python",
        NOTE,
        "Everything is in one namespace, and is imported when it is first asked for. Arrays have a fixed order of axes:"
        " channels before samples, grains before anything else. Times are samples. What is refused raises a"
        " `GranulateError`; [the errors](codes.md#errors-of-the-library) are listed with the exit codes.",
        block(inspect.cleandoc(_EXAMPLE), _LANGUAGE),
        "## Verbs",
        *(_function(name, one) for name, one in sorted(verbs.items())),
        "## Nouns",
        *(_class(name, one) for name, one in sorted(nouns.items())),
    )


def _function(name: str, function: Any) -> str:
    return joined(
        f"### {code(name)}", block(f"gr.{name}{_signature(function)}", _LANGUAGE), prose(function.__doc__)
    )


def _class(name: str, kind: Any) -> str:
    return joined(
        f"### {code(name)}",
        block(f"gr.{name}{_signature(kind)}", _LANGUAGE),
        prose(kind.__doc__),
        *_members(kind),
    )


def _members(kind: Any) -> Iterator[str]:
    """Public methods and properties that the class itself has, in the order in which they are written."""
    for name, member in vars(kind).items():
        plain = member.__func__ if isinstance(member, classmethod | staticmethod) else member
        if name.startswith("_"):
            continue
        if isinstance(member, property):
            told = prose(member.fget.__doc__) if member.fget and member.fget.__doc__ else ""
            yield joined(f"- `{name}`: {told}" if told else f"- `{name}`")
        elif inspect.isfunction(plain):
            arguments = _signature(getattr(kind, name), within=True)
            yield f"- `{name}{arguments}`: {' '.join(prose(plain.__doc__).split())}"


def _signature(function: Any, *, within: bool = False) -> str:
    """Parameters with their types as they are written in the source, one a line where they are many."""
    found = inspect.signature(function)
    shown = [_parameter(p) for p in found.parameters.values() if p.name != "self"]
    keywords = [p.kind is p.KEYWORD_ONLY for p in found.parameters.values() if p.name != "self"]
    if True in keywords and not any(p.kind is p.VAR_POSITIONAL for p in found.parameters.values()):
        shown.insert(keywords.index(True), "*")
    given = _type(found.return_annotation)
    result = "" if not given or inspect.isclass(function) else f" -> {given}"
    line = f"({', '.join(shown)}){result}"
    if within or len(line) <= 88:
        return line
    return "(\n" + "".join(f"    {one},\n" for one in shown) + f"){result}"


def _parameter(parameter: inspect.Parameter) -> str:
    star = "*" if parameter.kind is parameter.VAR_POSITIONAL else ""
    kind = _type(parameter.annotation)
    text = f"{star}{parameter.name}" + (f": {kind}" if kind else "")
    if parameter.default is parameter.empty:
        return text
    return f"{text} = {_default(parameter.default)}"


def _type(annotation: Any) -> str:
    if annotation is inspect.Parameter.empty:
        return ""
    return annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))


def _default(value: Any) -> str:
    if inspect.isfunction(value):
        return value.__name__
    return repr(value)
