"""`launch`: what an existing launcher reads to train a spec with several workers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from modelspec.compile import Source
from modelspec.diagnostics import Finding, UsageError
from modelspec.spec import Spec, divided_among, parse_override
from modelspec.spec.extensions import extensions_allowed

from ..building import open_spec


def launch(  # noqa: PLR0913  # all but the first two by name, as options are
    source: Source,
    launcher: str,
    *,
    overrides: Sequence[str] = (),
    output: str | None = None,
    name: str | None = None,
    given: Collection[str] = (),
    found: list[Finding] | None = None,
    **job: Any,
) -> str:
    """Write what an existing launcher reads to train a spec with several workers.

    Args:
        source: the path of a spec with `data` and `training`, as the job sees it too.
        launcher: "kubernetes", "slurm" or "ray".
        overrides: "PATH=VALUE", as `--set` takes them.
        output: the run folder of the job; by default runs/NAME.
        name: of the job; by default that of the spec.
        given: the options in `job` that not all launchers take, for a message.
        found: takes the warnings and notes about the spec.
        job: fields of `modelspec.launchers.ClusterJob`.

    Returns:
        The text of a YAML file, or of a script.

    Raises:
        SpecError: the spec has errors.
        UsageError: the launcher cannot do what it is told.
    """
    from modelspec.launchers import ClusterJob, job_name, launcher_text

    with divided_among(job.get("workers")):
        compiled = open_spec(source, dict(parse_override(text) for text in overrides))
    spec = compiled.require_expectations().spec
    if found is not None:
        found += compiled.findings.sorted()
    for section in ("data", "training"):
        if getattr(spec, section) is None:
            raise UsageError(f"{source} has no section `{section}`: there is nothing to train")
    if name is not None and name != job_name(name):
        message = "--name must be lower-case letters, digits and hyphens"
        raise UsageError(f"{message}, such as {job_name(name)}, got {name!r}")
    whole = ClusterJob(
        name=name or job_name(spec.name),
        spec=str(source),
        output=output or f"runs/{spec.name}",
        overrides=tuple(overrides),
        extensions=extensions_allowed(),
        is_multi_worker=_is_multi_worker(spec),
        **job,
    )
    return launcher_text(launcher, whole, given)


def _is_multi_worker(spec: Spec) -> bool:
    distribute = None if spec.training is None else spec.training.distribute
    return distribute is not None and distribute.is_multi_worker
