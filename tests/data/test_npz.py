"""The source `npz` given a file that is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelspec.api.validation import validate_file

np = pytest.importorskip("numpy")

SPEC = """\
modelspec: 1
model: {sequential: {input: {shape: [2]}, layers: [Dense: {units: 1, name: y}]}}
data: {train: {npz: FILE}, inputs: x, targets: y}
training: {loss: mse, optimizer: adam}
"""


@pytest.mark.parametrize("name", ["x.npy", "x.npz"])
def test_a_single_array_is_said(tmp_path: Path, name: str) -> None:
    with (tmp_path / name).open("wb") as file:
        np.save(file, np.zeros([4, 2]))
    (tmp_path / "spec.yaml").write_text(SPEC.replace("FILE", name))
    (finding,) = validate_file(tmp_path / "spec.yaml", data=True)
    assert f"{name} is one array, not an npz archive of named arrays" in finding.message
    assert (finding.code, finding.span.line) == ("bad-data-file", 3)


@pytest.mark.parametrize("content", [b"", b"\x93NUMP", b"PK\x03\x04"])
def test_a_damaged_file_is_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.npz").write_bytes(content)
    (tmp_path / "spec.yaml").write_text(SPEC.replace("FILE", "x.npz"))
    (finding,) = validate_file(tmp_path / "spec.yaml", data=True)
    assert "x.npz is not a valid npz file" in finding.message
