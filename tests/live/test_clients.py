"""The clients that are shipped say only what the instrument understands, and are those that the registry makes."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from clients.make.files import ROOT_FOLDER, files
from granulate.live.osc.addresses import ROOT, Action, Control, address_space
from tests.commands import done, fails, here

CLIENTS = ROOT_FOLDER / "clients"
SPACE = address_space()
HEARD = {
    f"{ROOT}/{name}" for name in ("error", "pong", "feedback/grain", "feedback/position", "feedback/level")
}
"""What the instrument says beside the addresses that it takes."""
WANTED = {
    f"{ROOT}/{name}"
    for name in (
        "path/kind", "path/step", "path/temperature", "grain/kind", "grain/density", "grain/length",
        "envelope/kind", "master/gain", "grain/play", "walk/goto", "gesture", "preset", "record", "panic",
        "start", "stop", "subscribe",
    )
}  # fmt: skip


@pytest.mark.parametrize("name", files())
def test_what_is_shipped_is_what_the_registry_makes(name: str) -> None:
    assert (ROOT_FOLDER / name).read_text() == files()[name], "run: python -m clients.make"


def understood(address: str, low: float | None = None, high: float | None = None) -> None:
    """There is such an address, and what a control reaches is within its bounds."""
    assert address in SPACE, address
    target = SPACE[address]
    if low is None or high is None:
        return
    assert isinstance(target, Control)
    bounds = target.bounds or (0.0, math.inf)  # a time's
    assert bounds[0] <= low < high <= bounds[1], (address, low, high, bounds)


# Max


@pytest.fixture(scope="module")
def patcher() -> Any:
    return json.loads((CLIENTS / "granulate.maxpat").read_text())["patcher"]


@pytest.fixture(scope="module")
def boxes(patcher: Any) -> dict[str, Any]:
    found = {each["box"]["id"]: each["box"] for each in patcher["boxes"]}
    assert len(found) == len(patcher["boxes"])
    return found


def test_cords_of_the_max_patch_lead_from_outlets_to_inlets(patcher: Any, boxes: dict[str, Any]) -> None:
    for line in patcher["lines"]:
        (source, outlet), (target, inlet) = line["patchline"]["source"], line["patchline"]["destination"]
        assert 0 <= outlet < boxes[source]["numoutlets"], boxes[source]
        assert 0 <= inlet < boxes[target]["numinlets"], boxes[target]
    for box in boxes.values():
        assert len(box.get("outlettype", ())) == box["numoutlets"]


def test_all_that_the_max_patch_sends_is_understood(patcher: Any, boxes: dict[str, Any]) -> None:
    texts = [box.get("text", "") for box in boxes.values() if box["maxclass"] in ("newobj", "message")]
    sent = {match[1] for text in texts if (match := re.match(r"(?:prepend )?(/\S+)", text))}
    for address in sent:
        understood(address)
    assert sent >= WANTED
    routed = {word for text in texts if text.startswith("route /") for word in text.split()[1:]}
    assert routed <= {*SPACE, *HEARD}
    assert routed > HEARD - {f"{ROOT}/pong"}
    dials = {key: box for key, box in boxes.items() if box["maxclass"] == "live.dial"}
    for key, box in dials.items():
        of = box["saved_attribute_attributes"]["valueof"]
        understood(f"{ROOT}/{of['parameter_longname']}", of["parameter_mmin"], of["parameter_mmax"])
        assert f"{ROOT}/{of['parameter_longname']}" in routed
        assert f"prepend {ROOT}/{of['parameter_longname']}" in reached(patcher, boxes, key)


def reached(patcher: Any, boxes: dict[str, Any], begin: str) -> list[str]:
    """The texts of the boxes that a box leads to."""
    ends: dict[str, list[str]] = {}
    for line in patcher["lines"]:
        ends.setdefault(line["patchline"]["source"][0], []).append(line["patchline"]["destination"][0])
    seen, waiting = set(), [begin]
    while waiting:
        key = waiting.pop()
        waiting += [end for end in ends.get(key, ()) if end not in seen]
        seen.add(key)
    return [boxes[key].get("text", "") for key in seen]


def test_menus_of_the_max_patch_offer_what_there_is(patcher: Any, boxes: dict[str, Any]) -> None:
    menus = {key: box["items"][::2] for key, box in boxes.items() if box["maxclass"] == "umenu"}
    kinds = 0
    for key, words in menus.items():
        sections = [re.match(rf"prepend {ROOT}/(\w+)/kind", text) for text in reached(patcher, boxes, key)]
        for section in filter(None, sections):
            target = SPACE[f"{ROOT}/{section[1]}/kind"]
            assert isinstance(target, Control)
            assert set(words) <= set(target.section.stages)
            kinds += 1
    assert kinds == 3


def test_nothing_in_the_max_panel_hides_anything_else(boxes: dict[str, Any], patcher: Any) -> None:
    shown = [(key, *box["presentation_rect"]) for key, box in boxes.items() if box.get("presentation")]
    width, height = patcher["rect"][2:]
    for i, (key, x, y, w, h) in enumerate(shown):
        assert x >= 0
        assert y >= 0
        assert x + w <= width
        assert y + h <= height
        for other, x2, y2, w2, h2 in shown[i + 1 :]:
            apart = x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y
            assert apart, (boxes[key], boxes[other])


# Pure Data


class Canvas(NamedTuple):
    objects: list[list[str]]
    cords: list[list[int]]


def canvases(text: str) -> list[Canvas]:
    """Every canvas of a patch; a subpatch is an object of the one around it too."""
    found, open_ones = [], []
    for line in re.split(r"(?<!\\);\n", text):
        words = line.split()
        match words[:2]:
            case ["#N", "canvas"]:
                open_ones.append(Canvas([], []))
            case ["#X", "connect"]:
                open_ones[-1].cords.append([int(word) for word in words[2:]])
            case ["#X", "restore"]:
                found.append(open_ones.pop())
                open_ones[-1].objects.append(words[1:])
            case ["#X", _]:
                open_ones[-1].objects.append(words[1:])
    return [*found, *open_ones]


@pytest.fixture(scope="module")
def pd() -> list[Canvas]:
    return canvases((CLIENTS / "granulate.pd").read_text())


def boxed(pd: list[Canvas], kind: str) -> Iterator[list[str]]:
    """The creation arguments of the objects of a class."""
    for canvas in pd:
        for words in canvas.objects:
            if words[0] == "obj" and words[3] == kind:
                yield words[4:]


def test_cords_of_the_pd_patch_join_objects(pd: list[Canvas]) -> None:
    for canvas in pd:
        for source, _, target, _ in canvas.cords:
            assert source != target
            assert max(source, target) < len(canvas.objects)
            for end in (source, target):
                assert canvas.objects[end][0] not in ("text", "symbolatom")


def names(pd: list[Canvas]) -> tuple[set[str], set[str]]:
    """Those that are sent to, and those that are heard."""
    sent = {words[0] for words in boxed(pd, "s")}
    heard = {words[0] for words in boxed(pd, "r")}
    places = {"hsl": 6, "vsl": 6, "nbx": 6, "tgl": 2, "bng": 4, "vradio": 4}
    for kind, place in places.items():
        for words in boxed(pd, kind):
            sent.add(words[place])
            heard.add(words[place + 1])
    heard |= {words[4] for words in boxed(pd, "cnv")} | {words[2] for words in boxed(pd, "vu")}
    heard |= {words[8] for canvas in pd for words in canvas.objects if words[0] == "symbolatom"}
    return sent - {"empty"}, heard - {"empty"}


def test_every_control_of_the_pd_panel_is_heard_and_every_display_told(pd: list[Canvas]) -> None:
    sent, heard = names(pd)
    assert sent - heard <= {f"granulate-{name}" for name in ("grain-now", "position", "level")}
    shown = {name for name in heard if name.endswith("-is") or name.startswith("granulate-level-")}
    assert shown - sent <= {f"granulate-play-{name}-is" for name in ("grain", "gain", "rate", "pan")}


def test_all_that_the_pd_patch_sends_is_understood(pd: list[Canvas]) -> None:
    sent = {"/" + "/".join(words) for words in boxed(pd, "oscformat")}
    for address in sent:
        understood(address)
    assert sent >= WANTED
    controls = {a.replace("/", "-").replace("_", "-").lstrip("-"): a for a in sent}
    reached = 0
    for kind in ("hsl", "nbx"):
        for words in boxed(pd, kind):
            address = controls.get(words[6])
            if address is not None and isinstance(SPACE[address], Control):
                understood(address, float(words[2]), float(words[3]))
                reached += 1
    assert reached > 50


# SuperCollider


def test_what_the_class_knows_is_the_registry() -> None:
    text = (CLIENTS / "supercollider/Classes/Granulate.sc").read_text()
    rows = re.findall(r"\[\\(\w+), '(\S+)', (\S+), (\S+), \"([^\"]*)\"\]", text)
    known = {address: (name, low, high) for name, address, low, high, _ in rows}
    controls = {address: target for address, target in SPACE.items() if isinstance(target, Control)}
    assert set(known) == set(controls)
    for address, (name, low, high) in known.items():
        bounds = controls[address].bounds or (None, None)
        assert address == f"{ROOT}/{controls[address].section.name}/{name.partition('_')[2]}"
        for said, bound in zip((low, high), bounds, strict=True):
            if said == "nil":
                assert bound is None or math.isinf(bound)
            else:
                assert float(said) == pytest.approx(bound, rel=1e-5)
    used = set(re.findall(rf"'({ROOT}/[\w/]+)'", text))
    assert used <= {*SPACE, *HEARD}
    missing = {a for a, target in SPACE.items() if isinstance(target, Action)} - used
    assert not [address for address in missing if "/midi/" not in address and "/input/" not in address]


def test_the_panel_of_the_class_stays_within_bounds() -> None:
    text = (CLIENTS / "supercollider/granulate.scd").read_text()
    rows = re.findall(
        r'\[\\(\w+), "[^"]+", \\(\w+), ([-\d.e]+), ([-\d.e]+), \\(lin|exp), (?:true|false)\]', text
    )
    assert len(rows) > 30
    for name, kind, low, high, warp in rows:
        section, _, parameter = name.partition("_")
        within = () if kind == "truth" else (float(low), float(high))
        understood(f"{ROOT}/{section}/{parameter}", *within)
        assert warp == "lin" or float(low) > 0


def test_the_clients_know_the_same_parameters(pd: list[Canvas], boxes: dict[str, Any]) -> None:
    in_pd = {"/" + "/".join(words) for words in boxed(pd, "oscformat")}
    in_max = {
        box["text"].split()[1] for box in boxes.values() if box.get("text", "").startswith(f"prepend {ROOT}")
    }
    panel = {a for a in in_pd if isinstance(SPACE[a], Control)}
    assert panel == {a for a in in_max if isinstance(SPACE[a], Control)}


def test_the_readme_names_every_client() -> None:
    text = (CLIENTS / "README.md").read_text()
    for path in (p for p in CLIENTS.rglob("*") if p.suffix in (".maxpat", ".pd", ".sc", ".scd")):
        if "make" not in path.parts:
            assert Path(path).name in text


# The command


def test_the_command_says_where_they_are_and_copies_them_out(tmp_path: Path) -> None:
    for line in done(here("clients", cwd=tmp_path)).stdout.splitlines():
        assert Path(line.partition(": ")[2]).exists()
    copied = done(here("clients", "-o", "mine", cwd=tmp_path))
    written = [Path(line) for line in copied.stdout.splitlines()]
    shipped = {name.partition("/")[2] for name in files() if name.startswith("clients/")} | {"README.md"}
    assert {str(path.relative_to("mine")) for path in written} == shipped
    for path in written:
        assert (tmp_path / path).read_bytes() == (CLIENTS / path.relative_to("mine")).read_bytes()


def test_what_is_there_is_not_replaced_unless_forced(tmp_path: Path) -> None:
    mine = tmp_path / "granulate.pd"
    mine.write_text("mine")
    assert "granulate.pd" in fails(here("clients", "-o", ".", cwd=tmp_path))
    assert mine.read_text() == "mine"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [mine]
    done(here("clients", "-o", ".", "--force", cwd=tmp_path))
    assert mine.read_text() == (CLIENTS / "granulate.pd").read_text()
