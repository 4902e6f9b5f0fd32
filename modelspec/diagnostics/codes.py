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
    "bad-merge": "`<<` merges mappings, but its value is something else. Give it an alias of a "
    "mapping, or a list of such aliases.",
    "cannot-read": "The file, or a file that it names, cannot be opened. The message includes the "
    "operating system's reason.",
    "duplicate-anchor": "One name is given to two anchors (`&name`), so an alias could mean "
    "either. Rename one of them.",
    "duplicate-key": "A key occurs twice in one mapping, so only one of its values could count. "
    "Remove or rename one.",
    "empty-file": "The file has no content. A spec begins with `modelspec: 1` and has a `model`.",
    "file-too-large": "The file is far larger than a spec needs to be, and is not read.",
    "nesting-too-deep": "Values are nested more than 100 levels deep. Use blocks, or a "
    "`functional` model with edges, instead of nesting.",
    "not-a-spec": "The file contains a list or a single value. A spec is a mapping that begins "
    "with `modelspec: 1`.",
    "not-json": "The file should contain JSON but cannot be parsed. The message says where parsing "
    "failed.",
    "not-utf8": "The bytes of the file are not UTF-8 text. Save it as UTF-8. Models and files of "
    "weights are not specs.",
    "recursive-alias": "An alias refers to a value that contains it, which would never end.",
    "several-documents": "The file contains several YAML documents, separated by `---`. Put each "
    "into a separate file.",
    "undefined-alias": "An alias (`*name`) has no anchor (`&name`) before it. Set the anchor, or "
    "quote a text that begins with `*`.",
    "yaml-syntax": "The text is not valid YAML at this location. The hint names the usual cause.",
    "yaml-tag": "A tag such as `!!python/object` asks for more than plain data. Reading a spec "
    "never runs code: remove the tag.",
}
"""Reading the text."""

SHAPE = {
    "bad-name": "A name has characters with another meaning, such as a "
    "space, a comma or an arrow, or which TensorFlow does not take, such as an umlaut. The message "
    "says which are allowed.",
    "missing-key": "A key or an argument that has no default is missing. Add it.",
    "missing-rule": "A rule for missing values does not suit its column: text has no mean, and "
    "neither does a column without values. Give a value, or `drop`.",
    "not-one-key": "The mapping takes exactly one of several keys, but has none of them or more "
    "than one. Keep one.",
    "not-one-object": "One Keras object is expected, but the mapping has several keys. Indent the "
    "arguments below the name, or write each object as a separate item.",
    "refused-class": "Keras has this class, but a spec cannot use it. The message gives the reason "
    "and what to write instead.",
    "unknown-activation": "Keras has no activation of this name. The message suggests the nearest "
    "name.",
    "unknown-argument": "The class or function has no argument of this name. The hint lists those "
    "that it takes; `modelspec explain CLASS` describes them.",
    "unknown-callback": "Keras has no callback of this name.",
    "unknown-constraint": "Keras has no constraint of this name.",
    "unknown-dtype-policy": "Keras has no dtype policy of this name; `mixed_float16`, "
    "`mixed_bfloat16` and `float32` are the usual ones.",
    "unknown-initializer": "Keras has no initializer of this name.",
    "unknown-key": "The language has no such key here. Unknown keys are never ignored: "
    "fix the spelling or remove it.",
    "unknown-layer": "Keras has no layer of this name, or there is no block of this name.",
    "unknown-loss": "Keras has no loss of this name.",
    "unknown-metric": "Keras has no metric of this name, or no metric measures the value "
    "that is named here.",
    "unknown-op": "`keras.ops` has no function of this name that a spec can use.",
    "unknown-optimizer": "Keras has no optimizer of this name.",
    "unknown-optimizer-map": "`optimizer_map` accepts only `OptimizerMap` with its arguments.",
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
    "missing-param": "A use of a block omits a param that has no default. Give it a value.",
    "param-cycle": "Params refer to each other in a cycle, so none of them has a value.",
    "too-large": "A spec would expand to more than is allowed: values, layers, digits or text. The "
    "message names the limit.",
    "unknown-block": "No block has this name. Names that begin with a lowercase letter are blocks.",
    "unknown-name": "An expression uses a name that is not a param here. The message suggests the "
    "nearest one.",
    "unknown-param": "A block, or `params`, has no param of this name.",
    "unused-block": "No part of the spec uses this block. Use it, or remove it.",
    "unused-param": "No expression uses this param. Use it, or remove it.",
    "wrong-operand": "An operator or a function of an expression got a kind of value that it does "
    "not accept, such as text where it needs a number.",
}
"""Params, blocks, `repeat` and `extends`."""

