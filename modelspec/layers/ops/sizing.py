"""Functions that make axes longer or shorter: pad, repeat, tile, slice, top_k, unfold and kin."""

from __future__ import annotations

from typing import Any

from modelspec.layers.rule import (
    FIRST_BATCH,
    KERNEL_AXES,
    VALUES_DECIDE,
    GradientLimit,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Tensor,
    as_tensor,
    find_axis,
    has_batch,
    need_few_axes,
    per_example,
    product,
    result_type,
    total,
    volume,
)

from .operands import need_numbers, operand, setting, shape_of, tensor, tensors
from .shapes import Size, fits, need_rank_at_least, need_ranks, not_negative, same_but


def pad(call: LayerCall) -> RuleResult:
    """Elements before and after each axis: a pair for each, or one number or pair for one axis.

    Keras states that one number or pair is for all axes, and its kernel takes it for one.
    """
    x = tensor(call, "x")
    setting(call, "constant_values")
    pairs = _pairs(setting(call, "pad_width"))
    if len(pairs) != x.rank:
        hint = "write [0, 0] for an axis that stays, the batch axis too"
        count = "one pair" if len(pairs) == 1 else f"{len(pairs)} pairs"
        message = f"has {count} for the {x.rank} axes of {x.shape}: {FIRST_BATCH}"
        raise Mismatch(message, "pad_width", hint)
    need_few_axes(x.rank, KERNEL_AXES if setting(call, "mode") == "constant" else MIRROR_AXES)
    need_few_axes(_apart(pairs), PAD_AXES)
    _need_enough_to_mirror(setting(call, "mode"), x, pairs)
    sizes = zip(x.shape, pairs, strict=True)
    shape = tuple(None if size is None else size + sum(pair) for size, pair in sizes)
    zeros = setting(call, "mode") == "constant" and not setting(call, "constant_values")
    at_last = len(pairs) == 4 and pairs[-1] != (0, 0) and zeros
    return RuleResult(Tensor(shape, x.dtype, padded_channels=at_last))


def _need_enough_to_mirror(mode: str, x: Tensor, pairs: list[tuple[int, int]]) -> None:
    """`reflect` leaves the element at the edge out, `symmetric` repeats it."""
    least = {"reflect": 1, "symmetric": 0}.get(mode)
    for size, pair in zip(x.shape, pairs, strict=True) if least is not None else ():
        if size is not None and max(pair) > 0 and max(pair) + (least or 0) > size:
            message = f"mirrors {max(pair)} elements of an axis of {size}: {FIRST_BATCH}"
            raise Mismatch(message, "pad_width", "write less, or `mode: constant`")


MIRROR_AXES = 5
"""What TensorFlow's MirrorPad takes, which `reflect` and `symmetric` are made of."""

PAD_AXES = 6
"""What TensorFlow's Pad takes once neighbours that stay as they are are taken for one axis."""


def _apart(pairs: list[tuple[int, int]]) -> int:
    """How many axes there are where neighbours that stay as they are count as one."""
    return sum(pair != (0, 0) or i == 0 or pairs[i - 1] != (0, 0) for i, pair in enumerate(pairs))


def _pairs(width: Any) -> list[tuple[int, int]]:
    if isinstance(width, int):
        return [(width, width)]
    ends = [item * 2 if isinstance(item, list) and len(item) == 1 else item for item in width]
    if all(isinstance(item, int) for item in width):
        ends = [width]
    alike = len({len(item) for item in width if isinstance(item, list)}) < 2
    if not ends or not alike or not all(isinstance(item, list) and len(item) == 2 for item in ends):
        hint = "write [[before, after], ...], one pair for each axis"
        raise Mismatch(f"cannot read {width} as pairs", "pad_width", hint)
    return [(before, after) for before, after in ends]


