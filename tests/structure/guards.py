"""What keeps the code legible, as functions from source trees to complaints.

Each takes the folder of a package and gives one line for each violation, so that a test can hold
the project to it and another can show on a made-up tree that it can fail.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

MODULES = 15
"""Modules that a folder may hold, its `__init__` not counted."""

TABLES = frozenset(("commands", "lints", "ops"))
"""Folders that are tables of like modules, which may be long."""

NAMES = 3
"""How many names of layer classes in one literal make a set of them."""


def large_folders(package: Path) -> list[str]:
    """Folders with more modules than a person takes in at a glance."""
    found = []
    for folder in sorted(path for path in (package, *package.rglob("*")) if path.is_dir()):
        modules = [path for path in folder.glob("*.py") if path.stem != "__init__"]
        if len(modules) > MODULES and folder.name not in TABLES:
            found.append(f"{_shown(folder, package)}: {len(modules)} modules, at most {MODULES}")
    return found


def repeated_classes(package: Path) -> list[str]:
    """Public class names that stand for two things."""
    homes = defaultdict(list)
    for path, tree in _trees(package):
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(_shown(path, package))
    return [
        f"{name}: {', '.join(paths)}" for name, paths in sorted(homes.items()) if len(paths) > 1
    ]


def imports_past_faces(package: Path, doors: Collection[str] = ()) -> list[str]:
    """Imports of a module from outside the folder that it lies in, in place of the folder's face.

    Modules that lie in the package itself have no face but the package, whose `__init__` is for
    users; they may be imported by all.

    Args:
        package: the folder of the package.
        doors: modules that are faces by themselves, relative to the package: what would be a
            sub-package with one module in it.
    """
    modules = {_dotted(path, package): path for path in package.rglob("*.py")}
    exports = {name: _names(path) for name, path in modules.items()}
    faces = {name for name, path in modules.items() if path.stem == "__init__"}
    faces |= {_dotted(package / door, package) for door in doors}
    found = []
    for path, tree in _trees(package):
        own = _dotted(path, package)
        for node in ast.walk(tree):
            for target in _imported(node, own, path, exports):
                folder = target.rpartition(".")[0]
                if target in faces or folder == package.name:
                    continue
                if own != folder and not own.startswith(f"{folder}."):
                    line = getattr(node, "lineno", 0)
                    found.append(f"{_shown(path, package)}:{line}: {target} past {folder}")
    return found


def import_cycle(package: Path) -> list[str]:
    """A cycle of the imports that run when a module is imported; nothing where there is none."""
    modules = {_dotted(path, package): path for path in package.rglob("*.py")}
    exports = {name: _names(path) for name, path in modules.items()}
    graph = {
        own: {
            target
            for node in _at_import(_parse(path))
            for target in _executed(node, own, path, exports)
        }
        for own, path in modules.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        cycle: list[str] = error.args[1]
        return cycle
    return []


def sets_of_layers(
    package: Path, classes: Collection[str], homes: Collection[str], most: int = NAMES
) -> list[str]:
    """Literals outside `homes` that list names of layer classes.

    Args:
        package: the folder of the package.
        classes: the names.
        homes: folders and files where such lists belong, relative to the package.
        most: a literal with so many names is one.
    """
    found = []
    for path, tree in _trees(package):
        if any(path.is_relative_to(package / home) for home in homes):
            continue
        for node in ast.walk(tree):
            names = [item for item in _texts(node) if item in classes]
            if len(set(names)) >= most:
                line = getattr(node, "lineno", 0)
                found.append(f"{_shown(path, package)}:{line}: {', '.join(names[:most])}, ...")
    return found


def words_in_text(text: str, words: Mapping[str, str]) -> list[str]:
    """Words of the house's former dialect in a text, with what the trade says.

    Args:
        text: what a user reads.
        words: regular expression to the term that is meant.
    """
    return [
        f'"{match.group(0)}": {term}'
        for word, term in words.items()
        for match in re.finditer(word, text, re.IGNORECASE)
    ]


def messages(package: Path) -> Iterator[tuple[str, str]]:
    """Every text in the code that is no docstring and reads like one for people, and its line."""
    for path, tree in _trees(package):
        docstrings = set(_docstrings(tree))
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in docstrings
                and " " in node.value.strip()
            ):
                yield f"{_shown(path, package)}:{node.lineno}", node.value


def _at_import(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when a module is imported: no bodies of functions, nothing for type checkers."""
    for item in ast.iter_child_nodes(node):
        if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(item, ast.If) and "TYPE_CHECKING" in ast.dump(item.test):
            for other in item.orelse:
                yield from _at_import(other)
            continue
        yield item
        yield from _at_import(item)


