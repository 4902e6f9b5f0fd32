"""Files that are written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelspec.diagnostics import CannotRunError, UsageError
from modelspec.files import refuse_existing, write_atomically


@pytest.mark.parametrize(
    ("content", "expected"),
    [("é\n", "é\n".encode()), (b"\0\1", b"\0\1"), (lambda path: path.write_bytes(b"x"), b"x")],
)
def test_text_bytes_and_what_a_function_writes(
    tmp_path: Path, content: object, expected: bytes
) -> None:
    path = tmp_path / "new" / "file.bin"
    assert write_atomically(path, content) == path  # type: ignore[arg-type]
    assert path.read_bytes() == expected
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_the_file_stays_and_the_draft_goes_when_writing_fails(
    tmp_path: Path, error: type[BaseException]
) -> None:
    path = tmp_path / "model.keras"
    path.write_text("old")

    def fail(draft: Path) -> None:
        assert draft.suffix == ".keras"  # Keras and matplotlib go by the suffix
        draft.write_text("ha")
        raise error

    with pytest.raises(error):
        write_atomically(path, fail)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_of_the_system_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotRunError, match=r"below cannot be written: (Not a dir|File exists)"):
        write_atomically(tmp_path / "file" / "below", "text")


def test_what_exists_is_overwritten_only_by_force(tmp_path: Path) -> None:
    there, missing = tmp_path / "there", tmp_path / "missing"
    there.symlink_to(missing)  # leads nowhere, and would be replaced
    refuse_existing(missing, force=False)
    refuse_existing(there, force=True)
    with pytest.raises(UsageError, match="there exists; --force overwrites it"):
        refuse_existing(missing, there, force=False)
