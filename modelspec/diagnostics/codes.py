"""Every code that a finding can have, with what it means and how to mend it.

`modelspec explain CODE` and the rules of a SARIF report print these lines. Lints are not here:
the page of a lint is the docstring of its module. A test holds the table to the sources, both
ways.
"""

from __future__ import annotations

TEXT = {
    "alias-bomb": "Aliases of YAML that hold aliases make the file stand for more values than a "
    "spec may have. Write the values out, or use a block.",
    "bad-key": "A key of a mapping is a list or a mapping. Keys are text: quote a key that begins "
    "with a bracket or a brace.",
    "bad-merge": "`<<` merges mappings, and something else stands after it. Give it an alias of a "
    "mapping, or a list of such aliases.",
    "cannot-read": "The file cannot be opened, or what it names cannot. The message has the "
    "operating system's reason.",
    "duplicate-anchor": "One name is given to two anchors (`&name`), so an alias could mean "
    "either. Rename one of them.",
    "duplicate-key": "A key stands twice in one mapping, and only one of its values could count. "
    "Remove or rename one.",
    "empty-file": "The file has no content. A spec begins with `modelspec: 1` and has a `model`.",
    "file-too-large": "The file is larger than anything that a spec needs, and is not read.",
    "nesting-too-deep": "Values stand inside one another more than 100 deep. Use blocks, or a "
    "`functional` with edges, in place of nesting.",
    "not-a-spec": "The file holds a list or a single value. A spec is a mapping that begins with "
    "`modelspec: 1`.",
    "not-json": "The file should hold JSON and does not parse as such. The message says where it "
    "breaks off.",
    "not-utf8": "The bytes of the file are not UTF-8 text. Save it as UTF-8.",
    "recursive-alias": "An alias refers to the value that it stands in, which would have no end.",
    "several-documents": "The file holds several YAML documents, separated by `---`. Give each "
    "a file of its own.",
    "undefined-alias": "An alias (`*name`) has no anchor (`&name`) before it. Set the anchor, or "
    "quote a text that begins with `*`.",
    "yaml-syntax": "The text is not YAML at this place. The hint names the usual reason.",
    "yaml-tag": "A tag such as `!!python/object` asks for more than plain data. Reading a spec "
    "never runs code: remove the tag.",
}
"""What reading the text can say."""

SHAPE = {
    "bad-name": "A name holds characters that would be taken for something else, such as a "
    "space, a comma or an arrow. The message says which are allowed.",
    "missing-key": "A key or an argument that has no default is missing. Write it.",
    "missing-rule": "A rule for missing values does not suit its column: text has no mean, and a "
    "column without any value has none either. Give a value, or `drop`.",
    "not-one-key": "A mapping takes exactly one of several keys and has none or several. Keep one.",
    "not-one-object": "Where one Keras object belongs stands a mapping with several keys. Indent "
    "the arguments below the name, or give each object an item of its own.",
    "refused-class": "Keras has this class, but a spec cannot hold it. The message has the reason "
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
    "unknown-key": "The language has no such key here. Nothing that is written is passed over, so "
    "mend the spelling or remove it.",
    "unknown-layer": "Keras has no layer of this name, no block is called so, or `freeze` names a "
    "layer that the model has not.",
    "unknown-loss": "Keras has no loss of this name.",
    "unknown-metric": "Keras has no metric of this name, or nothing measures the value that is "
    "named here.",
    "unknown-op": "`keras.ops` has no function of this name that a spec can say.",
    "unknown-optimizer": "Keras has no optimizer of this name.",
    "unknown-optimizer-map": "`optimizer_map` takes `OptimizerMap` and its arguments, and nothing "
    "else stands there.",
    "unknown-regularizer": "Keras has no regularizer of this name.",
    "unknown-schedule": "`keras.optimizers.schedules` has no schedule of this name.",
    "too-many-faults": "There are more faults than anyone reads. The first ones are named: mend "
    "them, and look again.",
    "wrong-value": "A value has the wrong type or lies out of its range. The message says what "
    "is expected.",
}
"""What the check against the JSON Schema can say."""

EXPANSION = {
    "bad-expression": "The text of a `${...}` is not an expression. It takes names, numbers, "
    "operators, comparison, `a if c else b`, indexing, and `min max round int len`.",
    "bad-index": "An expression takes an item that its list or mapping has not.",
    "bad-override": "A path given with `--set` leads to nothing that a spec has there.",
    "block-cycle": "A block uses itself, directly or through another one, which would have no "
    "end. Use `repeat` to stack it several times.",
    "division-by-zero": "An expression divides by zero, which has no result.",
    "extends-cycle": "A spec extends itself, directly or through its base.",
    "misplaced-repeat": "`repeat` stands where one layer belongs. It unrolls into several, so it "
    "stands only in a list of layers.",
    "missing-param": "A use of a block leaves out a param that has no default. Give it.",
    "param-cycle": "Params refer to each other in a circle, so none of them has a value.",
    "too-large": "A spec would unroll to more than it may: values, layers, digits or text. The "
    "message names the limit.",
    "unknown-block": "No block has this name. Names that begin with a small letter are blocks.",
    "unknown-name": "An expression uses a name that is no param here. The nearest one is named.",
    "unknown-param": "A block has no param of this name, or `params` has not.",
    "unused-block": "No part of the spec uses this block. Use it, or remove it.",
    "unused-param": "No expression uses this param. Use it, or remove it.",
    "wrong-operand": "An operator or a function of an expression got a kind of value that it does "
    "not take, such as text where it needs a number.",
}
"""What params, blocks, `repeat` and `extends` can say."""

