"""Random points of five searches, judged without TensorFlow and built with Keras.

    python -m benchmarks.search_points [--points 400] [--seed 1] [NAME...]

The specs stand in `search_spaces/`. Beside each there is a function of plain Keras below, which
makes the model and the optimizer of a point from the same values, and counts its parameters. Both
say of a point: accepted, refused, or over the budget of `expect.params`. Exits with 1 where they
differ anywhere, or where a refused point takes more than 20 ms of processor time in the mean.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from time import process_time
from typing import Any

from modelspec.search import Point, SearchSpec, judge, read_search

FOLDER = Path(__file__).parent / "search_spaces"
BOUND_MS = 20.0
TITLE = (
    "space    points accepted  refused  budget  equal"
    "  ms a refused one  ms an accepted one    Keras"
)
ACCEPTED, REFUSED, BUDGET = "accepted", "refused", "budget"

Values = Mapping[str, Any]
"""The overrides of a point."""


def images(values: Values) -> Any:
    """`images.yaml` in Keras."""
    from keras import Sequential, layers

    stack: list[Any] = [layers.Input((28, 28, 1))]
    for index in range(values["params.stages"]):
        stack += [
            layers.Conv2D(
                values["params.width"] * 2**index,
                values["params.kernel"],
                strides=values["params.stride"],
                padding=values["params.padding"],
                use_bias=False,
            ),
            layers.BatchNormalization(),
            layers.Activation("relu"),
            layers.MaxPooling2D(values["params.pool"]),
        ]
    stack += [
        layers.Flatten(),
        layers.Dense(64, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
    return Sequential(stack)


def table(values: Values) -> Any:
    """`table.yaml` in Keras."""
    from keras import Sequential, layers, optimizers

    stack: list[Any] = [layers.Input((8,))]
    for index in range(values["params.depth"]):
        stack.append(layers.Dense(values["params.width"] // (index + 1), activation="relu"))
        stack.append(layers.Dropout(values["params.rate"]))
    regularizer = values["model.sequential.layers.1.Dense.kernel_regularizer"]
    stack.append(layers.Dense(1, kernel_regularizer=_regularizer(regularizer)))
    chosen = values["training.optimizer"]
    if isinstance(chosen, str):
        optimizers.get(chosen)
    else:
        ((name, arguments),) = chosen.items()
        getattr(optimizers, name)(**arguments)
    return Sequential(stack)


def _regularizer(chosen: Any) -> Any:
    from keras import regularizers

    if not isinstance(chosen, Mapping):
        return chosen
    ((name, arguments),) = chosen.items()
    return getattr(regularizers, name)(**arguments)


def text(values: Values) -> Any:
    """`text.yaml` in Keras."""
    from keras import Sequential, layers

    chosen = values["model.sequential.layers.1"]
    if isinstance(chosen, str):
        middle = getattr(layers, chosen)()
    else:
        ((name, arguments),) = chosen.items()
        if name == "Bidirectional":
            middle = layers.Bidirectional(layers.LSTM(**arguments["layer"]["LSTM"]))
        else:
            middle = getattr(layers, name)(**arguments)
    return Sequential(
        [
            layers.Input((values["params.length"],), dtype="int32"),
            layers.Embedding(500, values["params.width"]),
            middle,
            getattr(layers, values["model.sequential.layers.2"])(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def skip(values: Values) -> Any:
    """`skip.yaml` in Keras."""
    from keras import Model, layers

    image = layers.Input((16, 16, 3))
    stem = layers.Conv2D(values["params.first"], 3, padding="same")(image)
    inner = layers.Conv2D(
        values["params.second"],
        values["params.kernel"],
        strides=values["params.stride"],
        padding="same",
    )(stem)
    size = values["model.functional.layers.pooled.AveragePooling2D.pool_size"]
    pooled = layers.AveragePooling2D(size)(stem)
    chosen = values["model.functional.layers.merged"]
    name, arguments = (chosen, {}) if isinstance(chosen, str) else next(iter(chosen.items()))
    merged = getattr(layers, name)(**arguments)([inner, pooled])
    flat = layers.GlobalAveragePooling2D()(merged)
    return Model(image, layers.Dense(4, activation="softmax")(flat))


def masks(values: Values) -> Any:
    """`masks.yaml` in Keras."""
    from keras import Model, layers

    size, width, up = values["params.size"], values["params.width"], values["params.up"]
    kernel, padding = values["params.kernel"], values["params.padding"]

    def conv(filters: int, padding: str = "same") -> Any:
        return layers.Conv2D(filters, kernel, padding=padding, activation="relu")

    image = layers.Input((size, size, 1))
    down_1 = conv(width, padding)(image)
    down_2 = conv(2 * width, padding)(layers.MaxPooling2D(2)(down_1))
    middle = conv(4 * width)(layers.MaxPooling2D(2)(down_2))
    join_2 = layers.Concatenate()([layers.UpSampling2D(up)(middle), down_2])
    up_1 = layers.Conv2DTranspose(width, 2, strides=up)(conv(2 * width)(join_2))
    join_1 = layers.Concatenate()([up_1, down_1])
    return Model(image, layers.Conv2D(1, 1, activation="sigmoid")(join_1))


SPACES: dict[str, Callable[[Values], Any]] = {
    "images": images,
    "table": table,
    "text": text,
    "skip": skip,
    "masks": masks,
}
"""The name of a spec to the function that builds its points with Keras."""


def main() -> int:
    """Print the table; 1 where an opinion differs or the bound is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="|".join(SPACES))
    parser.add_argument("--points", type=int, default=400, help="of each space")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(TITLE)
    fine = True
    for name in options.names or SPACES:
        fine &= _compare(name, options.points, options.seed)
    print("held" if fine else "missed")
    return int(not fine)


