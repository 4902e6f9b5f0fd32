"""What the rest of the package asks about a layer class, one row a class.

Shapes, weights and FLOPs are the rules' business. Here stand the facts that lints, the memory
estimate, the importer and the exporters need: is it a dropout, does it pass a mask on, what does
its gradient keep. Names are Keras's own, aliases resolved; ops stand in a table of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Literal, NamedTuple


class MaskHandling(Enum):
    """What a layer does with the mask of the tensor that it is called on."""

    PASSED = "hands the mask of its first tensor on unchanged"
    HANDLED = "its rule says what becomes of it; if it is gone, it has been used"
    MERGED = "its rule makes one mask of those of its tensors, or none where one of them has none"
    LOST = "does not support masks: the mask is gone, and mostly Keras warns"


class SavedForBackward(Enum):
    """What a call of a layer keeps in memory until its backward pass has run."""

    ALIAS = "nothing: its output is its input under another shape"
    NOTHING = "nothing: the gradient of a sum, a copy or a mean needs shapes alone"
    INPUTS = "its inputs, and what its `activation` argument needs"
    OUTPUT = "its output"
    CONVOLUTION = "as INPUTS; the backward pass copies them into another layout"
    ACTIVATION = "what its `activation` argument needs"
    BATCH_NORM = "its inputs; the backward pass sums two products of their size"
    NORM = "as BATCH_NORM, and the factor for each element: gamma / deviation"
    DROPOUT_MASK = "which elements were dropped, one byte each"
    STATES = "the states of each step"
    ATTENTION = "the projections, and the scores"


PASSED, HANDLED, MERGED, LOST = MaskHandling
(
    ALIAS,
    NOTHING,
    INPUTS,
    OUTPUT,
    CONVOLUTION,
    ACTIVATION,
    BATCH_NORM,
    NORM,
    DROPOUT_MASK,
    STATES,
    ATTENTION,
) = SavedForBackward


KERNELS, TABLES = ("int8", "int4", "float8"), ("int8", "int4")
"""The ways to quantize a kernel, and a table of vectors."""


class BuiltFor(Enum):
    """What the first call of a layer settles for its other calls, beside its weights."""

    RANK = "the number of axes"
    STEP = "the number of axes, and all sizes but those of the batch and the steps"
    RANKS = "whether its tensors have as many axes as each other: else it aligns them"


class LayerTraits(NamedTuple):
    """One layer class, or one op.

    Attributes:
        keeps_values: its output has the values of its input, in another shape or order.
        is_linear: a linear map of its input, then its `activation` argument.
        kernel_axes: how many axes its kernel slides along; 0 where it has none, or is transposed.
        activation: the one activation function that it computes, by its name in Keras.
        is_pooling: it pools in a window that slides (global and adaptive pooling do not).
        is_dropout: it sets a fraction of its input to zero, or multiplies it with noise.
        is_attention: it returns its scores with `return_attention_scores`.
        is_recurrent: it loops over steps and can return its states.
        states: how many states it returns with `return_state`; 0 where that is not known.
        states_any_rank: with its weights made, Keras states a shape for any number of axes of its
            input: a nested model has one axis of 1 more or less in a run than while it is built.
        ignores_states: it reads the first of its initial states and no word is said of the others.
        is_cell: one step of a recurrent layer, with weights.
        is_lookup: it numbers categories.
        is_merge: it joins a list of tensors.
        joins_values: its output has the values of its inputs, side by side or repeated.
        has_table: it looks up whole numbers in a table of `input_dim` rows.
        needs_dense: it fails on a sparse tensor.
        crops_in_training: its output has another size in training than outside of it.
        augments: it changes images at random in training, so that `data.augment` takes it.
        mixes_examples: in training it mixes images of a batch, and with them what they show.
        moves_pixels: in training it moves what images show to other positions.
        maps_affinely: it moves them by one affine map for each image, and changes nothing else.
        saves_training_false: Keras writes `training: false` into the saved config of a call that
            names no `training`.
        adapted_argument: for a layer with `adapt`, the argument that holds what it learns.
        saves_plain_arguments: Keras saves its arguments as they are, and can save no object so.
        returns_its_input: Keras gives its symbolic input back as its output while it builds a
            model: the model then has a cycle, or goes round the layer.
        trains_inside: `trainable: false` stops at it: the layers in it are trained all the same.
        keeps_floats: Keras does not cast the floats that it is called on to its compute dtype.
        built_for: what its first call settles for a later one; None for its weights alone.
        pooled_axes: how many axes a global pooling takes away; 0 for other layers.
        quantized: the ways to quantize it that Keras has code for.
        ignores_alpha: it forgets `lora_alpha` where it is built with `lora_rank`.
        never_compiled: where a model has it, Keras goes without XLA.
        stops_gradient: no gradient passes it, and nothing fails: what is before it gets none.
        is_flat: it has a gradient, which is zero wherever it is defined.
        mask: what becomes of a mask; None where nobody asked yet.
        saved: for the backward pass; None where unknown, which counts as inputs and output.
        saved_per_step: for STATES, how many tensors of the size of a state each step keeps. LSTM:
            the gates i, f, o and the candidate, the state c and its tanh, and h. GRU: z, r, the
            candidate and its recurrent part, 1 - z, and h.
    """

    keeps_values: bool = False
    is_linear: bool = False
    kernel_axes: int = 0
    activation: str | None = None
    is_pooling: bool = False
    is_dropout: bool = False
    is_attention: bool = False
    is_recurrent: bool = False
    states: int = 0
    states_any_rank: bool = False
    ignores_states: bool = False
    is_cell: bool = False
    is_lookup: bool = False
    is_merge: bool = False
    joins_values: bool = False
    has_table: bool = False
    needs_dense: bool = False
    crops_in_training: bool = False
    mixes_examples: bool = False
    augments: bool = False
    moves_pixels: bool = False
    maps_affinely: bool = False
    saves_training_false: bool = False
    adapted_argument: str | None = None
    saves_plain_arguments: bool = False
    returns_its_input: bool = False
    trains_inside: bool = False
    keeps_floats: bool = False
    built_for: BuiltFor | None = None
    pooled_axes: int = 0
    quantized: tuple[str, ...] = ()
    ignores_alpha: bool = False
    never_compiled: bool = False
    mask: MaskHandling | None = None
    saved: SavedForBackward | None = None
    saved_per_step: int = 0
    stops_gradient: bool = False
    is_flat: bool = False

    @property
    def passes_mask(self) -> bool:
        """Whether its output may have a mask where its input has one."""
        return self.mask in (PASSED, HANDLED, MERGED)

    @property
    def must_adapt(self) -> bool:
        """Whether it computes nothing before `adapt`, unless its argument is given."""
        return self.adapted_argument not in (None, "mean")  # Normalization starts as the identity


NO_TRAITS = LayerTraits()

Trait = Literal[
    "activation",
    "adapted_argument",
    "augments",
    "crops_in_training",
    "has_table",
    "ignores_alpha",
    "is_attention",
    "is_cell",
    "is_dropout",
    "is_linear",
    "is_lookup",
    "is_merge",
    "is_pooling",
    "is_recurrent",
    "joins_values",
    "keeps_values",
    "kernel_axes",
    "maps_affinely",
    "mixes_examples",
    "moves_pixels",
    "must_adapt",
    "never_compiled",
    "passes_mask",
    "quantized",
    "saves_training_false",
    "states",
    "trains_inside",
]


def traits_of(name: str) -> LayerTraits:
    """The traits of a layer class, or of `ops.NAME`; none for a class that is not Keras's."""
    return LAYER_TRAITS.get(name) or OP_TRAITS.get(name, NO_TRAITS)


