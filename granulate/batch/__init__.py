"""Every sound of a folder rendered with one preset or several, and only what is missing or stale rendered again."""

from granulate.batch.inputs import Input, gather
from granulate.batch.naming import DEFAULT_NAME
from granulate.batch.plan import Plan, Task, plan
from granulate.batch.report import Entry, Report
from granulate.batch.running import preview, render_folder, run

__all__ = [
    "DEFAULT_NAME",
    "Entry",
    "Input",
    "Plan",
    "Report",
    "Task",
    "gather",
    "plan",
    "preview",
    "render_folder",
    "run",
]
