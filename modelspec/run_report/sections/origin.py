"""Where a run comes from: versions, hashes, the environment, and how to make it again."""

from __future__ import annotations

import shlex
from typing import Any

from modelspec.run_report.content import RunContent
from modelspec.run_report.elements import (
    NONE_TEXT,
    Content,
    Markup,
    code_block,
    details,
    facts,
    joined,
    missing,
    plain,
    table,
    tag,
)
from modelspec.runs import RunFile

LEAST_HASH = 40

MOST_LETTERS = 100_000
"""Of the spec that are on the page."""


def origin_section(content: RunContent) -> Markup:
    """How to reproduce the run, what it ran on, and what its files hash to."""
    parts: list[Content] = [tag("h3", "How to reproduce it"), *_commands(content)]
    parts += [tag("h3", "Environment"), _environment(content)]
    parts += [tag("h3", "Hashes"), _hashes(content)]
    if content.spec_text:
        text = content.spec_text
        if len(text) > MOST_LETTERS:
            text = f"{text[:MOST_LETTERS]}\n# ... {RunFile.EXPANDED_SPEC} has the rest\n"
        block = code_block(text, "The expanded spec")
        parts.append(details("The spec with everything written out", block))
    return joined(parts)


def _commands(content: RunContent) -> list[Content]:
    environment = content.environment
    lines = []
    commit = environment.get("commit")
    commit = commit if isinstance(commit, dict) else {}
    if commit.get("id"):
        lines.append(f"git checkout {shlex.quote(str(commit['id']))}")
    if packages := _packages(environment):
        pins = [f"{name}=={version}" for name, version in packages.items() if version]
        lines.append(f"pip install {' '.join(map(shlex.quote, pins))}")
    command = content.record.command
    if command:
        lines.append(command)
    else:
        lines.append(f"modelspec train {RunFile.EXPANDED_SPEC}")
    notes = []
    if not command:
        notes.append(
            "The command that started the run is not recorded; the recorded spec trains the same."
        )
    if commit.get("changed"):
        notes.append(
            "Files that git tracks had changes that were not committed when the run was started; "
            f"{RunFile.SPEC} in the run folder has the spec as it was."
        )
    overrides = content.record.overrides
    found: list[Content] = [code_block("\n".join(lines), "Commands")]
    if overrides:
        rows = [(path, plain(value)) for path, value in overrides.items()]
        found.append(table(("setting", "value"), rows, caption="Changed by --set"))
    seed = content.data.get("seed", environment.get("seed"))
    if seed is not None:
        notes.append(
            f"The seed is {seed}: with the same versions, data and kind of hardware the training "
            "gives the same values."
        )
    return [*found, *(tag("p", note, class_="reading") for note in notes)]


def _packages(environment: Any) -> dict[str, str]:
    found = environment.get("packages")
    return {str(k): str(v) for k, v in found.items() if v} if isinstance(found, dict) else {}


def _environment(content: RunContent) -> Markup:
    environment = content.environment
    if not environment:
        why = f"{RunFile.ENVIRONMENT} is missing; with folds or seeds each run has one."
        return missing(content.reason("environment", why))
    pairs: list[tuple[Content, Content]] = [
        (key, plain(environment[key]))
        for key in ("python", "platform", "cores", "devices")
        if environment.get(key)
    ]
    pairs += list(_packages(environment).items())
    resumed = environment.get("resumed")
    if isinstance(resumed, list) and resumed:
        times = ", ".join(str(one.get("started", "")) for one in resumed if isinstance(one, dict))
        pairs.append(("resumed", times))
    return facts(pairs)


def _hashes(content: RunContent) -> Markup:
    rows = [(name, "file", _hash(digest)) for name, digest in content.files.items()]
    rows += [
        (f"{split} split", "files and rows", _hash(digest))
        for split, digest in content.record.digests.items()
    ]
    if not rows:
        return missing("No file of the run could be read.")
    return table(("what", "of", "SHA-256"), rows, caption="SHA-256 of files and data")


def _hash(digest: Any) -> Content:
    is_hash = isinstance(digest, str) and len(digest) >= LEAST_HASH
    return tag("code", digest) if is_hash else NONE_TEXT
