"""Words of Keras in Python and of other tools, to what to write in a spec, for `habits.py`."""

from __future__ import annotations

EARLY = "write callbacks: [EarlyStopping: {{patience: {}}}]"
RATE = "it is an argument of the optimizer: optimizer: {{{}: {{learning_rate: {}}}}}"
_NORMALIZE = "put a `Normalization` layer first: it learns mean and variance from the training data"
_SERIES = "windows are of a time series: train: {timeseries: {csv: FILE, window: 12, time: COLUMN}}"
TRAIN = "write `train: {{{}}}`"
_BELOW_TRAINING = ("optimizer", "loss", "losses", "epochs", "phases", "freeze", "trainer", "gan")
_TRAINER = "write `trainer: my_package>MyTrainer`, which a module under `extensions` registers"
_WORKERS = ("workers", "num_workers", "n_workers", "processes", "nodes", "world_size")
_WORKERS_OPTION = "remove it: the command takes the number, `modelspec train SPEC --workers 2`"

_TEACHER = (
    "write both as nested models, `freeze` the teacher, and make their difference a loss of the "
    "graph under `losses`"
)
_ADAPTERS = "write initial_weights: {from: FILE, adapters: VALUE}"
_LORA = "it is an argument of layers, as in Dense: {units: 64, lora_rank: 4}"
_BELOW_EXPECT = ("trained_params", "params", "flops", "memory")