GRAPH = {
    "ambiguous-result": "A name stands for a layer that is called several times. Name each call "
    "with `as`, and use that name.",
    "argument-given-twice": "A call gets one of its arguments twice: from two edges, or from an "
    "edge and from `call`.",
    "bad-edge": "The text of an edge cannot be read. It is `a, b -> layer -> layer as name`.",
    "cycle": "Edges lead in a circle, so no layer of it can be computed first. Cut one of them.",
    "duplicate-name": "Two inputs, layers or results have one name, and an edge could mean "
    "either. Rename one.",
    "index-of-tensor": "`name[1]` takes the second of several results, and this gives a single "
    "tensor. To take a part of a tensor, use `ops.get_item`.",
    "missing-tensor": "A call needs more tensors than the edges bring. Add the missing edge.",
    "no-edge-into-layer": "An edge begins at a layer that nothing flows into.",
    "no-such-result": "An index asks for a result that the layer does not give. Count from 0, and "
    "see whether an option such as `return_state` is set.",
    "not-a-chain": "The model branches, and a `sequential` is one chain. Keep it `functional`.",
    "not-a-layer": "An edge leads into an input or a result. It has to lead into a layer.",
    "op-in-stack": "A stack holds a function of `keras.ops`, and a `tf.keras.Sequential` takes "
    "layers alone. Write the model as `functional`, or use a layer that does the same.",
    "output-renamed": "A `sequential` has no names for its outputs: its output is called after "
    "the last layer. Use that name, or keep the model `functional`.",
    "several-results-in-stack": "A layer of a stack gives several tensors, and the next one takes "
    "one. Write the model as `functional`, where an edge says which.",
    "too-many-tensors": "The edges bring more tensors than the call takes. Merge them with a "
    "layer such as `Concatenate`, or name each call with `as`.",
    "two-names": "A layer of a `functional` has a `name` besides its key, and the key is its "
    "name. Remove `name`.",
    "undefined-name": "An edge or an output names something that the model has not.",
    "unknown-call-argument": "The call of the layer has no argument of this name.",
    "unknown-tensor": "The call takes no tensor of this name.",
    "unused-input": "No edge begins at this input. Use it, or remove it.",
    "unused-layer": "Nothing flows into this layer, or nothing that it gives reaches an output. "
    "Join it to the graph, or remove it.",
}
"""What the graph of the model can say."""

ANALYSIS = {
    "output-shape": "The loss needs an output of another shape, such as one unit for each class or "
    "one row for each step.",
    "shape-mismatch": "A layer cannot take the tensor that it gets: its rank, a size or its dtype "
    "does not fit. The message names the argument or the axis.",
}
"""What shapes and dtypes can say."""

EXPECT = {
    "expectation-missed": "The model, or what it reached in training, is not what `expect` asks "
    "for. The exit code is 4 where nothing else is wrong. Change the model, or the expectation.",
    "expectation-undecided": "An expectation cannot be decided: what it bounds is not known, or "
    "nothing measures it. It is not met and not missed; `--strict` makes it count.",
}
"""What an `expect` section can say."""

BUILD = {
    "analysis-disagrees": "`validate --build` built the model with Keras, and a shape, a dtype or "
    "a count is not what modelspec had worked out. The fault is in modelspec: please report it.",
    "not-tried": "`validate --smoke` took no step: the spec has no `training`, or it holds a class "
    "of an extension, which `--allow-extensions` lets it build.",
    "not-built": "`validate --build` did not build the model, as it holds a class of an extension. "
    "`--allow-extensions` lets it.",
}
"""What `validate --build` and `--smoke` can say."""

SILENCE = {
    "bad-ignore": "A comment asks for silence and names no code, or asks for the whole file and "
    "does not stand above everything else. Write `# modelspec: ignore[CODE]` at the end of the "
    "line, or `# modelspec: ignore-file[CODE]` on a line of its own at the top.",
    "cannot-silence": "A comment asks for silence about an error. Warnings and notes can be "
    "silenced, an error has to be mended.",
    "unknown-code": "A comment names a code that does not exist. `modelspec explain` lists them.",
    "unused-ignore": "A comment silences a code that this line, or this file, does not give, so it "
    "would hide the next one. Remove it, or put it on the line where the finding starts.",
}
"""What comments that silence can say."""

