"""The learning rate by an expression, set before each step where the steps run.

Imports TensorFlow: import this module only where TensorFlow is loaded already.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from modelspec.spec.phases import RateSchedule


class ScheduledRate:
    """Sets the rate of an optimizer, which stays one with a plain number as its rate.

    The rates of an epoch are computed before it, so that a step costs no call into Python, and a
    resumed training has the same ones.

    Args:
        schedule: the expression.
        optimizer: of the compiled model.
        sizes: the values of all names but `epoch` and `step`.
        first_epoch: the epoch, over the whole training, that the phase began with.
    """

    def __init__(
        self, schedule: RateSchedule, optimizer: Any, sizes: dict[str, int], first_epoch: int
    ) -> None:
        self.schedule = schedule
        self.variable = optimizer.learning_rate
        self.sizes = sizes
        self.first_epoch = first_epoch
        self._rates = tf.Variable(np.zeros(sizes["steps_per_epoch"], np.float32), trainable=False)
        self._first_step = tf.Variable(0, dtype=tf.int64, trainable=False)

    def begin_epoch(self, epoch: int, step: int) -> None:
        """Compute the rates of an epoch, which begins at a step of it.

        Raises:
            RateError: the expression gives none.
        """
        steps = self.sizes["steps_per_epoch"]
        in_phase = epoch - self.first_epoch
        values = {**self.sizes, "epoch": in_phase}
        if "step" in self.schedule.names:
            first = in_phase * steps
            found = [self.schedule.rate({**values, "step": first + n}) for n in range(steps)]
        else:
            found = [self.schedule.rate(values)] * steps
        self._rates.assign(found)
        self._first_step.assign(epoch * steps)
        self.variable.assign(found[min(step, steps - 1)])  # all are done where the end is measured

    def set_for_step(self, number: Any) -> None:
        """Set the rate, in a graph.

        Args:
            number: of the batch, a scalar int64, counted over all epochs.
        """
        self.variable.assign(tf.gather(self._rates, number - self._first_step))

    @property
    def present(self) -> float:
        """The rate of the last step."""
        return float(self.variable.numpy())
