"""The generator of `schemas/`: JSON Schemas of all Keras objects, read off the installed Keras.

`python -m tools.schemas` writes the files, `python -m tools.schemas --check` compares them with
what stands on disk. What cannot be read off Keras (the type of each argument, what a spec refuses
and why) stands in the tables of this package. `schemas/types.json` is written by hand.
"""
