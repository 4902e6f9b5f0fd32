"""Every code that a finding can have, with its meaning and how to fix it.

`modelspec explain CODE` and the rules of a SARIF report print these texts. Lints are not here: the
page of a lint is the docstring of its module. A test compares the table with the sources.
"""

from __future__ import annotations

TEXT = {
    "alias-bomb": "Aliases of YAML within aliases expand the file to more values than a "
    "spec may have. Write the values out, or use a block.",
    "bad-key": "A key of a mapping is a list or a mapping. Keys are text: quote a key that begins "
    "with a bracket or a brace.",
    "bad-merge": "`<<` merges mappings, and its value is something else. Give it an alias of a "
    "mapping, or a list of such aliases.",
    "cannot-read": "The file cannot be opened, or a file that it names cannot. The message has the "
    "operating system's reason.",
    "duplicate-anchor": "One name is given to two anchors (`&name`), so an alias could mean "
    "either. Rename one of them.",
    "duplicate-key": "A key occurs twice in one mapping, and only one of its values could count. "
    "Remove or rename one.",
    "empty-file": "The file has no content. A spec begins with `modelspec: 1` and has a `model`.",
    "file-too-large": "The file is larger than anything that a spec needs, and is not read.",
    "nesting-too-deep": "Values are nested more than 100 deep. Use blocks, or a "
    "`functional` with edges, in place of nesting.",
    "not-a-spec": "The file holds a list or a single value. A spec is a mapping that begins with "
    "`modelspec: 1`.",
    "not-json": "The file should hold JSON and does not parse as such. The message says where it "
    "breaks off.",
    "not-utf8": "The bytes of the file are not UTF-8 text. Save it as UTF-8.",
    "recursive-alias": "An alias refers to a value that contains it, which would never end.",
    "several-documents": "The file holds several YAML documents, separated by `---`. Put each "
    "into a separate file.",
    "undefined-alias": "An alias (`*name`) has no anchor (`&name`) before it. Set the anchor, or "
    "quote a text that begins with `*`.",
    "yaml-syntax": "The text is not YAML at this place. The hint names the usual reason.",
    "yaml-tag": "A tag such as `!!python/object` asks for more than plain data. Reading a spec "
    "never runs code: remove the tag.",
}
"""Reading the text."""

SHAPE = {
    "bad-name": "A name has characters with another meaning, such as a "
    "space, a comma or an arrow. The message says which are allowed.",
    "missing-key": "A key or an argument that has no default is missing. Write it.",
    "missing-rule": "A rule for missing values does not suit its column: text has no mean, nor "
    "has a column without any value. Give a value, or `drop`.",
    "not-one-key": "A mapping takes exactly one of several keys and has none or several. Keep one.",
    "not-one-object": "One Keras object is expected, and a mapping with several keys is given. "
    "Indent the arguments below the name, or write each object as a separate item.",
    "refused-class": "Keras has this class, but a spec cannot use it. The message has the reason "
    "and what to write instead.",
    "unknown-activation": "Keras has no activation of this name. The nearest name is in the "
    "message.",
    "unknown-argument": "The class or function has no argument of this name. The hint lists those "
    "that it takes; `modelspec explain CLASS` describes them.",
    "unknown-callback": "Keras has no callback of this name.",
    "unknown-constraint": "Keras has no constraint of this name.",
    "unknown-dtype-policy": "Keras has no dtype policy of this name; `mixed_float16`, "
    "`mixed_bfloat16` and `float32` are the usual ones.",
    "unknown-initializer": "Keras has no initializer of this name.",
    "unknown-key": "The language has no such key here. Unknown keys are never ignored: "
    "fix the spelling or remove it.",
    "unknown-layer": "Keras has no layer of this name, there is no block of this name, or `freeze` "
    "names a layer that the model does not have.",
    "unknown-loss": "Keras has no loss of this name.",
    "unknown-metric": "Keras has no metric of this name, or no metric measures the value "
    "that is named here.",
    "unknown-op": "`keras.ops` has no function of this name that a spec can use.",
    "unknown-optimizer": "Keras has no optimizer of this name.",
    "unknown-optimizer-map": "`optimizer_map` takes `OptimizerMap` and its arguments, and nothing "
    "else stands there.",
    "unknown-regularizer": "Keras has no regularizer of this name.",
    "unknown-schedule": "`keras.optimizers.schedules` has no schedule of this name.",
    "too-many-faults": "There are too many errors to list. Only the first ones are reported: fix "
    "them, and validate again.",
    "wrong-value": "A value has the wrong type or is out of its range. The message says what "
    "is expected.",
}
"""The check against the JSON Schema."""

