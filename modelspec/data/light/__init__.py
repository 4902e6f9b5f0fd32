"""Data files checked where neither numpy nor pyarrow is installed."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .check import check_data_without_numpy
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "check": "check_data_without_numpy",
        },
    )
