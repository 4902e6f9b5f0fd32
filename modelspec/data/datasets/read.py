"""A data set's examples from the files that Keras fetched, as `load_data` of Keras gives them."""

from __future__ import annotations

import gzip
import json
import tarfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np

from .cache import FASHION_FILES
from .plain_data import Array, UnreadableError, read_archive, read_plain

TRAIN, TEST = "train", "test"

Options = Mapping[str, Any]


class Half(NamedTuple):
    """One split of a data set.

    Attributes:
        values: [n, ...]: the examples; lists of whole numbers in an array of objects, where they
            differ in length.
        targets: [n]: class numbers or prices.
    """

    values: Array
    targets: Array


def read_half(name: str, files: Sequence[Path], options: Options) -> Half:
    """A split of a data set.

    Args:
        name: of the data set.
        files: those of `files_of_data_set`, in that order.
        options: those of the source, with `split`.

    Raises:
        UnreadableError: a file is damaged, or not what its name says.
        OSError: a file cannot be read.
    """
    half = _READERS[name](files, options)
    _check_lengths(half)
    return half


def _read_mnist(files: Sequence[Path], options: Options) -> Half:
    split = options["split"]
    found = _archive(files[0], f"x_{split}", f"y_{split}")
    return Half(*found)


def _read_fashion_mnist(files: Sequence[Path], options: Options) -> Half:
    start = 0 if options["split"] == TRAIN else len(FASHION_FILES) // 2
    labels, images = (_read_idx(path) for path in files[start : start + 2])
    return Half(images, labels)


def _read_idx(path: Path) -> Array:
    """An array of bytes in the format of MNIST's authors: a magic number, sizes, values."""
    try:
        with gzip.open(path) as stream:
            content = stream.read()
    except (EOFError, gzip.BadGzipFile, ValueError) as error:
        raise UnreadableError(f"{path.name} is not a complete gzip file") from error
    rank = content[3] if len(content) > 3 and content[:3] == b"\x00\x00\x08" else 0
    shape = np.frombuffer(content[4 : 4 + 4 * rank], ">u4") if len(content) >= 4 + 4 * rank else ()
    values = content[4 + 4 * rank :]
    if not rank or len(shape) != rank or len(values) != np.prod(shape, dtype=object):
        raise UnreadableError(f"{path.name} is not an idx file of bytes")
    return np.frombuffer(values, np.uint8).reshape([int(size) for size in shape])


def _read_cifar10(files: Sequence[Path], options: Options) -> Half:
    names = [f"data_batch_{i}" for i in range(1, 6)]
    return _read_cifar(files[0], names if options["split"] == TRAIN else ["test_batch"], b"labels")


def _read_cifar100(files: Sequence[Path], options: Options) -> Half:
    return _read_cifar(files[0], [options["split"]], f"{options['label_mode']}_labels".encode())


def _read_cifar(path: Path, names: Sequence[str], key: bytes) -> Half:
    """Pickled batches of pictures, whose values are in the order channel, row, column."""
    pictures, labels = [], []
    with _opened_batches(path) as open_batch:
        for name in names:
            with open_batch(name) as stream:
                batch = _with_name(name, read_plain, stream)
            if not isinstance(batch, dict) or not {b"data", key} <= batch.keys():
                raise UnreadableError(f"{name} has no `data` and `{key.decode()}`")
            pictures.append(_as_numbers(batch[b"data"], name))
            labels.append(_as_numbers(batch[key], name))
    values = np.concatenate(pictures)
    if values.shape[1:] != (3072,):
        raise UnreadableError(f"its pictures have {list(values.shape[1:])} values, not 3072")
    return Half(
        np.ascontiguousarray(values.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)),
        np.concatenate(labels),
    )


def _with_name(name: str, read: Callable[[IO[bytes]], Any], stream: IO[bytes]) -> Any:
    try:
        return read(stream)
    except UnreadableError as error:
        raise UnreadableError(f"in {name}: {error}") from error


def _as_numbers(values: Any, name: str) -> Array:
    try:
        found = np.asarray(values)
    except ValueError:
        found = np.empty(0, dtype=object)
    if found.dtype.kind not in "iu":
        raise UnreadableError(f"{name} has values other than whole numbers")
    return found


@contextmanager
def _opened_batches(path: Path) -> Iterator[Callable[[str], IO[bytes]]]:
    """What opens the batches of a folder, or of an archive of that folder, by their names."""
    if path.is_dir():
        yield lambda name: (path / name).open("rb")
        return
    try:
        with tarfile.open(path) as archive:
            members = {Path(name).name: name for name in archive.getnames()}

            def open_member(name: str) -> IO[bytes]:
                stream = archive.extractfile(members[name]) if name in members else None
                if stream is None:
                    raise UnreadableError(f"it has no file {name}")
                return stream

            yield open_member
    except (tarfile.TarError, EOFError, gzip.BadGzipFile) as error:
        raise UnreadableError("it is not a complete tar file") from error


def _archive(path: Path, *names: str) -> list[Array]:
    with path.open("rb") as stream:
        found = read_archive(stream, names)
    return [found[name] for name in names]


