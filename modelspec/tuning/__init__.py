"""The search for better specs: a study of trials, each an ordinary run folder.

The study itself needs Optuna, and never TensorFlow: trials are trained by worker processes.
"""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .coordinator import AlikeFailuresError, Coordinator, Crew, InterruptedStudyError
    from .presence import is_worked_on
    from .record import (
        Direction,
        Objective,
        Proposal,
        ProposalState,
        RecordedDimension,
        StudyRecord,
        StudyStatus,
        read_study,
        study_json,
    )
    from .samplers import require_packages
    from .storages import (
        database_errors,
        import_optuna,
        open_storage,
        require_free,
        require_known,
        study_name,
    )
    from .study import Study, new_record
    from .study_files import StudyFile
    from .tracking import StudyTracking, require_mlflow
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "coordinator": "AlikeFailuresError Coordinator Crew InterruptedStudyError",
            "presence": "is_worked_on",
            "record": "Direction Objective Proposal ProposalState RecordedDimension StudyRecord "
            "StudyStatus read_study study_json",
            "samplers": "require_packages",
            "storages": "database_errors import_optuna open_storage require_free require_known "
            "study_name",
            "study": "Study new_record",
            "study_files": "StudyFile",
            "tracking": "StudyTracking require_mlflow",
        },
    )