GRAPH = {
    "bad-gan": "The two models of `training.gan` do not fit each other, the graph, or another key. "
    "Noise leads into the generator, real examples into the discriminator, conditions such as a "
    "class into both; each is called once, and outputs are those of the generator.",
    "ambiguous-result": "A name refers to a layer that is called several times. Name each call "
    "with `as`, and use that name.",
    "argument-given-twice": "A call gets one of its arguments twice: from two edges, or from an "
    "edge and from `call`.",
    "bad-edge": "The text of an edge cannot be read. It is `a, b -> layer -> layer as name`.",
    "cycle": "Edges form a cycle, so none of its layers can be computed first. Remove one of them.",
    "duplicate-name": "Two inputs, layers or results have the same name, so an edge could mean "
    "either. Rename one.",
    "index-of-tensor": "`name[1]` takes the second of several results, but this layer returns a "
    "single tensor. To take a part of a tensor, use `ops.get_item`.",
    "missing-tensor": "A call needs more tensors than the edges pass to it. Add the missing edge.",
    "no-edge-into-layer": "An edge starts at a layer that no edge leads into.",
    "no-such-result": "An index asks for a result that the layer does not return. Count from 0, "
    "and see whether an option such as `return_state` is set.",
    "not-a-chain": "The model branches, but a `sequential` is a single chain. Keep it "
    "`functional`.",
    "not-a-layer": "An edge leads into an input or a result. It has to lead into a layer.",
    "cannot-leave-out": "The `when` of a layer is false, and no edge can lead around it: several "
    "tensors lead into it, or none, or several out of it. Give the layers around it a `when` too.",
    "misplaced-weight": "A `Weight` is a learned tensor that no edge leads into. It stands among "
    "the `layers` of a `functional`, not in a `sequential` and not inside another layer.",
    "no-dense-input": "A layer that no edge leads into takes the size of the batch from an input, "
    "and all inputs are sparse or ragged, or text.",
    "output-renamed": "A `sequential` has no names for its outputs: its output is named after the "
    "last layer. Use that name, or keep the model `functional`.",
    "several-results-in-stack": "A layer of a `sequential` returns several tensors, but the next "
    "layer takes one. Write the model as `functional`, where an edge selects one of them.",
    "too-many-tensors": "The edges pass more tensors than the call takes. Merge them with a layer "
    "such as `Concatenate`, or name each call with `as`.",
    "unsaved-weights": "A layer with weights leads only to a loss of `training.losses`. A model is "
    "saved with what its outputs depend on: list the layer in `outputs`, without a loss.",
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
    "internal-error": "A check raised an exception, which is a mistake in modelspec and not in the "
    "spec. What the check would have told counts as unknown, and all else is checked. Please "
    "report the message with the spec.",
    "batch-too-small": "An op looks along the batch, and needs more examples than a batch has. It "
    "is an error where `data.batch_size` is too small, and a warning where the last batch of an "
    "epoch may be. Look along another axis than the batch.",
    "other-batch-size": "A recurrent layer with `stateful: true` has a state for each example of a "
    "batch, as many as the input's `batch_size`; a `noise_shape` can be written for so many too. "
    "Batches of another size fail: `data` has to give the same `batch_size`, and each split a "
    "multiple of it.",
    "not-on-every-device": "TensorFlow can compute this layer on some devices only. The message "
    "says which. It is a warning: elsewhere the first batch fails.",
    "optimizer-dtypes": "The optimizer cannot compute in the dtypes of the weights that it trains. "
    "Give the layers one `dtype`, or choose another optimizer or argument.",
    "few-sizes-fit": "An input leaves a size open (null in its `shape`), and the layers take one "
    "or two numbers only, such as 8 where its tensor is added to one of 8 steps. Write the number, "
    "or change the layers so that they follow the size.",
    "output-shape": "The loss needs an output of another shape, such as one unit for each class or "
    "one row for each step.",
    "fails-outside-training": "A layer gives another size in training than outside of it, and what "
    "follows takes the one and not the other: the model trains, and its validation fails. Bring "
    "the tensor to one size right after that layer.",
    "shape-mismatch": "A layer cannot take the tensor that it gets: its rank, a size or its dtype "
    "does not fit. The message names the argument or the axis.",
}
"""Shapes and dtypes."""

