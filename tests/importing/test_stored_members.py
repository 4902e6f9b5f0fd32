"""A member of an archive, read where it lies: the same bytes as by `zipfile`, from any place."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import pytest

from modelspec.importing import StoredMember

CONTENT = random.Random(0).randbytes(5000)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("before", "x" * 77)
        file.writestr("member", CONTENT)
        file.writestr("after", "y" * 77)
    return path


def member(path: Path) -> zipfile.ZipInfo:
    with zipfile.ZipFile(path) as archive:
        return archive.getinfo("member")


def test_it_is_a_file_like_any(archive: Path) -> None:
    source, expected = random.Random(1), io.BytesIO(CONTENT)
    with StoredMember(archive, member(archive)) as file:
        assert file.read() == CONTENT
        for _ in range(200):
            at, whence = source.choice([(source.randrange(6000), 0), (-source.randrange(5000), 2)])
            assert file.seek(at, whence) == expected.seek(at, whence)
            size = source.randrange(300)
            assert file.read(size) == expected.read(size)
            assert file.tell() == expected.tell()


@pytest.mark.parametrize(
    ("size", "reason"),
    [(3000, "the member 'member' is cut off"), (50, "'member' is not where the archive says")],
)
def test_an_archive_that_is_cut_off(archive: Path, size: int, reason: str) -> None:
    info = member(archive)
    archive.write_bytes(archive.read_bytes()[:size])
    with pytest.raises(zipfile.BadZipFile, match=reason):
        StoredMember(archive, info)
