"""Run folders without TensorFlow or numpy: their layout, writing, reading and comparing them."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .comparison import Comparison, compare, differing_settings
    from .curves_picture import draw_history, draw_runs
    from .folder import RunFolder, choose_folder
    from .history import PHASE, History
    from .layout import (
        METRIC_PREFIXES,
        STUDY_RECORD,
        RunFile,
        RunStatus,
        epoch_model,
        fold_folder,
        is_run,
        member_folders,
        run_of_model,
        seed_folder,
        trainer_weights,
    )
    from .lock import is_file_locked, is_locked, lock_file, wait_for_lock
    from .named_measures import MEASURES, expectable_measures, measured_name, measured_names
    from .output_kinds import OutputKind, kind_of_output, middle_quantile
    from .ranking import Ranking, rank
    from .record import (
        BestEpoch,
        RunRecord,
        find_runs,
        json_of,
        read_record,
        read_status,
        why_incomplete,
    )
    from .recorded_spec import RecordedSpec, has_begun, read_recorded_spec, spec_location
    from .row_measures import ROW_MEASURES, SLICED_METRICS
    from .views import COMPARE_FORMATS, LIST_FORMATS, RANKED_FORMATS
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "comparison": "Comparison compare differing_settings",
            "curves_picture": "draw_history draw_runs",
            "folder": "RunFolder choose_folder",
            "history": "PHASE History",
            "layout": "METRIC_PREFIXES STUDY_RECORD RunFile RunStatus epoch_model fold_folder "
            "is_run member_folders run_of_model seed_folder trainer_weights",
            "lock": "is_file_locked is_locked lock_file wait_for_lock",
            "named_measures": "MEASURES expectable_measures measured_name measured_names",
            "output_kinds": "OutputKind kind_of_output middle_quantile",
            "ranking": "Ranking rank",
            "record": "BestEpoch RunRecord find_runs json_of read_record read_status "
            "why_incomplete",
            "recorded_spec": "RecordedSpec has_begun read_recorded_spec spec_location",
            "row_measures": "ROW_MEASURES SLICED_METRICS",
            "views": "COMPARE_FORMATS LIST_FORMATS RANKED_FORMATS",
        },
    )
