"""What each layer does, but for those for images."""

from __future__ import annotations

_NUMERALS = {1: "one axis (sequences)", 2: "two axes (images)", 3: "three axes (volumes)"}


def _ranked(name: str, text: str, ranks: tuple[int, ...] = (1, 2, 3)) -> dict[str, str]:
    return {name.format(rank): text.format(_NUMERALS[rank]) for rank in ranks}


LAYERS = {
    # Activations.
    "Activation": "Applies an activation function.",
    "ELU": "Keeps positive values, bends negative ones exponentially.",
    "LeakyReLU": "Keeps positive values, scales negative ones down.",
    "PReLU": "Keeps positive values, scales negative ones by learned slopes.",
    "ReLU": "Sets negative values to zero; with bounds and slopes of your own.",
    "Softmax": "Turns scores into shares that sum to one.",
    # Attention.
    "AdditiveAttention": "Attention whose scores are a learned sum of query and key.",
    "Attention": "Attention whose scores are the product of query and key.",
    "GroupQueryAttention": "Multi-head attention in which groups of queries share keys and values.",
    "MultiHeadAttention": "Attention in several heads at once, with learned projections.",
    # Convolutional.
    **_ranked("Conv{}D", "Slides learned filters along {}."),
    **_ranked("Conv{}DTranspose", "Spreads values by learned filters along {}: it upsamples."),
    **_ranked("DepthwiseConv{}D", "Slides filters of its own over each channel, {}.", (1, 2)),
    **_ranked("SeparableConv{}D", "Filters each channel, then mixes them, along {}.", (1, 2)),
    # Core.
    "Dense": "Connects every input to every unit.",
    "EinsumDense": "A dense layer whose product is given by an equation.",
    "Embedding": "Looks up a learned vector for each whole number.",
    "Identity": "Passes its input on.",
    "LayerScale": "Multiplies each channel by a learned factor (as ConvNeXt does).",
    "Masking": "Masks the time steps that hold one value throughout.",
    "ReversibleEmbedding": "An embedding that can also map vectors back to scores.",
    "TFSMLayer": "Calls a TensorFlow SavedModel.",
    # Merging.
    "Add": "Adds tensors.",
    "Average": "Averages tensors.",
    "Concatenate": "Joins tensors along one axis.",
    "CustomScaleLayer": "Adds a scaled tensor to another (as InceptionResNetV2 does).",
    "Dot": "Multiplies two tensors along given axes.",
    "Maximum": "Takes the larger value of tensors.",
    "Minimum": "Takes the smaller value of tensors.",
    "Multiply": "Multiplies tensors value by value.",
    "Subtract": "Subtracts the second tensor from the first.",
    # Normalization.
    "BatchNormalization": "Centres and scales each channel by the statistics of the batch.",
    "GroupNormalization": "Centres and scales groups of channels of each example.",
    "LayerNormalization": "Centres and scales each example.",
    "RMSNormalization": "Scales each example by its root mean square.",
    "SpectralNormalization": "Holds the spectral norm of a layer's kernel at one.",
    "UnitNormalization": "Scales each example to length one.",
    # Pooling.
    **_ranked("AdaptiveAveragePooling{}D", "Averages {} down to a given size."),
    **_ranked("AdaptiveMaxPooling{}D", "Takes maxima of {} down to a given size."),
    **_ranked("AveragePooling{}D", "Averages windows along {}."),
    **_ranked("GlobalAveragePooling{}D", "Averages all of {}."),
    **_ranked("GlobalMaxPooling{}D", "Takes the maximum of all of {}."),
    **_ranked("MaxPooling{}D", "Takes the maximum of windows along {}."),
    # Preprocessing.
    "CategoryEncoding": "Encodes whole numbers as one-hot, multi-hot or counts.",
    "Discretization": "Sorts numbers into buckets.",
    "HashedCrossing": "Hashes combinations of features into a fixed number of bins.",
    "Hashing": "Hashes categories into a fixed number of bins.",
    "IntegerLookup": "Maps whole numbers to indices of a vocabulary.",
    "MelSpectrogram": "Turns audio into a mel spectrogram.",
    "Normalization": "Shifts and scales features to mean 0 and variance 1, as learned from data.",
    "Pipeline": "Runs preprocessing layers one after another.",
    "Rescaling": "Multiplies by a scale and adds an offset.",
    "STFTSpectrogram": "Turns audio into a spectrogram by a short-time Fourier transform.",
    "StringLookup": "Maps strings to indices of a vocabulary.",
    "TextVectorization": "Splits text into tokens and maps them to indices.",
    # Regularization.
    "ActivityRegularization": "Adds a penalty on its input to the loss.",
    "AlphaDropout": "Dropout that keeps mean and variance, for SELU networks.",
    "Dropout": "Sets a share of the values to zero, while training.",
    "GaussianDropout": "Multiplies values by noise around one, while training.",
    "GaussianNoise": "Adds noise around zero, while training.",
    **_ranked("SpatialDropout{}D", "Drops whole channels of {}, while training."),
    "StochasticDepth": "Skips a residual branch at random, while training (as ConvNeXt does).",
    # Reshaping.
    **_ranked("Cropping{}D", "Cuts off the ends of {}."),
    "Flatten": "Flattens each example into one axis.",
    "Permute": "Reorders the axes of each example.",
    "RepeatVector": "Repeats each vector a number of times.",
    "Reshape": "Gives each example another shape.",
    **_ranked("UpSampling{}D", "Repeats or interpolates values along {}."),
    **_ranked("ZeroPadding{}D", "Adds zeros to the ends of {}."),
    # Recurrent.
    "Bidirectional": "Runs a recurrent layer forwards and backwards and merges the two.",
    **_ranked("ConvLSTM{}D", "An LSTM whose products are convolutions along {}."),
    "GRU": "Gated recurrent units over a sequence.",
    "GRUCell": "One step of a GRU, for use in `RNN`.",
    "LSTM": "Long short-term memory over a sequence.",
    "LSTMCell": "One step of an LSTM, for use in `RNN`.",
    "RNN": "Runs a cell, or a stack of cells, over a sequence.",
    "SimpleRNN": "A plain recurrent layer over a sequence.",
    "SimpleRNNCell": "One step of a plain recurrent layer, for use in `RNN`.",
    "StackedRNNCells": "Several cells that act as one.",
    "TimeDistributed": "Applies a layer to every time step.",
}
