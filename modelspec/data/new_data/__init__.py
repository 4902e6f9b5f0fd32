"""New data for a trained model: opened, read, checked and encoded as its training data was."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .chunk import NewDataChunk
    from .first_row import example_row
    from .gaps import rule_for_gaps
    from .open_file import NewRows, open_new_file, start_of
    from .read import preprocessing_for_new_data, read_new_data
    from .stream import generated_texts, open_new_data
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "chunk": "NewDataChunk",
            "first_row": "example_row",
            "gaps": "rule_for_gaps",
            "open_file": "NewRows open_new_file start_of",
            "read": "preprocessing_for_new_data read_new_data",
            "stream": "generated_texts open_new_data",
        },
    )
