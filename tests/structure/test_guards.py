"""The code stays legible: small folders, one meaning a name, faces, one table of layer traits.

Beside each rule stands a test that it can fail.
"""

from __future__ import annotations

from pathlib import Path

import guards
import pytest

from modelspec.schema.catalogue import names_of_kind

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "modelspec"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A made-up package with one folder that has a face."""
    folder = tmp_path / "house"
    write(folder / "__init__.py", "")
    write(folder / "room" / "__init__.py", "from .inner import Chair\n")
    write(folder / "room" / "inner.py", "class Chair: ...\n")
    return folder


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_no_folder_is_large() -> None:
    assert guards.large_folders(PACKAGE) == []


def test_a_large_folder_is_found(package: Path) -> None:
    for number in range(15):
        write(package / "room" / f"m{number}.py", "")
        write(package / "lints" / f"m{number}.py", "")
    write(package / "lints" / "one_more.py", "")
    assert guards.large_folders(package) == ["house/room: 16 modules, at most 15"]


def test_no_public_class_name_stands_for_two_things() -> None:
    assert guards.repeated_classes(PACKAGE) == []


def test_a_repeated_class_name_is_found(package: Path) -> None:
    write(package / "hall.py", "class Chair: ...\nclass _Own: ...\n")
    write(package / "attic.py", "class _Own: ...\n")
    assert guards.repeated_classes(package) == ["Chair: house/hall.py, house/room/inner.py"]


DOORS = ("spec/extensions.py", "spec/initial_weights.py")
"""Sub-packages of one module, which is its own face."""


def test_no_import_goes_past_a_face() -> None:
    assert guards.imports_past_faces(PACKAGE, DOORS) == []


def test_a_door_may_be_imported(package: Path) -> None:
    write(package / "hall.py", "from house.room.inner import Chair\n")
    assert guards.imports_past_faces(package, ["room/inner.py"]) == []


@pytest.mark.parametrize(
    "text",
    [
        "from house.room.inner import Chair\n",
        "from house.room import inner\n",
        "import house.room.inner\n",
        "from .room.inner import Chair\n",
        "def late():\n    from house.room.inner import Chair\n",
    ],
)
def test_an_import_past_a_face_is_found(text: str, package: Path) -> None:
    write(package / "hall.py", text)
    write(package / "attic.py", "from house.room import Chair\nfrom house.hall import late\n")
    write(package / "room" / "beside.py", "from .inner import Chair\n")
    (found,) = guards.imports_past_faces(package)
    assert found.startswith("house/hall.py:")
    assert found.endswith(": house.room.inner past house.room")


def test_no_imports_go_in_a_circle() -> None:
    assert guards.import_cycle(PACKAGE) == []


@pytest.mark.parametrize(("late", "cycle"), [(False, True), (True, False)])
def test_a_circle_of_imports_is_found(late: bool, cycle: bool, package: Path) -> None:
    statement = "from house.attic import A"
    write(package / "hall.py", f"def f():\n    {statement}\n" if late else f"{statement}\n")
    write(package / "attic.py", "from house import hall\nA = 1\n")
    assert bool(guards.import_cycle(package)) == cycle


def test_a_circle_behind_a_lazy_face_is_found(package: Path) -> None:
    face = "if TYPE_CHECKING:\n    from .inner import Chair\nelse:\n    __getattr__ = None\n"
    write(package / "room" / "__init__.py", face)
    write(package / "room" / "inner.py", "from house.hall import A\nclass Chair: ...\n")
    write(package / "hall.py", "from house.room import Chair\nA = 1\n")
    assert set(guards.import_cycle(package)) == {"house.hall", "house.room.inner"}


HOMES = (
    "layers",
    "importing/keras2",
    "importing/sections/layers.py",
    "framework/private_api.py",
)
"""Where lists of layer classes belong: the families with their traits, what Keras 2 had, the
functions that write single classes into a spec, and the modules of Keras that define some."""


def test_what_is_known_of_a_layer_class_stands_with_the_layers() -> None:
    classes = {name for name in names_of_kind("layer") if "." not in name}
    assert guards.sets_of_layers(PACKAGE, classes, HOMES) == []


def test_a_set_of_layer_classes_is_found(package: Path) -> None:
    write(package / "hall.py", 'A = {"Dense", "Conv2D", "LSTM"}\nB = ("Dense", "Conv2D")\n')
    write(package / "layers" / "traits.py", 'A = {"Dense": 1, "Conv2D": 2, "LSTM": 3}\n')
    found = guards.sets_of_layers(package, {"Dense", "Conv2D", "LSTM"}, HOMES)
    assert found == ["house/hall.py:1: Dense, Conv2D, LSTM, ..."]


DIALECT = {
    r"\bmend(s|ed|ing)?\b": "fix",
    r"(?<!-)\bfault(s|y)?\b": "error, problem",
    r"\bmade[- ]up\b": "synthetic",
    r"\bstands? in for\b": "impute, replace",
    r"\bof (its|their) own\b": "its own ...",
    r"\band none is\b": "say it plainly",
    r"(?<!there )\bis no (?!longer\b|more\b)\w+": "is not a ...",
    r"\banswer(s|ed|ing)?\b": "prediction, output",
    r"\bwhat it gives\b": "returns, output",
    r"\b(a|the) stacks?\b(?! trace)|\bstacks\b": "Sequential model",
    r"\bgo(es)? on with\b": "resume",
    r"\b(is|are) held\b|\bheld to\b": "cached, in memory; checked against",
    r"\bshares? of (the )?(rows|examples|split)": "fraction",
    r"\bpieces?\b": "chunk, batch",
}
"""Words of a dialect that the project once spoke, and what the trade says."""


def test_messages_speak_the_language_of_the_trade() -> None:
    found = [
        f"{where}: {complaint}"
        for where, text in guards.messages(PACKAGE)
        for complaint in guards.words_in_text(text, DIALECT)
    ]
    assert found == []


@pytest.mark.parametrize("pattern", ["README.md", "docs/**/*.md", "tests/**/*.out"])
def test_docs_and_output_speak_the_language_of_the_trade(pattern: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {complaint}"
        for path in sorted(ROOT.glob(pattern))
        for complaint in guards.words_in_text(path.read_text(encoding="utf-8"), DIALECT)
    ]
    assert found == []


def test_a_word_of_the_dialect_is_found(package: Path) -> None:
    docstring = '"""A fault in a docstring is for another reader."""'
    text = f'{docstring}\nraise ValueError("one fault: mend it")\n'
    write(package / "hall.py", text)
    ((where, message),) = guards.messages(package)
    assert (where, guards.words_in_text(message, DIALECT)) == (
        "house/hall.py:2",
        ['"mend": fix', '"fault": error, problem'],
    )


def test_text_is_read_and_written_alike_on_every_system() -> None:
    assert guards.unportable_calls(PACKAGE) == []


@pytest.mark.parametrize(
    "call",
    [
        "p.write_text(t, encoding='utf-8')",
        "p.read_text()",
        "p.open()",
        "p.open('w', encoding='utf-8')",
        "open('a', 'r')",
    ],
)
def test_a_call_that_depends_on_the_system_is_found(call: str, package: Path) -> None:
    more = "p.open('rb')\np.read_text('utf-8')\np.open('a', encoding='utf-8', newline='')\n"
    write(package / "hall.py", f"{more}x.open(y)\n{call}\n")
    assert guards.unportable_calls(package) == ["house/hall.py:5"]
