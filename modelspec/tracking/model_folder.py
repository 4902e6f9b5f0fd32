"""The folder of a model as MLflow takes it, written without MLflow's own writer.

That one needs pandas, which the client does without. The files are those of
https://mlflow.org/docs/latest/ml/model; the model in it is loaded by `modelspec.mlflow_pyfunc`.
"""

from __future__ import annotations

import json
import platform
import shutil
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

from modelspec.document import emit
from modelspec.runs import RunFile, RunStatus

LOADER = "modelspec.mlflow_pyfunc"

RUN = "run"
"""The folder in it that is loaded as a run."""

FILES = (RunFile.EXPANDED_SPEC, RunFile.DATA, RunFile.METRICS, RunFile.MODEL)
"""What a run needs in order to predict, beside its state."""

PACKAGES = ("keras-modelspec", "tensorflow", "keras", "numpy", "pyarrow")


class ModelColumn(NamedTuple):
    """A column of the input or the output.

    Attributes:
        name: of the column.
        kind: as MLflow calls it: "double", "any", "boolean", "string"; None for an array.
        item: of an array, the kind of its values.
        is_required: whether each row has a value.
    """

    name: str
    kind: str | None
    item: str | None = None
    is_required: bool = True

    @staticmethod
    def of_input(name: str, value: Any, *, is_required: bool) -> ModelColumn:
        """The column that rows need, by a value of it.

        MLflow refuses whole numbers for "double", and gaps for "long", so numbers are "any", and
        modelspec says what is wrong with a value.
        """
        found = ModelColumn.of(name, value)
        kind = "any" if found.kind == "double" else found.kind
        return found._replace(kind=kind, is_required=is_required)

    @staticmethod
    def of(name: str, value: Any) -> ModelColumn:
        """The column of a value of Python."""
        if isinstance(value, list):
            first: Any = value
            while isinstance(first, list):
                first = first[0] if first else 0.0
            return ModelColumn(name, None, _kind(first))
        return ModelColumn(name, _kind(value))

    def to_dict(self) -> dict[str, Any]:
        """As a signature has it."""
        found: dict[str, Any] = {"name": self.name, "required": self.is_required}
        if self.kind is not None:
            return {"type": self.kind, **found}
        return {"type": "array", "items": {"type": self.item}, **found}


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    return "double"


def write_model_folder(
    folder: Path,
    run: Path,
    inputs: Sequence[ModelColumn],
    outputs: Sequence[ModelColumn],
    example: Mapping[str, Any] | None,
) -> None:
    """Write the folder.

    Args:
        folder: is made.
        run: the run folder.
        inputs: the columns that rows need; none where they are not known.
        outputs: the columns of the predictions.
        example: a row, or None.

    Raises:
        OSError: a file is missing, or cannot be written.
    """
    (folder / RUN).mkdir(parents=True)
    for name in FILES:
        shutil.copyfile(run / name, folder / RUN / name)
    status = {"version": 1, "status": RunStatus.COMPLETE}
    (folder / RUN / RunFile.STATUS).write_text(
        json.dumps(status) + "\n", encoding="utf-8", newline="\n"
    )
    packages = [f"{name}=={found}" for name in PACKAGES if (found := _version(name))]
    requirements = "".join(f"{line}\n" for line in packages)
    (folder / "requirements.txt").write_text(requirements, encoding="utf-8", newline="\n")
    python = platform.python_version()
    environment = {"python": python, "dependencies": ["-r requirements.txt"]}
    (folder / "python_env.yaml").write_text(emit(environment), encoding="utf-8", newline="\n")
    content: dict[str, Any] = {
        "artifact_path": "model",
        "flavors": {
            "python_function": {
                "loader_module": LOADER,
                "data": RUN,
                "python_version": python,
                "env": {"virtualenv": "python_env.yaml"},
            }
        },
        "mlflow_version": _version("mlflow-skinny") or _version("mlflow"),
        "model_uuid": uuid.uuid4().hex,
        "utc_time_created": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f"),
    }
    if inputs and outputs:
        content["signature"] = {
            "inputs": json.dumps([one.to_dict() for one in inputs], ensure_ascii=False),
            "outputs": json.dumps([one.to_dict() for one in outputs], ensure_ascii=False),
            "params": json.dumps(
                [
                    {"name": name, "default": False, "shape": None, "type": "boolean"}
                    for name in ("every_class", "positive")
                ]
            ),
        }
    if example is not None:
        split = {"columns": [*example], "data": [[*example.values()]]}
        _write_json(folder / "input_example.json", split)
        _write_json(folder / "serving_input_example.json", {"dataframe_split": split})
        content["saved_input_example_info"] = {
            "artifact_path": "input_example.json",
            "serving_input_path": "serving_input_example.json",
            "type": "dataframe",
            "pandas_orient": "split",
        }
    (folder / "MLmodel").write_text(emit(content), encoding="utf-8", newline="\n")


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
