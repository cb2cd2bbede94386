"""The registry: each stage is one function, and its keyword-only arguments are its schema.

    @REDUCERS.add()
    def pca(values, rng, *, dimensions: Annotated[int, Parameter("axes kept", 1, 3)] = 2): ...

A `Section` is one part of a preset (`reduction`) and holds the kinds that may stand there (`pca`).
A function's positional arguments are what the section's stages are handed (its module says what);
its keyword-only arguments are what a preset may set: type, default, bounds, unit and help are
declared once, here, and the preset's validation, `--set`, `--help`, the JSON schema, the
documentation and the tests all derive from that.
"""

from __future__ import annotations

import difflib
import inspect
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import numpy as np

from granulate.errors import PresetError
from granulate.types import Choice
from granulate.units import TIME_SCHEMA, parse_time

Duration = Annotated[int | str, "duration"]
"""The type of a parameter that is a time: samples, or text with a unit (see `units`)."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a parameter is, beside its type and default: one line of help, bounds, unit."""

    help: str
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""


@dataclass(frozen=True)
class Stage:
    """One registered function."""

    section: str
    name: str
    function: Callable[..., Any]
    traits: Mapping[str, Any]
    shared: Callable[..., Any] | None = None
    """Declares what this stage has in common with others; never called."""

    @property
    def help(self) -> str:
        """The first sentence of the docstring."""
        return (self.function.__doc__ or "").strip().split("\n\n")[0].replace("\n    ", " ")

    @cached_property
    def parameters(self) -> dict[str, tuple[Any, Parameter, Any]]:
        """Name -> (type, declaration, default), in the order in which they are written; the shared ones last."""
        own = _declared(self.function)
        shared = _declared(self.shared) if self.shared else {}
        return own | {name: entry for name, entry in shared.items() if name not in own}

    def generator(self, seed: int) -> np.random.Generator:
        """The stage's random generator: its own, so that another stage's choice does not move it."""
        return np.random.default_rng([seed, zlib.crc32(f"{self.section}.{self.name}".encode())])

    def own(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Those of the parameters that the function itself declares."""
        return {name: given[name] for name in _declared(self.function)}

    @cached_property
    def model(self) -> Any:
        """The pydantic model of the parameters."""
        from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema, create_model

        time = Annotated[int | str, AfterValidator(_checked_time), WithJsonSchema(TIME_SCHEMA)]
        fields: dict[str, Any] = {}
        for name, (declared_as, declared, default) in self.parameters.items():
            kind = {Duration: time, Duration | None: time | None}.get(declared_as, declared_as)
            extra: dict[str, Any] = {"unit": declared.unit} if declared.unit else {}
            fields[name] = (
                kind,
                Field(default, ge=declared.minimum, le=declared.maximum, description=declared.help,
                      json_schema_extra=extra or None),
            )  # fmt: skip
        config = ConfigDict(
            extra="forbid", strict=True, allow_inf_nan=False, frozen=True, validate_default=True
        )
        return create_model(f"{self.section}_{self.name}", __config__=config, **fields)

    def bind(self, given: Mapping[str, Any]) -> Choice:
        """Every parameter, given or default. Raises PresetError naming the key and what is allowed."""
        from pydantic import ValidationError

        try:
            return Choice(self.name, self.model(**given).model_dump())
        except ValidationError as error:
            raise PresetError(_explain(self, error.errors()[0])) from None


@dataclass
class Section:
    """One part of a preset, and the stages that may stand there.

    `default`: the kind that stands where a preset says nothing; `several`: whether a list of kinds
    may be chained. A section of one kind that bears its own name needs no `kind` in a preset.
    """

    name: str
    help: str
    default: str | None
    several: bool = False
    stages: dict[str, Stage] = field(default_factory=dict)

    def add(
        self, name: str | None = None, *, shared: Callable[..., Any] | None = None, **traits: Any
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register the decorated function, under its own name unless another is given.

        `shared`: a function whose keyword-only arguments are parameters of this stage too.
        """

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            kind = name or function.__name__
            self.stages[kind] = Stage(self.name, kind, function, traits, shared)
            return function

        return register

    def __getitem__(self, kind: str) -> Stage:
        try:
            return self.stages[kind]
        except (KeyError, TypeError):
            raise PresetError(
                f"{self.name}.kind = {kind!r} is unknown{near(kind, self.stages)}; allowed: {listed(self.stages)}"
            ) from None

    @property
    def single(self) -> bool:
        """Whether the section has no choice of kind."""
        return list(self.stages) == [self.name]

    def bind(self, given: Mapping[str, Any]) -> Choice:
        """A table of a preset (`kind` and parameters) as a checked Choice."""
        table = dict(given)
        if self.single:
            return self[self.name].bind(table)
        if "kind" not in table:
            if self.default is None:
                raise PresetError(f"{self.name} needs a kind; allowed: {listed(self.stages)}")
            table["kind"] = self.default
        return self[table.pop("kind")].bind(table)


def near(wrong: object, known: Iterable[str]) -> str:
    """` (did you mean 'right'?)` where something known is near, else nothing."""
    found = difflib.get_close_matches(str(wrong), list(known), n=1, cutoff=0.6)
    return f" (did you mean {found[0]!r}?)" if found else ""


def listed(names: Iterable[str]) -> str:
    """The names, as a message shows them."""
    return ", ".join(names) or "nothing"


def number(value: float) -> str:
    """A number in the fewest digits; a whole one in all of its own, as 2147483647."""
    return f"{value:.0f}" if abs(value) < 2**53 and value == round(value) else f"{value:g}"


_SHAPES = {
    dict[str, float] | None: "a table of finite numbers, as {mfcc = 1.0}",
    list[list[float]] | None: "a list of lists of finite numbers, as [[0.1, 0.2], [0.9, 0.5]]",
    list[float]: "a list of finite numbers, as [-12.0, 0.0]",
}
"""In words, the parameters that are no single value."""


def allowed(kind: Any, declared: Parameter) -> str:
    """What a parameter allows, in words."""
    if kind in (Duration, Duration | None):
        text = 'a time such as 512, "20ms", "1/8s" or "1 window"'
    elif kind in _SHAPES:
        text = _SHAPES[kind]
    elif choices := _choices(kind):
        text = listed(repr(choice) for choice in choices)
    else:
        names = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}
        kinds = [k for k in (get_args(kind) or (kind,)) if k is not type(None)]
        text = " or ".join(names.get(k, getattr(k, "__name__", str(k))) for k in kinds)
        if declared.minimum is not None and declared.maximum is not None:
            text += f" from {number(declared.minimum)} to {number(declared.maximum)}"
        elif declared.minimum is not None:
            text += f" of at least {number(declared.minimum)}"
    return text + (f" ({declared.unit})" if declared.unit else "")


