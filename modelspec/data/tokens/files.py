"""The files and packages that tokenizers need. Needs no numpy."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from pathlib import Path

from modelspec.diagnostics import Findings
from modelspec.files import similar_name
from modelspec.spec.data import VOCABULARY, WORDPIECE, WORDS, TokenizerSpec

from .codecs import EXTRA, PACKAGES, PREFIX


def check_token_files(tokens: Iterable[TokenizerSpec], folder: Path, findings: Findings) -> bool:
    """Whether the file and the package of every tokenizer are there; findings where not.

    Args:
        tokens: the tokenizers.
        folder: what paths are relative to.
        findings: takes files that do not exist, and packages that are not installed.
    """
    before = findings.error_count
    for spec in tokens:
        if spec.path is not None and not (folder / spec.path).is_file():
            message = f'there is no file "{spec.path}"{similar_name(folder / spec.path, spec.path)}'
            hint = "paths are relative to the spec file"
            findings.error(spec.place(spec.kind), "no-data-file", message, hint=hint)
            continue
        package = PACKAGES.get(spec.kind)
        if spec.kind == VOCABULARY and spec.split == WORDPIECE:
            package = PACKAGES[WORDPIECE]
        if package is not None:
            check_package(spec, package, findings)
    return findings.error_count == before


def check_package(spec: TokenizerSpec, package: str, findings: Findings) -> bool:
    """Whether a package is installed; a finding where not."""
    if importlib.util.find_spec(package) is not None:
        return True
    message = f"the tokenizer `{spec.name}` needs the package {package}, which is not installed"
    hint = f"install it with pip install '{EXTRA}'"
    findings.error(spec.place(spec.kind), "needs-package", message, hint=hint)
    return False


def read_vocabulary(spec: TokenizerSpec, folder: Path, findings: Findings) -> list[str] | None:
    """The tokens of a vocabulary file, one of each line; None with a finding."""
    assert spec.path is not None
    place = spec.place(VOCABULARY)
    try:
        lines = (folder / spec.path).read_text(encoding="utf-8-sig").split("\n")
    except UnicodeError:
        message, hint = f"{spec.path} is not UTF-8 text", "save the file as UTF-8"
        findings.error(place, "bad-data-file", message, hint=hint)
        return None
    except OSError as error:
        message = f"{spec.path} cannot be read: {error.strerror or error}"
        findings.error(place, "bad-data-file", message)
        return None
    if lines[-1] == "":
        lines.pop()
    tokens = [line.removesuffix("\r") for line in lines]
    seen: dict[str, int] = {}
    for number, token in enumerate(tokens, start=1):
        if token in seen:
            message = f'{spec.path} has the token "{token}" in lines {seen[token]} and {number}'
            hint = "remove one of them: a token has one number"
            findings.error(place, "bad-data-file", message, hint=hint)
            return None
        seen[token] = number
    if not tokens:
        findings.error(place, "empty-data", f"{spec.path} has no token")
        return None
    return tokens


def split_of_vocabulary(spec: TokenizerSpec, tokens: Iterable[str]) -> str:
    """Into what the tokens of a file divide a text."""
    if spec.split is not None:
        return spec.split
    return WORDPIECE if any(token.startswith(PREFIX) for token in tokens) else WORDS