EXPECT = {
    "expectation-missed": "The model, or its result after training, does not meet `expect`. The "
    "exit code is 4 if there are no errors. Change the model or the expectation.",
    "expectation-undecided": "An expectation cannot be decided: the value that it bounds is "
    "unknown, or nothing measures it. It counts as neither met nor missed; with `--strict` it "
    "fails the check.",
}
"""The `expect` section."""

SEARCH = {
    "bad-path": "A path under `tune.space` leads nowhere, into the value of another one, or where "
    "nothing is searched. Paths are those of `--set`: keys and positions in lists with points "
    "between them.",
    "duplicate-choice": "A `choice` has one value twice. Remove one.",
    "empty-range": "A range of a search has no value: its ends are swapped, or a logarithmic scale "
    "begins at 0 or below.",
    "empty-space": "No point of a search that was looked at can be trained. The message has what "
    "refuses most of them: change the space, or what stands there.",
    "few-points": "A search asks for more trials than its space has points.",
    "objective-direction": "The objective of a search is to be small where large is good, or the "
    "other way round.",
    "objective-of-training": "The objective of a search is measured on the training split, which a "
    "model can learn by heart. Take the value of the validation split.",
    "refused-value": "No point of a search with this value can be trained, whatever the others "
    "are. Remove it, or change what refuses it.",
    "search-mismatch": "The sampler or `halving` of a search does not suit its space, its "
    "objectives or its epochs. The message says which.",
    "search-space": "How many points a search has, and how many of them can be trained. The hint "
    "says what refuses the others.",
    "single-value": "A dimension of a search has one value, so that there is nothing to search.",
    "test-objective": "A search must not choose by the test split: its result would no longer say "
    "how the model does on new examples. Choose by the validation split.",
}
"""The `tune` section."""

BUILD = {
    "analysis-disagrees": "`validate --build` built the model with Keras, and a shape, a dtype or "
    "a count differs from what modelspec computed. This is a bug in modelspec: please report it.",
    "not-tried": "`validate --smoke` took no training step: the spec has no `training` section, or "
    "it uses a class of an extension, which needs `--allow-extensions`.",
    "not-built": "`validate --build` did not build the model because it uses a class of an "
    "extension. `--allow-extensions` permits it.",
}
"""`validate --build` and `--smoke`."""

SILENCE = {
    "bad-configuration": "A key or a value of `modelspec.toml`, or of `[tool.modelspec]` in "
    "`pyproject.toml`, is wrong. The hint says what to write; docs/configuration.md describes the "
    "keys, and `modelspec doctor` shows which file was found.",
    "bad-ignore": "A comment that suppresses findings names no code, or applies to the whole file "
    "but is not at its top. Write `# modelspec: ignore[CODE]` at the end of the line, or `# "
    "modelspec: ignore-file[CODE]` on a separate line at the top.",
    "cannot-silence": "A comment tries to suppress an error. Warnings and notes can be suppressed; "
    "an error has to be fixed.",
    "unknown-code": "A comment names a code that does not exist. `modelspec explain` lists them.",
    "unused-ignore": "A comment suppresses a code that is not reported on this line, or in this "
    "file, so it would hide a later finding. Remove it, or put it on the line where the finding "
    "starts.",
}
"""Comments that suppress findings."""