def _compare(name: str, count: int, seed: int) -> bool:
    search = read_search(FOLDER / f"{name}.yaml")
    chance = random.Random(seed)
    points = [search.space.overrides(search.space.draw(chance)) for _ in range(count)]
    judge(search, points[0])  # compiles the schema
    judged = [_timed(search, overrides) for overrides in points]
    built, keras_ms = [], []
    for overrides in points:
        began = process_time()
        built.append(_opinion_of_keras(search, SPACES[name], overrides))
        keras_ms.append(1000 * (process_time() - began))
    ours = [_opinion(point) for point, _ in judged]
    equal = sum(one == two for one, two in zip(ours, built, strict=True))
    refused = [ms for point, ms in judged if point.refusal is not None]
    accepted = [ms for point, ms in judged if point.refusal is None]
    counts = Counter(ours)
    times = f"{_mean(refused):17.1f} {_mean(accepted):19.1f} {_mean(keras_ms):8.1f}"
    kinds = f"{counts[ACCEPTED]:8} {counts[REFUSED]:8} {counts[BUDGET]:7}"
    print(f"{name:8} {count:6} {kinds} {equal:6} {times}")
    for overrides, own, other, (point, _) in zip(points, ours, built, judged, strict=True):
        if own != other:
            print(f"  modelspec: {own}, Keras: {other}: {overrides}")
            print(f"  {'' if point.refusal is None else point.refusal.finding}")
    return equal == count and _mean(refused) <= BOUND_MS


def _timed(search: SearchSpec, overrides: Values) -> tuple[Point, float]:
    began = process_time()
    point = judge(search, overrides)
    return point, 1000 * (process_time() - began)


def _opinion(point: Point) -> str:
    if point.refusal is None:
        return ACCEPTED
    return BUDGET if point.refusal.kind == "budget" else REFUSED


def _opinion_of_keras(search: SearchSpec, build: Callable[[Values], Any], overrides: Values) -> str:
    import keras

    keras.backend.clear_session()
    try:
        params = build(overrides).count_params()
    except Exception:  # whatever Keras refuses a model with
        return REFUSED
    expect = search.base.spec.expect
    assert expect is not None and expect.params is not None
    return ACCEPTED if expect.params.contains(params) else BUDGET


def _mean(values: list[float]) -> float:
    return statistics.fmean(values) if values else 0.0


if __name__ == "__main__":
    sys.exit(main())
