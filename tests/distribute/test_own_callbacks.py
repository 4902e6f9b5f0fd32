"""Which callbacks a process that is not the chief runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelspec.training.engine import engines
from modelspec.training.fit import own_callbacks

pytestmark = pytest.mark.tensorflow


@pytest.mark.parametrize("process", [0, 1])
def test_only_the_chief_writes(
    process: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import keras

    class Saver(keras.callbacks.ModelCheckpoint):  # type: ignore[misc]  # Keras has no types
        """That of an extension."""

    given = [
        keras.callbacks.EarlyStopping(),
        keras.callbacks.CSVLogger(tmp_path / "log.csv"),
        Saver(tmp_path / "model.keras"),
    ]
    monkeypatch.setattr(engines, "_present", [engines.OneDevice(process=process, processes=2)])
    found = own_callbacks(given)
    kept = [one is other for one, other in zip(found, given, strict=True)]
    assert kept == ([True, True, True] if process == 0 else [True, False, False])
    assert {type(one) for one, same in zip(found, kept, strict=True) if not same} <= {
        keras.callbacks.Callback
    }
    assert not list(tmp_path.iterdir())
