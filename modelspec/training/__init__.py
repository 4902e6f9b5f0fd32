"""Model and data to a run: train it, evaluate it, let it predict."""

from .answers import Asked
from .evaluate import Evaluation, Wanted, evaluate_run
from .expectations import Miss, misses
from .predict import predict_into, predict_run
from .problems import InterruptedRunError, MissedError
from .record import recorded
from .run import Run
from .train import Order, set_seed, train_spec

__all__ = [
    "Asked",
    "Evaluation",
    "InterruptedRunError",
    "Miss",
    "MissedError",
    "Order",
    "Run",
    "Wanted",
    "evaluate_run",
    "misses",
    "predict_into",
    "predict_run",
    "recorded",
    "set_seed",
    "train_spec",
]
