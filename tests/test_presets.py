"""The registry and presets: one declaration, from which validation, schema and help all follow."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from granulate import preset as presets
from granulate.errors import PresetError
from granulate.parameters import Duration, Stage, allowed
from granulate.preset import SECTIONS, Preset

STAGES = [stage for section in SECTIONS.values() for stage in section.stages.values()]
PARAMETERS = [(stage, name) for stage in STAGES for name in stage.parameters]
IDS = {id(stage): f"{stage.section}-{stage.name}" for stage in STAGES}


def stage_id(value: object) -> str:
    return IDS.get(id(value), str(value))


@pytest.mark.parametrize("stage", STAGES, ids=stage_id)
def test_every_stage_says_what_it_does_in_a_line(stage: Stage) -> None:
    assert 10 < len(stage.help) < 130
    assert "\n" not in stage.help


@pytest.mark.parametrize("stage", STAGES, ids=stage_id)
def test_every_stage_binds_its_defaults(stage: Stage) -> None:
    choice = stage.bind({})
    assert list(choice.parameters) == list(stage.parameters)
    assert stage.bind(choice.parameters) == choice


@pytest.mark.parametrize(("stage", "name"), PARAMETERS, ids=stage_id)
def test_every_parameter_has_help_and_refuses_what_it_does_not_allow(stage: Stage, name: str) -> None:
    kind, declared, default = stage.parameters[name]
    assert 3 < len(declared.help) < 110
    wrong: list[object] = [float("nan"), float("inf"), object()]
    wrong.append([[float("nan")]] if "list" in str(kind) else [])
    wrong.append({"mfcc": float("nan")} if "dict" in str(kind) else {})
    if kind is not str:
        wrong.append("no such value")
    if declared.minimum is not None:
        wrong.append(type(default or declared.minimum)(declared.minimum - 1))
    if declared.maximum is not None:
        wrong.append(declared.maximum + 1)
    if kind in (Duration, Duration | None):
        wrong += ["-1", "1 parsec", True]
    for value in wrong:
        with pytest.raises(PresetError, match=rf"{stage.section}\.{name} = .*allowed: "):
            stage.bind({name: value})


@pytest.mark.parametrize("kind", [int, float])
def test_what_is_said_to_be_allowed_are_the_bounds_themselves(kind: type) -> None:
    for _, declared, _ in (stage.parameters[name] for stage, name in PARAMETERS):
        bounds = [bound for bound in (declared.minimum, declared.maximum) if bound is not None]
        if declared.minimum is not None:
            told = re.findall(r"(?:from|to|least) (\S+)", allowed(kind, declared))
            assert [float(number) for number in told] == bounds


@pytest.mark.parametrize(("stage", "name"), PARAMETERS, ids=stage_id)
def test_a_misspelt_parameter_is_named_with_the_nearest(stage: Stage, name: str) -> None:
    misspelt = name + "x"
    with pytest.raises(PresetError, match=rf"unknown parameter '{misspelt}' of .*did you mean '{name}'"):
        stage.bind({misspelt: 1})


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft202012Validator:
    """What an editor checks presets by."""
    found = presets.schema()
    json.dumps(found)
    jsonschema.Draft202012Validator.check_schema(found)
    return jsonschema.Draft202012Validator(found)


@pytest.mark.parametrize("name", presets.names())
def test_shipped_presets_load_and_survive_being_written_out(
    name: str, schema: jsonschema.Draft202012Validator
) -> None:
    preset = presets.load(name)
    assert 20 < len(preset.description) < 120
    again = presets.parse(presets.to_toml(preset), name)
    assert again == preset
    schema.validate(preset.table())


def test_the_schema_refuses_what_presets_refuse(schema: jsonschema.Draft202012Validator) -> None:
    for table in (
        {"path": {"kind": "tuor"}},
        {"path": {"kind": "tour", "loops": True}},
        {"framing": {"hop": -1}},
    ):
        with pytest.raises(jsonschema.ValidationError):
            schema.validate(table)
    schema.validate({"scaling": [{"kind": "db"}, {"kind": "standardise"}]})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("framing = 3", "framing = 3 is not allowed"),
        ("[paths]", "unknown section 'paths' .did you mean 'path'"),
        ("[path]\nkind = 'tuor'", "path.kind = 'tuor' is unknown .did you mean 'tour'"),
        ("[path]\nkind = 3", "path.kind = 3 is unknown"),
        (
            "[reduction]\nkind = 'tsne'\nperplexty = 3",
            "'perplexty' of reduction tsne .did you mean 'perplexity'",
        ),
        (
            "[reduction]\nkind = 'tsne'\nperplexity = 4000",
            "perplexity = 4000.* allowed: a number from 1 to 500",
        ),
        ("[reduction]\nkind = 'tsne'\nperplexity = nan", "perplexity = nan"),
        ("[reduction]\nkind = 'tsne'\nperplexity = true", "perplexity = True"),
        ("[framing]\nhop = '3 parsecs'", "framing.hop = '3 parsecs'"),
        ("[framing]\nkind = 'framing'", "unknown parameter 'kind' of framing"),
        ("scaling = [3]", "scaling = .3. is not allowed"),
        ("[scaling]\nkind = ['db', 'standardize']", "'standardize' is unknown .did you mean 'standardise'"),
        ("[scaling]\nkind = ['db']\nrange = 3", "'range' beside a list of kinds"),
        ("seed = -1", "seed = -1"),
        ("seed = 1.5", "seed = 1.5"),
        ("seed = true", "seed = True"),
        ("description = 4", "description = 4"),
        ("[path]\nkind = 'embedding'", "needs an embedding"),
        ("[path", "not TOML"),
        ("a = 1\na = 2", "not TOML"),
        ("x = " + "[" * 10_000, "not TOML"),
    ],
)
def test_a_wrong_preset_says_which_key_and_what_is_allowed(text: str, message: str) -> None:
    with pytest.raises(PresetError, match=message) as error:
        presets.parse(text)
    assert "\n" not in str(error.value)


def test_preset_files(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[path]\nkind = 'reverse'\n")
    assert presets.load(path).path.kind == "reverse"
    assert presets.load(path).name == "mine"
    for content, message in ((b"\xff\xfe\x00", "mine.toml: "), (b"#" * 2_000_000, "2000000 bytes")):
        path.write_bytes(content)
        with pytest.raises(PresetError, match=message):
            presets.load(path)
    for wrong in (tmp_path, tmp_path / "none.toml"):
        with pytest.raises(PresetError, match="not a file"):
            presets.load(wrong)
    with pytest.raises(PresetError, match=r"unknown preset 'unfodl' .did you mean 'unfold'"):
        presets.load("unfodl")


def test_settings_change_a_copy() -> None:
    preset = Preset.of({})
    changed = preset.set(
        "framing.hop=1/8s", "path.apart=250ms", "seed=7", "reduction.kind=tsne", "reduction.perplexity=40"
    )
    assert changed.framing.parameters["hop"] == "1/8s"
    assert (changed.path.parameters["apart"], changed.seed) == ("250ms", 7)
    assert (changed.reduction.kind, changed.reduction.parameters["perplexity"]) == ("tsne", 40)
    assert preset == Preset.of({})


def test_settings_do_not_depend_on_their_order_and_kinds_keep_their_parameters() -> None:
    preset = Preset.of({"path": {"kind": "tour", "loop": True}})
    assert preset.set("path.kind=tour").path.parameters["loop"] is True
    one = preset.set("reduction.perplexity=9", "reduction.kind=tsne")
    assert one == preset.set("reduction.kind=tsne", "reduction.perplexity=9")


def test_chained_kinds_are_set_by_name() -> None:
    preset = Preset.of({}).set("scaling.kind=volume,frequency", "scaling.factor=10")
    assert [choice.kind for choice in preset.scaling] == ["volume", "frequency"]
    assert preset.scaling[0].parameters["factor"] == 10
    with pytest.raises(PresetError, match="belongs to 2"):
        Preset.of({}).set("scaling.kind=db,volume", "scaling.factor=10")


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("path", "is not a setting"),
        ("path.kind", "is not a setting"),
        ("=3", "is not a setting"),
        ("path.kind.x=3", "is not a setting"),
        ("pahts.kind=tour", "unknown section 'pahts'"),
        ("path.lop=true", "unknown parameter 'lop' of path tour .did you mean 'loop'"),
        ("path.loop=maybe", "path.loop = 'maybe'.*allowed: true or false"),
    ],
)
def test_wrong_settings_are_refused(setting: str, message: str) -> None:
    with pytest.raises(PresetError, match=message):
        Preset.of({}).set(setting)