EXPANSION = {
    "bad-expression": "The text of a `${...}` is not an expression. It takes names, numbers, "
    "operators, comparison, `a if c else b`, indexing, and `min max round int len`.",
    "bad-index": "An expression reads an item that its list or mapping does not have.",
    "bad-override": "A path given with `--set` does not exist in the spec.",
    "block-cycle": "A block uses itself, directly or through another one, which would never "
    "end. Use `repeat` to use layers several times.",
    "division-by-zero": "An expression divides by zero, which has no result.",
    "extends-cycle": "A spec extends itself, directly or through its base.",
    "misplaced-repeat": "`repeat` is where a single layer is expected. It expands to several, so "
    "it is allowed only in a list of layers.",
    "missing-param": "A use of a block leaves out a param that has no default. Give it.",
    "param-cycle": "Params refer to each other in a cycle, so none of them has a value.",
    "too-large": "A spec would expand to more than is allowed: values, layers, digits or text. The "
    "message names the limit.",
    "unknown-block": "No block has this name. Names that begin with a small letter are blocks.",
    "unknown-name": "An expression uses a name that is not a param here. The message suggests the nearest one.",
    "unknown-param": "A block, or `params`, has no param of this name.",
    "unused-block": "No part of the spec uses this block. Use it, or remove it.",
    "unused-param": "No expression uses this param. Use it, or remove it.",
    "wrong-operand": "An operator or a function of an expression got a kind of value that it does "
    "not accept, such as text where it needs a number.",
}
"""Params, blocks, `repeat` and `extends`."""

GRAPH = {
    "ambiguous-result": "A name stands for a layer that is called several times. Name each call "
    "with `as`, and use that name.",
    "argument-given-twice": "A call gets one of its arguments twice: from two edges, or from an "
    "edge and from `call`.",
    "bad-edge": "The text of an edge cannot be read. It is `a, b -> layer -> layer as name`.",
    "cycle": "Edges form a cycle, so none of its layers can be computed first. Remove one of them.",
    "duplicate-name": "Two inputs, layers or results have one name, and an edge could mean "
    "either. Rename one.",
    "index-of-tensor": "`name[1]` takes the second of several results, and this gives a single "
    "tensor. To take a part of a tensor, use `ops.get_item`.",
    "missing-tensor": "A call needs more tensors than the edges give. Add the missing edge.",
    "no-edge-into-layer": "An edge starts at a layer that no edge leads into.",
    "no-such-result": "An index asks for a result that the layer does not return. Count from 0, "
    "and see whether an option such as `return_state` is set.",
    "not-a-chain": "The model branches, and a `sequential` is one chain. Keep it `functional`.",
    "not-a-layer": "An edge leads into an input or a result. It has to lead into a layer.",
    "op-in-stack": "A `sequential` has a function of `keras.ops`, and `keras.Sequential` takes "
    "layers only. Write the model as `functional`, or use a layer that does the same.",
    "output-renamed": "A `sequential` has no names for its outputs: its output is called after "
    "the last layer. Use that name, or keep the model `functional`.",
    "several-results-in-stack": "A layer of a `sequential` returns several tensors, and the next "
    "takes one. Write the model as `functional`, where an edge says which.",
    "too-many-tensors": "The edges give more tensors than the call takes. Merge them with a "
    "layer such as `Concatenate`, or name each call with `as`.",
    "two-names": "A layer of a `functional` has a `name` that differs from its key, which is its "
    "name. Remove `name`.",
    "undefined-name": "An edge or an output names something that the model does not have.",
    "unknown-call-argument": "The call of the layer has no argument of this name.",
    "unknown-tensor": "The call takes no tensor of this name.",
    "unused-input": "No edge starts at this input. Use it, or remove it.",
    "unused-layer": "No edge leads into this layer, or no output depends on it. "
    "Connect it to the graph, or remove it.",
}
"""The graph of the model."""

