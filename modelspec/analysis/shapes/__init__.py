"""Shape inference: what each call of a graph returns, and the weights and FLOPs of each layer.

`inference.py` goes through the graph, `layer_rules.py` applies the rule of one layer to tensors,
`nested.py` does the same for a model inside a model. The others say what a call cannot do beyond
its rule.
"""

from .inference import analyze
