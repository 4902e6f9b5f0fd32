"""Files that are no model, or were made to do harm: a finding after bounded work, nothing run."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from work import bounded_work

from modelspec.diagnostics.finding import Finding
from modelspec.diagnostics.findings import Findings
from modelspec.importing.model_files import ImportResult, import_file

DENSE = {"class_name": "Dense", "config": {"name": "dense", "units": 2}}
INPUT = {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [None, 3]}}


def stack(*layers: Any) -> dict[str, Any]:
    return {"class_name": "Sequential", "config": {"name": "m", "layers": [INPUT, *layers]}}


def import_json(tmp_path: Path, config: Any) -> tuple[ImportResult | None, list[Finding]]:
    path = tmp_path / "model.json"
    path.write_text(config if isinstance(config, str) else json.dumps(config))
    return import_bounded(path)


def import_bounded(path: Path) -> tuple[ImportResult | None, list[Finding]]:
    findings = Findings()
    with bounded_work():
        imported = import_file(path, findings)
    return imported, findings.sorted()


def archive(path: Path, members: dict[str, bytes | str], **options: Any) -> Path:
    with zipfile.ZipFile(path, "w", **options) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def test_a_keras_archive(tmp_path: Path) -> None:
    members = {"config.json": json.dumps(stack(DENSE)), "metadata.json": "{}"}
    imported, found = import_bounded(archive(tmp_path / "m.keras", members))
    assert found == []
    assert imported is not None
    assert imported.weights_source is None
    assert "- Dense: {units: 2}\n" in imported.text


def test_json_inside_json(tmp_path: Path) -> None:
    imported, found = import_json(tmp_path, json.dumps(json.dumps(json.dumps(stack(DENSE)))))
    assert imported is not None, found


def test_the_config_of_tensorflow_js(tmp_path: Path) -> None:
    imported, found = import_json(tmp_path, {"modelTopology": {"model_config": stack(DENSE)}})
    assert imported is not None, found


@pytest.mark.parametrize(
    "name", ["../../evil.py", "/etc/passwd", "a/../../b", "..\\evil", "C:\\evil", "a\\..\\..\\b"]
)
def test_members_that_lead_out_of_the_archive(name: str, tmp_path: Path) -> None:
    members = {"config.json": json.dumps(stack(DENSE)), name: "x"}
    imported, found = import_bounded(archive(tmp_path / "m.keras", members))
    assert imported is None
    assert [finding.code for finding in found] == ["bad-archive"]
    assert not (tmp_path.parent / "evil.py").exists()


def test_a_zip_bomb(tmp_path: Path) -> None:
    members = {"config.json": b" " * 200_000_000}
    path = archive(tmp_path / "m.keras", members, compression=zipfile.ZIP_DEFLATED)
    imported, found = import_bounded(path)
    assert imported is None
    assert [finding.code for finding in found] == ["bad-archive"]


def test_a_config_of_more_bytes_than_any_has(tmp_path: Path) -> None:
    members = {"config.json": b" " * 50_000_000}
    path = archive(tmp_path / "m.keras", members, compression=zipfile.ZIP_DEFLATED)
    imported, found = import_bounded(path)
    assert imported is None
    assert [finding.code for finding in found] == ["file-too-large"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not-json"),
        (b"\x80\x04\x95pickle", "not-a-model"),
        (b"PK\x03\x04 and no more", "cannot-read"),
        (b"\x89HDF\r\n\x1a\n and no more", "cannot-read"),
        (b"{", "not-json"),
        (b"[]", "not-a-model"),
        (b"3", "not-a-model"),
        (b'{"a": 1}', "not-a-model"),
        (b'{"class_name": "Model", "config": {}}', "not-a-model"),
        (b'{"class_name": 3, "config": {"layers": 4}}', "not-a-model"),
        (b"[" * 100_000, "not-json"),
        (b"[" * 900 + b"]" * 900, "nesting-too-deep"),
    ],
)
def test_files_that_hold_no_model(content: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(content)
    imported, found = import_bounded(path)
    assert imported is None
    assert [finding.code for finding in found] == [code]


def test_folders_and_what_is_not_there(tmp_path: Path) -> None:
    assert [f.code for f in import_bounded(tmp_path)[1]] == ["not-a-model"]
    assert [f.code for f in import_bounded(tmp_path / "none.keras")[1]] == ["cannot-read"]


@pytest.fixture
def canary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], bool]:
    """A module that leaves a trace where it is imported."""
    (tmp_path / "canary_module.py").write_text(
        f"open({str(tmp_path / 'sung')!r}, 'w').close()\n\nclass Dense: pass\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    return (tmp_path / "sung").exists


LAMBDA = {"class_name": "__lambda__", "config": {"code": "4wEAAAA=", "defaults": None}}


@pytest.mark.parametrize(
    ("layer", "code"),
    [
        ({**DENSE, "module": "canary_module", "registered_name": None}, "foreign-class"),
        ({**DENSE, "module": "os", "class_name": "system"}, "foreign-class"),
        ({**DENSE, "module": "keras.layers", "registered_name": "evil>Dense"}, "foreign-class"),
        ({**DENSE, "class_name": "evil>Dense"}, "foreign-class"),
        ({"class_name": "Lambda", "config": {"name": "l", "function": LAMBDA}}, "python-code"),
        ({"class_name": "Lambda", "config": {"name": "l", "function": ["4wEAAAA=", None, None]}},
         "python-code"),
        ({**DENSE, "config": {**DENSE["config"], "activation": LAMBDA}}, "python-code"),
        ({**DENSE, "config": {**DENSE["config"], "kernel_initializer": {
            "module": "canary_module", "class_name": "Dense", "config": {}}}}, "foreign-class"),
        ({**DENSE, "config": {**DENSE["config"], "activation": {
            "module": "builtins", "class_name": "function", "config": "eval",
            "registered_name": "function"}}}, "unknown-class"),
        ({**DENSE, "config": {**DENSE["config"], "dtype": {
            "module": "canary_module", "class_name": "DTypePolicy",
            "config": {"name": "float32"}}}}, "foreign-class"),
        ({**DENSE, "registered_name": ">>>"}, "foreign-class"),
        ({**DENSE, "registered_name": "os>system"}, "foreign-class"),
        ({**DENSE, "class_name": "TorchModuleWrapper"}, "unsayable"),
        ({**DENSE, "class_name": "__import__('os')"}, "unknown-class"),
    ],
)  # fmt: skip
def test_code_and_other_modules_are_refused_and_never_run(
    layer: dict[str, Any], code: str, canary: Callable[[], bool], tmp_path: Path
) -> None:
    imported, found = import_json(tmp_path, stack(layer))
    assert imported is None
    assert code in {finding.code for finding in found}
    name = layer["config"]["name"]
    assert all(f'layer "{name}"' in finding.message for finding in found)
    assert not canary()


@pytest.mark.parametrize(
    ("compiled", "notes"),
    [
        ({"optimizer": "adam", "loss": LAMBDA}, 2),
        ({"optimizer": LAMBDA, "loss": "mse"}, 2),
        ({"optimizer": {"class_name": "Adam", "config": {"learning_rate": LAMBDA}},
          "loss": "mse"}, 2),
        ({"optimizer": "adam", "loss": "mse", "metrics": [LAMBDA]}, 1),
        ({"optimizer": "adam", "loss": {
            "module": "canary_module", "class_name": "Dense", "config": {}}}, 2),
        ("canary_module", 1),
    ],
)  # fmt: skip
def test_code_in_compile_settings_is_left_out_and_said(
    compiled: Any, notes: int, canary: Callable[[], bool], tmp_path: Path
) -> None:
    imported, found = import_json(tmp_path, {**stack(DENSE), "compile_config": compiled})
    assert imported is not None
    assert [finding.code for finding in found] == ["training-left-out"] * notes
    assert not canary()


@pytest.mark.parametrize("build", [{"input_shape": LAMBDA}, "canary_module", {"module": "os"}])
def test_a_build_config_is_data(build: Any, canary: Callable[[], bool], tmp_path: Path) -> None:
    imported, found = import_json(tmp_path, stack({**DENSE, "build_config": build}))
    assert imported is not None
    assert found == []
    assert not canary()


def test_what_a_terminal_would_obey_is_escaped(tmp_path: Path) -> None:
    layer = {"class_name": "De\x1b[31mnse\n", "config": {"name": "\ud800"}}
    imported, found = import_json(tmp_path, stack(layer))
    assert imported is None
    assert [f.code for f in found] == ["unknown-class"]
    assert found[0].message.startswith('layer "\\ud800" (De\\x1b[31mnse\\n): ')


def test_entries_that_are_no_layers(tmp_path: Path) -> None:
    imported, found = import_json(tmp_path, stack(*[{}] * 50_000))
    assert imported is None
    assert [finding.code for finding in found] == ["not-a-model"]


def test_more_values_than_any_config_has(tmp_path: Path) -> None:
    imported, findings = import_json(tmp_path, "[" + "{}," * 5_000_000 + "{}]")
    assert imported is None
    assert [finding.code for finding in findings] == ["file-too-large"]


def test_an_archive_of_many_members(tmp_path: Path) -> None:
    path = archive(tmp_path / "m.keras", {f"assets/{n}": "" for n in range(20_000)})
    assert [f.code for f in import_bounded(path)[1]] == ["bad-archive"]


def test_a_member_that_claims_another_size_than_it_has(tmp_path: Path) -> None:
    path = archive(tmp_path / "m.keras", {"config.json": json.dumps(stack(DENSE))})
    content = bytearray(path.read_bytes())
    entry = content.rfind(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = b"\xfe\xff\xff\xff"
    path.write_bytes(content)
    assert [f.code for f in import_bounded(path)[1]] == ["bad-archive"]


def test_metadata_of_more_bytes_than_any_has(tmp_path: Path) -> None:
    members = {"config.json": json.dumps(stack(DENSE)).encode(), "metadata.json": b" " * 20_000_000}
    imported, found = import_bounded(
        archive(tmp_path / "m.keras", members, compression=zipfile.ZIP_DEFLATED)
    )
    assert imported is None
    assert [finding.code for finding in found] == ["file-too-large"]


def test_all_faults_are_said(tmp_path: Path) -> None:
    layers = [{"class_name": f"Own{n}", "config": {"name": f"own{n}"}} for n in range(5)]
    _, found = import_json(tmp_path, stack(*layers))
    assert len(found) == 5


@pytest.mark.tensorflow
@pytest.mark.parametrize("ending", ["h5", "keras"])
def test_hdf5_is_told_by_its_first_bytes(ending: str, tmp_path: Path) -> None:
    import h5py

    path = tmp_path / f"model.{ending}"
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(stack(DENSE)).encode()
        file.attrs["keras_version"] = b"3.5.0"
    imported, found = import_bounded(path)
    assert found == []
    assert imported is not None
    assert imported.weights_source is not None


@pytest.mark.tensorflow
def test_a_file_of_weights_only(tmp_path: Path) -> None:
    import h5py

    with h5py.File(tmp_path / "w.h5", "w") as file:
        file.attrs["layer_names"] = [b"dense"]
    imported, found = import_bounded(tmp_path / "w.h5")
    assert imported is None
    assert "weights" in found[0].message
