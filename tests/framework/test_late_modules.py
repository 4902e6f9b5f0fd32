"""Modules that are loaded when something in them is asked for."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from modelspec.framework import late_modules


def test_a_late_module_is_run_at_its_first_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "heavy_names.py").write_text("import sys\nsys.heavy_was_run = True\nvalue = 3\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(late_modules, "LATE", frozenset({"heavy_names", "no_such_names"}))
    with late_modules.quick_imports():
        assert not gc.isenabled()
        import heavy_names  # type: ignore[import-not-found]

        with pytest.raises(ModuleNotFoundError):
            import no_such_names  # type: ignore[import-not-found]  # noqa: F401
    assert gc.isenabled()
    assert not hasattr(sys, "heavy_was_run")
    assert heavy_names.value == 3
    assert hasattr(sys, "heavy_was_run")
    monkeypatch.delattr(sys, "heavy_was_run")
    monkeypatch.delitem(sys.modules, "heavy_names")


REGISTERED = """
import json
import sys
{start}
from tensorflow.python.framework import ops, tensor_conversion_registry, type_spec_registry
from tensorflow.python.saved_model import revived_types
conversions = tensor_conversion_registry._tensor_conversion_func_registry
names = {{
    "gradients": sorted(ops.gradient_registry.list()),
    "conversions": sum(map(len, conversions.values())),
    "types": sorted(type_spec_registry._NAME_TO_TYPE_SPEC),
    "revived": sorted(revived_types._REVIVED_TYPE_REGISTRY),
}}
names["pictures"] = "matplotlib" in sys.modules
import tensorflow as tf
import keras
assert tf.compat.v1.placeholder and tf.lite.TFLiteConverter
assert keras.visualization.plot_image_gallery
print(json.dumps(names))
"""


@pytest.mark.slow
@pytest.mark.tensorflow
def test_what_tensorflow_registers_is_the_same() -> None:
    whole = _registered("import keras, tensorflow")
    quick = _registered("from modelspec.framework import start_keras; start_keras()")
    assert not quick.pop("pictures")
    whole.pop("pictures")
    assert quick == whole


def _registered(start: str) -> dict[str, Any]:
    command = [sys.executable, "-c", REGISTERED.format(start=start)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
