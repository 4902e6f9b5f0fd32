"""Types of the arguments of what acts on weights and numbers: initializers, regularizers,
constraints, activations and dtype policies.
"""

from __future__ import annotations

from .table import Table

INITIALIZERS = Table(
    {
        "seed": "integer_or_null",
        "input_axes": "axes_or_null",
        "output_axes": "axes_or_null",
        "mean": "number",
        "stddev": "number",
        "minval": "number",
        "maxval": "number",
        "gain": "number",
    },
    {
        ("Constant", "value"): "number_array",
        ("VarianceScaling", "scale"): "positive_number",
        ("VarianceScaling", "mode"): "fan_mode",
        ("VarianceScaling", "distribution"): "scaling_distribution",
        ("STFT", "side"): "stft_side",
        ("STFT", "window"): "signal_window_or_null",
        ("STFT", "scaling"): "spectrum_scaling_or_null",
        ("STFT", "periodic"): "boolean",
    },
)

REGULARIZERS = Table(
    {"l1": "non_negative_number_or_null", "l2": "non_negative_number_or_null"},
    {
        ("OrthogonalRegularizer", "factor"): "non_negative_number",
        ("OrthogonalRegularizer", "mode"): "orthogonal_mode",
    },
)

CONSTRAINTS = Table(
    {"axis": "axes", "max_value": "number", "min_value": "number", "rate": "number"}, {}
)

ACTIVATIONS = Table(
    {"alpha": "number", "axis": "axis", "threshold": "number", "negative_slope": "number"},
    {
        ("gelu", "approximate"): "boolean",
        ("relu", "max_value"): "number_or_null",
        ("softmax", "axis"): "axes",
        ("squareplus", "b"): "number",
        ("threshold", "default_value"): "number",
    },
)

DTYPE_POLICIES = Table(
    {"name": "policy_name_or_null", "source_name": "policy_name_or_null"},
    {
        ("AWQDTypePolicy", "mode"): "awq_mode",
        ("GPTQDTypePolicy", "mode"): "gptq_mode",
        ("Int4DTypePolicy", "mode"): "int4_mode",
        ("QuantizedDTypePolicy", "mode"): "quantization_mode",
        ("QuantizedFloat8DTypePolicy", "mode"): "float8_mode",
        ("QuantizedFloat8DTypePolicy", "amax_history_length"): "positive_integer",
        ("DTypePolicyMap", "default_policy"): "dtype_policy",
        ("DTypePolicyMap", "policy_map"): "dtype_policies_by_path",
    },
)
