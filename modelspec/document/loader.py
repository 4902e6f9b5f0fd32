"""PyYAML's parser with all of its own resolving switched off.

A node keeps one of three tags of ours unless the text gives it a tag, so that a written tag can
be told from an implied one, and YAML 1.1's rules for plain scalars are never tried.
"""

from __future__ import annotations

from typing import Any

import yaml

PLAIN, QUOTED, COLLECTION = "plain", "quoted", "collection"
UNTAGGED = frozenset((PLAIN, QUOTED, COLLECTION))

MAX_DEPTH = 100

# libyaml's parser where PyYAML was built with it: about ten times as fast
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class NestingError(yaml.MarkedYAMLError):
    """Values are nested deeper than a spec may nest them."""


class SpecLoader(_Base):  # type: ignore[misc]  # the base is chosen at run time
    """Composes nodes; raises NestingError where they nest deeper than `MAX_DEPTH`."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def resolve(self, kind: type[yaml.Node], value: str | None, implicit: Any) -> str:
        """The tag of a node that was written without one."""
        if kind is not yaml.ScalarNode:
            return COLLECTION
        return PLAIN if implicit[0] else QUOTED

    def descend_resolver(self, current_node: yaml.Node | None, current_index: Any) -> None:
        """Called by the composer on the way into a node; its recursion is bounded here."""
        self._depth += 1
        if self._depth > MAX_DEPTH and current_node is not None:
            message = f"values are nested more than {MAX_DEPTH} deep"
            raise NestingError(problem=message, problem_mark=current_node.start_mark)

    def ascend_resolver(self) -> None:
        """Called by the composer on the way out of a node."""
        self._depth -= 1
