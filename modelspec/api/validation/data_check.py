"""Checks of a spec's data files, as far as the installed packages allow.

With numpy and pyarrow, all data is read as training reads it. Without them, Python alone reads csv.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from modelspec.analysis import Analysis
from modelspec.analysis.data import FedInputs, is_image_target, known_shapes
from modelspec.analysis.losses import TargetRequirement, trained_outputs
from modelspec.compile import policy_of_spec
from modelspec.diagnostics import Findings, Related
from modelspec.layers.rule import Tensor
from modelspec.spec import Spec
from modelspec.spec.data import SYNTHETIC, TFDS, TFRECORD, DataSpec, sources_of
from modelspec.spec.extensions import function_sources

READER_PACKAGES = ("numpy", "pyarrow")
"""The packages that read data as training does."""


def check_data_files(spec: Spec, analysis: Analysis, findings: Findings) -> None:
    """Check columns, types, labels and values of the data files.

    Args:
        spec: with `data`.
        analysis: of its model.
        findings: takes what is wrong, worded as training words it.

    Raises:
        CannotRunError: the disk is full; or the values have to be decoded by TensorFlow, which is
            not installed.
    """
    assert spec.data is not None
    if spec.data.train.kind == SYNTHETIC:  # no files
        return
    if any(source.make is None for source in function_sources(spec)):  # a finding says so
        return
    folder = Path() if spec.path is None else spec.path.parent
    if all(_is_installed(name) for name in READER_PACKAGES):
        if _is_decoded_by_tensorflow(spec.data):
            from modelspec.framework import start_keras

            start_keras()
        from modelspec.training.prepare import check_training_data

        check_training_data(spec, analysis.graph, folder, _shapes(analysis), findings)
        return
    from modelspec.data.light import check_data_without_numpy

    def requirements(inputs: FedInputs) -> list[TargetRequirement]:
        return _requirements(spec, _at_sizes_of_files(spec, inputs, analysis, findings))

    check_data_without_numpy(spec.data, folder, analysis.graph, requirements, findings)


def _at_sizes_of_files(
    spec: Spec, inputs: FedInputs, analysis: Analysis, findings: Findings
) -> Analysis:
    """The analysis at the sizes that the columns of files make known, as training sees it."""
    from modelspec.analysis.sizes import analyze_given

    assert spec.data is not None
    given = known_shapes(spec.data, inputs)
    return analyze_given(analysis, policy_of_spec(spec), given, findings) if given else analysis


def _is_decoded_by_tensorflow(data: DataSpec) -> bool:
    """Whether values are looked at that TensorFlow alone reads: records, pixels of targets."""
    if any(source.kind in (TFDS, TFRECORD) for source in sources_of(data).values()):
        return True
    return any(is_image_target(columns, data.train) for columns in data.targets)


def _is_installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _shapes(analysis: Analysis) -> dict[str, tuple[int | None, ...]]:
    """Output name to shape without the batch axis; empty where the shape of one is unknown."""
    found = {}
    for name in analysis.graph.output_names:
        tensor = analysis.outputs.get(name)
        if not isinstance(tensor, Tensor):
            return {}
        found[name] = tuple(tensor.shape[1:])
    return found


def _requirements(spec: Spec, analysis: Analysis) -> list[TargetRequirement]:
    """The outputs whose loss and shape are known."""
    return [
        TargetRequirement(
            output.name,
            output.loss,
            output.loss_class,
            tuple(output.tensor.shape[1:]),
            (Related(output.span, f"the output `{output.name}` is here"),),
            output.class_weight,
            output.activation,
        )
        for output in trained_outputs(spec, analysis)
        if output.tensor is not None
    ]
