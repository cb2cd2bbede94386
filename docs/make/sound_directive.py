"""The directive `sound`: something to hear on a page, out of `docs/_made/sounds`."""

from __future__ import annotations

import html
import re
from typing import Any, ClassVar

from docutils import nodes  # type: ignore[import-untyped,unused-ignore]
from sphinx.util.docutils import SphinxDirective  # type: ignore[import-not-found,unused-ignore]


class Sound(SphinxDirective):  # type: ignore[misc,unused-ignore]
    """A player for a sound that is made for the site; what stands in the directive says what is heard."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        """The player, as HTML."""
        up = "../" * self.env.docname.count("/")
        words = html.escape(" ".join(self.content))
        shown, told = re.sub(r"`([^`]+)`", r"<code>\1</code>", words), words.replace("`", "")
        # Nothing is loaded before somebody asks to hear it.
        player = (
            f'<figure class="sound"><figcaption>{shown}</figcaption><audio controls preload="none"'
            f' aria-label="{told}" src="{up}_static/{html.escape(self.arguments[0])}"></audio></figure>'
        )
        return [nodes.raw("", player, format="html")]


def setup(app: Any) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive("sound", Sound)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
