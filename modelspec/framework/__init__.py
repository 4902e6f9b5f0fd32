"""TensorFlow and Keras themselves: their start, private API, messages and output to stderr."""

from .messages import clean_message, is_out_of_memory, operation_message
from .private_api import (
    APPLICATION_LAYERS,
    TRIED_WITH,
    LowRank,
    OutputMetrics,
    add_loss,
    all_layers,
    all_metrics,
    application_layer,
    call_nodes,
    fresh_names,
    functional_of,
    has_vocabulary_argument,
    layers_by_path,
    layers_inside,
    low_rank_of,
    make_training_variables,
    mask_of,
    metrics_by_output,
    name_operation,
    nodes_in_order,
    overrides_hook,
    own_variables,
    random_seed_variable,
    run_graph,
    saved_objects,
    scale_rates,
    set_mask,
    tensorflow_backend,
    traces_batches,
    track_loss,
    undivided_losses,
)
from .start import how_to_install, start_keras
from .stderr import CapturedText, silenced_stderr