@cache
def classes_with(trait: Trait) -> frozenset[str]:
    """The layer classes that have a trait."""
    return _names_with(trait, LAYER_TRAITS)


@cache
def ops_with(trait: Trait) -> frozenset[str]:
    """The ops that have a trait, each as `ops.NAME`."""
    return _names_with(trait, OP_TRAITS)


def _names_with(trait: Trait, table: Mapping[str, LayerTraits]) -> frozenset[str]:
    return frozenset(name for name, traits in table.items() if getattr(traits, trait))


LAYER_TRAITS: dict[str, LayerTraits] = {
    # activations
    "Activation": LayerTraits(needs_dense=True, mask=PASSED, saved=ACTIVATION),
    "ELU": LayerTraits(
        saves_plain_arguments=True, needs_dense=True, activation="elu", mask=PASSED, saved=OUTPUT
    ),
    "LeakyReLU": LayerTraits(needs_dense=True, activation="leaky_relu", mask=PASSED, saved=INPUTS),
    "PReLU": LayerTraits(
        built_for=BuiltFor.RANK, needs_dense=True, activation="prelu", mask=PASSED
    ),
    "ReLU": LayerTraits(needs_dense=True, activation="relu", mask=PASSED, saved=OUTPUT),
    "Softmax": LayerTraits(needs_dense=True, activation="softmax", mask=PASSED, saved=OUTPUT),
    # attention
    "AdditiveAttention": LayerTraits(is_attention=True, saves_training_false=True, mask=HANDLED),
    "Attention": LayerTraits(is_attention=True, saves_training_false=True, mask=HANDLED),
    "GroupQueryAttention": LayerTraits(
        trains_inside=True, is_attention=True, mask=PASSED, saved=ATTENTION
    ),
    "MultiHeadAttention": LayerTraits(
        trains_inside=True, is_attention=True, mask=PASSED, saved=ATTENTION
    ),
    # convolutional
    "Conv1D": LayerTraits(
        needs_dense=True, is_linear=True, kernel_axes=1, mask=LOST, saved=CONVOLUTION
    ),
    "Conv1DTranspose": LayerTraits(needs_dense=True, is_linear=True, mask=LOST, saved=CONVOLUTION),
    "Conv2D": LayerTraits(needs_dense=True, is_linear=True, kernel_axes=2, saved=CONVOLUTION),
    "Conv2DTranspose": LayerTraits(needs_dense=True, is_linear=True, saved=CONVOLUTION),
    "Conv3D": LayerTraits(needs_dense=True, is_linear=True, kernel_axes=3, saved=CONVOLUTION),
    "Conv3DTranspose": LayerTraits(needs_dense=True, is_linear=True, saved=CONVOLUTION),
    "DepthwiseConv1D": LayerTraits(
        needs_dense=True, is_linear=True, kernel_axes=1, mask=LOST, saved=INPUTS
    ),
    "DepthwiseConv2D": LayerTraits(needs_dense=True, is_linear=True, kernel_axes=2, saved=INPUTS),
    "SeparableConv1D": LayerTraits(needs_dense=True, is_linear=True, kernel_axes=1, mask=LOST),
    "SeparableConv2D": LayerTraits(needs_dense=True, is_linear=True, kernel_axes=2),
    # core
    "Dense": LayerTraits(
        states_any_rank=True,
        is_linear=True,
        quantized=KERNELS,
        ignores_alpha=True,
        mask=PASSED,
        saved=INPUTS,
    ),
    "EinsumDense": LayerTraits(
        built_for=BuiltFor.RANK,
        needs_dense=True,
        is_linear=True,
        quantized=KERNELS,
        mask=LOST,
        saved=INPUTS,
    ),
    "Embedding": LayerTraits(
        has_table=True, quantized=TABLES, ignores_alpha=True, mask=HANDLED, saved=INPUTS
    ),
    "Identity": LayerTraits(
        saves_plain_arguments=True, keeps_values=True, mask=PASSED, saved=ALIAS
    ),
    "LayerScale": LayerTraits(saved=INPUTS),
    "Masking": LayerTraits(needs_dense=True, mask=HANDLED),
    "ReversibleEmbedding": LayerTraits(
        keeps_floats=True, has_table=True, quantized=TABLES, ignores_alpha=True, mask=HANDLED
    ),
    "TFSMLayer": LayerTraits(saves_training_false=True),
    # image_preprocessing
    "AugMix": LayerTraits(never_compiled=True, moves_pixels=True),
    "AutoContrast": NO_TRAITS,
    "CenterCrop": NO_TRAITS,
    "ContrastLimitedAdaptiveHistogramEqualization": LayerTraits(stops_gradient=True),
    "CutMix": LayerTraits(augments=True, mixes_examples=True),
    "Equalization": LayerTraits(returns_its_input=True),
    "MaxNumBoundingBoxes": NO_TRAITS,
    "MixUp": LayerTraits(augments=True, mixes_examples=True),
    "RandAugment": LayerTraits(never_compiled=True, augments=True, moves_pixels=True),
    "RandomBrightness": LayerTraits(augments=True),
    "RandomColorDegeneration": LayerTraits(augments=True),
    "RandomColorJitter": LayerTraits(augments=True),
    "RandomContrast": LayerTraits(augments=True),
    "RandomCrop": LayerTraits(
        never_compiled=True, augments=True, crops_in_training=True, moves_pixels=True
    ),
    "RandomElasticTransform": LayerTraits(augments=True, moves_pixels=True),
    "RandomErasing": LayerTraits(augments=True),
    "RandomFlip": LayerTraits(augments=True, moves_pixels=True),
    "RandomGaussianBlur": LayerTraits(augments=True),
    "RandomGrayscale": LayerTraits(augments=True),
    "RandomHue": LayerTraits(augments=True, stops_gradient=True),
    "RandomInvert": LayerTraits(augments=True),
    "RandomPerspective": LayerTraits(never_compiled=True, augments=True, moves_pixels=True),
    "RandomPosterization": LayerTraits(augments=True, stops_gradient=True),
    "RandomRotation": LayerTraits(
        never_compiled=True, augments=True, moves_pixels=True, maps_affinely=True
    ),
    "RandomSaturation": LayerTraits(augments=True, stops_gradient=True),
    "RandomSharpness": LayerTraits(augments=True),
    "RandomShear": LayerTraits(
        never_compiled=True, augments=True, moves_pixels=True, maps_affinely=True
    ),
    "RandomTranslation": LayerTraits(
        never_compiled=True, augments=True, moves_pixels=True, maps_affinely=True
    ),
    "RandomZoom": LayerTraits(
        never_compiled=True, augments=True, moves_pixels=True, maps_affinely=True
    ),
    "Resizing": NO_TRAITS,
    "Solarization": LayerTraits(augments=True),
    # merging
    "Add": LayerTraits(built_for=BuiltFor.RANKS, is_merge=True, mask=MERGED, saved=NOTHING),
    "Average": LayerTraits(built_for=BuiltFor.RANKS, is_merge=True, mask=MERGED, saved=NOTHING),
    "Concatenate": LayerTraits(is_merge=True, joins_values=True, mask=MERGED, saved=NOTHING),
    "CustomScaleLayer": NO_TRAITS,
    "Dot": LayerTraits(is_merge=True, mask=LOST, saved=INPUTS),
    "Maximum": LayerTraits(built_for=BuiltFor.RANKS, is_merge=True, mask=MERGED),
    "Minimum": LayerTraits(built_for=BuiltFor.RANKS, is_merge=True, mask=MERGED),
    "Multiply": LayerTraits(built_for=BuiltFor.RANKS, is_merge=True, mask=MERGED, saved=INPUTS),
    "Subtract": LayerTraits(built_for=BuiltFor.RANKS, is_merge=True, mask=MERGED, saved=NOTHING),
    # normalization
    "BatchNormalization": LayerTraits(
        states_any_rank=True,
        built_for=BuiltFor.RANK,
        needs_dense=True,
        mask=PASSED,
        saved=BATCH_NORM,
    ),
    "GroupNormalization": LayerTraits(
        built_for=BuiltFor.RANK, needs_dense=True, mask=PASSED, saved=NORM
    ),
    "LayerNormalization": LayerTraits(
        states_any_rank=True, needs_dense=True, mask=PASSED, saved=NORM
    ),
    "RMSNormalization": LayerTraits(needs_dense=True, mask=LOST, saved=NORM),
    "SpectralNormalization": LayerTraits(trains_inside=True, saves_training_false=True),
    "UnitNormalization": LayerTraits(needs_dense=True, mask=PASSED),
    # pooling
    "AdaptiveAveragePooling1D": LayerTraits(needs_dense=True),
    "AdaptiveAveragePooling2D": LayerTraits(needs_dense=True),
    "AdaptiveAveragePooling3D": LayerTraits(needs_dense=True),
    "AdaptiveMaxPooling1D": LayerTraits(needs_dense=True),
    "AdaptiveMaxPooling2D": LayerTraits(needs_dense=True),
    "AdaptiveMaxPooling3D": LayerTraits(needs_dense=True),
    "AveragePooling1D": LayerTraits(needs_dense=True, is_pooling=True, saved=NOTHING),
    "AveragePooling2D": LayerTraits(needs_dense=True, is_pooling=True, saved=NOTHING),
    "AveragePooling3D": LayerTraits(needs_dense=True, is_pooling=True, saved=NOTHING),
    "GlobalAveragePooling1D": LayerTraits(
        pooled_axes=1, needs_dense=True, mask=HANDLED, saved=NOTHING
    ),
    "GlobalAveragePooling2D": LayerTraits(pooled_axes=2, needs_dense=True, saved=NOTHING),
    "GlobalAveragePooling3D": LayerTraits(pooled_axes=3, needs_dense=True, saved=NOTHING),
    "GlobalMaxPooling1D": LayerTraits(pooled_axes=1, needs_dense=True, mask=LOST),
    "GlobalMaxPooling2D": LayerTraits(pooled_axes=2, needs_dense=True),
    "GlobalMaxPooling3D": LayerTraits(pooled_axes=3, needs_dense=True),
    "MaxPooling1D": LayerTraits(needs_dense=True, is_pooling=True, mask=LOST),
    "MaxPooling2D": LayerTraits(needs_dense=True, is_pooling=True),
    "MaxPooling3D": LayerTraits(needs_dense=True, is_pooling=True),
    # preprocessing
    "CategoryEncoding": LayerTraits(stops_gradient=True),
    "Discretization": LayerTraits(stops_gradient=True, adapted_argument="bin_boundaries"),
    "HashedCrossing": LayerTraits(never_compiled=True, is_lookup=True, stops_gradient=True),
    "Hashing": LayerTraits(never_compiled=True, is_lookup=True, stops_gradient=True),
    "IntegerLookup": LayerTraits(
        never_compiled=True,
        needs_dense=True,
        is_lookup=True,
        stops_gradient=True,
        adapted_argument="vocabulary",
    ),
    "MelSpectrogram": NO_TRAITS,
    "Normalization": LayerTraits(
        needs_dense=True, adapted_argument="mean", mask=PASSED, saved=INPUTS
    ),
    "Pipeline": NO_TRAITS,
    "Rescaling": LayerTraits(needs_dense=True, mask=PASSED, saved=NOTHING),
    "STFTSpectrogram": NO_TRAITS,
    "StringLookup": LayerTraits(
        never_compiled=True, is_lookup=True, stops_gradient=True, adapted_argument="vocabulary"
    ),
    "TextVectorization": LayerTraits(
        never_compiled=True, is_lookup=True, stops_gradient=True, adapted_argument="vocabulary"
    ),
    # regularization
    "ActivityRegularization": LayerTraits(
        needs_dense=True, keeps_values=True, mask=PASSED, saved=ALIAS
    ),
    "AlphaDropout": LayerTraits(needs_dense=True, is_dropout=True, mask=PASSED, saved=DROPOUT_MASK),
    "Dropout": LayerTraits(needs_dense=True, is_dropout=True, mask=PASSED, saved=DROPOUT_MASK),
    "GaussianDropout": LayerTraits(is_dropout=True, mask=PASSED, saved=DROPOUT_MASK),
    "GaussianNoise": LayerTraits(needs_dense=True, mask=PASSED),
    "SpatialDropout1D": LayerTraits(
        states_any_rank=True, needs_dense=True, is_dropout=True, mask=PASSED, saved=DROPOUT_MASK
    ),
    "SpatialDropout2D": LayerTraits(
        states_any_rank=True, needs_dense=True, is_dropout=True, mask=PASSED, saved=DROPOUT_MASK
    ),
    "SpatialDropout3D": LayerTraits(
        states_any_rank=True, needs_dense=True, is_dropout=True, mask=PASSED, saved=DROPOUT_MASK
    ),
    "StochasticDepth": NO_TRAITS,
    # reshaping
    "Cropping1D": LayerTraits(needs_dense=True, joins_values=True, mask=LOST, saved=NOTHING),
    "Cropping2D": LayerTraits(needs_dense=True, joins_values=True, saved=NOTHING),
    "Cropping3D": LayerTraits(needs_dense=True, saved=NOTHING),
    "Flatten": LayerTraits(keeps_values=True, mask=LOST, saved=ALIAS),
    "Permute": LayerTraits(keeps_values=True, mask=LOST, saved=NOTHING),
    "RepeatVector": LayerTraits(needs_dense=True, joins_values=True, saved=NOTHING),
    "Reshape": LayerTraits(keeps_values=True, mask=LOST, saved=ALIAS),
    "UpSampling1D": LayerTraits(needs_dense=True, mask=LOST, saved=NOTHING),
    "UpSampling2D": LayerTraits(needs_dense=True, saved=NOTHING),
    "UpSampling3D": LayerTraits(needs_dense=True, saved=NOTHING),
    "ZeroPadding1D": LayerTraits(states_any_rank=True, needs_dense=True, mask=LOST, saved=NOTHING),
    "ZeroPadding2D": LayerTraits(states_any_rank=True, needs_dense=True, saved=NOTHING),
    "ZeroPadding3D": LayerTraits(states_any_rank=True, needs_dense=True, saved=NOTHING),
    # rnn
    "Bidirectional": LayerTraits(
        states_any_rank=True, needs_dense=True, trains_inside=True, mask=HANDLED, saved=STATES
    ),
    "ConvLSTM1D": LayerTraits(
        built_for=BuiltFor.STEP,
        needs_dense=True,
        trains_inside=True,
        is_recurrent=True,
        mask=HANDLED,
        saved=STATES,
        saved_per_step=7,
    ),
    "ConvLSTM2D": LayerTraits(
        built_for=BuiltFor.STEP,
        needs_dense=True,
        trains_inside=True,
        is_recurrent=True,
        mask=HANDLED,
        saved=STATES,
        saved_per_step=7,
    ),
    "ConvLSTM3D": LayerTraits(
        built_for=BuiltFor.STEP,
        needs_dense=True,
        trains_inside=True,
        is_recurrent=True,
        mask=HANDLED,
        saved=STATES,
        saved_per_step=7,
    ),
    "GRU": LayerTraits(
        states_any_rank=True,
        ignores_states=True,
        needs_dense=True,
        is_recurrent=True,
        states=1,
        mask=HANDLED,
        saved=STATES,
        saved_per_step=6,
    ),
    "GRUCell": LayerTraits(is_cell=True),
    "LSTM": LayerTraits(
        states_any_rank=True,
        needs_dense=True,
        is_recurrent=True,
        states=2,
        mask=HANDLED,
        saved=STATES,
        saved_per_step=7,
    ),
    "LSTMCell": LayerTraits(is_cell=True),
    "RNN": LayerTraits(needs_dense=True, trains_inside=True, is_recurrent=True, mask=HANDLED),
    "SimpleRNN": LayerTraits(
        states_any_rank=True,
        needs_dense=True,
        is_recurrent=True,
        states=1,
        mask=HANDLED,
        saved=STATES,
        saved_per_step=1,
    ),
    "SimpleRNNCell": LayerTraits(is_cell=True),
    "StackedRNNCells": LayerTraits(trains_inside=True),
    "TimeDistributed": LayerTraits(needs_dense=True, trains_inside=True, mask=PASSED),
}

