"""What each initializer, regularizer, constraint, activation and dtype policy does."""

from __future__ import annotations

INITIALIZERS = {
    "Constant": "One value everywhere.",
    "GlorotNormal": "Normal values scaled by the sizes of both sides (Glorot).",
    "GlorotUniform": "Uniform values scaled by the sizes of both sides (Glorot).",
    "HeNormal": "Normal values scaled by the size of the input (He), for ReLU.",
    "HeUniform": "Uniform values scaled by the size of the input (He), for ReLU.",
    "Identity": "The identity matrix.",
    "LecunNormal": "Normal values scaled by the size of the input (LeCun), for SELU.",
    "LecunUniform": "Uniform values scaled by the size of the input (LeCun).",
    "Ones": "Ones.",
    "Orthogonal": "An orthogonal matrix.",
    "RandomNormal": "Normal values.",
    "RandomUniform": "Uniform values.",
    "STFT": "The kernel of a short-time Fourier transform.",
    "TruncatedNormal": "Normal values, drawn again where they fall far out.",
    "VarianceScaling": "Random values scaled by the size of the weights.",
    "Zeros": "Zeros.",
}

REGULARIZERS = {
    "L1": "A penalty on absolute values.",
    "L1L2": "A penalty on absolute values and one on squares.",
    "L2": "A penalty on squares.",
    "OrthogonalRegularizer": "A penalty on rows or columns that are not at right angles.",
}

CONSTRAINTS = {
    "MaxNorm": "Keeps norms below a bound.",
    "MinMaxNorm": "Keeps norms between two bounds.",
    "NonNeg": "Keeps weights at or above zero.",
    "UnitNorm": "Keeps norms at one.",
}

ACTIVATIONS = {
    "celu": "ELU with a smooth slope at zero.",
    "elu": "Keeps positive values, bends negative ones exponentially.",
    "exponential": "The exponential function.",
    "gelu": "Weighs values by the normal distribution.",
    "glu": "Gates one half of an axis by the other.",
    "hard_shrink": "Sets values near zero to zero.",
    "hard_sigmoid": "A sigmoid of straight pieces.",
    "hard_silu": "SiLU with a sigmoid of straight pieces; also `hard_swish`.",
    "hard_tanh": "Cuts values off at -1 and 1.",
    "leaky_relu": "Keeps positive values, scales negative ones down.",
    "linear": "Passes values on.",
    "log_sigmoid": "The logarithm of the sigmoid.",
    "log_softmax": "The logarithm of softmax.",
    "mish": "A value times the hyperbolic tangent of its softplus.",
    "relu": "Sets negative values to zero.",
    "relu6": "Cuts values off at 0 and 6.",
    "selu": "A scaled ELU that keeps mean and variance.",
    "sigmoid": "Squeezes values between 0 and 1.",
    "silu": "A value times its sigmoid; also `swish`.",
    "soft_shrink": "Pulls values towards zero and sets those near it to zero.",
    "softmax": "Turns scores into shares that sum to one.",
    "softplus": "A smooth ReLU.",
    "softsign": "Squeezes values between -1 and 1, slowly.",
    "sparse_plus": "A smooth ReLU that is zero below -1.",
    "sparse_sigmoid": "A sigmoid that reaches 0 at -1 and 1 at 1.",
    "sparsemax": "Softmax with true zeros.",
    "squareplus": "A smooth ReLU by a square root.",
    "tanh": "Squeezes values between -1 and 1.",
    "tanh_shrink": "A value less its hyperbolic tangent.",
    "threshold": "Keeps values above a threshold, replaces the others.",
}

DTYPE_POLICIES = {
    "AWQDTypePolicy": "Weights quantized by activation-aware weight quantization.",
    "DTypePolicy": "The dtypes of a layer's weights and of its computations.",
    "DTypePolicyMap": "A policy for each layer, by its path.",
    "FloatDTypePolicy": "The dtypes of weights and computations; the same as `DTypePolicy`.",
    "GPTQDTypePolicy": "Weights quantized by GPTQ.",
    "Int4DTypePolicy": "Weights quantized to 4 bits in blocks.",
    "QuantizedDTypePolicy": "Weights quantized to few bits.",
    "QuantizedFloat8DTypePolicy": "Computations in float8.",
}