TRAINING = {
    "ambiguous-output": "The model has several outputs, and a loss, metric or weight does not say "
    "which one it is for. Give a mapping from output names.",
    "best-epoch-tied": "Several epochs have the best value of the monitor, and the model is that "
    "of the first of them. A loss as the monitor tells them apart.",
    "bad-weights": "A file of `initial_weights` is none of Keras's weights, or has a layer of the "
    "model with other shapes or of another class. Weights go by the names of layers: `fresh` "
    "names those that keep their fresh weights, `rename` those with another name in the file.",
    "column-options": "Options of a column contradict each other, or the source: lists need a "
    "source that has them, and `split` where they are written as text.",
    "cannot-be-divided": "Several workers divide the rows of every batch, and this needs all of "
    "them: a state for each row, a layer that computes with several rows, steps that are not "
    "modelspec's. Train on one device, or change it as the hint says.",
    "calibration-undetermined": "The validation split does not tell the temperature of an output, "
    "which keeps its probabilities: all examples are right, so that larger logits are always "
    "better, or the model has learned nothing, so that none are best. Take a larger split.",
    "calibration-without-validation": "`training.calibration` fits a temperature to the validation "
    "split, and the data has none. Add one to `data`; the training split cannot take its place, "
    "as a model is surer of what it has learned from.",
    "cannot-calibrate": "An output under `training.calibration` has no logits that a temperature "
    "could divide: it is a number or text, its loss is not a crossentropy, or its activation "
    "is not softmax or sigmoid, as its classes need.",
    "cannot-threshold": "An output under `training.threshold` has no decision that a threshold "
    "makes: it is a number, has a probability for each class, or decides for each pixel or step.",
    "cannot-compile": "Keras rejects the combination of optimizer, loss and metrics. The message "
    "includes its reason.",
    "class-weight": "`class_weight` weights examples by class, but the target does not have a "
    "single class for each example.",
    "changed-since": "The run to resume was started with a different value here. Only epochs, "
    "callbacks, checkpoints, `steps_per_execution`, `distribute`, `tracking`, `expect` and the "
    "name may change when it is resumed.",
    "cut-lists": "Lists of the data are longer than the `pad` of their column, so their ends are "
    "cut off. What is cut is not seen by the model, and counts nowhere.",
    "data-changed": "The data differ from those of the training, so a split differs. To evaluate "
    "the run, give new rows with `--data`; to resume it, restore the files.",
    "empty-bounds": "An expectation has a `min` above its `max`, so no value can meet it.",
    "keras-refused": "Keras refuses to build this part. The message includes its reason.",
    "loss-and-labels": "The loss does not suit a target whose labels became class numbers: use a "
    "sparse loss for several classes or `one_hot: true`, a binary one for two.",
    "loss-not-counted": "The `loss` that is logged stays 0, because no step of the `trainer` "
    "updates the metric of that name. The model may be trained all the same.",
    "loss-not-finite": "The loss became infinite or NaN during training. Lower the learning rate, "
    "scale the inputs, or look for such values in the data.",
    "share-without-examples": "A batch, or the last one of a split, has fewer examples than there "
    "are workers, so that one of them would have none. Choose another `batch_size`, or train with "
    "fewer workers.",
    "metric-does-not-fit": "A metric is meaningless for this output or this loss, such as one that "
    "counts correct classes where the output is a number.",
    "monitor-without-mode": "Keras cannot tell from the name of the monitored value whether larger "
    "or smaller is better. Set `mode: max` or `mode: min`.",
    "no-best-epoch": "The monitored value was infinite or NaN in every epoch, so that `use: best` "
    "took the last one. Lower the learning rate, or monitor another value.",
    "no-weights": "A file of `initial_weights` does not exist. Its path is relative to the spec. "
    "`validate` warns, since weights may be made elsewhere; a training stops.",
    "outside-root": "A file that the spec names lies outside of the folder that `--root` gives: "
    "in CI, by default, the current folder. Findings would quote its lines. Move the file, or "
    "give a folder that holds it with `--root`. Nor is a remote file fetched then.",
    "nothing-to-train": "`freeze` leaves no layer to train, so fitting would change nothing.",
    "unmatched-weights": "A name under `initial_weights` meets nothing: a part or a pattern of "
    "`fresh` no layer of the model, or a name of `rename` no layer of the file or the model. "
    "Layers in nested models have the names of both, with a slash.",
    "unknown-application": "There is no description of what an application consists of with "
    "these arguments, so its result, its weights and all that follows from them are not checked "
    "before Keras builds the model.",
    "unmatched-freeze": "A pattern under `freeze` matches no layer, or one with `!` frees none. "
    "Layers are meant by their names or paths, with `*` and `?` as wildcards; names inside nested "
    "models and blocks count too. Most often a layer was renamed: `modelspec summarize` shows it.",
    "not-in-python": "A Python file of the model cannot have this: it depends on data that the "
    "file does not read. Write its value for the export.",
    "unmatched-rate": "A pattern under `learning_rates` matches no layer. `modelspec summarize "
    "--expand` lists the names of all layers, also of those in nested models.",
    "unmatched-decay": "A pattern under `exclude_from_weight_decay` matches no weight. Weights "
    "are meant by their paths, such as `conv/bias`, with `*` and `?` as wildcards.",
    "made-on-another-scale": "Rescaling leads from real examples to the discriminator, so the "
    "generator makes examples on its scale, and what is predicted is not on that of the data. "
    "Add a Rescaling behind the generator that turns it back, and make that the output.",
    "unbounded-critic": "The loss `wasserstein` needs a discriminator whose gradients are bounded, "
    "or its scores grow without end. Write `gradient_penalty` or `weight_clip`.",
    "bad-schedule": "The expression under `schedule` gives no learning rate in some epoch or step: "
    "no number, an infinite one, or one below 0.",
    "no-gradient": "TensorFlow has no gradient for what a layer computes, and a layer before it "
    "has weights, trained or frozen. Keras builds such a model, and its first step of training "
    "fails. Use another way to compute it, or compute it before the model.",
    "one-class-output": "A loss over classes needs one unit for each class, but the output has a "
    "single unit. Use a binary loss, or more units.",
    "output-without-gradient": "An output that the loss compares contains whole numbers or text, "
    "through which no gradient flows, or complex numbers, of which a loss compares the real part, "
    "or is a sparse tensor, which losses do not take. Train on the floats that it is computed "
    "from, or leave `sparse` out.",
    "output-without-loss": "Something is said of an output that has no loss: such an output is "
    "computed and predicted, but it takes no target, and nothing measures it. Give it a loss "
    "(with `loss_weights: {NAME: 0}` it is only measured), or leave it out there. At least one "
    "output needs a loss.",
    "saved-model-differs": "The model was saved, but Keras cannot load the file, or the loaded "
    "model predicts other values. A model of up to 16 million weights is saved and loaded before "
    "the training begins, and every run ends by loading what it saved.",
    "target-range": "A target contains a value that the loss cannot take, such as a class number "
    "beyond the number of units.",
    "target-shape": "A target has a different shape from the output that it is compared with.",
    "job-sizes": "What an expression of the training's sizes, such as `${steps}`, is with the data "
    "of the spec: information, not an error. `--ignore job-sizes` leaves it out.",
    "phase-needs": "What a phase of the training trains, and the memory that it needs: "
    "information, not an error. `--ignore phase-needs` leaves it out.",
    "threshold-not-chosen": "No threshold was chosen for an output: all rows of the validation "
    "split that count are of one class, so that nothing tells a good threshold from a bad one. The "
    "output decides at 0.5.",
    "threshold-without-validation": "A goal under `training.threshold` is chosen for on the "
    "validation split, and the data has none. Add one to `data`, or write a number.",
    "too-few-units": "The target has more classes than the output has units.",
    "too-many-units": "The output has more units than the target has classes, so some units can "
    "never be correct.",
    "training-failed": "Keras or TensorFlow failed during training. The message names the layer if "
    "it can be determined.",
    "unknown-label": "A label that is named here does not occur in the training split.",
    "unknown-output": "The model has no output of this name.",
    "other-base-weights": "Low-rank adapters are added to other weights than those that they were "
    "trained on, so the model predicts something else than where they are from. Name the file that "
    "their training began with under `from`, and theirs under `adapters`.",
    "weights-by-order": "A file of `initial_weights` has no names that say which layer is which. "
    "It is loaded in its order, since each class and each shape in it is that of the model. A "
    "`.keras` file, or a run, has names.",
    "weights-not-checked": "The files of `initial_weights` were not compared with the model: that "
    "reads them with h5py, which comes with the extra `tensorflow`.",
    "weights-not-loaded": "A layer keeps its fresh weights, as the file of `initial_weights` has "
    "none of its name. The file has another layer with the same shapes that nothing takes: name "
    "both under `rename` if it is the same layer, else the layer of the model under `fresh`.",
}
"""The `training` section, and training itself."""

