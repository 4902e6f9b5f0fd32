"""A module that registers classes, as the `extensions` of a spec name one."""

from __future__ import annotations

from typing import Any

import keras


@keras.saving.register_keras_serializable("own")
class Scale(keras.layers.Layer):
    def __init__(self, factor: float = 1.0, **options: Any) -> None:
        super().__init__(**options)
        self.factor = factor

    def call(self, inputs: Any) -> Any:
        return inputs * self.factor

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "factor": self.factor}
