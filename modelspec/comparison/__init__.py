"""How two specs differ: layers matched by name and neighbourhood, weights, data and training."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .changes import Kind, LayerChange, Value
    from .git_setup import set_up, take_back
    from .revisions import is_revision, write_revision
    from .spec_diff import Side, SpecDiff, diff_specs
    from .views import FORMATS, to_dict
    from .weights import Fit, TensorFit
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "changes": "Kind LayerChange Value",
            "spec_diff": "SpecDiff Side diff_specs",
            "git_setup": "set_up take_back",
            "revisions": "is_revision write_revision",
            "views": "FORMATS to_dict",
            "weights": "Fit TensorFit",
        },
    )