ANALYSIS = {
    "output-shape": "The loss needs an output of another shape, such as one unit for each class or "
    "one row for each step.",
    "shape-mismatch": "A layer cannot take the tensor that it gets: its rank, a size or its dtype "
    "does not fit. The message names the argument or the axis.",
}
"""Shapes and dtypes."""

EXPECT = {
    "expectation-missed": "The model, or what it reached in training, is not what `expect` asks "
    "for. The exit code is 4 where nothing else is wrong. Change the model, or the expectation.",
    "expectation-undecided": "An expectation cannot be decided: what it bounds is not known, or "
    "nothing measures it. It is not met and not missed; `--strict` makes it count.",
}
"""The `expect` section."""

BUILD = {
    "analysis-disagrees": "`validate --build` built the model with Keras, and a shape, a dtype or "
    "a count is not what modelspec had worked out. This is a bug in modelspec: please report it.",
    "not-tried": "`validate --smoke` took no step: the spec has no `training`, or it holds a class "
    "of an extension, which `--allow-extensions` lets it build.",
    "not-built": "`validate --build` did not build the model, as it holds a class of an extension. "
    "`--allow-extensions` lets it.",
}
"""`validate --build` and `--smoke`."""

SILENCE = {
    "bad-ignore": "A comment that suppresses findings names no code, or is for the whole file and "
    "not above everything else. Write `# modelspec: ignore[CODE]` at the end of the "
    "line, or `# modelspec: ignore-file[CODE]` on a separate line at the top.",
    "cannot-silence": "A comment tries to suppress an error. Warnings and notes can be "
    "suppressed, an error has to be fixed.",
    "unknown-code": "A comment names a code that does not exist. `modelspec explain` lists them.",
    "unused-ignore": "A comment suppresses a code that is not reported on this line, or in this "
    "file, so it would hide the next one. Remove it, or put it on the line where the finding "
    "starts.",
}
"""Comments that suppress findings."""

TRAINING = {
    "ambiguous-output": "The model has several outputs, and a loss, metric or weight does not say "
    "which one it is for. Give a mapping from output names.",
    "bad-weights": "The file of `initial_weights` does not fit the model's layers.",
    "cannot-compile": "Keras refuses the optimizer, the loss and the metrics together. The message "
    "has its reason.",
    "class-weight": "`class_weight` weighs examples by their class, and the target has no single "
    "class for each example.",
    "changed-since": "The run to resume was started with another value here. Only epochs, "
    "callbacks, checkpoints, `steps_per_execution`, `expect` and the name may change when it is "
    "resumed.",
    "data-changed": "The data differ from those of the training, so a split differs. To measure "
    "the run, give new rows with `--data`; to resume it, bring the files back.",
    "empty-bounds": "An expectation has a `min` above its `max`, so nothing can meet it.",
    "keras-refused": "Keras itself refuses to build this part. The message has its reason.",
    "loss-and-labels": "The loss does not suit a target whose labels became class numbers: use a "
    "sparse loss for several classes, a binary one for two.",
    "loss-not-finite": "The loss became infinite or not a number while training. Lower the "
    "learning rate, scale the inputs, or look for such values in the data.",
    "metric-does-not-fit": "A metric means nothing for this output or this loss, such as counting "
    "right classes where the output is a number.",
    "monitor-without-mode": "Keras cannot tell from a name whether its value should be large or "
    "small. Say so with `mode: max` or `mode: min`.",
    "no-weights": "The file of `initial_weights` does not exist. Its path is relative to the spec.",
    "nothing-to-train": "`freeze` leaves no layer that is trained, so fitting would change "
    "nothing.",
    "one-class-output": "A loss over classes takes one unit for each class, and the output has a "
    "single one. Use a binary loss, or more units.",
    "output-without-gradient": "An output that the loss compares holds whole numbers or text, "
    "which no gradient flows through. Train on the floats that it is made from.",
    "output-without-loss": "An output of the model has no loss. Give one, or `null` to leave it "
    "out of the training.",
    "target-range": "A target holds a value that the loss cannot take, such as a class number "
    "beyond the number of units.",
    "target-shape": "A target has another shape than the output that it is compared with.",
    "too-few-units": "The target has more classes than the output has units.",
    "too-many-units": "The output has more units than the target has classes, so some can never "
    "be right.",
    "training-failed": "Keras or TensorFlow stopped while training. The message names the layer "
    "where that can be told.",
    "unknown-label": "A label that is named here does not occur in the training split.",
    "unknown-output": "The model has no output of this name.",
}
"""The `training` section, and training itself."""