def _read_imdb(files: Sequence[Path], options: Options) -> Half:
    halves, random = {}, np.random.RandomState(options["seed"])
    for split in (TRAIN, TEST):  # one after the other, as Keras shuffles them
        (labels,) = _archive(files[0], f"y_{split}")
        order = _order(len(labels), random)
        if split == options["split"] or not options["num_words"]:  # else nothing depends on it
            (texts,) = _archive(files[0], f"x_{split}")
            halves[split] = _with_marks(_in_order(Half(texts, labels), order), options)
    limit = _word_limit([half.values for half in halves.values()], options)
    return _as_texts(halves[options["split"]], limit, files, options)


def _read_reuters(files: Sequence[Path], options: Options) -> Half:
    whole = _with_marks(_shuffled(Half(*_archive(files[0], "x", "y")), options), options)
    limit = _word_limit([whole.values], options)
    return _as_texts(_part(whole, options), limit, files, options)


def _shuffled(whole: Half, options: Options) -> Half:
    """The examples in the order in which Keras shuffles them."""
    random = np.random.RandomState(options["seed"])
    return _in_order(whole, _order(len(whole.targets), random))


def _order(count: int, random: np.random.RandomState) -> Array:
    order = np.arange(count)
    random.shuffle(order)
    return order


def _in_order(half: Half, order: Array) -> Half:
    _check_lengths(half)
    return Half(half.values[order], half.targets[order])


def _check_lengths(half: Half) -> None:
    counts = len(half.values), len(half.targets)
    if counts[0] != counts[1]:
        raise UnreadableError(f"it has {counts[0]} examples and {counts[1]} labels")


def _part(whole: Half, options: Options) -> Half:
    """The examples of a split of a data set that is not split by its files."""
    first = int(len(whole.targets) * (1 - options["test_split"]))
    chosen = slice(None, first) if options["split"] == TRAIN else slice(first, None)
    return Half(whole.values[chosen], whole.targets[chosen])


def _with_marks(half: Half, options: Options) -> Half:
    """The texts with the start mark, which words lack, without those of `maxlen` and more."""
    start, shift, limit = options["start_char"], options["index_from"], options.get("maxlen")
    before = [] if start is None or options["words"] else [start]
    texts = [before + [word + shift for word in _words(text)] for text in half.values]
    kept = [i for i, text in enumerate(texts) if not limit or len(text) < limit]
    if not kept:
        raise UnreadableError(f"no text has less than {limit} words (`maxlen`)")
    return Half(_lists([texts[i] for i in kept]), half.targets[kept])


def _words(text: Any) -> list[int]:
    """The numbers of a text's words, as integers of Python."""
    words = text.tolist() if isinstance(text, np.ndarray) else text
    if not isinstance(words, list) or not all(type(word) is int for word in words):
        raise UnreadableError("it has a text other than a list of whole numbers")
    return words


def _lists(lists: Sequence[Any]) -> Array:
    found = np.empty(len(lists), dtype=object)
    found[:] = lists
    return found


def _word_limit(groups: Sequence[Array], options: Options) -> int:
    """The number from which on words are unknown: by default the largest, as in Keras."""
    given = options.get("num_words")
    return given or max((max(text, default=0) for texts in groups for text in texts), default=0)


def _as_texts(half: Half, limit: int, files: Sequence[Path], options: Options) -> Half:
    """The texts without the words that are too rare or too frequent; as words where asked for."""
    least, unknown = options["skip_top"], options["oov_char"]
    if unknown is None:
        texts = [[word for word in text if least <= word < limit] for text in half.values]
    else:
        texts = [
            [word if least <= word < limit else unknown for word in text] for text in half.values
        ]
    if options["words"]:
        names = _word_names(files[1], options)
        return Half(
            _lists([" ".join(names.get(w, UNKNOWN) for w in t) for t in texts]), half.targets
        )
    return Half(_lists(texts), half.targets)


UNKNOWN = "[OOV]"
"""What stands for a word that `num_words` or `skip_top` leaves out, as in Keras's documentation."""


def _word_names(path: Path, options: Options) -> dict[int, str]:
    """Number to word; the start mark has none."""
    try:
        index = json.loads(path.read_text(encoding="utf-8"))
        shift = options["index_from"]
        names = {number + shift: str(word) for word, number in index.items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise UnreadableError(f"{path.name} does not map words to numbers") from error
    return names | {options["oov_char"]: UNKNOWN}


def _read_boston(files: Sequence[Path], options: Options) -> Half:
    return _read_houses(files[0], None, options)


def _read_california(files: Sequence[Path], options: Options) -> Half:
    return _read_houses(files[0], 600 if options["version"] == "small" else None, options)


def _read_houses(path: Path, count: int | None, options: Options) -> Half:
    values, prices = (array[:count] for array in _archive(path, "x", "y"))
    return _part(_shuffled(Half(values, prices), options), options)


_READERS: dict[str, Callable[[Sequence[Path], Options], Half]] = {
    "mnist": _read_mnist,
    "fashion_mnist": _read_fashion_mnist,
    "cifar10": _read_cifar10,
    "cifar100": _read_cifar100,
    "imdb": _read_imdb,
    "reuters": _read_reuters,
    "boston_housing": _read_boston,
    "california_housing": _read_california,
}
