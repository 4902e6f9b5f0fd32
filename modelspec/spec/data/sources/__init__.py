"""Sources of `data`: which files, of which kind, and how they are read."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .dataset_rules import data_set_shape, refuse_data_sets
    from .datasets import DATA_SETS, classes_of_data_set
    from .kinds import (
        CORPUS,
        CSV,
        DATASET,
        EXCEL,
        IMAGES,
        LABEL_COLUMN,
        LINE_COLUMN,
        NEXT_COLUMN,
        NPZ,
        PARQUET,
        PYTHON,
        SERIES,
        SINGLE_ARRAY,
        SOURCE_KINDS,
        SYNTHETIC,
        TABLES,
        TFDS,
        TFRECORD,
        WORKBOOKS,
        SourceKind,
    )
    from .marks import with_implied_marks
    from .parse import parse_source
    from .records import IMAGE_DTYPE
    from .source import (
        Source,
        options_of,
        path_columns,
        read_as_mask,
        source_of_column,
        source_of_files,
        type_of,
    )
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "dataset_rules": "data_set_shape refuse_data_sets",
            "datasets": "DATA_SETS classes_of_data_set",
            "kinds": "CORPUS CSV DATASET EXCEL IMAGES LABEL_COLUMN LINE_COLUMN NEXT_COLUMN NPZ "
            "PARQUET PYTHON SERIES SINGLE_ARRAY SOURCE_KINDS SYNTHETIC TABLES TFDS TFRECORD "
            "WORKBOOKS SourceKind",
            "marks": "with_implied_marks",
            "parse": "parse_source",
            "records": "IMAGE_DTYPE",
            "source": "Source options_of path_columns read_as_mask source_of_column "
            "source_of_files type_of",
        },
    )
