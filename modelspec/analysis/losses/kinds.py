"""What Keras's losses and metrics compare, as tables. A test compares them with Keras."""

from __future__ import annotations

CLASS_NUMBER_LOSSES = frozenset(
    ("SparseCategoricalCrossentropy", "CategoricalGeneralizedCrossEntropy")
)
"""The target is one class index, and the output has a unit for each class."""

ONE_HOT_LOSSES = frozenset(
    ("CategoricalCrossentropy", "CategoricalFocalCrossentropy", "CategoricalHinge")
)
"""The target has one column for each class."""

BINARY_LOSSES = frozenset(("BinaryCrossentropy", "BinaryFocalCrossentropy"))
"""Each unit of the output is a binary classifier."""

NUMBER_LOSSES = frozenset(
    (
        "Huber",
        "LogCosh",
        "MeanAbsoluteError",
        "MeanAbsolutePercentageError",
        "MeanSquaredError",
        "MeanSquaredLogarithmicError",
    )
)
"""The distance between numbers."""

QUANTILE = "Quantile"
"""modelspec's own: the target is a number, and the output has a unit for each quantile of it."""

OWN_LOSSES = frozenset((QUANTILE,))
"""Losses that Keras has not: a file that names one does not load without modelspec."""

VALUE_LOSSES = NUMBER_LOSSES | {"CosineSimilarity", "KLDivergence", "Poisson", QUANTILE}
"""Losses whose targets are numbers that mean an amount: no text can be numbered for them."""

OVERLAP_LOSSES = frozenset(("Dice", "Tversky"))
"""How far the area of a class and that of its prediction overlap."""

OTHER_SHAPES = frozenset(("CTC", "Circle"))
"""Losses whose targets do not have the shape of the output."""

SINGLE_VALUE_LOSSES = OTHER_SHAPES | OVERLAP_LOSSES
"""Losses with one value for an example or for a batch, which no step of it can weight."""

CROSSENTROPIES = frozenset(
    (
        *BINARY_LOSSES,
        "CategoricalCrossentropy",
        "CategoricalFocalCrossentropy",
        *CLASS_NUMBER_LOSSES,
    )
)
"""Losses of probabilities, or of logits where `from_logits` says so."""

PROBABILITY_LOSSES = frozenset((*CROSSENTROPIES, "Dice", "KLDivergence", "Tversky"))
"""Losses that take probabilities unless `from_logits` says otherwise."""

EXCLUSIVE_LOSSES = CROSSENTROPIES - BINARY_LOSSES
"""Crossentropies of mutually exclusive classes."""

CLASS_NUMBER_METRICS = {
    "SparseCategoricalAccuracy": "CategoricalAccuracy",
    "SparseCategoricalCrossentropy": "CategoricalCrossentropy",
    "SparseTopKCategoricalAccuracy": "TopKCategoricalAccuracy",
}
"""Metrics of class indices, each with its counterpart for one column for each class."""

ONE_HOT_METRICS = {
    "CategoricalAccuracy": "SparseCategoricalAccuracy",
    "CategoricalCrossentropy": "SparseCategoricalCrossentropy",
    "CategoricalHinge": "SparseCategoricalAccuracy",
    "OneHotIoU": "SparseCategoricalAccuracy",
    "OneHotMeanIoU": "SparseCategoricalAccuracy",
    "TopKCategoricalAccuracy": "SparseTopKCategoricalAccuracy",
}
"""Metrics of one column for each class, each with its counterpart for class indices."""

TOP_K_METRICS = frozenset(("SparseTopKCategoricalAccuracy", "TopKCategoricalAccuracy"))

THRESHOLD_METRICS = frozenset(
    (
        "AUC",
        "BinaryAccuracy",
        "BinaryIoU",
        "FalseNegatives",
        "FalsePositives",
        "Precision",
        "PrecisionAtRecall",
        "Recall",
        "RecallAtPrecision",
        "SensitivityAtSpecificity",
        "SpecificityAtSensitivity",
        "TrueNegatives",
        "TruePositives",
    )
)
"""Metrics that compare each unit with thresholds between 0 and 1."""

THRESHOLD_ARGUMENTS: dict[str, tuple[str, float | None]] = {
    "BinaryAccuracy": ("threshold", 0.5),
    "BinaryIoU": ("threshold", 0.5),
    "F1Score": ("threshold", None),
    "FBetaScore": ("threshold", None),
    "FalseNegatives": ("thresholds", None),
    "FalsePositives": ("thresholds", None),
    "Precision": ("thresholds", None),
    "Recall": ("thresholds", None),
    "TrueNegatives": ("thresholds", None),
    "TruePositives": ("thresholds", None),
}
"""Metrics of decisions, with the argument that says the threshold of these, and its default."""

