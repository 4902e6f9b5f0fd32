"""MLflow's client, and what it says of itself in one sentence."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator
from typing import Any

from modelspec.diagnostics import CannotRunError, first_line
from modelspec.spec.training import Mlflow

TIMEOUTS = {"MLFLOW_HTTP_REQUEST_TIMEOUT": "5", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1"}
"""MLflow's settings where the user has none: seconds that a request waits, and how often it is
sent again. Its own, 120 s and 7 times, stop a training for minutes without a word."""


class CannotReportError(CannotRunError):
    """MLflow is not installed, or cannot be reached before what is reported begins."""


def open_client(settings: Mlflow) -> Any:
    """MLflow's client for a store.

    Raises:
        CannotReportError: MLflow is not installed, or there is no such kind of store.
    """
    try:
        from mlflow import MlflowClient
    except ImportError as error:
        install = "pip install 'keras-modelspec[mlflow]'"
        message = f"`tracking.mlflow` needs MLflow, which is not installed: {install}"
        raise CannotReportError(f"{_location(settings)}: {message}") from error
    logging.getLogger("mlflow").setLevel(logging.WARNING)
    for name, value in TIMEOUTS.items():
        os.environ.setdefault(name, value)
    with cannot_report(settings):
        return MlflowClient(tracking_uri=settings.uri)


@contextlib.contextmanager
def cannot_report(settings: Mlflow) -> Iterator[None]:
    """Turn what MLflow raises before something begins into one sentence."""
    try:
        yield
    except Exception as error:  # MLflow, its stores and its servers raise all kinds
        store = settings.uri or "its default store"
        message = f"cannot report to MLflow at {store}: {first_line(error)}"
        raise CannotReportError(f"{_location(settings)}: {message}") from error


def _location(settings: Mlflow) -> str:
    span = settings.span
    return f"{span.file}:{span.line}:{span.column}"
