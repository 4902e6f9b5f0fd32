"""The architectures of `keras.applications`, each used as one layer."""

from .architectures import ARCHITECTURES, check_application