DATA = {
    "audio-format": "A wav file has another sampling rate than the source says, or samples that "
    "are not of 16 bits (PCM). Convert it.",
    "bad-dataset": "What a function of a `python` source returns is not a finite "
    "`tf.data.Dataset` of single examples, or fails while it is read. The message says how.",
    "bad-data-file": "A data file cannot be read as what it should be. The message says where.",
    "cannot-adapt": "A layer that learns from data, such as `Normalization`, cannot learn from the "
    "training split.",
    "column-shape": "A column holds arrays where single values are needed.",
    "duplicate-column": "A table has two columns of one name. Rename one in the file.",
    "empty-class": "A folder of a class holds no file to read, so the class would have no "
    "example. Remove the folder, or put files in it.",
    "empty-data": "A data file, or a split of it, holds no example.",
    "image-alpha": "Some images have an alpha channel, which the colours that the source asks for "
    "drop. `color: rgba` keeps it.",
    "image-mode": "Some images have colours that do not come out as the source asks: CMYK, 16 bits "
    "a channel, or a format that has no such channels. Convert them, or ask for other colours.",
    "input-shape": "The columns of an input make another shape than the model takes; or the size "
    "and the colours of images do.",
    "input-without-columns": "An input of the model has no columns that feed it. Name them under "
    "`data.inputs`.",
    "labels-of-several": "`labels` turns one column into class numbers, and the target has several "
    "columns.",
    "leaking-split": "One file, or one image, is in two splits, so the model is measured on what "
    "it was trained on.",
    "learned-size": "A layer gives another size after learning from the data than the model was "
    "built for. Fix its size in the spec.",
    "missing-target": "A rule fills in missing targets with an imputed value, which would be "
    "learned as if it were true. Drop those rows.",
    "missing-values": "Values are missing in the data and no rule says what to do. Give one under "
    "`data.missing`.",
    "no-input-column": "Every column beside the target is left out of a first spec, so there is "
    "nothing to learn from. The hint has the reason for each.",
    "needs-package": "A file of this kind is read by a package that is not installed. The hint "
    "has the command that installs it.",
    "no-data-file": "A path or a glob under `data` leads to no file. Paths are relative to the "
    "spec.",
    "no-label": "A file is not in the folder of a class, but its label is needed. Move "
    "it into one.",
    "mixed-sources": "A time series, or synthetic data, is validated and tested by another kind of "
    "source, whose examples differ. Give a source of the same kind, or a fraction.",
    "no-synthetic-target": "Synthetic data needs the shape of every output, and that of one cannot "
    "be told without building the model.",
    "no-training-share": "`validation` and `test` take all examples, which leaves none for training.",
    "not-a-number": "A cell should hold a number and holds text.",
    "not-finite": "A value is infinite or not a number.",
    "one-class": "The training split has a single class, so there is nothing to learn.",
    "output-without-target": "An output of the model has no column to be compared with. Name it "
    "under `data.targets`.",
    "skipped-files": "A folder holds files whose ending is not one of those that are read. "
    "They are ignored: convert them, or remove them. Hidden files are ignored without a "
    "finding.",
    "too-many-classes": "Nearly every row of the target has a different class, and a class that "
    "occurs only once cannot be learned. Take another column, or group the values.",
    "stratified-series": "A time series is split by time, and `stratify` would mix the times.",
    "unequal-lengths": "Arrays of one file have different numbers of examples.",
    "unequal-shapes": "A column has one shape in one file and another in the next.",
    "unknown-column": "The data have no column of this name. The nearest one is named.",
    "unknown-input": "The model has no input of this name.",
    "unsorted-time": "The rows of a time series go back in time. Sort them.",
    "unused-column": "A rule names a column that no input, target or weight uses.",
    "value-range": "A value does not fit the dtype of the input that takes it, or a weight is "
    "below zero.",
    "wrong-column-type": "A column holds another type than its use needs, such as text where the "
    "input takes numbers.",
}
"""The data files, and how the model uses them."""

