"""What `validate` says of the section `tune`: what makes no sense, and how much can be trained."""

from __future__ import annotations

from modelspec.diagnostics import Findings, join_words, nearest
from modelspec.spec.tune import CMAES, GRID, Choice, Halving, TuneSpec, is_url, scheme_of

from .forms import check_items
from .objectives import check_objectives
from .paths import check_paths
from .points import SearchSpec
from .share import SECONDS, check_able, check_share


def check_search(
    search: SearchSpec,
    findings: Findings,
    *,
    seconds: float = SECONDS,
    is_to_run: bool = False,
) -> None:
    """Check a search before it runs.

    Args:
        search: the spec.
        findings: takes an error for each path that leads nowhere, for values that its place does
            not take, for an objective that nothing measures, for a sampler or halving that does
            not fit, and for a space of which no point can be built; a note with its size.
        seconds: of processor time after which no more points are drawn.
        is_to_run: only errors are looked for, as before a study.
    """
    errors = findings.error_count
    check_objectives(search.base, search.tune, findings)
    _check_sampler(search, findings)
    _check_halving(search, findings)
    _check_storage(search.tune, findings)
    _check_distribution(search, findings)
    check_paths(search, findings)
    if findings.error_count == errors:
        check_items(search, findings)
    if findings.error_count == errors:
        (check_able if is_to_run else check_share)(search, findings, seconds)


def _check_distribution(search: SearchSpec, findings: Findings) -> None:
    """An error for processes that train together: a study starts one for each trial."""
    training = search.base.spec.training
    given = None if training is None else training.distribute
    if given is not None and given.is_multi_worker:
        message = "`distribute: multi_worker` does not go with `tune`: a trial is trained by one"
        hint = "remove the key, and train trials at once with `modelspec tune --workers`"
        findings.error(given.span, "wrong-value", f"{message} process", hint=hint)


def _check_sampler(search: SearchSpec, findings: Findings) -> None:
    tune, sampler = search.tune, search.tune.sampler
    if sampler.name == GRID and search.space.size() is None:
        endless = [d for d in search.space.flat() if not isinstance(d, Choice) and d.size is None]
        names = join_words((f"`{dimension.name}`" for dimension in endless), "and", most=4)
        message = f"a grid needs a finite space, and {names} can be any float between two ends"
        hint = "add `step` to a range of `float`, list the values as a `choice`, or use tpe"
        findings.error(sampler.span, CODE, message, hint=hint)
    if sampler.name == CMAES and len(tune.objectives) > 1:
        message = f"cmaes knows one objective, and there are {len(tune.objectives)}"
        findings.error(sampler.span, CODE, message, hint="use nsga2, tpe or gp, or keep one")
    elif sampler.name == CMAES and all(isinstance(d, Choice) for d in search.space.flat()):
        message = "cmaes chooses numbers, and the space has choices alone: all would be random"
        findings.error(sampler.span, CODE, message, hint="use tpe, or give ranges")


CODE = "search-mismatch"


def _check_halving(search: SearchSpec, findings: Findings) -> None:
    tune, training = search.tune, search.base.spec.training
    halving = tune.halving
    if halving is None or training is None:
        return
    key = halving.key
    if training.epochs <= halving.first:
        message = (
            f"{key} begins with {_epochs(halving.first)}, and a training has"
            f" {_epochs(training.epochs)}: no trial would stop early"
        )
        hint = f"write fewer epochs for `from`, more for `training.epochs`, or remove `{key}`"
        findings.error(halving.span, CODE, message, hint=hint)
    if len(tune.objectives) > 1:
        message = f"{key} needs one objective to rank trials, and there are {_count(tune)}"
        findings.error(tune.place(key), CODE, message, hint=f"keep one, or remove `{key}`")
    for dimension in search.space.dimensions:
        if dimension.name.split(".")[:2] in (["training", "epochs"], ["training", "phases"]):
            message = f"`{dimension.name}` is searched, and `{key}` decides how long trials train"
            findings.error(dimension.key_span, CODE, message, hint="remove one of them")
    if halving.has_brackets:
        _check_brackets(tune, halving, training.epochs, findings)


def _check_brackets(tune: TuneSpec, halving: Halving, epochs: int, findings: Findings) -> None:
    count = 1
    while halving.first * halving.factor ** (count - 1) < epochs:
        count += 1
    if tune.trials < count:
        message = f"hyperband has {count} brackets here, and {tune.trials} trials are asked for"
        hint = f"write trials: {count} or more, a larger `from` or `factor`, or use `halving`"
        findings.error(tune.place("trials"), CODE, message, hint=hint)


SCHEMES = ("sqlite", "postgresql", "mysql", "mariadb", "oracle", "mssql", "grpc")
"""The URLs that Optuna's storages take."""


def _check_storage(tune: TuneSpec, findings: Findings) -> None:
    scheme = scheme_of(tune.storage)
    if not is_url(tune.storage) or scheme in SCHEMES:
        return
    message = f"Optuna has no storage for URLs that begin with {scheme}://"
    near = nearest(scheme, SCHEMES)
    known = join_words((f"{name}://" for name in SCHEMES), "or")
    hint = f"write {near}://" if near else f"write a file name, or a URL that begins with {known}"
    findings.error(tune.place("storage"), CODE, message, hint=hint)


def _count(tune: TuneSpec) -> str:
    return str(len(tune.objectives))


def _epochs(count: int) -> str:
    return f"{count} epoch{'' if count == 1 else 's'}"