def _docstrings(tree: ast.Module) -> Iterator[int]:
    """The texts that stand as statements, by `id`: docstrings, of constants too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield id(node.value)


def _imported(
    node: ast.AST, own: str, path: Path, exports: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    """The modules of the package that a statement imports, or takes names from."""
    if isinstance(node, ast.Import):
        yield from (name.name for name in node.names if name.name in exports)
    if not isinstance(node, ast.ImportFrom):
        return
    source = node.module or ""
    if node.level:
        parts = own.split(".")
        parts = parts[: len(parts) - node.level + (path.stem == "__init__")]
        source = ".".join((*parts, *filter(None, [node.module])))
    for name in node.names:
        whole = f"{source}.{name.name}"
        own_module = source == own  # a face that takes a module of its own
        if whole in exports and (own_module or name.name not in exports.get(source, {})):
            yield whole
        elif source in exports:
            yield source


def _executed(
    node: ast.AST, own: str, path: Path, exports: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    """The modules that a statement imports, and behind faces those that define its names: a face
    may be lazy, and then it is this statement that imports them."""
    names = {item.name for item in node.names} if isinstance(node, ast.ImportFrom) else set()
    for target in _imported(node, own, path, exports):
        yield target
        homes = exports[target]
        yield from (f"{target}.{homes[name]}" for name in names & homes.keys())


def _names(path: Path) -> dict[str, str]:
    """The names that a face imports, and from which of its modules; a module may have the name of
    a function in it."""
    if path.stem != "__init__":
        return {}
    nodes = ast.walk(_parse(path))
    return {
        item.name: node.module or item.name
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.level == 1
        for item in node.names
    }


def _texts(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Dict):
        items: list[ast.expr] = [key for key in node.keys if key is not None]
    elif isinstance(node, ast.Set | ast.Tuple | ast.List):
        items = node.elts
    else:
        return []
    return [
        item.value
        for item in items
        if isinstance(item, ast.Constant) and isinstance(item.value, str)
    ]


def _trees(package: Path) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(package.rglob("*.py")):
        yield path, _parse(path)


@cache
def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _shown(path: Path, package: Path) -> str:
    return path.relative_to(package.parent).as_posix()


def _dotted(path: Path, package: Path) -> str:
    parts = path.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def unportable_calls(package: Path) -> list[str]:
    """Text files opened without an encoding, or written with the ends of lines of the system."""
    found = []
    for path in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _is_unportable(node):
                found.append(f"{path.relative_to(package.parent).as_posix()}:{node.lineno}")
    return found


def _is_unportable(call: ast.Call) -> bool:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    named = {keyword.arg for keyword in call.keywords}
    if name == "read_text":
        return not call.args and "encoding" not in named
    if name == "write_text":
        return not {"encoding", "newline"} <= named
    if name != "open":
        return False
    is_method = isinstance(call.func, ast.Attribute)  # of a path; others are called with a name
    given = [*call.args[0 if is_method else 1 :][:1]]
    given += [keyword.value for keyword in call.keywords if keyword.arg == "mode"]
    modes = [one.value for one in given if isinstance(one, ast.Constant)]
    mode = next((one for one in modes if isinstance(one, str) and set(one) <= set("rwaxbt+")), None)
    if mode is None:  # that of an archive, a storage or a module
        return is_method and not call.args and not call.keywords
    is_written = set(mode) & set("wax")
    return "b" not in mode and ("encoding" not in named or (is_written and "newline" not in named))
