"""Package faces (`__init__`) whose modules are imported only when a name of theirs is used."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any


def lazy_names(package: str, modules: Mapping[str, str]) -> Callable[[str], Any]:
    """The `__getattr__` of a package (PEP 562).

    Args:
        package: its `__name__`.
        modules: module of the package to the names that it gives to the face, with spaces
            between; "public=own" where a name is another one in its module.
    """
    homes = {}
    for module, names in modules.items():
        for entry in names.split():
            public, _, own = entry.partition("=")
            homes[public] = (module, own or public)

    def load(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module, own = homes[name]
        return getattr(importlib.import_module(f".{module}", package), own)

    return load
