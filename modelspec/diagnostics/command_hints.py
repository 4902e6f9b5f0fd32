"""What newcomers write on the command line, led to the right place."""

from __future__ import annotations

COMMAND_HINTS = {
    "check": "modelspec validate SPEC",
    "lint": "modelspec validate SPEC",
    "fit": "modelspec train SPEC",
    "run": "modelspec train SPEC",
    "start": "modelspec train SPEC",
    "resume": "modelspec train --resume RUN",
    "test": "modelspec evaluate RUN",
    "eval": "modelspec evaluate RUN",
    "score": "modelspec evaluate RUN",
    "infer": "modelspec predict RUN --data FILE",
    "build": "modelspec validate --build SPEC",
    "compile": "modelspec validate --build SPEC",
    "new": "modelspec init --data FILE --target COLUMN",
    "create": "modelspec init --data FILE --target COLUMN",
    "generate": "modelspec init --data FILE --target COLUMN",
    "draw": "modelspec plot SPEC -o FILE.svg",
    "visualize": "modelspec plot SPEC -o FILE.svg",
    "show": "modelspec summarize SPEC",
    "help": "modelspec --help, or modelspec COMMAND --help",
    "version": "modelspec --version",
    "list": "modelspec runs list",
    "compare": "modelspec runs compare RUN RUN",
    "download": "modelspec fetch SPEC",
    "save": "modelspec export RUN --format FORMAT",
}
"""Words for a command that has another name, to what to write."""

OPTION_HINTS = {
    ("train", "--epochs"): "write --set training.epochs=VALUE",
    ("train", "--batch-size"): "write --set data.batch_size=VALUE",
    ("train", "--batch_size"): "write --set data.batch_size=VALUE",
    ("train", "--lr"): "write --set 'training.optimizer={Adam: {learning_rate: VALUE}}'",
    ("train", "--learning-rate"): "write --set 'training.optimizer={Adam: {learning_rate: VALUE}}'",
    ("train", "--seed"): "write --set training.seed=VALUE",
    ("train", "--optimizer"): "write --set training.optimizer=NAME",
    ("train", "--loss"): "write --set training.loss=NAME",
    ("train", "--data"): "write --set data.train.csv=FILE",
    ("train", "--validation-split"): "write --set data.validation=VALUE",
    ("train", "--gpu"): "leave it out: TensorFlow takes the GPU that it finds",
    ("train", "--device"): "leave it out: TensorFlow takes the GPU that it finds",
    ("train", "--verbose"): "leave it out: the progress is shown on a terminal",
    ("predict", "--input"): "write --data FILE",
    ("predict", "--file"): "write --data FILE",
    ("predict", "--columns"): "write --keep COLUMN for each column",
    ("evaluate", "--test"): "write --data FILE",
    ("init", "--label"): "write --target COLUMN",
    ("init", "--csv"): "write --data FILE",
    ("init", "--file"): "write --data FILE",
    ("summarize", "--params"): "leave it out: each layer's parameters are shown",
    ("train", "-e"): "write --set training.epochs=VALUE",
    ("train", "-b"): "write --set data.batch_size=VALUE",
    ("train", "--name"): "write -o runs/VALUE",
    ("train", "--workers"): "leave it out: data is read in as many threads as there are cores",
    ("predict", "-d"): "write --data VALUE",
    ("predict", "--model"): "write the run first: modelspec predict RUN --data FILE",
    ("predict", "--probabilities"): "write --every-class",
    ("evaluate", "-d"): "write --data VALUE",
    ("init", "-d"): "write --data VALUE",
    ("init", "-t"): "write --target VALUE",
    ("export", "-f"): "write --format VALUE",
    ("validate", "--json"): "write --format json",
    ("validate", "--check"): "leave it out: files are changed with --fix only",
    ("validate", "--write"): "write --fix",
    ("validate", "--autofix"): "write --fix",
    ("validate", "--fail-on"): "write --strict, with which warnings count as errors",
    ("modelspec", "-v"): "write --version",
    ("modelspec", "-V"): "write --version",
    ("doctor", "--verbose"): "leave it out: all that is known is shown",
    ("validate", "--verbose"): "leave it out: every finding is shown",
}
"""Command and option that it does not have, to what to write; the last word in capitals is what
was written behind it."""

_OF_A_RUN = "modelspec summarize RUN for its model, modelspec evaluate RUN for its metrics"

SUBCOMMAND_HINTS = {
    ("runs", "show"): f"write {_OF_A_RUN}",
    ("runs", "info"): f"write {_OF_A_RUN}",
    ("runs", "diff"): "write modelspec runs compare RUN RUN",
    ("runs", "plot"): "write modelspec runs compare RUN RUN -o curves.png",
    ("runs", "rm"): "a run is a folder, which may be deleted",
    ("runs", "delete"): "a run is a folder, which may be deleted",
}
"""Command and word for a command below it, to what to do."""

VALUE_HINTS = {
    "tflite": "litert, the new name of TensorFlow Lite",
    "tf": "saved_model",
    "tensorflow": "saved_model",
    "savedmodel": "saved_model",
    "pb": "saved_model",
    "h5": "keras, or weights for the weights alone",
    "hdf5": "keras, or weights for the weights alone",
    "py": "python",
    "val": "validation",
    "valid": "validation",
    "dev": "validation",
    "md": "markdown",
}
"""Values of options, to what to write."""

POSITION_HINTS = {
    "init": "write --data FILE --target COLUMN",
    "predict": "write the file behind --data: modelspec predict RUN --data FILE",
    "evaluate": "write the file behind --data: modelspec evaluate RUN --data FILE",
    "explain": "give one name, such as Dense or unknown-key",
    "schema": "leave it out: the schema is the same for all specs",
    "train": "one training takes one spec, and --set PATH=VALUE for each value to change",
}
"""Command to what to write in place of an argument too many."""

MISSING_HINTS = {
    ("predict", "--data"): "write a file with the columns of the inputs: --data FILE",
    ("export", "--format"): "for example: modelspec export runs/digits --format onnx",
    ("convert", "--to"): "for example: modelspec convert SPEC --to functional",
    ("predict", "run"): "name a run that `modelspec train` wrote, such as runs/digits",
    ("evaluate", "run"): "name a run that `modelspec train` wrote, such as runs/digits",
    ("compare", "runs"): "name the folders of two runs; `modelspec runs list` shows them",
    ("import", "model"): "name a model file: .keras, .h5, or the JSON of model.to_json()",
    ("train", "--resume"): "name the run: modelspec train --resume runs/digits",
    ("evaluate", "--data"): "name a file with the columns of inputs and targets: --data FILE",
    ("init", "--template"): "name one of mlp, cnn, rnn, transformer, siamese and multi-task",
    ("best", "arguments"): "for example: modelspec runs best val_accuracy",
    ("init", "--data"): "name a table or a folder: --data FILE",
    ("init", "--target"): "name the column to predict: --target COLUMN",
}
"""Command and what it needs, to what to write."""
