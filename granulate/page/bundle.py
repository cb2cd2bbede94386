"""One HTML text out of the page's modules and a map pack, that opens from disk without a server.

A page that was opened as a file may not import modules, so the exporter joins them. What it joins is kept
simple on purpose; a module may hold

- `import { a, b as c } from "./name.js";` at the beginning of a line, over one line or several;
- `export function`, `export async function`, `export class` and `export const`;

and no other form of import or export. Each module becomes a function that gives what it exports; a worker
or worklet becomes a text of its own, joined from its imports alike, that the page runs from a Blob URL.
The served page is made of the very same files, and of no joined one.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from granulate.errors import ParameterError
from granulate.page.sketching import sketch
from granulate.parameters import listed

PANELS = ("panel-play.js", "panel-live.js", "panel-library.js")
"""Modules that add a panel to the page by `install(app)`, in the order of the panels."""
STANDALONE_PANELS = ("panel-play.js", "panel-library.js")
STYLES = (
    "style-page.css", "style-controls.css", "style-bar.css", "style-map.css", "style-panels.css", "style-keys.css",
)  # fmt: skip
"""The page's style, part by part: a later one adds to those before."""
THREADS = ("spatial-worker.js", "grain-worklet.js")
"""Modules that run beside the page, as its worker and its audio worklet."""

_MIMES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html"}
_IMPORT = re.compile(r'^import\s*\{([^}]*)\}\s*from\s*"\./([\w-]+\.js)";[ \t]*$', re.MULTILINE)
_EXPORT = re.compile(r"^export (async function\*?|function\*?|class|const) (\w+)", re.MULTILINE)
_OTHER = re.compile(r"^(import|export)\b.*$", re.MULTILINE)


def names() -> list[str]:
    """The files that a page is made of, sorted."""
    return sorted(
        item.name for item in _folder().iterdir() if item.name.rpartition(".")[2] in {"js", "css", "html"}
    )


def asset(name: str) -> tuple[bytes, str]:
    """One of `names()` and its MIME type. Raises ParameterError for any other."""
    if name not in names():
        raise ParameterError(f"no asset {name!r} of the page; allowed: {listed(names())}")
    return (_folder() / name).read_bytes(), _MIMES[name[name.rindex(".") :]]


def served(*, title: str, settings: Mapping[str, Any]) -> str:
    """The page that a server gives at "/": its style and modules are fetched from /assets/.

    `settings`: what the page's `app.settings` holds: "pack", the pack's URL; "panels", those of `PANELS` to
    show; "sketch", of its pack (see `sketch`), where there is one; and whatever panels look for.
    """
    found = {"pack": "/map.bin", "panels": present(PANELS), **settings}
    links = [f'<link rel="stylesheet" href="/assets/{name}">' for name in STYLES]
    # At once, instead of each when the one that imports it has come.
    links += [
        f'<link rel="modulepreload" href="/assets/{name}">' for name in ordered(*found["panels"], "main.js")
    ]
    return _filled(
        title=title,
        head="\n".join(links),
        body=f'{_settings(found)}\n<script type="module" src="/assets/main.js"></script>',
    )


def standalone(pack: bytes, *, title: str, settings: Mapping[str, Any] | None = None) -> str:
    """The whole page in one text, the pack within. The same pack gives the same text."""
    found = {"pack": "inline", "panels": present(STANDALONE_PANELS), **(settings or {})}
    if drawn := sketch(pack):
        found["sketch"] = drawn
    style = "\n".join(_text(name) for name in STYLES)
    script = joined(*found["panels"], "main.js")
    threads = [
        f'<script type="text/plain" data-asset="{name}">\n{joined(name)}</script>'
        for name in present(THREADS)
    ]
    # Nothing but what is written here may run, and nothing may be fetched. A page opened as a file may load its
    # audio worklet from no Blob URL, but from a data URL.
    rules = (
        f"default-src 'none'; script-src 'sha256-{_hash(script)}' data:; style-src 'sha256-{_hash(style)}';"
        " worker-src blob:; img-src data: blob:; media-src blob: data:; connect-src blob: data:"
    )
    packed = base64.b64encode(gzip.compress(pack, 6, mtime=0)).decode("ascii")
    return _filled(
        title=title,
        head=f'<meta http-equiv="Content-Security-Policy" content="{rules}">\n<style>{style}</style>',
        body="\n".join(
            [
                _settings(found),
                *threads,
                f"<script>{script}</script>",
                # Last: the page begins while it is still being read.
                f'<script type="text/plain" id="pack">{packed}</script>',
            ]
        ),
    )


@cache
def joined(*entries: str) -> str:
    """Modules and what they import as one script without imports; what is imported comes first.

    Raises ParameterError for a form of import or export that is not among those that this file's head
    names, and for modules that import one another.
    """
    # What panels are asked for by name is found on the global.
    begin = '"use strict";\n(() => {\nconst granulateModules = (globalThis.granulateModules = new Map());\n'
    return "".join([begin, *(_wrapped(name) for name in ordered(*entries)), "})();\n"])


@cache
def ordered(*entries: str) -> tuple[str, ...]:
    """Modules and what they import, each once, after what it imports. Raises ParameterError for a circle."""
    order: list[str] = []
    for name in entries:
        _visit(name, order, ())
    return tuple(order)


def present(wanted: Sequence[str]) -> list[str]:
    """Those of the files that there are."""
    there = names()
    return [name for name in wanted if name in there]


def _visit(name: str, order: list[str], above: tuple[str, ...]) -> None:
    if name in above:
        raise ParameterError(
            f"{' -> '.join((*above, name))}: modules that import one another; allowed: a tree"
        )
    if name not in order:
        for found in _IMPORT.finditer(_text(name)):
            _visit(found[2], order, (*above, name))
        order.append(name)


def _wrapped(name: str) -> str:
    text = _text(name)
    exported = [found[2] for found in _EXPORT.finditer(text)]
    text = _IMPORT.sub(_as_constants, text)
    text = _EXPORT.sub(r"\1 \2", text)
    if other := _OTHER.search(text):
        raise ParameterError(f"{name}: {other[0]!r}; allowed: import {{ }} from, export of a declaration")
    gives = ", ".join(exported)
    return f'granulateModules.set("{name}", (() => {{\n{text}return {{ {gives} }};\n}})());\n'


def _as_constants(found: re.Match[str]) -> str:
    wanted = re.sub(r"\s+as\s+", ": ", found[1].strip().rstrip(","))
    return f'const {{ {wanted} }} = granulateModules.get("{found[2]}");'


def _filled(*, title: str, head: str, body: str) -> str:
    page = _text("index.html")
    parts: dict[str, Callable[[], str]] = {
        "TITLE": lambda: html.escape(title), "HEAD": lambda: head, "BODY": lambda: body,
    }  # fmt: skip
    # In one pass, so that what is filled in is not looked through again.
    return re.sub(r"<!--(TITLE|HEAD|BODY)-->", lambda found: parts[found[1]](), page)


def _settings(settings: Mapping[str, Any]) -> str:
    text = json.dumps(settings, allow_nan=False).replace("<", "\\u003c")
    return f'<script type="application/json" id="settings">{text}</script>'


def _text(name: str) -> str:
    text = asset(name)[0].decode("utf-8")
    # Within a page, these would end the script or the style.
    if name != "index.html" and re.search(r"</(script|style)|<!--", text, re.IGNORECASE):
        raise ParameterError(f"{name}: '</script', '</style' or '<!--' in it; allowed: neither")
    return text


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _folder() -> Any:
    return resources.files("granulate.page") / "assets"
