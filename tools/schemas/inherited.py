"""What classes of Keras do with the `**kwargs` that they pass to their bases.

Most pass them on as they are. The table names the arguments of a base that a class sets itself,
refuses or drops, so that a spec cannot give them.
"""

from __future__ import annotations

LAST_BASES = {"Layer", "BaseOptimizer", "Loss", "Metric", "Callback", "DTypePolicy"}
"""Bases above which nothing is an argument any more."""

_LOOKUP = frozenset({"activity_regularizer", "autocast", "vocabulary_dtype"})
_CELL = frozenset({"cell"})
_FACTOR = frozenset({"factor"})

FIXED: dict[str, frozenset[str]] = {
    # Layers that call a base with values of their own.
    "ActivityRegularization": frozenset({"activity_regularizer"}),
    "BaseConv": frozenset({"rank"}),
    "Conv1D": frozenset({"rank"}),
    "Conv2D": frozenset({"rank"}),
    "Conv3D": frozenset({"rank"}),
    "Conv1DTranspose": frozenset({"rank"}),
    "Conv2DTranspose": frozenset({"rank"}),
    "Conv3DTranspose": frozenset({"rank"}),
    "DepthwiseConv1D": frozenset({"rank"}),
    "DepthwiseConv2D": frozenset({"rank"}),
    "SeparableConv1D": frozenset({"rank"}),
    "SeparableConv2D": frozenset({"rank"}),
    "AveragePooling1D": frozenset({"pool_dimensions", "pool_mode"}),
    "AveragePooling2D": frozenset({"pool_dimensions", "pool_mode"}),
    "AveragePooling3D": frozenset({"pool_dimensions", "pool_mode"}),
    "MaxPooling1D": frozenset({"pool_dimensions", "pool_mode"}),
    "MaxPooling2D": frozenset({"pool_dimensions", "pool_mode"}),
    "MaxPooling3D": frozenset({"pool_dimensions", "pool_mode"}),
    "GlobalAveragePooling1D": frozenset({"pool_dimensions"}),
    "GlobalAveragePooling2D": frozenset({"pool_dimensions"}),
    "GlobalAveragePooling3D": frozenset({"pool_dimensions"}),
    "GlobalMaxPooling1D": frozenset({"pool_dimensions"}),
    "GlobalMaxPooling2D": frozenset({"pool_dimensions"}),
    "GlobalMaxPooling3D": frozenset({"pool_dimensions"}),
    # Recurrent layers make their cell.
    "LSTM": _CELL,
    "GRU": _CELL,
    "SimpleRNN": _CELL,
    "ConvLSTM": _CELL,
    "ConvLSTM1D": frozenset({"rank"}),
    "ConvLSTM2D": frozenset({"rank"}),
    "ConvLSTM3D": frozenset({"rank"}),
    # Lookup layers have one dtype and refuse the rest.
    "IndexLookup": _LOOKUP,
    "StringLookup": frozenset({"vocabulary_dtype"}),
    # A data layer that drops its `**kwargs`.
    "HashedCrossing": frozenset({"activity_regularizer", "trainable", "autocast"}),
    # Image layers whose base takes a `factor` of one meaning, theirs have another or none.
    "AutoContrast": _FACTOR,
    "CenterCrop": _FACTOR,
    "ContrastLimitedAdaptiveHistogramEqualization": _FACTOR,
    "Equalization": _FACTOR,
    "MaxNumBoundingBoxes": _FACTOR,
    "MixUp": _FACTOR,
    "RandomColorJitter": _FACTOR,
    "RandomCrop": _FACTOR,
    "RandomFlip": _FACTOR,
    "RandomShear": _FACTOR,
    "RandomTranslation": _FACTOR,
    "RandomZoom": _FACTOR,
    "Resizing": _FACTOR,
    "Solarization": _FACTOR,
    # Callbacks that drop their `**kwargs`.
    "ReduceLROnPlateau": frozenset({"baseline"}),
    # An optimizer that refuses what belongs to the one inside it.
    "LossScaleOptimizer": frozenset(
        {
            "learning_rate",
            "weight_decay",
            "clipnorm",
            "clipvalue",
            "global_clipnorm",
            "use_ema",
            "ema_momentum",
            "ema_overwrite_frequency",
            "loss_scale_factor",
            "gradient_accumulation_steps",
        }
    ),
}

HIDDEN = {
    "LSTM": {"implementation": 2},
    "LSTMCell": {"implementation": 2},
    "GRU": {"implementation": 2},
    "GRUCell": {"implementation": 2},
}
"""Arguments that a class takes out of its `**kwargs` by hand, with their defaults."""

NEEDED = {"CategoryEncoding": {"num_tokens"}}
"""Arguments with a default that Keras then refuses: they are required in truth."""

OMITTED = {
    "weights": "arrays; `training.initial_weights` names a file of weights instead",
    "input_tensor": "a tensor; edges connect models instead",
    "quantization_config": "an object of `keras.quantizers`; quantize when exporting instead",
}
"""Arguments that no text can say, and what to do instead. `applications` have their own
`weights`, which names a file."""
