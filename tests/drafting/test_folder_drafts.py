"""A first spec from a folder or a text: what it says, that it is sound; what bad ones get."""

from __future__ import annotations

import csv
import shutil
import wave
from collections.abc import Callable
from pathlib import Path

import pytest

from modelspec import SpecError, UsageError, init, validate
from modelspec.cli import run
from modelspec.report.findings import render_findings

HERE = Path(__file__).parent
SPECS = HERE.parents[1] / "specs"
DATA = SPECS / "data"


def sentences(column: str) -> list[str]:
    with (DATA / "sentences.csv").open(newline="", encoding="utf-8") as file:
        return [row[column] for row in csv.DictReader(file)][:120]


def digits(to: Path) -> None:
    shutil.copytree(DATA / "digit_images", to)


def shapes(to: Path) -> None:
    shutil.copytree(DATA / "shapes", to)


def sounds(to: Path) -> None:
    with (DATA / "sounds.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            folder = to / row["pitch"]
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(DATA / row["file"], folder)


def texts(to: Path) -> None:
    for name in ("english", "french"):
        (to / name).mkdir(parents=True)
        for number, text in enumerate(sentences(name)):
            (to / name / f"{number:03}.txt").write_text(text, encoding="cp1252")


def lines(to: Path) -> None:
    to.mkdir()
    (to / "a.txt").write_text("\n".join(sentences("english")), encoding="utf-8")
    (to / "b.txt").write_text("\n".join(sentences("french")), encoding="utf-8")


def story(to: Path) -> None:
    to.with_suffix(".txt").write_text(" ".join(sentences("english")), encoding="utf-8")


MAKERS: dict[str, Callable[[Path], None]] = {
    "digits": digits,
    "shapes": shapes,
    "sounds": sounds,
    "texts": texts,
    "lines": lines,
    "story.txt": story,
}


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    monkeypatch.chdir(tmp_path)

    def made(name: str) -> str:
        MAKERS[name](tmp_path / name)
        return name

    return made


needs_keras = pytest.param("shapes", marks=pytest.mark.tensorflow)
KINDS = [needs_keras if name == "shapes" else name for name in MAKERS]


@pytest.mark.parametrize("name", KINDS)
def test_a_folder_gives_exactly_this_spec(
    name: str, make: Callable[[str], str], request: pytest.FixtureRequest
) -> None:
    written = init(make(name), output="spec.yaml")
    assert validate("spec.yaml") == []
    expected = HERE / "folders" / f"{name.partition('.')[0]}.yaml.out"
    if request.config.getoption("--update-out"):
        expected.write_text(written, encoding="utf-8")
    assert written == expected.read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.tensorflow
@pytest.mark.parametrize("name", list(MAKERS))
def test_what_it_writes_trains(name: str, make: Callable[[str], str]) -> None:
    from modelspec import train

    init(make(name), output="spec.yaml")
    done = train("spec.yaml", output="run", overrides={"training.epochs": 2})
    assert not done.findings
    assert done.history["loss"][1] < done.history["loss"][0]


def empty(to: Path) -> None:
    to.mkdir()
    (to / "notes.md").write_text("none")


def one_class(to: Path) -> None:
    shutil.copytree(DATA / "digit_images" / "0", to / "zero")


def no_class(to: Path) -> None:
    shutil.copytree(DATA / "digit_images" / "0", to)


def splits(to: Path) -> None:
    for name in ("test", "train"):
        shutil.copytree(DATA / "digit_images" / "0", to / name / "zero")


def other_names(to: Path) -> None:
    shutil.copytree(DATA / "digit_images" / "0", to / "images")
    shutil.copytree(DATA / "digit_images" / "0", to / "masks")
    (to / "masks" / "03.png").rename(to / "masks" / "three.png")


def damaged(to: Path) -> None:
    for name in ("a", "b"):
        (to / name).mkdir(parents=True)
        (to / name / "1.png").write_bytes(b"GIF87")


def damaged_sound(to: Path) -> None:
    for name in ("a", "b"):
        (to / name).mkdir(parents=True)
        (to / name / "1.wav").write_bytes(b"RIFF")


def nothing_in_common(to: Path) -> None:
    for name in ("a", "b"):
        (to / name).mkdir(parents=True)
        (to / name / "1.txt").write_text(name)


def too_short(to: Path) -> None:
    to.mkdir()
    (to / "a.txt").write_text("a few words")


BAD = (
    *(empty, one_class, no_class, splits, other_names),
    *(damaged, damaged_sound, nothing_in_common, too_short),
)


def test_bad_folders_give_exactly_these_messages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(tmp_path)
    said = ""
    for make_bad in BAD:
        name = make_bad.__name__
        make_bad(tmp_path / name)
        with pytest.raises(SpecError) as raised:
            init(name)
        said += render_findings(raised.value.findings, [name]) + "\n"
    expected = HERE / "folders" / "bad.out"
    if request.config.getoption("--update-out"):
        expected.write_text(said, encoding="utf-8")
    assert said == expected.read_text(encoding="utf-8")


def test_a_folder_takes_no_target(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the classes of a folder are the folders in it"):
        init(tmp_path, "label")
    with pytest.raises(UsageError, match="does not exist"):
        init(tmp_path / "photos")
    with pytest.raises(UsageError, match="--data needs --target"):
        init(DATA / "mpg.csv")


def test_the_name_of_the_folder_is_that_of_the_spec(
    make: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", "--data", f"{make('digits')}/"]) == 0
    assert "wrote digits.yaml" in capsys.readouterr().err


def test_recordings_of_several_rates_are_resampled(tmp_path: Path) -> None:
    for name, rate in (("a", 8000), ("b", 4000)):
        (tmp_path / name).mkdir()
        for number in range(3):
            with wave.open(str(tmp_path / name / f"{number}.wav"), "wb") as file:
                file.setparams((1, 2, rate, 0, "NONE", ""))
                file.writeframes(bytes(rate))
    assert "rate: 8000, resample: true}" in init(tmp_path)
