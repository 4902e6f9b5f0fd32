"""Draw whole specs and put each to validate and to Keras.

    PYTHONPATH=. python tests/whole_specs/generate_specs.py COUNT [SEED] [--from N] [--out FILE]
        [--with KIND]

A spec has a number and a seed, so each can be drawn again by itself: `--from N` with COUNT 1. Work
is done in child processes of CHUNK specs, so that one that dies of a spec takes no other with it.
With `--out` each verdict is written as a line of JSON. With `--with` only specs of these kinds are
asked about (`nested`, `states` and so on, or `any` of them); the rest are drawn and passed over.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

sys.path.append(str(Path(__file__).parent))

from whole_drawing import KINDS, draw_spec, spec_text
from whole_questions import RIGHT

PASSED_OVER = "passed over"
CHUNK = 150
ROUND_TRIPS = 5
"""One spec in so many is also put through all round trips."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("count", type=int)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--out", type=Path)
    parser.add_argument(
        "--with", dest="kinds", action="append", choices=[*KINDS, "any"], default=[]
    )
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        work(options.seed, options.first, options.count, options.kinds)
        return 0
    kinds: Counter[str] = Counter()
    causes: Counter[str] = Counter()
    slowest = 0.0
    first, end = options.first, options.first + options.count
    while first < end:
        done = 0
        for line in child(options.seed, first, min(CHUNK, end - first), options.kinds):
            found = json.loads(line)
            done += 1
            if found["kind"] == PASSED_OVER:
                continue
            kinds[found["kind"]] += 1
            causes[found["cause"]] += found["kind"] not in RIGHT
            slowest = max(slowest, found["seconds"])
            if options.out is not None:
                with options.out.open("a", encoding="utf-8") as file:
                    file.write(line)
        if done < min(CHUNK, end - first):
            kind = "refused" if refuses(options.seed, first + done) else "the process died"
            kinds[kind] += 1
            causes[f"the process died: {options.seed}/{first + done}"] += kind not in RIGHT
            done += 1
        first += done
    for words, times in causes.most_common():
        if times:
            print(f"{times:5} {words}")
    total = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())
    print(f"{kinds.total()} specs, seed {options.seed}: {total}; slowest validate {slowest:.2f} s")
    return 0


def child(seed: int, first: int, count: int, kinds: list[str]) -> Iterator[str]:
    """The lines of one child process, as it prints them."""
    command = [sys.executable, __file__, str(count), str(seed), "--from", str(first), "--child"]
    command += [word for kind in kinds for word in ("--with", kind)]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          env=environment, encoding="utf-8") as run:  # fmt: skip
        yield from (line for line in run.stdout or () if line.startswith("{"))


def refuses(seed: int, index: int) -> bool:
    """Whether `validate` has an error for a spec, of which Keras's process died."""
    from modelspec.api import validate_text

    findings = validate_text(spec_text(draw_spec(Random(f"{seed}/{index}"))), "drawn")
    return any(found.severity == "error" for found in findings)


def work(seed: int, first: int, count: int, kinds: list[str]) -> None:
    """Ask about each spec; one line of JSON each."""
    from whole_questions import ask, cause

    from modelspec.api import validate_text

    for index in range(first, first + count):
        text = spec_text(draw_spec(Random(f"{seed}/{index}")))
        wanted = KINDS if "any" in kinds else kinds
        if wanted and not any(KINDS[kind] in text for kind in wanted):
            print(json.dumps({"kind": PASSED_OVER}), flush=True)
            continue
        start = time.perf_counter()
        with suppress(Exception):  # `ask` reports it
            validate_text(text, "drawn")
        seconds = time.perf_counter() - start
        verdict = ask(text, round_trips=index % ROUND_TRIPS == 0)
        found = {
            "seed": seed, "index": index, "kind": verdict.kind, "words": verdict.words,
            "codes": verdict.codes, "cause": cause(verdict), "seconds": seconds, "text": text,
        }  # fmt: skip
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    sys.exit(main())
