"""A small search, and workers that train nothing: the value of a trial is made from its point."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from modelspec.search import read_search
from modelspec.tuning import (
    Coordinator,
    Crew,
    Study,
    StudyFile,
    StudyRecord,
    new_record,
    open_storage,
)

SPEC = """
modelspec: 1
name: net
params: {width: 4, kernel: 3}
model:
  sequential:
    input: {shape: [8, 8, 1], name: x}
    layers:
      - Conv2D: {filters: "${width}", kernel_size: "${kernel}", activation: relu}
      - Conv2D: {filters: "${width}", kernel_size: "${kernel}", activation: relu}
      - Flatten
      - Dense: {units: 2, name: y}
data:
  train: {npz: d.npz}
  targets: {y: y}
  validation: 0.25
  batch_size: 8
training:
  optimizer: {Adam: {learning_rate: 0.01}}
  loss: {SparseCategoricalCrossentropy: {from_logits: true}}
  metrics: [accuracy]
  epochs: 4
tune:
  objective: {val_loss: min}
  trials: 5
  space:
    params.width: {choice: [2, 4, 8]}
    params.kernel: {int: [1, 7]}  # above 4 the second one does not fit
    training.optimizer:
      choice:
        - Adam: {learning_rate: {log: [1e-3, 1e-1]}}
        - SGD: {momentum: 0.9, learning_rate: {log: [1e-3, 1e-1]}}
  sampler: {tpe: {n_startup_trials: 3}}
  seed: 7
"""

FAKE_WORKER = """
import hashlib, json, pathlib, sys
for line in sys.stdin:
    job = json.loads(line)
    run = pathlib.Path(job["folder"])
    run.mkdir(exist_ok=True)
    text = json.dumps(job["overrides"], sort_keys=True)
    value = int(hashlib.sha256(text.encode()).hexdigest()[:6], 16) / 2 ** 24
    epochs = job["pause_after"] or 4
    rows = [f"{n},1.0,{value + 1 / n},0.1" for n in range(1, epochs + 1)]
    (run / "history.csv").write_text("\\n".join(["epoch,loss,val_loss,seconds", *rows]) + "\\n")
    status = "paused" if job["pause_after"] else "complete"
    (run / "run.json").write_text(json.dumps({"status": status, "epochs": epochs}))
    with (run / "jobs.txt").open("a") as file:
        file.write(f"{epochs}\\n")
    print(json.dumps({"event": "trained", "seconds": 0.5}), flush=True)
"""


def write_spec(folder: Path, *changes: tuple[str, str]) -> Path:
    """The spec with some texts replaced."""
    text = SPEC
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / "net.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def search(spec: Path, folder: Path, *, script: str = FAKE_WORKER, workers: int = 1) -> StudyRecord:
    """Work on the study in a folder until it is over."""
    return coordinator(spec, folder, script=script, workers=workers).run()


def coordinator(
    spec: Path, folder: Path, *, script: str = FAKE_WORKER, workers: int = 1
) -> Coordinator:
    """What works on the study in a folder."""
    folder.mkdir(exist_ok=True)
    found = read_search(spec)
    study = Study(open_storage(StudyFile.JOURNAL, folder), "study", found, "same")
    crew = Crew(workers, (sys.executable, "-S", "-c", script), {})
    record = new_record(spec, found, {})
    return Coordinator(study, folder, record, crew, lambda *_: None)


def facts(record: StudyRecord) -> list[Mapping[str, Any]]:
    """The proposals and their values."""
    return record.to_dict()["proposals"]  # type: ignore[no-any-return]
