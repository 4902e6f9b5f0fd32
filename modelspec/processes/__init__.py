"""Child processes: those that are given work as they go, and a function over many items in some."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .children import (
        PATIENCE,
        Channel,
        ChildProcess,
        Event,
        Message,
        end_this_process,
        how_it_ended,
        interrupts_blocked,
        sendable,
        stops_handled,
    )
    from .mapping import map_in_processes
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "children": "PATIENCE Channel ChildProcess Event Message end_this_process how_it_ended"
            " interrupts_blocked sendable stops_handled",
            "mapping": "map_in_processes",
        },
    )