RETURN_THEIR_TENSOR = """abs absolute array conj conjugate convert_to_tensor diff moveaxis
    nan_to_num real rot90 swapaxes"""
"""Ops that give back the tensor itself, with its mask, where there is nothing to do."""

OP_TRAITS: dict[str, LayerTraits] = {
    **{f"ops.{name}": LayerTraits(mask=HANDLED) for name in RETURN_THEIR_TENSOR.split()},
    "ops.angle": LayerTraits(stops_gradient=True),
    "ops.ceil": LayerTraits(stops_gradient=True),
    "ops.empty_like": LayerTraits(stops_gradient=True),
    "ops.floor": LayerTraits(stops_gradient=True),
    "ops.floor_divide": LayerTraits(stops_gradient=True),
    "ops.full_like": LayerTraits(stops_gradient=True),
    "ops.heaviside": LayerTraits(is_flat=True),
    "ops.imag": LayerTraits(stops_gradient=True),
    "ops.image.hsv_to_rgb": LayerTraits(stops_gradient=True),
    "ops.multi_hot": LayerTraits(stops_gradient=True),
    "ops.one_hot": LayerTraits(stops_gradient=True),
    "ops.sign": LayerTraits(is_flat=True),
    "ops.ones_like": LayerTraits(stops_gradient=True),
    "ops.round": LayerTraits(stops_gradient=True, mask=HANDLED),
    "ops.add": LayerTraits(saved=NOTHING),
    "ops.cast": LayerTraits(keeps_values=True, mask=HANDLED),
    "ops.concatenate": LayerTraits(joins_values=True, saved=NOTHING),
    "ops.dot": LayerTraits(saved=INPUTS),
    "ops.einsum": LayerTraits(saved=INPUTS),
    "ops.elu": LayerTraits(saved=OUTPUT),
    "ops.exp": LayerTraits(saved=OUTPUT),
    "ops.expand_dims": LayerTraits(keeps_values=True, saved=ALIAS, mask=HANDLED),
    "ops.get_item": LayerTraits(saved=NOTHING),
    "ops.matmul": LayerTraits(saved=INPUTS),
    "ops.mean": LayerTraits(saved=NOTHING),
    "ops.multiply": LayerTraits(saved=INPUTS),
    "ops.negative": LayerTraits(saved=NOTHING),
    "ops.pad": LayerTraits(saved=NOTHING),
    "ops.power": LayerTraits(saved=INPUTS),
    "ops.relu": LayerTraits(activation="relu", saved=OUTPUT),
    "ops.relu6": LayerTraits(saved=OUTPUT),
    "ops.reshape": LayerTraits(keeps_values=True, saved=ALIAS),
    "ops.sigmoid": LayerTraits(activation="sigmoid", saved=OUTPUT),
    "ops.softmax": LayerTraits(activation="softmax", saved=OUTPUT),
    "ops.split": LayerTraits(saved=NOTHING),
    "ops.sqrt": LayerTraits(saved=OUTPUT),
    "ops.square": LayerTraits(saved=INPUTS),
    "ops.squeeze": LayerTraits(keeps_values=True, saved=ALIAS),
    "ops.stack": LayerTraits(joins_values=True, saved=NOTHING),
    "ops.stop_gradient": LayerTraits(saved=ALIAS, stops_gradient=True),
    "ops.trunc": LayerTraits(stops_gradient=True, mask=HANDLED),
    "ops.zeros_like": LayerTraits(stops_gradient=True),
    "ops.subtract": LayerTraits(saved=NOTHING),
    "ops.sum": LayerTraits(saved=NOTHING),
    "ops.tanh": LayerTraits(activation="tanh", saved=OUTPUT),
    "ops.transpose": LayerTraits(keeps_values=True, saved=NOTHING),
}
"""Functions of `keras.ops`; those that nobody asks about are left out."""
