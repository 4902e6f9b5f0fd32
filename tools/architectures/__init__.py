"""The generator of `modelspec/layers/applications/inside/`: what each application consists of.

`python -m tools.architectures` writes a file for each architecture of `keras.applications`, and
`python -m tools.architectures --check` compares them with what the installed Keras builds. Nothing
is downloaded, and no variable gets a value.
"""
