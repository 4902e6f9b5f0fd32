"""Every kind of source, in a spec of real/ that learns something from real data."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from real_data import MAKERS

from modelspec.api.predicting import evaluate, predict
from modelspec.api.training import train
from modelspec.diagnostics.problems import SpecError

pytestmark = pytest.mark.tensorflow

SPECS = Path(__file__).parent / "real"


def test_every_spec_has_its_data() -> None:
    assert sorted(path.stem for path in SPECS.glob("*.yaml")) == sorted(MAKERS)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Any:
    made: dict[str, Any] = {}

    def run(name: str) -> Any:
        if name not in made:
            folder = tmp_path_factory.mktemp(name)
            MAKERS[name](folder)
            shutil.copy(SPECS / f"{name}.yaml", folder)
            spec = folder / f"{name}.yaml"
            made[name] = train(spec, output=folder / "run", allow_extensions=True)
        return made[name]

    return run


@pytest.mark.xdist_group("real-sources")
@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow if n == "audio" else ()) for n in MAKERS]
)
def test_it_reaches_what_it_promises_and_gives_it_again(trained: Any, name: str) -> None:
    run = trained(name)
    assert run.missed == ()
    assert run.findings == ()
    measured, missed = evaluate(run.path, allow_extensions=True)
    assert not missed
    tested = {key: value for key, value in run.metrics.items() if key.startswith("test_")}
    assert measured == pytest.approx(tested, rel=1e-5)


@pytest.mark.xdist_group("real-sources")
@pytest.mark.parametrize(
    ("name", "folder", "label"),
    [
        ("images", "digits/0", "0"),
        ("texts", "texts/german", "german"),
        pytest.param("audio", "spoken/3", "3", marks=pytest.mark.slow),
    ],
)
def test_folders_without_classes_and_single_files_are_answered(
    trained: Any, name: str, folder: str, label: str
) -> None:
    run = trained(name)
    path = run.path.parent / folder
    answers = predict(run.path, path)
    files = answers["file"].tolist()
    assert sorted(Path(file).name for file in files) == sorted(p.name for p in path.iterdir())
    [output] = [key for key in answers if f"{key}_probability" in answers]
    assert (answers[output] == label).mean() > 0.8
    one = predict(run.path, path / Path(files[0]).name)
    assert one[output].tolist() == answers[output].tolist()[:1]


@pytest.mark.xdist_group("real-sources")
def test_a_dataset_is_called_again_only_by_leave_and_compared(trained: Any) -> None:
    run = trained("python").path
    spec = run.parent / "python.yaml"
    for refused in (lambda: train(spec, output=run.parent / "b"), lambda: evaluate(run)):
        with pytest.raises(SpecError, match="extension-not-allowed"):
            refused()
    more = {"training.epochs": 13}
    assert len(train(resume=run, overrides=more, allow_extensions=True).history["loss"]) == 13
    table = run.parent / "penguins.csv"
    table.write_text("\n".join(table.read_text().splitlines()[:-1]) + "\n")
    with pytest.raises(SpecError, match=r"`real_penguins\.penguins` gives other examples"):
        train(resume=run, overrides={"training.epochs": 14}, allow_extensions=True)
    with pytest.raises(SpecError, match="data-changed"):
        evaluate(run, allow_extensions=True)
