"""Jobs of which the tests of the launchers ask, and names that could break out of a file."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from modelspec.launchers import ClusterJob, Mount

names = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=20
)
"""Any path that a file can have and that is UTF-8."""

ODD = (
    "a b.yaml",
    "it's.yaml",
    "$(touch HACKED).yaml",
    "`touch HACKED`.yaml",
    '"; touch HACKED; ".yaml',
    "line\nbreak: - x.yaml",
    "$HOME$$.yaml",
    "-o.yaml",
    "#x: &y *z !!t %d @e.yaml",
    "größe\u2028\x85.yaml",
    "\\",
)


def job(**changed: Any) -> ClusterJob:
    """A job with every option that Kubernetes and Slurm have in common."""
    given = {
        "name": "digits",
        "spec": "specs/digits.yaml",
        "output": "runs/digits",
        "workers": 4,
        "gpus": 2,
        "cpus": 8,
        "memory": 32 * 2**30,
        "image": "registry.example.com/train:1",
        "seconds": 7200,
        "mounts": (Mount("data", "/data"),),
        "workdir": "/data",
    }
    return ClusterJob(**{**given, **changed})