KEYS: dict[str, dict[str, str]] = {
    "csv": dict.fromkeys(("window", "horizon", "every", "history", "season"), _SERIES),
    "": {
        "layers": "write it below `model:` and `sequential:`",
        "sequential": "write it below `model:`",
        "functional": "write it below `model:`",
        "network": "write `model:`",
        "compile": "optimizer, loss and metrics stand under `training:`",
        "fit": "epochs and callbacks stand under `training:`",
        "train": "epochs, optimizer and loss stand under `training:`, data under `data:`",
        **dict.fromkeys(_BELOW_TRAINING, "write it below `training:`"),
        "teacher": _TEACHER,
        "version": "write `modelspec: 1`",
    },
    "model": {
        "input": "write it below `sequential:`",
        "layers": "write it below `sequential:`",
        "inputs": "write it below `functional:`",
        "edges": "write it below `functional:`",
        "outputs": "write it below `functional:`",
        "type": "write `sequential:` or `functional:`, with the layers below it",
    },
    "training": {
        "batch_size": "write `batch_size: VALUE` below `data:`",
        "validation_split": "write `validation: VALUE` below `data:`",
        "validation_data": "write `validation: {csv: FILE}` below `data:`",
        "shuffle": "remove it: the training examples are shuffled in each epoch, by `seed`",
        "save_best_only": "write checkpoint: {monitor: val_loss}",
        "random_state": "write `seed: VALUE`",
        "random_seed": "write `seed: VALUE`",
        "dropout": "write it as a layer of the model: `Dropout: {rate: VALUE}`",
        "verbose": "remove it: `modelspec train` shows its progress on a terminal",
        "metric": "write metrics: VALUE",
        "momentum": "it is an argument of the optimizer: optimizer: {SGD: {momentum: VALUE}}",
        "weight_decay": "it is an argument of the optimizer: {AdamW: {weight_decay: VALUE}}",
        **dict.fromkeys(
            ("max_epochs", "nb_epoch", "iterations"),
            "write `epochs: VALUE`",
        ),
        **dict.fromkeys(
            ("device", "gpu", "gpus", "cuda"), "remove it: TensorFlow takes the GPU that it finds"
        ),
        **dict.fromkeys(
            ("scheduler", "lr_scheduler"), "write it as the `learning_rate` of the optimizer"
        ),
        **dict.fromkeys(_WORKERS, _WORKERS_OPTION),
        **dict.fromkeys(
            ("strategy", "distributed", "distribution", "ddp"),
            "write `distribute: multi_worker`, or give the command --workers",
        ),
        **dict.fromkeys(("teacher", "student", "distill"), _TEACHER),
        "unfreeze": 'write freeze: ["*", "!LAYER"], which freezes all but one',
        **dict.fromkeys(("add_loss", "extra_loss"), "write losses: {NAME: {of: LAYER}}"),
        **dict.fromkeys(("train_step", "trainer_class", "custom_training"), _TRAINER),
        **dict.fromkeys(
            ("temperature", "temperature_scaling", "calibrate", "calibrator"),
            "write calibration: temperature, which is fitted to the validation split",
        ),
        **dict.fromkeys(("adapters", "adapter", "lora_weights"), _ADAPTERS),
        **dict.fromkeys(("lora", "lora_rank", "lora_alpha"), _LORA),
        **dict.fromkeys(_BELOW_EXPECT, "write it below `expect:`"),
        **dict.fromkeys(
            ("generator", "discriminator", "noise", "gradient_penalty"),
            "write it below `gan:`",
        ),
    },
    "phases": {
        **dict.fromkeys(("lr", "learning_rate"), "write optimizer: {Adam: {learning_rate: VALUE}}"),
        **dict.fromkeys(
            (
                "calibration",
                "loss",
                "losses",
                "metrics",
                "initial_weights",
                "checkpoint",
                "seed",
                "trainer",
            ),
            "write it below `training:`, beside `phases`: it is for all of them",
        ),
        **dict.fromkeys(
            ("unfreeze", "train", "trainable", "layers"),
            'name what stays as it is: freeze: ["*", "!LAYER"] freezes all but one',
        ),
        "batch_size": "write it below `data:`: it is for all phases",
    },
    "multi_worker": dict.fromkeys(_WORKERS, _WORKERS_OPTION),
    "gan": {
        **dict.fromkeys(
            ("latent_dim", "latent", "noise_dim", "z_dim", "latent_size"), "write `noise: VALUE`"
        ),
        **dict.fromkeys(
            ("n_critic", "critic_steps", "d_steps", "discriminator_extra_steps", "disc_steps"),
            "write `discriminator_steps: VALUE`",
        ),
        **dict.fromkeys(("gp_weight", "gp", "lambda_gp"), "write `gradient_penalty: VALUE`"),
        **dict.fromkeys(("clip", "clip_value", "clipvalue"), "write `weight_clip: VALUE`"),
        **dict.fromkeys(
            ("generator_optimizer", "g_optimizer", "gen_optimizer", "optimizer"),
            "the generator's is `optimizer`, which stands beside `gan` below `training:`",
        ),
        **dict.fromkeys(
            ("d_optimizer", "disc_optimizer"), "write `discriminator_optimizer: VALUE`"
        ),
        "critic": "write `discriminator: VALUE`",
    },
    "data": {
        "shuffle": "remove it: the rows are shuffled before they are split, and in each epoch",
        "test_size": "write `test: VALUE`",
        "test_split": "write `test: VALUE`",
        "val_split": "write `validation: VALUE`",
        "validation_split": "write `validation: VALUE`",
        "validation_data": "write `validation: {csv: FILE}`",
        "val": "write `validation: VALUE`",
        "epochs": "write it below `training:`",
        "classes": "write them below the target: targets: {OUTPUT: {column: NAME, labels: VALUE}}",
        "classes_names": "write `labels` below the target",
        "augmentation": "write `augment: [RandomFlip: {mode: horizontal}]`",
        **dict.fromkeys(("features", "X", "x", "input", "columns"), "write `inputs: VALUE`"),
        **dict.fromkeys(("label", "labels", "y", "Y", "output", "outputs"), "write `targets:`"),
        **dict.fromkeys(
            ("normalize", "scaler", "standardize", "scale", "normalization"), _NORMALIZE
        ),
        **dict.fromkeys(("fillna", "impute", "imputer"), "write `missing: {COLUMN: median}`"),
        **dict.fromkeys(("drop", "drop_columns", "exclude"), "name the others under `inputs`"),
        **dict.fromkeys(
            ("sep", "delimiter", "encoding", "decimal", "thousands", "units", "na", "header"),
            "write it beside the path: {csv: {path: FILE, …}}",
        ),
    },
    "train": {
        **dict.fromkeys(
            ("delimiter", "encoding", "decimal", "thousands", "units", "na", "header", "types"),
            "write it beside the path: {csv: {path: FILE, …}}",
        ),
        **dict.fromkeys(("xlsx", "xls", "ods", "workbook"), "write `excel: VALUE`"),
        **dict.fromkeys(("tsv", "txt", "table", "pandas"), "write `csv: VALUE`"),
        "json": "write `jsonl: VALUE`, with an object in each line of the file",
        **dict.fromkeys(("npy", "numpy"), "write `npz: VALUE`"),
        **dict.fromkeys(("folder", "directory", "image_folder"), "write `images: VALUE`"),
    },
    "expect": {
        **dict.fromkeys(
            ("accuracy", "val_accuracy", "test_accuracy", "auc", "AUC"),
            "write metrics: {test_accuracy: {min: VALUE}}",
        ),
        **dict.fromkeys(
            ("loss", "val_loss", "test_loss"), "write metrics: {test_loss: {max: VALUE}}"
        ),
    },
}
"""Section to keys that it does not have, with what to write; VALUE is what was written."""

