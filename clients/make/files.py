"""Every file that is written out of the registry."""

from __future__ import annotations

from pathlib import Path

from clients.make import addresses, max_patch, pure_data, supercollider

ROOT_FOLDER = Path(__file__).parents[2]
"""The repository's."""


def files() -> dict[str, str]:
    """Their texts, by their paths in the repository."""
    quark = "clients/supercollider"
    return {
        "clients/granulate.maxpat": max_patch.patch(),
        "clients/granulate.pd": pure_data.patch(),
        f"{quark}/Classes/Granulate.sc": supercollider.class_file(),
        f"{quark}/HelpSource/Classes/Granulate.schelp": supercollider.help_file(),
        f"{quark}/granulate.scd": supercollider.panel_script(),
        f"{quark}/Granulate.quark": supercollider.quark(),
        "docs/osc.md": addresses.table(),
    }
