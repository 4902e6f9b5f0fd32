"""The section `training` of a drafted spec."""

from __future__ import annotations

from .draft_parts import DraftParts, sizes_text
from .task import BINARY, REGRESSION, Task
from .yaml_lines import comment_lines, commented_line


def training_lines(parts: DraftParts) -> list[str]:
    """Length, optimizer, loss, metrics, and when to stop."""
    size, task = parts.size, parts.task
    has_stop = not size.is_linear  # its penalty keeps it from overfitting: all rows can train
    why = "at most; EarlyStopping may stop earlier" if has_stop else ""
    lines = commented_line(2, f"epochs: {size.epochs}", why)
    why = "Adam with weight decay, which keeps small models from overfitting"
    text = f"optimizer: {{AdamW: {{learning_rate: {size.rate}, weight_decay: 0.01}}}}"
    if size.is_linear:
        text, why = f"optimizer: {{Adam: {{learning_rate: {size.rate}}}}}", ""
    lines += commented_line(2, text, why)
    lines += _loss(task)
    if has_stop:
        stop = f"monitor: val_loss, patience: {size.patience}, restore_best_weights: true"
        why = "stops when the validation loss no longer improves"
        lines += [*commented_line(2, "callbacks:", why), f"    - EarlyStopping: {{{stop}}}"]
    return [*lines, "  seed: 7"]


def _loss(task: Task) -> list[str]:
    if task.kind == REGRESSION:
        why = "large errors count most; mean_absolute_error is less sensitive to outliers"
        lines = commented_line(2, "loss: mean_squared_error", why)
        why = "R2Score: 1 is perfect, 0 is the score of always predicting the mean"
        return lines + commented_line(2, "metrics: [mean_absolute_error, R2Score]", why)
    if task.kind == BINARY:
        lines = commented_line(2, "loss: binary_crossentropy", "for one probability")
        why = "AUC: how well the two classes are ranked, at any threshold; 0.5 is chance"
        if not task.is_imbalanced:
            return lines + commented_line(2, "metrics: [accuracy, AUC]", why)
        rare = task.counts[task.labels[1]] / sum(task.counts.values())
        text = (
            "Probabilities follow that, so few are above 0.5: choose a threshold with `modelspec"
            " evaluate RUN --split validation --threshold 0.2`. Class weights would move all"
            " probabilities."
        )
        lines += comment_lines(2, f"{sizes_text(task)}. {text}")
        why += f". AUC_PR: precision over all recalls; {rare:.2g} is chance"
        metrics = "AUC, AUC: {curve: PR, name: AUC_PR}, Precision, Recall"
        return lines + commented_line(2, f"metrics: [{metrics}]", why)
    lines = commented_line(2, "loss: sparse_categorical_crossentropy", "for class numbers")
    largest = max(task.counts.values()) / sum(task.counts.values())
    why = f"always predicting the largest class gives {largest:.2f}"
    return lines + commented_line(2, "metrics: [accuracy]", why)
