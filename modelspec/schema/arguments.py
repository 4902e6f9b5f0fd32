"""What Keras's arguments mean, for hover texts and `modelspec explain`.

By the argument's name where it means the same in every class that has it, or by
`Class.argument`. The type and the default are in the schemas.
"""

from __future__ import annotations

import json
from typing import Any

from .files import Schema

ARGUMENTS = {
    # every object
    "name": "The name of the object.",
    "dtype": "The dtype, or the dtype policy, of its computation and its weights.",
    "trainable": "Whether training changes the weights.",
    "autocast": "Whether inputs are cast to the dtype that the layer computes in.",
    "seed": "The seed of the random numbers, for the same ones in every run.",
    "verbose": "How much output is printed.",
    # weights
    "units": "The size of the last axis of the output.",
    "filters": "The number of output channels.",
    "activation": "The activation function of the output.",
    "recurrent_activation": "The activation function of the gates.",
    "use_bias": "Whether a bias vector is learned and added.",
    "kernel_initializer": "The initializer of the kernel.",
    "bias_initializer": "The initializer of the bias.",
    "recurrent_initializer": "The initializer of the recurrent kernel.",
    "depthwise_initializer": "How the weights of each channel's filter start.",
    "pointwise_initializer": "How the weights that mix channels start.",
    "embeddings_initializer": "The initializer of the embeddings.",
    "alpha_initializer": "How the slopes start.",
    "beta_initializer": "How the offset starts.",
    "gamma_initializer": "How the scale starts.",
    "moving_mean_initializer": "How the running mean starts.",
    "moving_variance_initializer": "How the running variance starts.",
    "kernel_regularizer": "A penalty on the kernel, added to the loss.",
    "bias_regularizer": "A penalty on the bias, added to the loss.",
    "recurrent_regularizer": "A penalty on the recurrent kernel, added to the loss.",
    "depthwise_regularizer": "A penalty on each channel's filter, added to the loss.",
    "pointwise_regularizer": "A penalty on the weights that mix channels, added to the loss.",
    "embeddings_regularizer": "A penalty on the vectors, added to the loss.",
    "activity_regularizer": "A penalty on the output of the layer, added to the loss.",
    "alpha_regularizer": "A penalty on the slopes, added to the loss.",
    "beta_regularizer": "A penalty on the offset, added to the loss.",
    "gamma_regularizer": "A penalty on the scale, added to the loss.",
    "kernel_constraint": "The constraint on the kernel after each update.",
    "bias_constraint": "The constraint on the bias after each update.",
    "recurrent_constraint": "The constraint on the recurrent kernel after each update.",
    "depthwise_constraint": "The constraint on each channel's filter after each update.",
    "pointwise_constraint": "The constraint on the pointwise kernel after each update.",
    "embeddings_constraint": "The constraint on the embeddings after each update.",
    "alpha_constraint": "The constraint on the slopes after each update.",
    "beta_constraint": "The constraint on the offset after each update.",
    "gamma_constraint": "The constraint on the scale after each update.",
    "lora_rank": "Freezes the weights and trains a product of two small matrices of this rank.",
    "lora_alpha": "Scales the small matrices that `lora_rank` trains.",
    # windows
    "kernel_size": "The size of the window along each axis; one number stands for all axes.",
    "pool_size": "The size of the window along each axis; one number stands for all axes.",
    "strides": "How far the window moves at each step.",
    "padding": "What happens at the borders: `valid` adds nothing, `same` adds zeros so that "
    "strides of 1 keep the size.",
    "data_format": "Whether channels are the last axis or the first one after the batch.",
    "dilation_rate": "The distance between neighbouring points of the window.",
    "groups": "The number of groups that the channels are split into; groups do not mix.",
    "depth_multiplier": "Output channels for each input channel.",
    "ZeroPadding1D.padding": "How much is added at each border.",
    "ZeroPadding2D.padding": "How much is added at each border.",
    "ZeroPadding3D.padding": "How much is added at each border.",
    "output_padding": "How much is added to one side of the result.",
    "output_size": "The size of the output, whatever the size of the input.",
    "cropping": "How much is cut off at each border.",
    "size": "How many times each value is repeated along each axis.",
    "keepdims": "Whether an axis that is reduced stays, with size 1.",
    "interpolation": "How values between pixels are made.",
    # shapes and axes
    "axis": "Which axis it works along; -1 is the last.",
    "axes": "Which axes it works along.",
    "Dot.axes": "The axis, or one axis for each input, along which the product is summed.",
    "Dot.normalize": "Whether both inputs are scaled to length 1 first, for cosine similarity.",
    "dims": "The new order of the axes, which count from 1 without the batch.",
    "target_shape": "The new shape without the batch axis; -1 is worked out.",
    "n": "How often the input is repeated.",
    "shared_axes": "Axes along which one slope is shared.",
    # attention
    "num_heads": "The number of attention heads.",
    "key_dim": "The size of the queries and keys of each head.",
    "value_dim": "The size of the values of each head; by default `key_dim`.",
    "head_dim": "The size of each head.",
    "num_query_heads": "The number of query heads.",
    "num_key_value_heads": "How many heads keys and values have; each serves several queries.",
    "attention_axes": "The axes that attention runs over.",
    "use_scale": "Whether scores are multiplied by a learned number.",
    "score_mode": "How a query and a key make a score.",
    "Attention.dropout": "The fraction of the attention weights that is dropped while training.",
    "AdditiveAttention.dropout": "The fraction of the attention weights that is dropped in "
    "training.",
    "MultiHeadAttention.dropout": "The fraction of the attention weights that is dropped in "
    "training.",
    "GroupQueryAttention.dropout": "The fraction of the attention weights dropped in training.",
    "flash_attention": "Whether the faster kernel is used where there is one.",
    # recurrence
    "return_sequences": "Whether the output has every step, or only the last one.",
    "return_state": "Whether the last state is returned too, as further results.",
    "go_backwards": "Whether the sequence is read from its end.",
    "stateful": "Whether each batch starts from the last state of the previous one.",
    "unroll": "Whether the loop over steps is written out: faster for short sequences, larger.",
    "zero_output_for_mask": "Whether masked steps give zeros in place of the last result.",
    "recurrent_dropout": "The fraction of the state that is dropped while training.",
    "dropout": "The fraction of the inputs that is dropped while training.",
    "unit_forget_bias": "Whether the bias of the forget gate starts at one.",
    "reset_after": "Whether the reset gate is applied after the product, as cuDNN does.",
    "use_cudnn": "Whether the cuDNN kernel is used where it can be.",
    "cell": "The cell, or a list of cells, that makes one step.",
    "cells": "The cells, from the first to the last.",
    "merge_mode": "How both directions are joined.",
    "backward_layer": "The layer that reads backwards; by default a copy of `layer`.",
    "layer": "The layer that is wrapped.",
    # regularization and normalization
    "rate": "The fraction of the values that is dropped while training.",
    "noise_shape": "The shape of the mask; axes of size 1 are dropped as a whole.",
    "stddev": "The standard deviation of the random numbers.",
    "momentum": "How slowly running averages move.",
    "SGD.momentum": "How much of the last step goes into the next one.",
    "Muon.momentum": "How much of the last step goes into the next one.",
    "RMSprop.momentum": "How much of the last step goes into the next one.",
    "epsilon": "A small number that keeps a division from dividing by zero.",
    "center": "Whether an offset is learned and added.",
    "scale": "Whether a scale is learned and multiplied with.",
    "Rescaling.scale": "What each value is multiplied with.",
    "Rescaling.offset": "What is added to each value.",
    "CustomScaleLayer.scale": "What the input is multiplied with.",
    "RandomElasticTransform.scale": "How strong the distortion is.",
    "RandomErasing.scale": "The fraction of the image that is erased.",
    "RandomPerspective.scale": "How far the corners move.",
    "synchronized": "Whether statistics are shared by all replicas.",
    "GroupNormalization.groups": "How many groups of channels are normalized apart.",
    "power_iterations": "How many rounds estimate the largest singular value.",
    "negative_slope": "The slope below zero.",
    "max_value": "Where the result is cut off.",
    "threshold": "Where the result begins.",
    "MaxNorm.max_value": "The largest length.",
    "MinMaxNorm.max_value": "The largest length.",
    "MinMaxNorm.rate": "How strongly lengths are pulled into the range.",
    "hard_shrink.threshold": "Values closer to 0 than this become 0.",
    "soft_shrink.threshold": "Values move so far towards 0, and stop there.",
    "BinaryAccuracy.threshold": "The threshold above which an output counts as positive.",
    "BinaryIoU.threshold": "The threshold above which an output counts as positive.",
    "F1Score.threshold": "The threshold above which an output counts as positive.",
    "FBetaScore.threshold": "The threshold above which an output counts as positive.",
    "Hashing.mask_value": "A value that becomes 0, which masks the step.",
    "mask_value": "Steps in which every value equals this one are masked.",
    "mask_zero": "Whether steps with 0 are masked.",
    "input_dim": "The number of different indices: one more than the largest.",
    "output_dim": "The size of the vector for each number.",
    "l1": "The weight of the sum of absolute values.",
    "l2": "The weight of the sum of squares.",
    # preprocessing
    "max_tokens": "How many tokens the vocabulary may have.",
    "vocabulary": "The tokens, or a file with one a line; learned from the data where left out.",
    "num_oov_indices": "How many numbers stand for tokens that are not in the vocabulary.",
    "mask_token": "The token that stands for a missing value.",
    "oov_token": "The token for everything that is not in the vocabulary.",
    "output_mode": "The form of the result: numbers, one-hot, counts, ...",
    "pad_to_max_tokens": "Whether the result has `max_tokens` columns whatever was learned.",
    "idf_weights": "The weight of each token for `tf_idf`.",
    "standardize": "How the text is cleaned first.",
    "split": "How the text is cut into tokens.",
    "ngrams": "How many neighbouring tokens make one.",
    "output_sequence_length": "Longer results are cut and shorter ones filled up to this length.",
    "RandomFlip.mode": "Which way the image may be turned over.",
    "num_bins": "The number of bins.",
    "bin_boundaries": "Where one bin ends and the next begins; learned where left out.",
    "salt": "A salt that changes the hash.",
    "num_tokens": "The number of different indices.",
    "mean": "What is subtracted; learned from the data where left out.",
    "variance": "The square of what is divided by; learned from the data where left out.",
    "invert": "Whether the inverse is computed.",
    "encoding": "The encoding of the text.",
    "height": "The height that comes out.",
    "width": "The width that comes out.",
    "crop_to_aspect_ratio": "Whether the image is cropped rather than distorted.",
    "pad_to_aspect_ratio": "Whether the image is padded rather than distorted.",
    "antialias": "Whether the image is smoothed before it is made smaller.",
    "fill_mode": "What fills the points outside of the image.",
    "fill_value": "The value that fills the points outside of the image.",
    "value_range": "The lowest and the highest value that pixels have.",
    "factor": "How strong the change is: one number, or the range that it is drawn from.",
    "OrthogonalRegularizer.factor": "The weight of the penalty.",
    "height_factor": "How far the height may change, as a fraction of it.",
    "width_factor": "How far the width may change, as a fraction of it.",
    "bounding_box_format": "How bounding boxes are written, where there are some.",
    # optimizers
    "learning_rate": "The step size: a number, or a schedule.",
    "weight_decay": "The fraction by which weights shrink at each step.",
    "clipnorm": "The length that each gradient is cut to.",
    "clipvalue": "The size that each number of a gradient is cut to.",
    "global_clipnorm": "The length that all gradients together are cut to.",
    "use_ema": "Whether an average of the weights over time is kept.",
    "ema_momentum": "How slowly that average moves.",
    "ema_overwrite_frequency": "After how many steps the average replaces the weights.",
    "loss_scale_factor": "What the loss is multiplied with, so that small gradients survive.",
    "gradient_accumulation_steps": "The number of batches whose gradients make one update.",
    "beta_1": "How slowly the average of the gradients moves.",
    "beta_2": "How slowly the average of their squares moves.",
    "rho": "How slowly the average of the squared gradients moves.",
    "amsgrad": "Whether the largest average so far is used.",
    "nesterov": "Whether the gradient is taken after the step of the momentum.",
    "centered": "Whether gradients are divided by their estimated variance.",
    "initial_accumulator_value": "Where the sum of the squares starts.",
    # schedules
    "initial_learning_rate": "The learning rate at the first step.",
    "decay_steps": "Over how many steps it falls.",
    "decay_rate": "The factor of the decay over `decay_steps`.",
    "staircase": "Whether it falls in steps rather than smoothly.",
    "warmup_target": "The learning rate at the end of the warm-up.",
    "warmup_steps": "How many steps the warm-up takes.",
    "end_learning_rate": "The learning rate at the end.",
    "boundaries": "The steps at which the value changes.",
    "CosineDecay.alpha": "The fraction of the learning rate that is left at the end.",
    "CosineDecayRestarts.alpha": "The fraction of the learning rate that is left at the end.",
    "first_decay_steps": "Over how many steps it falls the first time.",
    "t_mul": "How much longer each round is than the last.",
    "m_mul": "What each round's start is multiplied with.",
    # losses and metrics
    "from_logits": "Whether outputs are logits rather than probabilities.",
    "label_smoothing": "How much of each label is spread over the other classes.",
    "reduction": "How the losses of the examples are reduced to one.",
    "delta": "Where the loss turns from squares to absolute values.",
    "gamma": "How much examples that are easy count less.",
    "apply_class_balancing": "Whether the two classes are weighted by `alpha`.",
    "quantiles": "The shares of the truth that lie below each unit, such as [0.1, 0.5, 0.9]; a"
    " number is one for every value of the output.",
    "Circle.gamma": "How sharply similarities count.",
    "ignore_class": "A class that is ignored.",
    "thresholds": "The threshold above which an output counts as positive.",
    "num_thresholds": "How many points the curve has.",
    "num_classes": "How many classes there are.",
    "class_id": "The class that is measured.",
    "top_k": "Only so many of the largest outputs count.",
    "k": "Among how many of the largest outputs the right one must be.",
    "average": "How the values of the classes are averaged.",
    "curve": "Which curve the area is taken under.",
    "multi_label": "Whether an example may have several labels.",
    "num_labels": "How many labels an example may have.",
    "summation_method": "How the area between points is estimated.",
    # callbacks
    "monitor": "The value that is monitored, such as `val_loss`.",
    "patience": "Epochs without improvement to wait before acting.",
    "min_delta": "The smallest change that counts as an improvement.",
    "EarlyStopping.mode": "Whether smaller or larger is better.",
    "ModelCheckpoint.mode": "Whether smaller or larger is better.",
    "ReduceLROnPlateau.mode": "Whether smaller or larger is better.",
    "baseline": "The value that has to be reached before anything counts as an improvement.",
    "restore_best_weights": "Whether the weights of the best epoch come back at the end.",
    "start_from_epoch": "The epoch from which it monitors.",
    "cooldown": "How many epochs it waits after a change.",
    "min_lr": "The smallest learning rate.",
    "filepath": "Where the file is written.",
    "save_best_only": "Whether only the best model so far is saved.",
    "save_weights_only": "Whether the weights are written without the model.",
    "save_freq": "After how many batches, or each epoch, it writes.",
    "filename": "The file to write.",
    "separator": "The separator of columns.",
    "append": "Whether an existing file is continued.",
    "log_dir": "The folder to write to.",
    "ReduceLROnPlateau.factor": "What the learning rate is multiplied with.",
    # initializers
    "minval": "The smallest number that is drawn.",
    "maxval": "The largest number that is drawn.",
    "gain": "What the weights are multiplied with.",
    "distribution": "The distribution of the random numbers.",
    "RandomNormal.mean": "The mean of the random numbers.",
    "TruncatedNormal.mean": "The mean of the random numbers.",
    "Constant.value": "The value.",
    "VarianceScaling.mode": "Whether inputs, outputs or their mean count.",
    "VarianceScaling.scale": "What the variance is multiplied with.",
    # applications
    "include_top": "Whether the layers that classify are part of it.",
    "weights": "The initial weights: `imagenet`, null for random ones, or a file.",
    "input_shape": "The shape of an image without the batch axis.",
    "pooling": "How the last feature map becomes a vector, where the top is left out.",
    "classes": "The number of classes.",
    "classifier_activation": "The activation function of the last layer.",
    "include_preprocessing": "Whether the model scales the pixels itself.",
    "outputs": "Layers inside whose results it returns, in place of its last.",
    "MobileNet.alpha": "How wide it is: what the filters of its layers are multiplied with.",
    "MobileNetV2.alpha": "How wide it is: what the filters of its layers are multiplied with.",
    "MobileNetV3Large.alpha": "How wide it is: what the filters of its layers are multiplied with.",
    "MobileNetV3Small.alpha": "How wide it is: what the filters of its layers are multiplied with.",
    "minimalistic": "Whether it goes without squeeze-and-excite, hard swish and 5 x 5 windows.",
}
"""Argument, or `Class.argument`, to one sentence."""

