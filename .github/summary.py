"""What the action does with a report: the numbers of its outputs, and the summary of the job.

    python summary.py FINDINGS.json COMMAND SUMMARY

COMMAND is modelspec's, which prints the layers of each sound spec; SUMMARY is `true` to write one.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

MAX_FINDINGS, MAX_SPECS = 100, 20
"""GitHub shows at most 1 MiB."""

SPECIAL = re.compile(r"[&|<>*_\[\]#\\`~]")


def main(report: str, command: str, summary: str) -> None:
    """Append to the files that the runner names."""
    found = json.loads(Path(report).read_text(encoding="utf-8"))
    findings, files = found["findings"], found["checked"]
    counts = {
        severity: sum(finding["severity"] == severity for finding in findings)
        for severity in ("error", "warning")
    }
    append("GITHUB_OUTPUT", "".join(f"{name}s={count}\n" for name, count in counts.items()))
    if summary == "true":
        faulty = {finding["file"] for finding in findings if finding["severity"] == "error"}
        sound = [file for file in files if file not in faulty]
        parts = [heading(counts, len(files)), *table(findings), *layers(sound, command)]
        append("GITHUB_STEP_SUMMARY", "\n".join(parts) + "\n")


def append(variable: str, text: str) -> None:
    """Append to the file that an environment variable of the runner names."""
    with Path(os.environ[variable]).open("a", encoding="utf-8") as file:
        file.write(text)


def heading(counts: dict[str, int], files: int) -> str:
    """The number of findings of each severity."""
    parts = [f"{n} {name}{'' if n == 1 else 's'}" for name, n in counts.items() if n]
    of = f"{files} spec{'' if files == 1 else 's'}"
    return f"## modelspec: {', '.join(parts) or 'no problems'} in {of}\n"


def table(findings: list[dict[str, Any]]) -> list[str]:
    """A row for each finding."""
    if not findings:
        return []
    lines = ["| where | severity | message | code |", "| --- | --- | --- | --- |"]
    for finding in findings[:MAX_FINDINGS]:
        where = f"{finding['file']}:{finding['line']}:{finding['column']}"
        hint = f"<br>hint: {escaped(finding['hint'])}" if finding["hint"] else ""
        message = f"{escaped(finding['message'])}{hint}"
        lines.append(
            f"| {escaped(where)} | {finding['severity']} | {message} | {finding['code']} |"
        )
    if len(findings) > MAX_FINDINGS:
        lines.append(f"\nand {len(findings) - MAX_FINDINGS} more, which the log of the step has")
    return [*lines, ""]


def layers(files: list[str], command: str) -> list[str]:
    """The layers of each spec, folded."""
    parts = []
    for file in files[:MAX_SPECS]:
        words = [command, "summarize", "--format", "markdown", "--", file]
        done = subprocess.run(words, capture_output=True, encoding="utf-8", check=False)
        if done.returncode == 0:
            head = f"<details><summary>{escaped(file)}</summary>\n\n"
            parts.append(f"{head}{done.stdout}\n</details>\n")
    if len(files) > MAX_SPECS:
        parts.append(f"and {len(files) - MAX_SPECS} more specs\n")
    return parts


def escaped(text: str) -> str:
    """A text that is no Markdown but for what stands in backticks, for a cell of a table."""
    parts = re.split(r"(`+[^`]*`+)", " ".join(text.split()))
    parts[::2] = [SPECIAL.sub(lambda match: f"&#{ord(match[0])};", part) for part in parts[::2]]
    parts[1::2] = [part.replace("|", "\\|") for part in parts[1::2]]
    return "".join(parts)


if __name__ == "__main__":
    main(*sys.argv[1:])
