"""Keras models to specs: `.keras`, `.h5` and JSON files of Keras 2 and 3, and models in memory."""