def repeat(call: LayerCall) -> RuleResult:
    """Each element several times, along one axis or of all elements in a row."""
    x = tensor(call, "x")
    axis, repeats = setting(call, "axis"), setting(call, "repeats")
    counts = [repeats] if isinstance(repeats, int) else list(repeats)
    at = 0 if axis is None else find_axis(axis, x.shape)
    shape = [volume(x.shape)] if axis is None else list(x.shape)
    size = shape[at]
    if size is not None:
        if len(counts) not in (1, size):
            raise Mismatch(f"has {len(counts)} counts for {size} elements", "repeats")
        shape[at] = size * counts[0] if len(counts) == 1 else sum(counts)
    return RuleResult(Tensor(tuple(shape), x.dtype))


def tile(call: LayerCall) -> RuleResult:
    """The whole tensor several times along each axis, counted from the last."""
    x = tensor(call, "x")
    repeats = setting(call, "repeats")
    counts = [repeats] if isinstance(repeats, int) else list(repeats)
    rank = max(x.rank, len(counts))
    shape = (1,) * (rank - x.rank) + x.shape
    counts = [1] * (rank - len(counts)) + counts
    sizes = zip(shape, counts, strict=True)
    return RuleResult(
        Tensor(tuple(None if size is None else size * n for size, n in sizes), x.dtype)
    )


def _is_row(value: Any, length: int) -> bool:
    """Whether a constant is a list of so many numbers."""
    return shape_of(as_tensor(value, "")) == (length,)


def slice_(call: LayerCall) -> RuleResult:
    """A block of the tensor: where it starts and how long it is; -1 is up to the end."""
    x, start = tensor(call, "inputs"), operand(call, "start_indices")
    start = start if "start_indices" in call.named else call.args["start_indices"]
    lengths = setting(call, "shape")
    if len(lengths) != x.rank:
        raise Mismatch(f"needs {x.rank} sizes for {x.shape}, got {lengths}", "shape")
    if "start_indices" not in call.named and not _is_row(start, x.rank):
        raise Mismatch(f"needs {x.rank} numbers for {x.shape}, got {start}", "start_indices")
    for i, (size, length) in enumerate(zip(x.shape, lengths, strict=True)):
        first = start[i] if isinstance(start, list) else 0
        if size is not None and first + length > size:
            message = f"picks {length} from {first} on along axis {i} of {x.shape}: {FIRST_BATCH}"
            raise Mismatch(message, "shape", f"at most {size - first} are left there")
    need_few_axes(x.rank)
    shape = [
        length if length != -1 else None if size is None or not isinstance(start, list)
        else size - start[i]
        for i, (size, length) in enumerate(zip(x.shape, lengths, strict=True))
    ]  # fmt: skip
    return RuleResult(Tensor(not_negative(tuple(shape), "shape"), x.dtype))


def diff(call: LayerCall) -> RuleResult:
    """Differences of neighbours, taken `n` times."""
    x = tensor(call, "a")
    if setting(call, "n"):
        need_numbers(x)
    shape = list(x.shape)
    axis, times = find_axis(setting(call, "axis"), x.shape), setting(call, "n")
    size = shape[axis]
    shape[axis] = None if size is None else max(size - times, 0)
    return RuleResult(Tensor(tuple(shape), x.dtype), flops=per_example(tuple(shape)))


def top_k(call: LayerCall) -> RuleResult:
    """The k largest values along the last axis, and their indices."""
    x = tensor(call, "x")
    need_rank_at_least(x, 1)
    k, size = setting(call, "k"), x.shape[-1]
    if size is not None and k > size:
        message = f"cannot find the {k} largest of {size} in {x.shape}: {FIRST_BATCH}"
        raise Mismatch(message, "k", f"choose at most {size}")
    shape = (*x.shape[:-1], k)
    values = (Tensor(shape, x.dtype), Tensor(shape, "int32"))
    least = k if x.shape == (None,) and x.trial is None else 1
    return RuleResult(values, flops=per_example(x.shape), least_batch=least)


