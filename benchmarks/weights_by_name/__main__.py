"""Weights loaded into edited models: wrong tensors by name, and by Keras's own `load_weights`.

    python -m benchmarks.weights_by_name [--edits N] [--seed N] [--architectures NAME,...|all]
        [--whole N] [--out FILE]

Each model of `specs/`, and each small graph that is drawn, gets random weights and is saved. Then
it is edited: a layer is inserted, renamed, widened, two change places, the head is swapped. The
file is loaded into the edited model by modelspec, with what it asks for under `rename` and
`fresh`, and by Keras. A tensor is wrong if it is neither that of the layer of its name in the file
nor, where that has none for it, the fresh one. An error of Keras is not silent, and counts apart.

With `--architectures`, models of `keras.applications` with random weights and their full sizes are
edited. There, layers that an edit leaves as they are are not made again, and a file is read once;
which layers there are and in which order, what Keras's loader and modelspec's match make of them
and all checks of shapes are the real ones (`kept_layers.py` has the particulars). The first
`--whole` edits of each architecture are made a second time with nothing left out: the whole model
by Keras, the files from the disk, `load_weights`, each value compared. The counts have to be equal.

`--out` adds a line for each architecture to a file; those that it has are not counted again.
Exits with 1 if modelspec loads a wrong tensor.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .applications import count_application_edits
from .judging import Count
from .models import draw_model
from .whole_models import count_edits

SPECS = Path(__file__).parents[2] / "specs"


def main() -> int:
    """Count, print a line for each model and the sum."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--edits", type=int, default=20, help="of each model")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--architectures", default="", help="names of keras.applications, or all")
    parser.add_argument("--whole", type=int, default=1, help="edits of each that are made twice")
    parser.add_argument("--out", type=Path, help="file of counts, to go on from")
    given = parser.parse_args()
    total = Count()
    print(f"{'model':24} edits  wrong  missed  loaded | Keras: silent  wrong  refused")
    for name, make in _models(given.architectures, given.seed):
        source = random.Random(f"{given.seed}/{name}")
        asked = {"model": name, "edits": given.edits, "seed": given.seed}
        count = _counted(given.out, asked)
        if count is None:
            if given.architectures:
                count = count_application_edits(make(), source, given.edits, given.whole)
            else:
                count = count_edits(make(), source, given.edits)
            _note(given.out, asked, count)
        total.add(count)
        print(_line(name, count), flush=True)
    print(_line("all", total))
    return 1 if total.ours or total.missed else 0


def _counted(out: Path | None, asked: dict[str, Any]) -> Count | None:
    """What a file has of an architecture, if it was asked for the same."""
    if out is None or not out.exists():
        return None
    for line in out.read_text(encoding="utf-8").splitlines():
        found = json.loads(line)
        if found.pop("asked") == asked:
            return Count(**found)
    return None


def _note(out: Path | None, asked: dict[str, Any], count: Count) -> None:
    if out is not None:
        with out.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"asked": asked, **vars(count)}) + "\n")


def _line(name: str, count: Count) -> str:
    return (
        f"{name:24} {count.edits:5}  {count.ours:5}  {count.missed:6}  {count.loaded:6} |"
        f"       {count.silent:7}  {count.wrong:5}  {count.refused:7}"
    )


def _models(architectures: str, seed: int) -> Iterator[tuple[str, Callable[[], Any]]]:
    if architectures:
        from benchmarks.applications import architectures as all_names

        names = all_names() if architectures == "all" else architectures.split(",")
        yield from ((name, lambda name=name: _application(name)) for name in names)
        return
    from modelspec import build

    for path in sorted(SPECS.glob("*.yaml")):
        if "extensions:" not in path.read_text(encoding="utf-8"):
            yield path.stem, lambda path=path: build(path)
    for number in range(10):
        yield f"drawn {number}", lambda number=number: draw_model(random.Random(f"{seed}/{number}"))


def _application(name: str) -> Any:
    import keras

    return getattr(keras.applications, name)(weights=None)


if __name__ == "__main__":
    sys.exit(main())
