"""Keras models as files: read, review, check, train and ship them."""