EXTENSIONS = {
    "extension-clash": "A module of the name of an extension is loaded already, from another "
    "place. Rename one of them.",
    "extension-failed": "A module under `extensions` stops with an error while it is imported, or "
    "one of its functions while it makes data.",
    "extension-not-allowed": "What is asked for makes an object of an extension's class, or data "
    "by its function, which runs the code of a module that the spec names. Where you trust it, add "
    "`--allow-extensions`.",
    "extension-on-trust": "A class or a function of an extension is taken on trust, as its module "
    "was not imported: its arguments, and the shapes or the data that it makes, are not checked. "
    "`--allow-extensions` imports it.",
    "no-extension": "The spec names a class or a function of an extension, and `extensions` lists "
    "no module that it could come from.",
    "unknown-function": "The module of a `python` source has no function of this name.",
    "unknown-extension-class": "No extension registers a class of this name with "
    "`keras.saving.register_keras_serializable`.",
}
"""Extensions."""

EXPORTING = {
    "export-unlearned": "A layer of a spec that was not trained has to learn from data before it "
    "computes anything, so an export of it could not be checked. Train the spec and export the "
    "run, or give the layer what it would learn.",
    "export-unsupported": "The format cannot represent the layer with these "
    "arguments, in this dtype, or with a size that is not known. Choose another format, or leave "
    "out preprocessing layers by `--without-preprocessing`.",
}
"""`export`, before it starts."""

IMPORTING = {
    "bad-archive": "A `.keras` or `.h5` file is damaged, or is not such a file.",
    "cannot-write": "The file cannot be written. The message has the operating system's reason.",
    "constant-dtype": "A constant in the model's graph has an explicit dtype; a spec writes only "
    "the number, and its dtype follows from the digits.",
    "constant-in-list": "A list of tensors holds a constant, which an edge cannot express.",
    "foreign-class": "A class of the model belongs to another package than Keras. Register it in "
    "an extension.",
    "hard-sigmoid": "Keras 2 and Keras 3 compute `hard_sigmoid` differently; imported weights are "
    "scaled so that the model computes what it did.",
    "mask-lost": "Keras 2 gave a recurrent layer the mask of its input; Keras 3 gives none where "
    "tensors for `initial_state` stand beside it. Call the layer with `mask`.",
    "model-class": "The model is of a subclass. Its graph is taken, and what the class adds is "
    "not.",
    "nested-inputs": "The model's inputs are nested. A spec takes a list or a dict of them.",
    "nested-outputs": "The model's outputs are nested. A spec gives a list or a dict of them.",
    "no-shape": "The file leaves a size unknown that a spec needs to know.",
    "not-a-model": "The file has no Keras model of the kind that can be imported: a Sequential "
    "or a functional one.",
    "old-keras": "The file was written by Keras 1. Load and save it with Keras 2 first.",
    "python-code": "The model holds Python code, such as a Lambda. It is never run, and a spec "
    "cannot hold it: write an extension.",
    "removed-class": "Keras 3 has no such class any more.",
    "renamed": "Names of the model that a spec cannot have were changed.",
    "shared-layer": "One layer of the file stands in several models, and the spec has a copy in "
    "each. Put the shared layers into a separate model.",
    "training-left-out": "The file's optimizer, loss or metrics cannot be written in a spec, or "
    "are missing, so the spec has no such part.",
    "unknown-class": "Keras has no class of this name, so it is from another package or "
    "written by the author.",
    "unsayable": "The model has a class that a spec cannot express.",
    "unsayable-argument": "An argument of the model has a value that a spec cannot express.",
    "vocabulary-left-out": "A lookup layer of the file learned a vocabulary that is too long for a "
    "spec. Training adapts the layer to data again.",
    "weights-do-not-fit": "The file's weights do not fit the layers of the spec: one is missing, "
    "or has another shape.",
    "unsound": "The model, written as a spec, would not be a valid one.",
}
"""Importing a Keras model."""

CODES: dict[str, str] = {
    **TEXT,
    **SHAPE,
    **EXPANSION,
    **GRAPH,
    **ANALYSIS,
    **EXPECT,
    **BUILD,
    **SILENCE,
    **TRAINING,
    **DATA,
    **EXTENSIONS,
    **EXPORTING,
    **IMPORTING,
}
"""Code to its explanation: what it means, and how to fix it."""