DATA = {
    "audio-format": "A wav file has a different sampling rate from the one that the source "
    "specifies, or its samples are not 16-bit PCM. Convert it.",
    "bad-dataset": "The function of a `python` source does not return a finite `tf.data.Dataset` "
    "of single examples, or the dataset fails while it is read. The message has the details.",
    "bad-data-file": "A data file cannot be read in its format. The message says where.",
    "cannot-adapt": "A layer that learns from data, such as `Normalization`, cannot learn from the "
    "training split.",
    "class-without-rows": "A class of a target has no row in a split: in training it is never "
    "learned, elsewhere its metrics say nothing. `stratify` draws each class in proportion.",
    "column-twice": "One input or target names a column twice. Remove one of the two.",
    "column-shape": "A column contains arrays where single values are needed.",
    "derived-circle": "Columns under `data.derive` are made of one another, so none of them can be "
    "made first. Take a column of the file in one of them.",
    "duplicate-column": "A table has two columns with the same name. Rename one in the file.",
    "empty-class": "The folder of a class contains no readable file, so the class would have no "
    "examples. Remove the folder, or put files in it.",
    "empty-data": "A data file, or a split of it, contains no examples.",
    "image-alpha": "Some images have an alpha channel, which the color mode of the source drops. "
    "`color: rgba` keeps it.",
    "image-mode": "Some images cannot be converted faithfully to the color mode of the source: "
    "CMYK, 16 bits a channel, or a format that has no such channels. Convert them, or choose "
    "another color mode.",
    "image-orientation": "Some JPEGs say how the camera was held (EXIF), which nothing that reads "
    "pixels for Keras follows: the model would see them turned or mirrored. Turn the pixels once.",
    "input-shape": "The columns of an input, or the size and color mode of images, give a "
    "different shape from the one that the model takes.",
    "input-without-columns": "No columns feed an input of the model. Name them under "
    "`data.inputs`.",
    "labels-of-several": "`labels` converts one column to class numbers, but the target has "
    "several columns.",
    "leaking-split": "One file, one image or one row is in two splits, so the model would be "
    "evaluated on data that it was trained on.",
    "learned-size": "After learning from the data, a layer has a different output size from the "
    "one that the model was built for. Fix its size in the spec.",
    "missing-target": "A rule fills in missing targets with an imputed value, which the model "
    "would learn as if it were true. Drop those rows.",
    "missing-values": "Values are missing in the data, and no rule says how to treat them. Give "
    "one under `data.missing`.",
    "no-input-column": "Every column except the target is left out of the drafted spec, so there "
    "is nothing to learn from. The hint gives the reason for each.",
    "needs-package": "Reading a file of this kind needs a package that is not installed. The hint "
    "has the command that installs it.",
    "no-data-file": "A path or a glob under `data` matches no file, or there is none at an "
    "address. Paths are relative to the spec.",
    "no-label": "A file is not in the folder of a class, but its label is needed. Move "
    "it into one.",
    "mixed-sources": "A time series, or synthetic data, has a validation or test split from "
    "another kind of source, whose examples differ. Give a source of the same kind, or a fraction.",
    "no-synthetic-target": "Synthetic data needs the shape of every output, but one of them is "
    "unknown until the model is built.",
    "no-training-share": "`validation` and `test` take all examples, which leaves none for "
    "training.",
    "not-a-date": "A cell should contain a date or a time but contains other text, or a form in "
    "which day and month can be taken for one another. `format` says how dates are written.",
    "not-a-number": "A cell should contain a number but contains text.",
    "not-finite": "A value in the data is infinite or NaN.",
    "one-class": "The training split has a single class, so there is nothing to learn.",
    "output-without-target": "No column is the target of an output that has a loss. Name one under "
    "`data.targets`.",
    "skipped-files": "A folder contains files with an extension that is not supported. They are "
    "ignored: convert them, or remove them. Hidden files are ignored without a finding.",
    "too-many-classes": "Nearly every row of the target has a different class, and a class that "
    "occurs only once cannot be learned. Choose another column, or group the values.",
    "stratified-series": "A time series is split by time, and `stratify` would mix the times.",
    "target-among-inputs": "A column is a target and feeds an input as well: the model is told "
    "what it has to predict, and its metrics say nothing. Remove the column from the input.",
    "target-out-of-reach": "The activation of an output gives values in a range, and targets lie "
    "outside of it, such as prices under a sigmoid. Leave the activation out, or scale the target.",
    "time-steps": "The steps of the time of a series are not alike: rows are missing, a time comes "
    "twice, or `every` names another step. Windows do not cross holes; `every` says which step is "
    "meant, and `every: any` that windows take rows as they come.",
    "too-few-tokens": "A lookup keeps the most frequent categories, up to `max_tokens`, and a "
    "column has more. The others count as one unknown category: raise `max_tokens` to keep them.",
    "unequal-lengths": "Arrays of one file have different numbers of examples.",
    "unequal-shapes": "A column has one shape in one file and another in the next.",
    "unknown-category": "A lookup without a number for unknown categories (`num_oov_indices: 0`) "
    "meets one. Write `num_oov_indices: 1`, or add the category to its vocabulary.",
    "unknown-column": "The data have no column of this name. The message suggests the nearest one.",
    "unknown-input": "The model has no input of this name.",
    "unknown-tokenizer": "`data.tokens` has no tokenizer of this name.",
    "unpaired-files": "Files that belong together, such as an image and its mask, are matched by "
    "name, and some have no partner, two have one name, or an image and its mask have unlike "
    "shapes.",
    "unsorted-time": "The rows of a time series go back in time. Sort them.",
    "unused-column": "A rule names a column that no input, target or weight uses, or nothing "
    "uses a derived column.",
    "unused-tokenizer": "A tokenizer of `data.tokens` that no input and no target names.",
    "value-range": "A value does not fit the dtype of the input that takes it, or a weight is "
    "negative.",
    "wrong-augmentation": "`augment` names a layer that it does not take, or one that the images "
    "or the targets do not fit. It takes Keras's layers that change images at random.",
    "wrong-column-type": "A column contains another type than its use needs, such as text where "
    "the input takes numbers.",
}
"""The data files, and how the model uses them."""

