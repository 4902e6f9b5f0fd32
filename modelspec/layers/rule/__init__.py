"""What a rule of a layer takes and returns, and the arithmetic that rules share."""

from .arguments import (
    apply_inner,
    argument_at,
    argument_of,
    as_tensor,
    class_of,
    lora_weights,
    shape_of_list,
)
from .batch import (
    BATCH_HINT,
    TRIAL_BATCH,
    VALUES_DECIDE,
    depends_on_batch,
    follow_batch,
    has_batch,
    known_batch,
    loses_batch,
    trial_shape,
    trial_text,
)
from .built import follow_built
from .dtypes import (
    ABOVE,
    FLOATX,
    INT,
    WEAK_FLOAT,
    WEAK_INT,
    floating,
    is_floating,
    is_whole,
    result_type,
    standard,
    widened,
)
from .gradients import moving_limit, resizing_limit
from .kernels import (
    FIRST_BATCH,
    FIRST_STEP,
    IN_TRAINING,
    KERNEL_AXES,
    limit_softmax,
    need_features,
    need_few_axes,
    need_floats,
    need_no_booleans,
    need_no_empty_axis,
    need_steps,
)
from .rule import (
    GradientLimit,
    LayerCall,
    Mismatch,
    Policy,
    Rule,
    RuleResult,
    Shape,
    Structure,
    Tensor,
    UnknownSize,
    Weight,
    flat_tensors,
)
from .runtime import BATCH, expanded, marked, mask_met, run_broadcast, stretches_to, unmarked
from .shapes import (
    TEXT,
    broadcast,
    find_axes,
    find_axis,
    need_distinct,
    need_known,
    need_min_rank,
    need_numbers,
    need_rank,
    per_example,
    product,
    total,
    volume,
)
from .windows import CHANNELS_FIRST, axes_named, join, per_axis, slide, split, state_pooled, unslide