CLASS_METRICS = frozenset(
    (*THRESHOLD_METRICS, *CLASS_NUMBER_METRICS, *ONE_HOT_METRICS)
) | frozenset(("Accuracy", "F1Score", "FBetaScore", "IoU", "MeanIoU"))
"""Metrics that count correct classes."""

ELEMENT_METRICS = (THRESHOLD_METRICS | {"BinaryCrossentropy", "CategoricalCrossentropy"}) - {
    "BinaryAccuracy"
}
"""Metrics that fail where target and output have different shapes."""

IOU_METRICS = frozenset(("IoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU"))
"""Metrics of class numbers, which `sparse_y_true` and `sparse_y_pred` say where to find."""

CURVE_METRICS = frozenset(
    (
        "AUC",
        "PrecisionAtRecall",
        "RecallAtPrecision",
        "SensitivityAtSpecificity",
        "SpecificityAtSensitivity",
    )
)
"""Metrics over many thresholds."""

PLAIN_METRICS = frozenset(
    (
        "Accuracy",
        "BinaryAccuracy",
        "BinaryIoU",
        "CategoricalHinge",
        "CosineSimilarity",
        "Hinge",
        "IoU",
        "KLDivergence",
        "LogCoshError",
        "MeanAbsoluteError",
        "MeanAbsolutePercentageError",
        "MeanIoU",
        "MeanSquaredError",
        "MeanSquaredLogarithmicError",
        "Poisson",
        "RootMeanSquaredError",
        "SquaredHinge",
    )
)
"""Metrics that compare one number of the whole batch with every target."""

FLOAT_METRICS = frozenset(
    (
        "BinaryCrossentropy",
        "CategoricalCrossentropy",
        "CategoricalHinge",
        "ConcordanceCorrelation",
        "CosineSimilarity",
        "Hinge",
        "KLDivergence",
        "LogCoshError",
        "PearsonCorrelation",
        "Poisson",
        "SparseCategoricalCrossentropy",
        "SquaredHinge",
    )
)
"""Metrics that compute in the dtype of the output, with numbers that only floats hold."""

F_SCORES = frozenset(("F1Score", "FBetaScore"))

AVERAGED_METRICS = frozenset(("Mean", "Sum"))
"""Metrics of values without a target, which Keras cannot compute in a training."""

NUMBER_METRICS = frozenset(
    (
        "ConcordanceCorrelation",
        "LogCoshError",
        "MeanAbsoluteError",
        "MeanAbsolutePercentageError",
        "MeanSquaredError",
        "MeanSquaredLogarithmicError",
        "PearsonCorrelation",
        "R2Score",
        "RootMeanSquaredError",
    )
)
"""Metrics of the distance between numbers."""

PROBABILITIES = frozenset(("hard_sigmoid", "sigmoid", "softmax", "sparse_sigmoid", "sparsemax"))
"""Activations that return values from 0 to 1."""

NOT_PROBABILITIES = frozenset(
    (
        "celu",
        "elu",
        "exponential",
        "gelu",
        "hard_silu",
        "hard_tanh",
        "leaky_relu",
        "linear",
        "log_sigmoid",
        "log_softmax",
        "mish",
        "relu",
        "relu6",
        "selu",
        "silu",
        "softplus",
        "softsign",
        "squareplus",
        "tanh",
    )
)
"""Activations that return values below 0 or above 1."""

LARGER_IS_BETTER = (
    frozenset(
        (
            *CLASS_METRICS - {"CategoricalCrossentropy", "CategoricalHinge"},
            "ConcordanceCorrelation",
            "CosineSimilarity",
            "PearsonCorrelation",
            "R2Score",
        )
    )
    - {"FalseNegatives", "FalsePositives", "SparseCategoricalCrossentropy", "TrueNegatives"}
    - {"TruePositives"}
)
"""Metrics of which Keras knows that larger is better."""

NO_DIRECTION = frozenset(
    ("FalseNegatives", "FalsePositives", "Mean", "Sum", "TrueNegatives", "TruePositives")
)
"""Metrics of which Keras does not know which way is better."""

_INFINITE = float("inf")

REACHES = {
    "exponential": (0.0, _INFINITE),
    "hard_sigmoid": (0.0, 1.0),
    "hard_tanh": (-1.0, 1.0),
    "relu": (0.0, _INFINITE),
    "relu6": (0.0, 6.0),
    "sigmoid": (0.0, 1.0),
    "softmax": (0.0, 1.0),
    "softplus": (0.0, _INFINITE),
    "softsign": (-1.0, 1.0),
    "sparse_sigmoid": (0.0, 1.0),
    "sparsemax": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
}
"""The least and the largest value of activations that do not give every number."""
