"""The site builds without a warning and without a network; its links lead somewhere, its sounds and pictures are made."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest

import granulate as gr
from docs.make import gallery, media
from docs.make.files import ROOT_FOLDER
from docs.make.piece import demo, excerpt
from granulate import preset as presets

DOCS = ROOT_FOLDER / "docs"
_FETCHED = {
    ("script", "src"),
    ("link", "href"),
    ("img", "src"),
    ("audio", "src"),
    ("source", "src"),
    ("iframe", "src"),
}
_WIDEST = (
    "index",
    "gallery",
    "reference/sections/path",
    "reference/measures",
    "reference/commands/live",
    "osc",
)


class Page(HTMLParser):
    """What a page has and leads to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids |= {value for key, value in attrs if key in ("id", "name") and value}
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))
        self.fetched += [str(value) for key, value in attrs if (tag, key) in _FETCHED and value]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages, built of a copy with something small in the place of each sound and picture."""
    pytest.importorskip("furo")
    pytest.importorskip("myst_parser")
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(DOCS, folder / "docs", ignore=shutil.ignore_patterns("_made", "_build", "__pycache__"))
    words = ["-W", "--keep-going", "-q", "-b", "html", "-D", "granulate_media=stubs", "docs", "built"]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *words], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return folder / "built"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path) for path in site.rglob("*.html") if "_static" not in path.parts}


def test_every_page_is_built(site: Path, pages: dict[Path, Page]) -> None:
    sources = {
        path.relative_to(DOCS).with_suffix(".html")
        for path in DOCS.rglob("*.md")
        if not path.relative_to(DOCS).parts[0].startswith("_")
    }
    assert {site / path for path in sources} <= set(pages)
    assert len(sources) > 40


def test_nothing_is_fetched_from_elsewhere(pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        for address in page.fetched:
            assert not urlparse(address).scheme or address.startswith("data:"), (path, address)
            assert not address.startswith("//"), (path, address)


def test_every_link_leads_somewhere(site: Path, pages: dict[Path, Page]) -> None:
    wrong = []
    for path, page in pages.items():
        for address in {*page.links, *page.fetched}:
            found = urlparse(address)
            if found.scheme:
                continue
            target = (path.parent / unquote(found.path)).resolve() if found.path else path
            known = pages[target].ids if target in pages else set()
            if not target.is_file() or (found.fragment and unquote(found.fragment) not in known):
                wrong.append(f"{path.relative_to(site)}: {address}")
    assert not wrong


def test_every_sound_and_picture_that_is_made_is_shown(site: Path, pages: dict[Path, Page]) -> None:
    shown = {Path(urlparse(address).path).name for page in pages.values() for address in page.fetched}
    made = {file for piece in media.pieces().values() for file in piece.files}
    assert made <= shown, made - shown
    # And pages show no sound that nothing makes.
    assert {name for name in shown if name.endswith(".mp3")} <= made


def test_every_preset_has_its_place_in_the_gallery(site: Path) -> None:
    page = Page(site / "gallery.html")
    source = (site / "gallery.html").read_text("utf-8")
    text = re.sub(r"<[^>]+>", "", source)
    for name in presets.names():
        assert name in page.ids, name
        assert f"preset-{name}.mp3" in source
        assert re.search(rf"granulate (demo|mosaic|live) .*-p {name}\b", text), name


def test_pages_fit_a_telephone_and_ask_no_network(site: Path) -> None:
    pytest.importorskip("playwright")
    if shutil.which("chromium") is None:
        pytest.skip("needs chromium")
    # In a process of its own: a browser that other tests drive may be open in this one.
    words = [str(site), *_WIDEST]
    done = subprocess.run(
        [sys.executable, "-m", "tests.docs_site.narrow", *words],
        cwd=ROOT_FOLDER, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert {name: width for name, width in found["widths"].items() if width > found["width"]} == {}
    assert len(found["widths"]) == len(_WIDEST)
    assert found["said"] == []


# What is made


def test_what_is_made_stays_until_something_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    media.make(tmp_path, stubs=True, said=said.append)
    assert set(said) == set(media.pieces())
    stray = tmp_path / media.SOUNDS / "preset-gone.mp3"
    stray.write_bytes(b"")
    (tmp_path / media.PICTURES / "preset-fog.png").unlink()
    said.clear()
    media.make(tmp_path, stubs=True, said=said.append)
    assert said == ["preset fog"]
    assert not stray.exists()
    changed = presets.load("fog").set("framing.window=300ms")
    monkeypatch.setattr(gallery, "_preset", lambda name: changed if name == "fog" else presets.load(name))
    said.clear()
    media.make(tmp_path, stubs=True, said=said.append)
    assert said == ["preset fog"]


def test_the_gallery_sounds_what_the_preset_does(tmp_path: Path) -> None:
    (before, after) = (gallery.pieces()["demo"], gallery.pieces()["preset rewind"])
    made = [(tmp_path / f"{n}.mp3", tmp_path / f"{n}.png") for n in "ab"]
    for sound, picture in made:
        after.make(sound, picture)
    # The same bytes each time.
    assert made[0][0].read_bytes() == made[1][0].read_bytes()
    assert made[0][1].read_bytes() == made[1][1].read_bytes()
    heard, rendered = gr.read(made[0][0]), gr.render(demo(), "rewind")
    assert abs(heard.duration - rendered.duration) < 0.2
    assert heard.peak > 0.1
    assert made[0][0].stat().st_size < 500_000
    assert before.files == ("demo.mp3", "target.mp3", "demo.png")


def test_an_excerpt_is_what_it_is_cut_from_but_for_its_ends() -> None:
    cut = excerpt(demo(), 2.0, 0.5)
    rate = demo().sample_rate
    whole = demo().samples[:, 2 * rate : 2 * rate + rate // 2]
    inside = slice(round(0.03 * rate), -round(0.03 * rate))
    assert cut.n_samples == rate // 2
    assert (cut.samples[:, inside] == whole[:, inside]).all()
    assert abs(cut.samples[:, [0, -1]]).max() < 0.01
