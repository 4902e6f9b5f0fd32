"""What is known of a folder of images, sound or texts: all that a first spec of it needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Folder(NamedTuple):
    """Where the examples are.

    Attributes:
        given: the data as it was given to the command.
        place: its path from the folder of the spec.
        classes: class folder to its number of files; empty where there are none.
        files: how many files there are.
    """

    given: str
    place: str
    classes: Mapping[str, int]
    files: int


class Pictures(NamedTuple):
    """The size of most images, and whether all are grey."""

    height: int
    width: int
    is_grey: bool


class PicturePairs(NamedTuple):
    """Images with masks.

    Attributes:
        images: the path of all images, with a wildcard.
        masks: that of the masks.
        pictures: size and colours of the images.
        values: the pixel values of the masks, sorted; empty where these are no classes.
        is_grey: whether the masks have one channel.
    """

    images: str
    masks: str
    pictures: Pictures
    values: tuple[int, ...]
    is_grey: bool


class Sounds(NamedTuple):
    """Recordings: samples a second of most, whether others differ, and samples of the longest."""

    rate: int
    has_other_rates: bool
    longest: int


class Texts(NamedTuple):
    """Texts, or lines of text.

    Attributes:
        encoding: of the files.
        vocabulary: different words that occur in two texts; for lines, different characters.
        length: tokens that most texts have at most.
        total: characters of all texts.
    """

    encoding: str
    vocabulary: int
    length: int
    total: int
