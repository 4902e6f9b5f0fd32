"""How Keras saves layers: the places and names of their variables in a file of weights."""

from .places import names_of_count, saved_key, saved_places, variable_names
