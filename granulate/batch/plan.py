"""What a batch is to do: which sound, by which preset, into which file."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

from granulate.atomic import AnyPath, reason
from granulate.batch.inputs import Input, Unsearchable, gather
from granulate.batch.naming import DEFAULT_NAME, Wanted, names, split_extension
from granulate.cache import key_of
from granulate.errors import OutputError, PresetError, printable
from granulate.preset import Preset


@dataclass(frozen=True, slots=True)
class Task:
    """One output."""

    input: Input
    preset: int
    """Which of the plan's."""
    output: str
    """Below the plan's folder."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All outputs of a batch, by input and then by preset."""

    out: str
    """Absolute."""
    presets: tuple[Preset, ...]
    labels: tuple[str, ...]
    """The presets' names, told apart where two are the same."""
    settings: tuple[str, ...]
    """For each preset a digest of all but the input that its outputs depend on."""
    tasks: tuple[Task, ...]
    unsearchable: tuple[Unsearchable, ...]


def plan(
    folders: Sequence[AnyPath],
    presets: Sequence[Preset],
    out: AnyPath,
    *,
    name: str = DEFAULT_NAME,
    file_format: str | None = None,
) -> Plan:
    """The outputs of a batch. See `gather` for inputs and `names` for names.

    Raises OutputError also where an output would be one of the inputs, PresetError without a preset.
    """
    if not presets:
        raise PresetError("no preset; allowed: at least one")
    template, extension = split_extension(name, file_format)
    labels = _labels(presets)
    folder = os.path.abspath(os.fsdecode(out))
    inputs, unsearchable = gather(folders, folder)
    pairs = [
        (item, number, preset) for number, item in enumerate(inputs, 1) for preset in range(len(presets))
    ]
    wanted = [Wanted(item, number, labels[preset], presets[preset].seed) for item, number, preset in pairs]
    found = names(template, extension, wanted)
    tasks = tuple(Task(item, preset, output) for (item, _, preset), output in zip(pairs, found, strict=True))
    sounds = {item.path for item in inputs}
    for task in tasks:
        if os.path.join(folder, task.output) in sounds:
            raise OutputError(
                f"{printable(os.path.join(folder, task.output))}: is one of the inputs; allowed: another folder or name"
            )
    return Plan(folder, tuple(presets), labels, tuple(map(_settings, presets)), tasks, tuple(unsearchable))


def _labels(presets: Sequence[Preset]) -> tuple[str, ...]:
    found: list[str] = []
    for preset in presets:
        label, number = preset.name or "preset", 1
        while label.casefold() in (other.casefold() for other in found):
            number += 1
            label = f"{preset.name or 'preset'}-{number}"
        found.append(label)
    return tuple(found)


def _settings(preset: Preset) -> str:
    labels = preset.segmentation.parameters.get("file")
    content = []
    if labels:
        try:
            with open(labels, "rb") as file:
                content.append(hashlib.file_digest(file, "sha256").hexdigest())
        except OSError as error:
            content.append(reason(error))
    table = preset.table()
    del table["description"]
    return key_of(version("granulate"), table, content)
