"""Whether more or less of a logged value is better, told by its name."""

LARGE_IS_GOOD = (
    "acc", "auc", "precision", "recall", "f1", "fbeta", "iou", "r2", "correlation",
    "similarity", "sensitivity", "specificity", "true_pos", "true_neg", "truepos", "trueneg",
)  # fmt: skip
"""Parts of the names of metrics of which more is better."""

SMALL_IS_GOOD = (
    "loss", "error", "mse", "mae", "mape", "msle", "rmse", "entropy", "divergence", "poisson",
    "hinge", "cosh", "perplexity", "false_pos", "false_neg", "falsepos", "falseneg", "huber",
    "quantile", "dice", "tversky",
)  # fmt: skip
"""Parts of the names of losses and metrics of which less is better."""


def large_is_good(name: str) -> bool:
    """Whether more of a logged value is better."""
    low = name.lower()
    return not low.endswith("loss") and any(part in low for part in LARGE_IS_GOOD)


def small_is_good(name: str) -> bool:
    """Whether less of a logged value is surely better; false where its name does not tell."""
    return not large_is_good(name) and any(part in name.lower() for part in SMALL_IS_GOOD)
