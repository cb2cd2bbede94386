"""`granulate library export`: a folder's sounds into folders, or into lists, by group."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from granulate.atomic import check_output
from granulate.cli.job import make_folder
from granulate.cli.library.options import library_options
from granulate.cli.progress import Progress
from granulate.errors import ParameterError, printable
from granulate.library import Library
from granulate.library.organise.export import Exported, check_folder, plan, put
from granulate.library.organise.grouping import GROUPINGS, groups_of
from granulate.library.organise.names import distinct, safe, safe_path
from granulate.library.organise.playlists import Entry, write_m3u, write_reaper
from granulate.library.records import Files

_TOLD = 20


@click.command(name="export")
@library_options
@click.option("-o", "--output", "out", required=True, metavar="OUT", help="The folder to export into.")
@click.option(
    "--by", default="cluster", show_default=True, metavar="GROUPING",
    help="cluster, class, label (with --label), folder or prefix.",
)  # fmt: skip
@click.option("--label", metavar="NAME", help="The labels' name in the index. [default: as --by]")
@click.option("--copy", "how", flag_value="copy", default="copy", help="Copy the sounds. [default]")
@click.option("--link", "how", flag_value="link", help="Make hard links: no more room, the same disk.")
@click.option("--symlink", "how", flag_value="symlink", help="Make symbolic links.")
@click.option(
    "--format", "form", type=click.Choice(["files", "reaper", "m3u8"]), default="files", show_default=True,
    help="Sounds in folders; one database for REAPER's media explorer; or a playlist for each group.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace lists that exist; sounds are never replaced.")
def command(
    folder: str, index: str | None, as_json: bool, out: str, by: str, label: str | None, how: str, form: str,
    force: bool,
) -> int:  # fmt: skip
    """Sort the sounds of a scanned FOLDER into folders or lists, by cluster, class, label, folder or prefix.

    Nothing that exists is overwritten: run again, only what is missing is added. Exit code 1 if some
    could not be put in place.
    """
    target = Path(out)
    check_folder(target, Path(folder))
    with Library.open(folder, index) as library, Progress() as progress:
        files = library.files()
        groups = groups_of(library, files, _source(by, label))
        if form == "files":
            make_folder(target)
            placed = plan(library.folder.absolute(), files.paths, groups)
            done = put(placed, target, how, step=progress)
        else:
            done = _lists(library, files, groups, target, form, force)
    _report(done, target, len(set(groups)), as_json)
    return 1 if done.failed else 0


def _source(by: str, label: str | None) -> str:
    if by in GROUPINGS:
        if label is not None:
            raise ParameterError(f"--label {label!r} with --by {by}; allowed: with cluster, class or label")
        return by
    if by not in ("cluster", "class", "label"):
        raise ParameterError(f"--by {by!r}; allowed: cluster, class, label, {', '.join(GROUPINGS)}")
    if by == "label" and label is None:
        raise ParameterError("--by label without --label; allowed: --label NAME")
    return label or by


def _lists(
    library: Library, files: Files, groups: Sequence[str], out: Path, form: str, force: bool
) -> Exported:
    entries = [
        Entry(
            library.path(file).absolute(), file.duration, group, file.size, file.mtime_ns // 10**9,
            file.n_channels, file.sample_rate,
        )
        for file, group in zip(files, groups, strict=True)
    ]  # fmt: skip
    if form == "reaper":
        path = out / f"{safe(library.folder.resolve().name)}.ReaperFileList"
        make_folder(out)
        failed = write_reaper(path, entries, force=force)
        return Exported(1, 0, failed)
    names = sorted(set(groups))
    lists = [out / name for name in distinct(f"{safe_path(name).replace('/', ' - ')}.m3u8" for name in names)]
    make_folder(out)
    for path in lists:
        check_output(path, force=force)
    for name, path in zip(names, lists, strict=True):
        write_m3u(path, [entry for entry in entries if entry.group == name], force=force)
    return Exported(len(lists), 0, ())


def _report(done: Exported, out: Path, n_groups: int, as_json: bool) -> None:
    for path, reason in done.failed[:_TOLD]:
        click.echo(f"granulate: {path}: {reason}", err=True)
    if len(done.failed) > _TOLD:
        click.echo(f"granulate: and {len(done.failed) - _TOLD} more; --json names them", err=True)
    if as_json:
        content = {
            "output": printable(out), "groups": n_groups, "written": done.written, "there": done.there,
            "failed": [{"path": path, "reason": reason} for path, reason in done.failed],
        }  # fmt: skip
        click.echo(json.dumps(content, indent=2))
    else:
        there = f", {done.there} there already" if done.there else ""
        click.echo(f"{printable(out)}: {done.written} files written{there}; {n_groups} groups", err=True)
