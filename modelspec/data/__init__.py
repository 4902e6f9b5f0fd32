"""From the `data` section to examples in memory, and from these to `tf.data`.

A name is imported when it is asked for: what checks data without numpy lies here, too.
"""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .load import Data, load_data, load_synthetic, load_without_inputs
    from .new_data import (
        NewDataChunk,
        NewRows,
        example_row,
        generated_texts,
        open_new_data,
        open_new_file,
        preprocessing_for_new_data,
        read_new_data,
        rule_for_gaps,
        start_of,
    )
    from .rows import GivenRows, rows_from, write_rows
    from .split_columns import SplitColumns, read_split_columns
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "load": "Data load_data load_synthetic load_without_inputs",
            "new_data": "NewDataChunk NewRows example_row generated_texts open_new_data "
            "open_new_file preprocessing_for_new_data read_new_data rule_for_gaps start_of",
            "rows": "GivenRows rows_from write_rows",
            "split_columns": "SplitColumns read_split_columns",
        },
    )
