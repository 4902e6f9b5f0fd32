"""The kinds of source, and what is known of each without reading it."""

from __future__ import annotations

from modelspec.value_classes import value_class

SCHEMA = "data.schema.json"


CSV = "csv"


PARQUET = "parquet"


EXCEL = "excel"


WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
"""The suffixes of workbooks."""


NPZ = "npz"
"""Arrays of numpy: an archive of named ones, or a single one."""


SINGLE_ARRAY = "array"
"""The column of a file that is a single array."""


IMAGES = "images"


SERIES = "timeseries"


TFRECORD = "tfrecord"


SYNTHETIC = "synthetic"
"""A source without files: its columns are called after the model's inputs and outputs."""


PYTHON = "python"
"""A source without files that a function of an extension makes."""


DATASET = "dataset"
"""A data set of Keras by its name, from the files in Keras's cache."""


TFDS = "tfds"
"""A data set that TensorFlow Datasets has prepared, by its name."""


CORPUS = "corpus"
"""Windows over the tokens of a long text."""


LINE_COLUMN = "text"
"""The column of the lines of text files, and of what an input sees of a corpus."""


NEXT_COLUMN = "next"
"""The column of the tokens that follow."""


LABEL_COLUMN = "label"
"""The column of the classes of a folder."""


PAIR = "pair"
"""The option with further files of each example."""


MASK_OPTIONS = {"color": "grayscale", "interpolation": "nearest"}
"""How images are read whose pixel values are class numbers."""


@value_class
class SourceKind:
    """What is known of a kind of source without reading it; `data.sources` reads it.

    Attributes:
        is_table: whether it has rows of single values; other sources may be built on it.
        is_untyped: whether its values are text, which a use as numbers converts.
        has_arrays: whether a column has an array for each example, so that an input that names
            no columns takes one of them.
        has_files: whether it names files.
        is_series: whether examples are windows over rows that follow one another.
        file_column: the column that the files make, where each example is a file.
        needs_numpy: whether it is read with numpy; others are checked by Python alone where numpy
            is missing.
        needs_tensorflow: whether TensorFlow makes its examples: decodes files, cuts windows.
        package: what its files are read with, where Python alone cannot.
    """

    is_table: bool = False
    is_untyped: bool = False
    has_arrays: bool = False
    has_files: bool = True
    is_series: bool = False
    file_column: str | None = None
    needs_numpy: bool = True
    needs_tensorflow: bool = True
    package: str = "tensorflow"


SOURCE_KINDS = {
    CSV: SourceKind(is_table=True, is_untyped=True, needs_numpy=False, needs_tensorflow=False),
    PARQUET: SourceKind(is_table=True, needs_tensorflow=False, package="pyarrow"),
    EXCEL: SourceKind(is_table=True, needs_tensorflow=False, package="pyarrow"),
    NPZ: SourceKind(has_arrays=True, needs_tensorflow=False, package="numpy"),
    "jsonl": SourceKind(needs_tensorflow=False, package="pyarrow"),
    IMAGES: SourceKind(file_column="image"),
    "texts": SourceKind(file_column="text"),
    CORPUS: SourceKind(has_arrays=True, is_series=True, needs_tensorflow=False, package="numpy"),
    "lines": SourceKind(needs_tensorflow=False, package="numpy"),
    "audio": SourceKind(file_column="audio"),
    TFRECORD: SourceKind(has_arrays=True),
    TFDS: SourceKind(has_files=False, has_arrays=True),
    SERIES: SourceKind(is_series=True),
    SYNTHETIC: SourceKind(has_files=False),
    PYTHON: SourceKind(has_files=False, has_arrays=True),
    DATASET: SourceKind(has_files=False, has_arrays=True, needs_tensorflow=False, package="numpy"),
}
"""The kinds of source, by their key in the spec."""


TABLES = tuple(name for name, kind in SOURCE_KINDS.items() if kind.is_table)
