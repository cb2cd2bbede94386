"""The site: `python -m sphinx -W -b html docs docs/_build` from the repository's root.

The first build makes the sounds and pictures that the pages show (`docs/_made`; a minute or two); later ones make again
what has changed. With `-D granulate_media=stubs` something small stands in the place of each, which takes seconds.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
MADE = HERE / "_made"
sys.path.insert(0, str(HERE.parent))  # so that `docs.make` is found

project = "granulate"
author = "The granulate authors"
copyright = "The granulate authors"
extensions = ["myst_parser", "docs.make.sound_directive"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "_made", "make"]
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]
pygments_style, pygments_dark_style = "friendly", "github-dark"
nitpicky = True
smartquotes = False  # what stands in quotes is to be typed

html_theme = "furo"
html_title = "granulate"
html_static_path = ["_static", "_made/sounds"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_use_index = False
(MADE / "sounds").mkdir(parents=True, exist_ok=True)  # Sphinx looks for it before anything is made


def _make(app: Any) -> None:
    from sphinx.util import logging

    from docs.make import media

    said = logging.getLogger("granulate").info
    media.make(
        Path(app.srcdir) / "_made",
        stubs=app.config.granulate_media == "stubs",
        said=lambda name: said("making %s", name),
    )


def setup(app: Any) -> None:
    """Make what the pages show before they are read."""
    app.add_config_value("granulate_media", "all", "env", str)
    app.connect("builder-inited", _make)
