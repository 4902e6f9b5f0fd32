"""Specs with random damage, for tests and for a longer run by hand:

python tests/mutate.py 10000
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from pathlib import Path

from modelspec.compile.stages import compile_text
from modelspec.diagnostics.findings import Findings

HERE = Path(__file__).parent
SOURCES = [
    *sorted((HERE / "specs_ok").iterdir()),
    *sorted(p for p in (HERE / "specs_bad").iterdir() if p.suffix != ".out"),
    *sorted((HERE.parent / "specs").rglob("*.yaml")),
]
TOKENS = [
    *"{}[]:,-&*!|>'\"%@`#?\\\t\n\0",
    "->", " as ", "null", "true", "1e999", "-1", "0", "3.5", "${x}", "${", "[]", "{}",
    "<<: *a", "&a ",
    "Dense", "Dense: {units: 3}", "Sequential", "Functional", "ops.add",
    "é", "\u2028", "\ud83d", "\U0001f600",
    "layers:", "edges:", "outputs: x", "inputs: {}", "from:", "9" * 50, "x" * 300, "modelspec: 1",
]  # fmt: skip


def mutate(text: str, random_: random.Random) -> str:
    """A text with one to four changes: cut, doubled, swapped, replaced or moved pieces."""
    for _ in range(random_.randint(1, 4)):
        at = random_.randrange(len(text) + 1)
        end = min(len(text), at + random_.choice((1, 1, 2, 5, 20)))
        lines = text.splitlines(keepends=True)
        match random_.randrange(7):
            case 0:
                text = text[:at] + text[end:]
            case 1:
                text = text[:at] + random_.choice(TOKENS) + text[at:]
            case 2:
                text = text[:at] + random_.choice(TOKENS) + text[end:]
            case 3:
                text = text[:at] + text[at:end] * random_.randint(2, 4) + text[end:]
            case 4 if len(lines) > 1:
                random_.shuffle(lines)
                text = "".join(lines)
            case 5 if len(lines) > 1:
                del lines[random_.randrange(len(lines))]
                text = "".join(lines)
            case 6 if len(lines) > 1:
                i = random_.randrange(len(lines))
                lines[i] = " " * random_.randint(0, 4) + lines[i].lstrip()
                text = "".join(lines)
    return text


def judge(text: str) -> Findings:
    """All findings of a text. An exception is what the caller looks for.

    Raises:
        AssertionError: a check raised one.
    """
    findings = Findings()
    compile_text(text, "mutated.yaml", None, findings)
    for finding in findings.sorted():
        assert finding.code != "internal-error", finding
        str(finding)
        finding.to_dict()
    return findings


def run(count: int, seed: int) -> Counter[str]:
    """Judge `count` mutated specs; returns how often each code was found."""
    random_ = random.Random(seed)
    sources = [path.read_text(encoding="utf-8") for path in SOURCES]
    codes: Counter[str] = Counter()
    for _ in range(count):
        text = mutate(random_.choice(sources), random_)
        try:
            found = judge(text)
        except Exception:
            print(repr(text), file=sys.stderr)
            raise
        codes.update({finding.code for finding in found} or {"(none)"})
    return codes


if __name__ == "__main__":
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    start = time.perf_counter()
    for code, times in run(many, seed=int(sys.argv[2]) if len(sys.argv) > 2 else 2).most_common():
        print(f"{times:7} {code}")
    print(f"{many} mutated specs, no traceback, {time.perf_counter() - start:.1f} s")
