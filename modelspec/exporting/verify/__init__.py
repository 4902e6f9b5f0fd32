"""Whether an exported file predicts what the Keras model predicts."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .check import Check, check_export, keras_outputs, plain_inputs, run_request
    from .comparison import compare
    from .isolated import RunRequest, predict_in_batches, run_isolated, serve_request
    from .samples import Samples, arrays_by_input, samples_of, training_samples
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "check": "Check check_export keras_outputs plain_inputs run_request",
            "comparison": "compare",
            "isolated": "RunRequest predict_in_batches run_isolated serve_request",
            "samples": "Samples arrays_by_input samples_of training_samples",
        },
    )