FOR_OPS = frozenset(
    (
        "activation",
        "antialias",
        "axis",
        "axes",
        "crop_to_aspect_ratio",
        "data_format",
        "dilation_rate",
        "fill_mode",
        "from_logits",
        "interpolation",
        "keepdims",
        "kernel_size",
        "num_classes",
        "pad_to_aspect_ratio",
        "padding",
        "pool_size",
        "seed",
        "strides",
    )
)
"""Arguments that mean in a function of `keras.ops` what they mean in a class."""


def argument_purpose(owner: str, argument: str, *, is_op: bool) -> str:
    """The purpose of an argument in one sentence, or "" where the table lacks it."""
    special = ARGUMENTS.get(f"{owner}.{argument}")
    if special is not None:
        return special
    return "" if is_op and argument not in FOR_OPS else ARGUMENTS.get(argument, "")


def describe_argument(argument: Schema, kind: Schema, own: str) -> str:
    """The whole text of one argument.

    Args:
        argument: what the owner's schema says of it: a reference, perhaps a default.
        kind: the definition that the reference leads to.
        own: its purpose, or "".
    """
    written = argument.get("description") or kind.get("description")
    sentence = own or written or ""
    title = "" if written else kind.get("title", "")
    type_ = f"{title[:1].upper()}{title[1:]}." if title else ""
    default = f"By default {format_default(argument['default'])}." if "default" in argument else ""
    return " ".join(part for part in (sentence, type_, default) if part)


def format_default(value: Any) -> str:
    """A default as a spec would write it."""
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
