"""What the commands do, as functions of paths: the door for notebooks and scripts.

Each command imports the module that it needs and no other. `validate`, `open_spec` and `build` are
in `pipeline.py`, which is the stages themselves.
"""
