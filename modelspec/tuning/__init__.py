"""The search for better specs: a study of trials, each an ordinary run folder.

The study itself needs Optuna, and never TensorFlow: trials are trained by worker processes.
"""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .record import (
        Direction,
        Objective,
        Proposal,
        ProposalState,
        RecordedDimension,
        StudyRecord,
        StudyStatus,
    )
    from .study_files import StudyFile
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "record": "Direction Objective Proposal ProposalState RecordedDimension StudyRecord "
            "StudyStatus",
            "study_files": "StudyFile",
        },
    )
