"""`training.gan` against the model and the data."""

from .checks import check_gan
from .scale import example_input, returns_to_data
