"""What the shell offers for a word of the command line: specs, run folders, models, names, codes.

The functions are `shell_complete` of click's parameters. They run for each TAB, so they look at
one folder, import what they need when they run, and never TensorFlow.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem[str]]]
    Offered = Callable[[os.DirEntry[str]], bool]

RUNS_FOLDER = "runs"
"""Where trainings write by default; its runs are offered before anything is typed."""


TAKE_MODELS = frozenset(("benchmark", "diff", "expand", "export", "plot", "summarize"))
"""Commands of specs that take run folders and exported models too."""


def complete_specs(ctx: click.Context, _: click.Parameter, typed: str) -> list[CompletionItem[str]]:
    """YAML and JSON files; run folders and exported models where the command takes them."""
    if ctx.command.name not in TAKE_MODELS:
        return _items(_paths(typed, _is_spec))
    return _items(_paths(typed, lambda entry: _is_spec(entry) or _is_model(entry)))


def complete_runs(_: click.Context, __: click.Parameter, typed: str) -> list[CompletionItem[str]]:
    """Run folders, and exported models; before anything is typed those in `runs`."""
    found = list(_paths(typed, _is_model))
    if not typed:
        found = [*_paths(f"{RUNS_FOLDER}/", _is_model), *found]
    return _items(found)


def one_of(words: Iterable[str]) -> Complete:
    """What completes one of some words, for an option that words its own error of another."""

    def complete(_: click.Context, __: click.Parameter, typed: str) -> list[CompletionItem[str]]:
        return _items(word for word in words if word.startswith(typed))

    return complete


def complete_names(_: click.Context, __: click.Parameter, typed: str) -> list[CompletionItem[str]]:
    """What `explain` explains by name: codes of findings, and Keras's classes and functions."""
    from modelspec.report import class_names

    codes = _codes_with_meaning(typed)
    names = sorted({name for name in class_names() if name.startswith(typed)})
    return [*codes, *_items(names)]


def complete_codes(_: click.Context, __: click.Parameter, typed: str) -> list[CompletionItem[str]]:
    """Codes of findings, of which several are written with commas between them."""
    before, comma, last = typed.rpartition(",")
    return _codes_with_meaning(last, before + comma)


def _codes_with_meaning(typed: str, before: str = "") -> list[CompletionItem[str]]:
    from click.shell_completion import CompletionItem

    from modelspec.report import known_codes

    codes = sorted(code for code in known_codes() if code.startswith(typed))
    return [CompletionItem(before + code) for code in codes]


def _items(values: Iterable[str]) -> list[CompletionItem[str]]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(value) for value in dict.fromkeys(values)]


def _paths(typed: str, is_offered: Offered) -> Iterator[str]:
    """Entries of the folder that a typed path is in: what is offered, and folders to go on in.

    A folder ends in "/", so that the shell writes no space behind it; a run folder does not.
    """
    folder, _, start = typed.rpartition("/")
    folder = f"{folder}/" if "/" in typed else ""
    try:
        with os.scandir(os.path.expanduser(folder) or ".") as entries:  # noqa: PTH111
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in found:
        if not entry.name.startswith(start) or (entry.name.startswith(".") and not start):
            continue
        if is_offered(entry):
            yield folder + entry.name
        elif entry.is_dir():
            yield f"{folder}{entry.name}/"


def _is_spec(entry: os.DirEntry[str]) -> bool:
    return entry.name.endswith((".yaml", ".yml", ".json")) and entry.is_file()


def _is_model(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a run folder or an exported model."""
    from pathlib import Path

    from modelspec.document import model_format
    from modelspec.runs import is_run

    path = Path(entry.path)
    return model_format(path) is not None or (entry.is_dir() and is_run(path))
