"""Architectures of Keras's own as Python files. All of them: benchmarks/."""

from __future__ import annotations

import pytest

from modelspec.compile.stages import compile_text
from modelspec.diagnostics.findings import Findings
from modelspec.exporting.python.source import python_source

from .models import built_by, plain

pytestmark = pytest.mark.tensorflow


@pytest.mark.parametrize(
    "name", ["MobileNetV3Small", pytest.param("ConvNeXtTiny", marks=pytest.mark.slow)]
)
def test_an_architecture_comes_back_the_same(name: str) -> None:
    import keras

    from modelspec.importing.model_files import from_keras

    keras.backend.clear_session()
    model = getattr(keras.applications, name)(weights=None)
    findings = Findings()
    opened = compile_text(from_keras(model), name, None, findings)
    assert opened is not None, findings.sorted()
    made, _ = built_by(python_source(opened.spec, opened.graph))
    assert plain(made.get_config()) == plain(model.get_config())
    assert made.count_params() == model.count_params()
