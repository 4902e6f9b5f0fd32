"""Jobs as Kubernetes, Slurm and Ray read them, to start the workers of a training."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .job import FINAL_CODES, ClusterJob, Mount, job_name, parse_mount
    from .kubernetes import KINDS
    from .launchers import LAUNCHERS, OPTIONS, Launcher, launcher_text
    from .quantities import parse_duration, parse_memory
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "job": "FINAL_CODES ClusterJob Mount job_name parse_mount",
            "kubernetes": "KINDS",
            "launchers": "LAUNCHERS OPTIONS Launcher launcher_text",
            "quantities": "parse_duration parse_memory",
        },
    )
