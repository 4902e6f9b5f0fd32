"""The architectures of `keras.applications`, each used as one layer."""

from .architectures import ARCHITECTURES, BESIDE, OWN_NAME_ONLY, check_application
from .inner_model import inner_model, names_inside, wanted_names
