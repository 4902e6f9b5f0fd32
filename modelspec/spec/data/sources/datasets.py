"""The data sets of `keras.datasets`: what is known of them without reading a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from modelspec.value_classes import value_class

IMAGE, TEXT, FEATURES = "image", "text", "features"
"""What a data set's examples are; the name of their column."""

LABEL, PRICE = "label", "price"


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_DIGITS = tuple("0123456789")

_CLOTHES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)

_CIFAR10 = _names("airplane automobile bird cat deer dog frog horse ship truck")

_CIFAR100_FINE = _names(
    """
    apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly
    camel can castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile
    cup dinosaur dolphin elephant flatfish forest fox girl hamster house kangaroo keyboard lamp
    lawn_mower leopard lion lizard lobster man maple_tree motorcycle mountain mouse mushroom
    oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree plain plate poppy porcupine
    possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper snail snake
    spider
    squirrel streetcar sunflower sweet_pepper table tank telephone television tiger tractor train
    trout tulip turtle wardrobe whale willow_tree wolf woman worm
    """
)

_CIFAR100_COARSE = _names(
    """
    aquatic_mammals fish flowers food_containers fruit_and_vegetables household_electrical_devices
    household_furniture insects large_carnivores large_man-made_outdoor_things
    large_natural_outdoor_scenes large_omnivores_and_herbivores medium_mammals
    non-insect_invertebrates people reptiles small_mammals trees vehicles_1 vehicles_2
    """
)

_TOPICS = _names(
    """
    cocoa grain veg-oil earn acq wheat copper housing money-supply coffee sugar trade reserves ship
    cotton carcass crude nat-gas cpi money-fx interest gnp meal-feed alum oilseed gold tin
    strategic-metal livestock retail ipi iron-steel rubber heat jobs lei bop zinc orange pet-chem
    dlr gas silver wpi hog lead
    """
)

_SHUFFLED: dict[str, Any] = {"seed": 113}

_CUT: dict[str, Any] = {**_SHUFFLED, "test_split": 0.2}

_WORDS: dict[str, Any] = {
    "num_words": None,
    "skip_top": 0,
    "maxlen": None,
    "start_char": 1,
    "oov_char": 2,
    "index_from": 3,
    "length": None,
    "words": False,
    **_SHUFFLED,
}


@value_class
class DataSet:
    """One data set.

    Attributes:
        columns: the column of the examples and that of their labels or prices.
        shape: of an example; None for lists of unlike lengths.
        classes: the classes in the order of their numbers; empty where there are none.
        options: what may be chosen beside the name and the split, with defaults.
    """

    columns: tuple[str, str]
    shape: tuple[int, ...] | None
    classes: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


DATA_SETS = {
    "mnist": DataSet((IMAGE, LABEL), (28, 28), _DIGITS),
    "fashion_mnist": DataSet((IMAGE, LABEL), (28, 28), _CLOTHES),
    "cifar10": DataSet((IMAGE, LABEL), (32, 32, 3), _CIFAR10),
    "cifar100": DataSet((IMAGE, LABEL), (32, 32, 3), _CIFAR100_FINE, {"label_mode": "fine"}),
    "imdb": DataSet((TEXT, LABEL), None, ("negative", "positive"), _WORDS),
    "reuters": DataSet((TEXT, LABEL), None, _TOPICS, {**_WORDS, **_CUT}),
    "boston_housing": DataSet((FEATURES, PRICE), (13,), (), _CUT),
    "california_housing": DataSet((FEATURES, PRICE), (8,), (), {**_CUT, "version": "large"}),
}
"""All of them, by their names."""


def classes_of_data_set(name: str, options: Mapping[str, Any]) -> tuple[str, ...]:
    """The classes in the order of their numbers; none for prices, or where the name is unknown."""
    if name == "cifar100" and options.get("label_mode") == "coarse":
        return _CIFAR100_COARSE
    return DATA_SETS[name].classes if name in DATA_SETS else ()


def data_set_options(name: Any) -> Mapping[str, Any]:
    """The options of a data set with their defaults; none where the name is unknown."""
    return DATA_SETS[name].options if isinstance(name, str) and name in DATA_SETS else {}
