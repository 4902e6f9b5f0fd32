"""The typed form of the `data` section."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .addresses import (
        WEB,
        file_name_of,
        has_wildcards,
        is_remote,
        problem_of,
        scheme_of,
    )
    from .augment import Augment
    from .columns import Columns, column_key, label_text
    from .data import DataSpec, Split, number, parse_data, sources_of, whole_number
    from .dates import DATE_PARTS, DateOptions, check_date_options, date_options, moment_of
    from .derive import (
        BINS,
        CIRCLES,
        CLIP,
        DATES,
        EXPRESSION,
        FUNCTIONS,
        NUMBERS,
        PART,
        TEXTS,
        UNTIL,
        Derived,
        made_of,
        needed,
        own_source,
    )
    from .missing import (
        DROP,
        EMPTY,
        MEAN,
        MEDIAN,
        NAMED_RULES,
        STATISTICS,
        fill_of,
        has_indicator,
    )
    from .rows import (
        Condition,
        SplitColumn,
        Value,
        comparable,
        deciding_columns,
        quoted,
    )
    from .sources import (
        CORPUS,
        CSV,
        DATA_SETS,
        DATASET,
        EXCEL,
        IMAGE_DTYPE,
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
        Source,
        classes_of_data_set,
        data_set_shape,
        options_of,
        parse_source,
        path_columns,
        source_of_column,
        source_of_files,
        type_of,
        with_implied_marks,
    )
    from .splits import SplitTime, split_times
    from .steps import (
        ANY_STEP,
        HORIZON,
        LAST_ROW,
        WINDOW,
        count_rows,
        inputs_take_horizon,
        places_in_series,
        step_of,
        step_text,
        takes_horizon,
        unit_of,
        usual_season,
    )
    from .tokens import (
        BYTE_VALUES,
        BYTES,
        CHARS,
        FIRST,
        LAST,
        LOWER,
        LOWER_AND_STRIP,
        PADDING,
        SENTENCEPIECE,
        STRIP,
        UNKNOWN,
        VOCABULARY,
        WITH_FILE,
        WORDPIECE,
        WORDS,
        TokenizerSpec,
        steps_of,
        tokenizer_of,
    )
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "addresses": "WEB file_name_of has_wildcards is_remote problem_of scheme_of",
            "augment": "Augment",
            "columns": "Columns column_key label_text",
            "data": "DataSpec Split number parse_data sources_of whole_number",
            "dates": "DATE_PARTS DateOptions check_date_options date_options moment_of",
            "derive": "BINS CIRCLES CLIP DATES Derived EXPRESSION FUNCTIONS NUMBERS PART TEXTS "
            "UNTIL made_of needed own_source",
            "missing": "DROP EMPTY MEAN MEDIAN NAMED_RULES STATISTICS fill_of has_indicator",
            "rows": "Condition SplitColumn Value comparable deciding_columns quoted",
            "sources": "CORPUS CSV DATASET DATA_SETS EXCEL IMAGE_DTYPE WORKBOOKS "
            "IMAGES LABEL_COLUMN LINE_COLUMN NEXT_COLUMN NPZ PARQUET "
            "PYTHON SERIES SINGLE_ARRAY SOURCE_KINDS SYNTHETIC TABLES TFDS TFRECORD "
            "Source classes_of_data_set data_set_shape options_of parse_source path_columns "
            "source_of_column source_of_files type_of with_implied_marks",
            "splits": "SplitTime split_times",
            "steps": "ANY_STEP HORIZON LAST_ROW WINDOW count_rows inputs_take_horizon "
            "places_in_series step_of step_text takes_horizon unit_of usual_season",
            "tokens": "BYTE_VALUES BYTES CHARS FIRST LAST LOWER LOWER_AND_STRIP PADDING "
            "SENTENCEPIECE STRIP UNKNOWN VOCABULARY WITH_FILE WORDPIECE WORDS "
            "TokenizerSpec steps_of tokenizer_of",
        },
    )