TRAINING = {
    "ambiguous-output": "The model has several outputs, and a loss, metric or weight does not say "
    "which one it is for. Give a mapping from output names.",
    "bad-weights": "The file of `initial_weights` does not fit the model's layers.",
    "cannot-compile": "Keras refuses the optimizer, the loss and the metrics together. The message "
    "has its reason.",
    "class-weight": "`class_weight` weighs examples by their class, and the target has no single "
    "class for each example.",
    "changed-since": "The run to resume began with something else here. Only epochs, callbacks, "
    "checkpoints, `steps_per_execution`, `expect` and the name may change while it goes on.",
    "data-changed": "The data are not those of the training, so a split is another one. To measure "
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
    "unknown-label": "A label that is named here does not stand in the training split.",
    "unknown-output": "The model has no output of this name.",
}
"""What a `training` section, and training itself, can say."""

DATA = {
    "audio-format": "A wav file has another sampling rate than the source says, or samples that "
    "are not of 16 bits (PCM). Convert it.",
    "bad-dataset": "What a function of a `python` source returns is no `tf.data.Dataset` of single "
    "examples with an end, or fails on the way. The message says how.",
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
    "leaking-split": "One file, or one image, stands in two splits, so what is measured was known "
    "before.",
    "learned-size": "A layer gives another size after learning from the data than the model was "
    "built for. Fix its size in the spec.",
    "missing-target": "A rule fills in missing targets with a made-up value, which would be "
    "learned as if it were true. Drop those rows.",
    "missing-values": "Values are missing in the data and no rule says what to do. Give one under "
    "`data.missing`.",
    "no-input-column": "Every column beside the target is left out of a first spec, so there is "
    "nothing to learn from. The hint has the reason for each.",
    "needs-package": "A file of this kind is read by a package that is not installed. The hint "
    "has the command that installs it.",
    "no-data-file": "A path or a glob under `data` leads to no file. Paths are relative to the "
    "spec.",
    "no-label": "A file of a folder stands in no folder of a class, and its label is needed. Move "
    "it into one.",
    "mixed-sources": "A time series, or synthetic data, is validated and tested by another kind of "
    "source, whose examples are others. Give a source of the same kind, or a share.",
    "no-synthetic-target": "Synthetic data needs the shape of every output, and that of one cannot "
    "be told without building the model.",
    "no-training-share": "`validation` and `test` take all examples, and none is left to train on.",
    "not-a-number": "A cell should hold a number and holds text.",
    "not-finite": "A value is infinite or not a number.",
    "one-class": "The training split has a single class, so there is nothing to tell apart.",
    "output-without-target": "An output of the model has no column to be compared with. Name it "
    "under `data.targets`.",
    "skipped-files": "A folder holds files whose ending is that of nothing that is read there. "
    "They are passed over: convert them, or take them out. Hidden files are passed over in "
    "silence.",
    "too-many-classes": "Nearly every row of the target has a class of its own, and a class that "
    "is seen once cannot be learned. Take another column, or group the values.",
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
"""What the data files, and how the model uses them, can say."""

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
"""What extensions can say."""

EXPORTING = {
    "export-unlearned": "A layer of a spec that was not trained has to learn from data before it "
    "answers anything, so an export of it could not be checked. Train the spec and export the "
    "run, or give the layer what it would learn.",
    "export-unsupported": "The format has nothing that does what the layer does with these "
    "arguments, in this dtype, or with a size that is not known. Choose another format; or leave "
    "out what stands before all else by `--without-preprocessing`.",
}
"""What `export` can say before it tries."""

IMPORTING = {
    "bad-archive": "A `.keras` or `.h5` file is damaged, or is no such file.",
    "cannot-write": "The file cannot be written. The message has the operating system's reason.",
    "constant-dtype": "A constant in the model's graph has a dtype of its own; a spec writes the "
    "number, and its dtype follows from the digits.",
    "constant-in-list": "A list of tensors holds a constant, which an edge cannot say.",
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
    "not-a-model": "The file holds no Keras model of the kind that can be imported: a Sequential "
    "or a functional one.",
    "old-keras": "The file was written by Keras 1. Load and save it with Keras 2 first.",
    "python-code": "The model holds Python code, such as a Lambda. It is never run, and a spec "
    "cannot hold it: write an extension.",
    "removed-class": "Keras 3 has no such class any more.",
    "renamed": "Names of the model that a spec cannot have were changed.",
    "shared-layer": "One layer of the file stands in several models, and the spec has a copy in "
    "each. Put what is shared into a model of its own.",
    "training-left-out": "The file's optimizer, loss or metrics cannot be said in a spec, or are "
    "not there, so the spec has no such part.",
    "unknown-class": "Keras has no class of this name, so the file is of another package or of the "
    "author's own.",
    "unsayable": "The model has a class that a spec cannot hold.",
    "unsayable-argument": "An argument of the model has a value that a spec cannot hold.",
    "vocabulary-left-out": "A lookup layer of the file learned a vocabulary that is too long for a "
    "spec. Training adapts the layer to data again.",
    "weights-do-not-fit": "The file's weights do not fit the layers of the spec: one is missing, "
    "or has another shape.",
    "unsound": "The model, written as a spec, would not be a valid one.",
}
"""What importing a Keras model can say."""

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
"""Code to its explanation: what it means, and how to mend it."""
