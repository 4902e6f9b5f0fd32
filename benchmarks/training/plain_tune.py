"""The search of tune.yaml as a script for Optuna and Keras, in the way of Optuna's own examples.

    python benchmarks/training/plain_tune.py DIGITS.npz TRIALS EPOCHS SEED [--feasible]

The last line that it prints is JSON: the best value, the epochs and the pruned trials.
"""

import json
import sys

import keras
import numpy as np
import optuna

file, trials, epochs, seed = sys.argv[1], *map(int, sys.argv[2:5])
kernels, stages = ((2, 3), (1, 2)) if "--feasible" in sys.argv else ((2, 5), (1, 5))

with np.load(file) as arrays:
    images, digits = arrays["image"].astype("float32"), arrays["digit"]
order = np.random.default_rng(seed).permutation(len(images))
images, digits, held = images[order], digits[order], len(images) // 4
x_train, y_train, x_val, y_val = images[held:], digits[held:], images[:held], digits[:held]


def create_model(trial: optuna.Trial) -> keras.Model:
    filters = trial.suggest_categorical("filters", [8, 16, 32])
    kernel = trial.suggest_int("kernel", *kernels)
    model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Rescaling(0.0625)])
    depth = trial.suggest_int("stages", *stages)
    drop = trial.suggest_float("drop", 0.0, 0.6)
    rate = trial.suggest_float("learning_rate", 1e-4, 1e-2, log=True)
    try:
        for index in range(depth):
            model.add(keras.layers.Conv2D(filters * 2**index, kernel, activation="relu"))
        model.add(keras.layers.Flatten())
        model.add(keras.layers.Dropout(drop))
        model.add(keras.layers.Dense(10, activation="softmax"))
    except ValueError as error:
        raise optuna.TrialPruned from error
    if model.count_params() > 40_000:
        raise optuna.TrialPruned
    model.compile(
        optimizer=keras.optimizers.Adam(rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def objective(trial: optuna.Trial) -> float:
    keras.backend.clear_session()
    model = create_model(trial)
    history = model.fit(
        x_train,
        y_train,
        validation_data=(x_val, y_val),
        batch_size=64,
        epochs=epochs,
        verbose=0,
    )
    return float(history.history["val_accuracy"][-1])


def stop_when_enough(study: optuna.Study, _trial: optuna.trial.FrozenTrial) -> None:
    states = (optuna.trial.TrialState.COMPLETE,)
    if len(study.get_trials(deepcopy=False, states=states)) >= trials:
        study.stop()


keras.utils.set_random_seed(seed)
study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed))
study.optimize(objective, callbacks=[stop_when_enough])
pruned = len(study.trials) - trials
facts = {"best": study.best_value, "epochs": trials * epochs, "trials": trials, "pruned": pruned}
print(json.dumps(facts))
