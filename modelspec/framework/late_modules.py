"""Modules that `import tensorflow` and `import keras` bring along, and that most processes never
use: they are loaded once something in them is asked for.

The names of TensorFlow 1 and Keras's pictures, which load matplotlib, take a fifth of the time of
both imports. What TensorFlow registers while it is imported (gradients, conversions) does not come
from them.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

LATE = frozenset(
    {
        "tensorflow._api.v2.compat.v1",
        "tensorflow._api.v2.compat.v2",
        "keras.src.visualization",
        "keras.visualization",
    }
)

_used = set[str]()
"""Those of them that something has asked for."""


class _LateModule(ModuleType):
    """Stands for a module until it is used, and then hands its names on.

    `importlib.util.LazyLoader` has no place for modules that put another object into
    `sys.modules` while they are loaded, as those of TensorFlow 1 do.
    """

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(self.__name__) is self:
            _used.add(self.__name__)
            del sys.modules[self.__name__]
        elif self.__name__ not in _used:  # Python asks while it makes the module
            raise AttributeError(name)
        return getattr(import_module(self.__name__), name)


class _LateFinder:
    """Finds the modules of `LATE` as Python does, and puts late ones in their place."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """None for all other modules, and for those that are used by now."""
        if name not in LATE - _used:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None:
            spec.loader = _LateLoader()
        return spec


class _LateLoader(Loader):
    """Makes late modules, and runs nothing."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module that stands for one."""
        return _LateModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing: the module is run at its first use."""


@contextmanager
def quick_imports() -> Iterator[None]:
    """Load what is in `LATE` when it is used. Python's search for garbage, of which imports leave
    hardly any, waits meanwhile: it takes another tenth."""
    finder, collects = _LateFinder(), gc.isenabled()
    sys.meta_path.insert(0, finder)
    gc.disable()
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        if collects:
            gc.enable()
