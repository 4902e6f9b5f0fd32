"""Open a run or an exported file once, for many predictions."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from modelspec.document import model_format
from modelspec.runs import RunFile, read_record, run_of_model
from modelspec.spec.extensions import permit_extensions

from .run_model import open_members, refuse_no_run

if TYPE_CHECKING:
    from modelspec.inference import LoadedModel
    from modelspec.report import Summary
    from modelspec.training import Run


def load(run: Run | Path | str, *, allow_extensions: bool = False) -> LoadedModel:
    """Open a run or an exported file once, to predict rows that a program has.

    Files of ONNX, LiteRT and OpenVINO are run without TensorFlow.

    Args:
        run: a run, its folder, a model in it such as checkpoints/epoch-0003.keras, or a file that
            was exported from it. Of a folder of folds, the mean of what their models say.
        allow_extensions: import the modules that the spec names, which runs their code.

    Returns:
        A model whose `predict` takes rows; also a context manager that closes it.

    Raises:
        UsageError: it is neither a run that is complete nor an exported one.
        SpecError: the model needs an extension that is not allowed or cannot be imported.
        CannotRunError: a file is damaged, or a package that runs it is missing.
    """
    where = Path(run) if isinstance(run, (str, os.PathLike)) else run
    from modelspec.inference import LoadedModel

    with permit_extensions(allow_extensions):
        if isinstance(where, Path) and model_format(where) and run_of_model(where) is None:
            from modelspec.exporting import open_artifact, read_metadata

            metadata = read_metadata(where)
            artifact = open_artifact(where, metadata)
            return LoadedModel((artifact,), metadata.metrics or {}, partial(_summary, where))
        refuse_no_run(run)
        opened = open_members(run)
    folder = opened[0].path
    top = folder if len(opened) == 1 else folder.parent
    return LoadedModel(opened, read_record(top).metrics, partial(_summary, _spec_of(folder)))


def _spec_of(folder: Path) -> Path:
    return folder / RunFile.EXPANDED_SPEC


def _summary(source: Path) -> Summary:
    from modelspec.api.specs import summarize

    return summarize(source)