_CONSTANT = "write ops.array: {x: VALUES}, or ops.full: {shape: SIZES, fill_value: NUMBER}"

NAMES: dict[str, dict[str, str]] = {
    "layer": dict.fromkeys(("ops.constant", "tf.constant"), _CONSTANT),
    "metric": {
        "smape": "write mean_absolute_percentage_error",
        **dict.fromkeys(
            ("mase", "rmsse", "skill"),
            "write mean_absolute_error: `evaluate` compares a series with its last value, and with"
            " its last season",
        ),
        "rmse": "write RootMeanSquaredError",
        "root_mean_squared_error": "write RootMeanSquaredError",
        "r2": "write R2Score",
        "r2_score": "write R2Score",
        "f1": "write F1Score; for a target of class numbers write accuracy",
        "roc_auc": "write AUC; for a target of class numbers write accuracy",
        "mean_iou": "write {MeanIoU: {num_classes: COUNT}}",
    },
}
"""Kind of object to names that Keras does not have, with what to write."""

_WHICH_CROSSENTROPY = (
    "write sparse_categorical_crossentropy for one class of several, categorical_crossentropy for "
    "rows with a 1 at the class, or binary_crossentropy for yes or no"
)
_WITH_LOGITS = "write BinaryCrossentropy: {from_logits: true}"
_QUANTILES = "write {Quantile: {quantiles: [0.1, 0.5, 0.9]}}, with one unit for each quantile"
_WITHOUT_ROOT = "write mean_squared_error, and the metric RootMeanSquaredError for its root"

LOSS_WORDS = {
    **dict.fromkeys(("ce", "crossentropy", "xent", "nll", "log", "logistic"), _WHICH_CROSSENTROPY),
    **dict.fromkeys(("softmaxcrossentropy", "logsoftmax"), _WHICH_CROSSENTROPY),
    "negativeloglikelihood": _WHICH_CROSSENTROPY,
    **dict.fromkeys(("bcewithlogits", "sigmoidcrossentropy"), _WITH_LOGITS),
    **dict.fromkeys(("l2", "squarederror", "squared"), "write mean_squared_error"),
    **dict.fromkeys(("l1", "absoluteerror", "absolute"), "write mean_absolute_error"),
    **dict.fromkeys(("rmse", "rootmeansquarederror"), _WITHOUT_ROOT),
    "smoothl1": "write huber",
    **dict.fromkeys(("quantile", "quantiles", "pinball"), _QUANTILES),
}
"""Names that losses have elsewhere, folded, to what to write here."""