EXTENSIONS = {
    "extension-clash": "A module with the name of an extension is already loaded from another "
    "location. Rename one of them.",
    "extension-failed": "A module under `extensions` raises an error while it is imported, or one "
    "of its functions does while it produces data.",
    "extension-not-allowed": "The command needs an object of an extension's class, or data from "
    "one of its functions, which would run the code of a module that the spec names. If you trust "
    "it, add `--allow-extensions`.",
    "extension-on-trust": "A class or a function of an extension is not checked, because its "
    "module was not imported: neither its arguments, nor the shapes or the data that it produces. "
    "`--allow-extensions` imports it.",
    "no-extension": "The spec names a class or a function of an extension, and `extensions` lists "
    "no module that it could come from.",
    "not-a-trainer": "The class of `training.trainer` is not a subclass of `keras.Model` with a "
    "`train_step`. Write one, or remove `trainer`.",
    "unused-by-trainer": "`training` has metrics or an optimizer that the steps of its `trainer` "
    "do not use. Use them there, or remove them.",
    "unknown-function": "The module of a `python` source has no function of this name.",
    "unknown-extension-class": "No extension registers a class of this name with "
    "`keras.saving.register_keras_serializable`.",
}
"""Extensions."""

EXPORTING = {
    "export-unlearned": "A layer of an untrained spec has to learn from data before it computes "
    "anything, so an export of it could not be checked. Train the spec and export the run, or give "
    "the layer the values that it would learn.",
    "export-unsupported": "The format cannot represent the layer with these arguments, in this "
    "dtype, or with an unknown size. Choose another format, or leave out preprocessing layers with "
    "`--without-preprocessing`.",
}
"""`export`, before it starts."""