def append(call: LayerCall) -> RuleResult:
    """Two tensors one behind the other, flat or along an axis."""
    x1, x2 = tensor(call, "x1"), tensor(call, "x2")
    dtype, axis = result_type(x1.dtype, x2.dtype), setting(call, "axis")
    if axis is None:
        one, other = volume(x1.shape), volume(x2.shape)
        return RuleResult(Tensor((total(one, other),), dtype))
    at = find_axis(axis, x1.shape)
    same_but((x1.shape, x2.shape), at)
    shape = list(x1.shape)
    shape[at] = total(x1.shape[at], x2.shape[at])
    if shape[at] is None:
        hint = "`ops.concatenate` joins tensors of unknown size"
        raise Mismatch("needs a known size on the axis that it joins", "axis", hint)
    return RuleResult(Tensor(tuple(shape), dtype))


def unfold(call: LayerCall) -> RuleResult:
    """Windows of an image (batch, channels, height, width) as columns."""
    x = tensor(call, "x")
    need_ranks(x, 4)
    if has_batch(x):
        hint = "use `ops.image.extract_patches`, or compute it before the model"
        message = f"needs a known number of images, got {x.shape}"
        raise Mismatch(f"{message}: {FIRST_BATCH}", hint=hint)
    sizes = []
    for i, size in enumerate(x.shape[2:]):
        kernel, dilation, padding, stride = (
            _of_axis(setting(call, name), i)
            for name in ("kernel_size", "dilation", "padding", "stride")
        )
        if size is None:
            raise Mismatch(f"needs a known height and width, got {x.shape}")
        sizes.append((size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1)
    if x.shape[1] is None:
        raise Mismatch(f"needs a known number of channels, got {x.shape}")
    kernels = setting(call, "kernel_size")
    window = _of_axis(kernels, 0) * _of_axis(kernels, 1)
    shape = (x.shape[0], x.shape[1] * window, volume(not_negative(tuple(sizes), "kernel_size")))
    return RuleResult(Tensor(shape, x.dtype))


def fold(call: LayerCall) -> RuleResult:
    """Columns back to an image: the opposite of unfold."""
    x = tensor(call, "x")
    need_ranks(x, 3)
    kernels, sizes = setting(call, "kernel_size"), setting(call, "output_size")
    window = _of_axis(kernels, 0) * _of_axis(kernels, 1)
    columns = x.shape[1]
    if columns is not None and columns % window:
        raise Mismatch(f"cannot divide {columns} columns by a window of {window}", "kernel_size")
    channels = None if columns is None else columns // window
    windows = product(*(_windows_along(call, axis) for axis in (0, 1)))
    if not fits(x.shape[2], windows):
        message = f"lays {windows} windows in {sizes}, and {x.shape} has {x.shape[2]}"
        raise Mismatch(f"{message}: {FIRST_BATCH}", "output_size")
    shape = (x.shape[0], channels, _of_axis(sizes, 0), _of_axis(sizes, 1))
    return RuleResult(Tensor(shape, x.dtype), flops=per_example(x.shape))


def _windows_along(call: LayerCall, axis: int) -> int:
    size, kernel, dilation, padding, stride = (
        _of_axis(setting(call, name), axis)
        for name in ("output_size", "kernel_size", "dilation", "padding", "stride")
    )
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


def _of_axis(value: Any, axis: int) -> int:
    return int(value[axis]) if isinstance(value, list) else int(value)


def depth_to_space(call: LayerCall) -> RuleResult:
    """Channels to blocks of pixels."""
    x = tensor(call, "x")
    block, last = _block(call, x)
    channels = x.shape[-1] if last else x.shape[1]
    height, width = x.shape[1:3] if last else x.shape[2:]
    if channels is not None and channels % block**2:
        raise Mismatch(f"cannot divide {channels} channels by {block**2}", "block_size")
    less = None if channels is None else channels // block**2
    return _image(x, product(height, block), product(width, block), less, last)


def space_to_depth(call: LayerCall) -> RuleResult:
    """Blocks of pixels to channels."""
    x = tensor(call, "x")
    block, last = _block(call, x)
    channels = x.shape[-1] if last else x.shape[1]
    height, width = x.shape[1:3] if last else x.shape[2:]
    for name, size in (("height", height), ("width", width)):
        if size is not None and size % block:
            raise Mismatch(f"cannot divide a {name} of {size} by {block}", "block_size")
    rows, columns = (None if size is None else size // block for size in (height, width))
    return _image(x, rows, columns, product(channels, block**2), last)


def _block(call: LayerCall, x: Tensor) -> tuple[int, bool]:
    block = setting(call, "block_size")
    if block < 2:
        raise Mismatch(f"needs 2 or more, got {block}", "block_size")
    need_ranks(x, 4)
    return block, setting(call, "data_format") == "channels_last"


def _image(x: Tensor, height: Size, width: Size, channels: Size, last: bool) -> RuleResult:
    rest = (height, width, channels) if last else (channels, height, width)
    return RuleResult(Tensor((x.shape[0], *rest), x.dtype))


def meshgrid(call: LayerCall) -> RuleResult:
    """Coordinates: one tensor for each given one. Keras announces the dtype of the last."""
    xs = tensors(call, "")
    if len({x.dtype for x in xs}) > 1 and setting(call, "indexing") == "xy":
        message = f"needs tensors of one dtype, got {', '.join(x.dtype for x in xs)}"
        raise Mismatch(f"{message}: {FIRST_BATCH}")
    sizes = [volume(x.shape) for x in xs]
    if setting(call, "indexing") == "ij":
        return RuleResult(tuple(Tensor(tuple(sizes)) for _ in xs))
    if len(sizes) < 2:
        raise Mismatch("needs two tensors or more", hint="`indexing: ij` takes one too")
    sizes[0], sizes[1] = sizes[1], sizes[0]
    return RuleResult((Tensor(tuple(sizes), xs[-1].dtype),) * len(xs))


def unique(call: LayerCall) -> RuleResult:
    """Each value once; on request its first index, the inverse, and its count."""
    x = tensor(call, "x")
    setting(call, "fill_value")
    axis, count = setting(call, "axis"), setting(call, "size")
    at = 0 if axis is None else find_axis(axis, x.shape)
    values = (count,) if axis is None else (*x.shape[:at], count, *x.shape[at + 1 :])
    found = VALUES_DECIDE if count is None else count
    of_values = (found, *values[1:]) if at == 0 else None
    outputs = [Tensor(values, x.dtype, trial=of_values)]
    if setting(call, "return_index"):
        outputs.append(Tensor((count,), "int32", trial=(found,)))
    if setting(call, "return_inverse"):
        outputs.append(Tensor(x.shape if axis is None else (x.shape[at],), "int32"))
    if setting(call, "return_counts"):
        outputs.append(Tensor((count,), "int32", trial=(found,)))
    limit = GradientLimit("has no gradient", "train on what comes before it")
    return RuleResult(outputs[0] if len(outputs) == 1 else tuple(outputs), gradient_limit=limit)


def histogram(call: LayerCall) -> RuleResult:
    """How many elements fall into each bin: Keras has it for other backends."""
    tensor(call, "x")
    message = f"is not there for TensorFlow: {FIRST_BATCH}"
    raise Mismatch(message, hint="`ops.bincount` of `ops.digitize` counts what falls into bins")


OPS: dict[str, Rule] = {
    "append": append,
    "depth_to_space": depth_to_space,
    "diff": diff,
    "fold": fold,
    "histogram": histogram,
    "meshgrid": meshgrid,
    "pad": pad,
    "repeat": repeat,
    "slice": slice_,
    "space_to_depth": space_to_depth,
    "tile": tile,
    "top_k": top_k,
    "unfold": unfold,
    "unique": unique,
}
"""Rules of these ops."""