FOREIGN = {
    "Linear": "Dense",
    "FullyConnected": "Dense",
    "BatchNorm": "BatchNormalization",
    "LayerNorm": "LayerNormalization",
    "GroupNorm": "GroupNormalization",
    "Concat": "Concatenate",
    "MaxPool": "MaxPooling2D",
    "AvgPool": "AveragePooling2D",
    "AveragePool": "AveragePooling2D",
    **dict.fromkeys(("Parameter", "nn.Parameter", "Variable", "tf.Variable"), "Weight"),
    "keras.Variable": "Weight",
}
"""Names of layers in other frameworks, without the number of dimensions, to those of Keras."""

ARGUMENTS = {
    "lr": "learning_rate",
    "input_shape": "",
    "input_dim": "",
    "batch_input_shape": "",
    "weights": "",
    "in_features": "",
    "out_features": "units",
    "out_channels": "filters",
    "in_channels": "",
    "nb_filter": "filters",
    "size": "",
    "p": "rate",
    "decay": "",
    "stride": "strides",
}
"""Arguments of other versions and frameworks to those of Keras; "" for none."""

_TRAINER_FORM = "write the name under which a module registers it: trainer: my_package>MyTrainer"
_GAN_FORM = "write gan: {{generator: NAME, discriminator: NAME}}"

FORMS = {
    "freeze: truth": "name layers, as in freeze: [backbone]",
    "losses: list": "write losses: {{NAME: {{of: LAYER}}}}",
    "Weight: list": "write Weight: {{shape: {}}}",
    "Weight: number": "write Weight: {{shape: [{}]}}",
    "extensions: text": "write it as a list: extensions: [{}]",
    "trainer: text": _TRAINER_FORM,
    "trainer: mapping": "write trainer: {{my_package>MyTrainer: {{ARGUMENT: VALUE}}}}",
    **dict.fromkeys(("gan: truth", "gan: list", "gan: text"), _GAN_FORM),
    **dict.fromkeys(
        ("noise: list", "noise: text"),
        "write how many numbers the generator takes, such as noise: 64",
    ),
    "gradient_penalty: truth": "write gradient_penalty: 10",
    "weight_clip: list": "write the bound on both sides as one number: weight_clip: 0.01",
    "callbacks: mapping": "write it as a list: callbacks: [{}]",
    "metrics: mapping": "write it as a list: metrics: [{}]",
    "layers: mapping": 'write a list, in which each layer begins with "- "',
    "sequential: list": "write `input: {{shape: [SIZE]}}` below it, and the layers below `layers:`",
    "model: text": "write `sequential:` below it, as `modelspec init --template mlp` does",
    "model: list": "write `sequential:` below it, with `input` and `layers`",
    "data: text": "write data: {{train: {{csv: {}}}, targets: COLUMN}}",
    "validation: truth": "write a fraction such as validation: 0.2",
    "test: truth": "write a fraction such as test: 0.2",
    "missing: number": 'for all columns write missing: {{"*": {}}}',
    "missing: truth": "write for example missing: {{COLUMN: median}}",
    "where: text": "write for example where: {{COLUMN: [VALUE, VALUE]}}, or {{COLUMN: {{min: 3}}}}",
    "split: list": "for fractions write validation: 0.1 and test: 0.1",
    "split: number": "for a fraction write test: {}",
    "augment: truth": "write for example augment: [RandomFlip: {{mode: horizontal}}]",
    "stratify: truth": "name the column of the classes",
    "group: list": "name one of them: all rows that share a value of it stay together",
    "folds: text": "write folds: 5",
    "folds: truth": "write folds: 5",
    "folds: number": "write folds: 5, or leave it out for a single training",
    "targets: list": "name one column; for several outputs {{OUTPUT: COLUMN, OUTPUT: COLUMN}}",
}
"""A key and what stands there, to what to write; {} is the value."""
