"""A batch from its plan to its report: what is done is left alone, what is not is made in child processes."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from functools import partial

from granulate.atomic import AnyPath
from granulate.batch.journal import Record, journal, load, state
from granulate.batch.naming import DEFAULT_NAME
from granulate.batch.plan import Plan, Task, plan
from granulate.batch.report import Entry, Report, unsearched
from granulate.errors import printable
from granulate.jobs import Outcome, each
from granulate.preset import Preset
from granulate.preset import load as load_preset

Step = Callable[[str, int, int], None]


def quiet(stage: str, done: int, total: int) -> None:
    """Tell nobody."""


def render_folder(
    folders: AnyPath | Sequence[AnyPath],
    presets: Preset | AnyPath | Sequence[Preset | AnyPath],
    out: AnyPath,
    *,
    name: str = DEFAULT_NAME,
    file_format: str | None = None,
    seed: int | None = None,
    force: bool = False,
    n_jobs: int | None = None,
    scheduler: str | None = None,
    deadline: float | None = None,
    memory: int | None = None,
    step: Step = quiet,
) -> Report:
    """Render every sound in folders with presets (given as such, by name or by file), into a tree like theirs.

    What an earlier call made and nothing has changed since is left as it is, so that a call that was interrupted is
    gone on with by repeating it. See `plan` for names and `run` for the rest.

    Raises GranulateError for what is wrong before any work is done; a sound that fails is told in the report.
    """
    several = [folders] if isinstance(folders, str | os.PathLike) else list(folders)
    given = [presets] if isinstance(presets, Preset | str | os.PathLike) else list(presets)
    chosen = [p if isinstance(p, Preset) else load_preset(os.fsdecode(p)) for p in given]
    if seed is not None:
        chosen = [preset.seeded(seed) for preset in chosen]
    todo = plan(several, chosen, out, name=name, file_format=file_format)
    return run(
        todo, force=force, n_jobs=n_jobs, scheduler=scheduler, deadline=deadline, memory=memory, step=step
    )


def preview(todo: Plan) -> Report:
    """What `run` would make and what it would keep; nothing is written."""
    records = load(todo.out)
    entries = [
        _entry(todo, task, "kept" if _is_done(todo, task, records) else "to make") for task in todo.tasks
    ]
    return Report(todo, [*unsearched(todo), *entries])


def run(
    todo: Plan,
    *,
    force: bool = False,
    n_jobs: int | None = None,
    scheduler: str | None = None,
    deadline: float | None = None,
    memory: int | None = None,
    step: Step = quiet,
) -> Report:
    """Make all outputs of a plan that are missing or stale. `n_jobs` to `memory` are those of `jobs.each`.

    An output stands in its place only when it is whole. One that somebody else has put there or changed is not
    replaced without `force`; one that is gone is made again.

    Raises OutputError where the output folder cannot be written to, or another batch is at work in it.
    """
    from granulate.batch.rendering import Context, Item, rehearse, render

    began = time.perf_counter()
    context = Context(
        todo.out,
        tuple((preset.name, json.dumps(_table(preset))) for preset in todo.presets),
        todo.settings,
        force,
    )
    entries: list[Entry | None] = [None] * len(todo.tasks)
    with journal(todo.out) as kept:
        missing = []
        for number, task in enumerate(todo.tasks):
            if _is_done(todo, task, kept.records):
                entries[number] = _entry(todo, task, "kept")
            else:
                missing.append(number)
        step("render", 0, len(missing))
        items = [
            Item(task.input.path, task.preset, task.output, kept.records.get(task.output))
            for task in (todo.tasks[number] for number in missing)
        ]
        outcomes = each(
            partial(render, context),
            items,
            n_jobs=n_jobs,
            scheduler=scheduler,
            deadline=deadline,
            memory=memory,
            setup=(partial(rehearse, context),),
        )
        with closing(outcomes):
            for done, outcome in enumerate(outcomes, 1):
                number = missing[outcome.index]
                entries[number] = _told(todo, todo.tasks[number], outcome)
                if outcome.value is not None:
                    kept.add(outcome.value.record)
                step("render", done, len(missing))
    found = [entry for entry in entries if entry is not None]
    return Report(todo, [*unsearched(todo), *found], time.perf_counter() - began)


def _table(preset: Preset) -> Mapping[str, object]:
    return preset.table()


def _is_done(todo: Plan, task: Task, records: Mapping[str, Record]) -> bool:
    """Whether neither input nor output have changed since the output was made."""
    record = records.get(task.output)
    if record is None or record.settings != todo.settings[task.preset]:
        return False
    with suppress(OSError):
        return (
            state(task.input.path) == record.input_state
            and state(os.path.join(todo.out, task.output)) == record.output_state
        )
    return False


def _told(todo: Plan, task: Task, outcome: Outcome) -> Entry:
    if outcome.value is None:
        return _entry(todo, task, "failed", outcome.reason, outcome.seconds)
    done = outcome.value
    return _entry(todo, task, "made" if done.made else "kept", None, outcome.seconds, done.notes)


def _entry(
    todo: Plan,
    task: Task,
    status: str,
    reason: str | None = None,
    seconds: float = 0.0,
    notes: tuple[str, ...] = (),
) -> Entry:
    return Entry(
        printable(task.input.name),
        todo.labels[task.preset],
        printable(task.output),
        status,
        reason,
        seconds,
        notes,
    )
