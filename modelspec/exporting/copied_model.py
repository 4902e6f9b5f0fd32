"""A model copied with another configuration of its layers."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

CONFIG = "config.json"


def copy_with_config(model: Any, change: Callable[[Any], Any]) -> Any:
    """A copy of a Keras model, of which the configuration is changed.

    It goes through Keras's own file: no other way keeps all that layers have learned, such as
    vocabularies.

    Args:
        model: what is copied.
        change: from the configuration of the model to that of the copy.
    """
    import keras

    with tempfile.TemporaryDirectory(prefix="modelspec-export-") as folder:
        before, after = Path(folder, "before.keras"), Path(folder, "after.keras")
        model.save(before)
        with zipfile.ZipFile(before) as old, zipfile.ZipFile(after, "w") as new:
            for name in old.namelist():
                content = old.read(name)
                if name == CONFIG:
                    content = json.dumps(change(json.loads(content))).encode()
                new.writestr(name, content)
        return keras.models.load_model(after, compile=False)
