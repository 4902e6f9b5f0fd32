"""The sections of a spec, converted from the config of a Keras model."""

from .model import SHARED_LAYER_HINT, convert_config, describe_shared_layers