IMPORTING = {
    "bad-archive": "A `.keras` or `.h5` file is damaged, or is not such a file.",
    "cannot-write": "The file cannot be written. The message includes the operating system's "
    "reason.",
    "constant-dtype": "A constant in the model's graph has an explicit dtype; a spec writes only "
    "the number, and its dtype follows from the digits.",
    "constant-in-list": "A list of tensors contains a constant, which an edge cannot express.",
    "foreign-class": "A class of the model belongs to a package other than Keras. Register it in "
    "an extension.",
    "hard-sigmoid": "Keras 2 and Keras 3 compute `hard_sigmoid` differently; imported weights are "
    "scaled so that the model computes what it did before.",
    "mask-lost": "Keras 2 passed a recurrent layer the mask of its input; Keras 3 does not when "
    "tensors for `initial_state` are passed too. Call the layer with `mask`.",
    "model-class": "The model is an instance of a subclass. Its graph is imported; what the class "
    "adds to it is not.",
    "nested-inputs": "The model's inputs are nested. A spec takes a list or a dict of them.",
    "nested-outputs": "The model's outputs are nested. A spec returns a list or a dict of them.",
    "no-shape": "The file leaves a size unknown that a spec needs to know.",
    "not-a-model": "The file does not contain a Keras model of a kind that can be imported: a "
    "Sequential or a functional one.",
    "old-keras": "The file was written by Keras 1. Load and save it with Keras 2 first.",
    "python-code": "The model contains Python code, such as a Lambda layer. It is never run, and a "
    "spec cannot contain it: write an extension.",
    "removed-class": "Keras 3 no longer has this class.",
    "renamed": "Names in the model that are not allowed in a spec were changed.",
    "shared-layer": "One layer of the file is part of several models, and the spec has a copy in "
    "each. Put the shared layers into a separate model.",
    "training-left-out": "The file's optimizer, loss or metrics are missing or cannot be written "
    "in a spec, so the spec omits them.",
    "unknown-class": "Keras has no class of this name: it is from another package, or custom.",
    "unsayable": "The model has a class that a spec cannot express.",
    "unsayable-argument": "An argument of the model has a value that a spec cannot express.",
    "vocabulary-left-out": "A lookup layer of the file learned a vocabulary that is too long for a "
    "spec. Training adapts the layer to data again.",
    "weights-do-not-fit": "The file's weights do not fit the layers of the spec: one is missing, "
    "or has another shape.",
    "unsound": "Written as a spec, the model would not be valid.",
}
"""Importing a Keras model."""

CODES: dict[str, str] = {
    **TEXT,
    **SHAPE,
    **EXPANSION,
    **GRAPH,
    **ANALYSIS,
    **EXPECT,
    **SEARCH,
    **BUILD,
    **SILENCE,
    **TRAINING,
    **DATA,
    **EXTENSIONS,
    **EXPORTING,
    **IMPORTING,
}
"""Code to its explanation: what it means, and how to fix it."""