def _choices(kind: Any) -> tuple[Any, ...]:
    from typing import Literal, Union

    if get_origin(kind) is Literal:
        return get_args(kind)
    if get_origin(kind) is Union or type(kind).__name__ == "UnionType":
        return tuple(c for part in get_args(kind) for c in _choices(part))
    return ()


@cache
def _declared(function: Callable[..., Any]) -> dict[str, tuple[Any, Parameter, Any]]:
    hints = get_type_hints(function, include_extras=True)
    found = {}
    for name, argument in inspect.signature(function).parameters.items():
        if argument.kind is argument.KEYWORD_ONLY:
            kind, declared = _unwrap(hints[name])
            found[name] = (kind, declared, argument.default)
    return found


def _unwrap(hint: Any) -> tuple[Any, Parameter]:
    """`Annotated[type, ..., Parameter]` as (type with the other annotations, Parameter)."""
    base, *extras = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    declared = next((e for e in extras if isinstance(e, Parameter)), None)
    if declared is None:
        raise TypeError(f"{hint!r} lacks a Parameter(...) in its Annotated")
    for extra in extras:
        if extra is not declared:
            base = Annotated[base, extra]
    return base, declared


def _checked_time(value: int | str) -> int | str:
    parse_time(value)
    return value


def _explain(stage: Stage, error: Any) -> str:
    """One line out of pydantic's report."""
    name = str(error["loc"][0])
    where = stage.section if stage.name == stage.section else f"{stage.section} {stage.name}"
    if error["type"] == "extra_forbidden":
        return (
            f"unknown parameter {name!r} of {where}{near(name, stage.parameters)};"
            f" allowed: {listed(stage.parameters)}"
        )
    kind, declared, _ = stage.parameters[name]
    close = near(error["input"], map(str, _choices(kind))) if _choices(kind) else ""
    return f"{stage.section}.{name} = {error['input']!r} is not allowed{close}; allowed: {allowed(kind, declared)}"
