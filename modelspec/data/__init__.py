"""From the `data` section to examples in memory, and from these to `tf.data`.

A name is imported when it is asked for: what checks data without numpy lies here, too.
"""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .load import Data, load_data, load_synthetic, load_without_inputs
    from .new_data import preprocessing_for_new_data, read_new_data, start_of
    from .new_data_stream import NewDataChunk, generated_texts, open_new_data
    from .new_gaps import rule_for_gaps
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "load": "Data load_data load_synthetic load_without_inputs",
            "new_data": "preprocessing_for_new_data read_new_data start_of",
            "new_gaps": "rule_for_gaps",
            "new_data_stream": "NewDataChunk generated_texts open_new_data",
        },
    )
