"""Whole specs at random: mostly right, often enough nearly right.

A model grows layer by layer. Arguments come from the drafts of `tests/layers`, which know what a
layer takes; a layer that the analysis refuses on the tensors at hand is mostly dropped and drawn
again, and now and then kept, so that refusals are put to Keras too.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

from modelspec.analysis import Analysis
from modelspec.analysis import analyze as analyze_graph
from modelspec.compile.stages import expand_document, load_document
from modelspec.diagnostics import Findings
from modelspec.graph import build_graph
from modelspec.layers.rule import Structure, Tensor
from modelspec.schema import class_schema
from modelspec.schema.bundle import cut_names
from modelspec.spec import parse_spec

sys.path.append(str(Path(__file__).parents[1] / "layers"))

import draft_image_preprocessing
import draft_many
import draft_ops_table
import draft_plain
import draft_preprocessing
import draft_rnn
import draft_windows
import draw
from draw import Draft, chance
from question import Question
from question import flat as flatten
from whole_expressions import add_block_params, add_index, add_params

_schema_check: Any = importlib.import_module("modelspec.schema.check")
"""The module, which its package hides behind the function of the same name."""

NOT_ALONE = ("CustomScaleLayer", "LayerScale", "StochasticDepth")
"""Layers of Keras's applications; a spec with them is an import of one of these."""

LAYERS: dict[str, Draft] = {
    name: draft
    for name, draft in (
        draft_plain.DRAFTS
        | draft_windows.DRAFTS
        | draft_many.DRAFTS
        | draft_rnn.DRAFTS
        | draft_preprocessing.DRAFTS
        | draft_image_preprocessing.DRAFTS
    ).items()
    if not name.endswith("Cell") and name not in (*NOT_ALONE, "StackedRNNCells")
}
RANDOM_OPS = ("ops.image.elastic_transform",)
"""Ops that draw numbers outside training too: two predictions are never the same."""
OPS: dict[str, Draft] = {
    name: draft for name, draft in draft_ops_table.DRAFTS.items() if name not in RANDOM_OPS
}
RECURRENT = ["SimpleRNN", "GRU", "LSTM", "Bidirectional", "RNN"]
EVERYDAY = [
    *["Dense"] * 8, *["Conv1D", "Conv2D"] * 3, *["MaxPooling1D", "MaxPooling2D"] * 2, "Flatten",
    "Activation", "ReLU", "LeakyReLU", "Softmax", "PReLU", "ELU", *["Dropout"] * 2,
    *["BatchNormalization"] * 2, *["LayerNormalization"] * 2, "GroupNormalization",
    *RECURRENT * 2, "ConvLSTM2D", "Embedding", "GlobalAveragePooling1D", "GlobalAveragePooling2D",
    "GlobalMaxPooling1D", "AveragePooling2D", "AveragePooling1D", "Reshape", "Permute",
    "RepeatVector", *["TimeDistributed"] * 2, "Masking", "UpSampling2D", "ZeroPadding2D",
    "Cropping2D", "Conv2DTranspose", "SeparableConv2D", "DepthwiseConv2D", "Rescaling",
    "Normalization", *["SpectralNormalization"] * 2, "Pipeline",
    "Resizing", "RandomFlip", "RandomRotation", "GaussianNoise",
    "SpatialDropout1D", "StringLookup", "TextVectorization", "Hashing", "CategoryEncoding",
]  # fmt: skip
SEVERAL = [
    *["Add", "Concatenate"] * 3, "Multiply", "Subtract", "Average", "Maximum", "Minimum", "Dot",
    *["MultiHeadAttention"] * 3, *["Attention"] * 2, "AdditiveAttention", "GroupQueryAttention",
]  # fmt: skip
DTYPES = ["float16", "bfloat16", "float64", "mixed_float16", "mixed_bfloat16", "float32"]
TRIES = 6

Spec = dict[str, Any]


def draw_spec(rng: Random) -> Spec:
    """A whole spec as data: `modelspec`, `model`, `training`, and blocks in some."""
    spec: Spec = {"modelspec": 1}
    grower = _Sequence(rng) if chance(rng, 0.4) else _Network(rng)
    spec["model"] = grower.grow(rng.randint(3, 15))
    blocks = _only_named(spec["model"], grower.blocks)
    if blocks:
        spec["blocks"] = blocks
    spec["training"] = _training(rng, grower)
    if chance(rng, 0.25):
        spec = deepcopy(spec)
        add_params(rng, spec)
    return spec


KINDS = {
    "nested": '"Functional": {',
    "spectral": '"SpectralNormalization"',
    "states": '"initial_state"',
    "expressions": "${",
    "blocks": '"blocks"',
    "repeat": '"repeat"',
    "pipeline": '"Pipeline"',
}
"""Kinds of spec that can be asked for, by what their text has."""


def spec_text(spec: Spec) -> str:
    """A spec as JSON, which is YAML too: one line a section."""
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in spec.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _shape(rng: Random) -> tuple[list[int | None], str]:
    """The shape and dtype of an input: all kinds of data that people have."""
    kind = rng.choice(("vector",) * 5 + ("image",) * 6 + ("series",) * 6 + ("tokens",) * 3
                      + ("text", "ids", "scalar", "video", "volume", "odd", "table"))  # fmt: skip
    side, steps = rng.choice((4, 5, 6, 8, 8, 9, 12)), rng.choice((2, 3, 4, 5, 6, 8, 10))
    channels = rng.choice((1, 2, 3, 3, 3, 4, 8))
    dtype = "float32"
    shapes: dict[str, list[int | None]] = {
        "vector": [rng.randint(1, 10)],
        "table": [1],
        "image": [side, rng.choice((side, side, side + 2)), channels],
        "series": [steps, rng.randint(1, 6)],
        "tokens": [steps],
        "ids": [1],
        "text": [rng.choice((1, 1, 1, 3))],
        "scalar": [],
        "video": [rng.randint(2, 4), 6, 6, channels],
        "volume": [6, 5, 6, channels],
        "odd": [rng.choice((0, 1, 2, 3)) for _ in range(rng.randint(1, 4))],
    }
    if kind in ("tokens", "ids"):
        dtype = rng.choice(("int32", "int64", "int32", "float32"))
    elif kind == "text":
        dtype = "string"
    elif kind == "image" and chance(rng, 0.2):
        dtype = "uint8"
    elif chance(rng, 0.08):
        dtype = rng.choice(("int32", "int64", "uint8", "bool", "float16", "float64", "bfloat16"))
    shape = shapes[kind]
    if kind != "text" and chance(rng, 0.1):
        # without the last axis, but for tokens, there are no weights: most layers refuse it
        shares = [0.5 if kind == "tokens" else 0.05 if i == 1 else 0.5
                  for i in range(len(shape), 0, -1)]  # fmt: skip
        shape = [None if size and chance(rng, share) else size
                 for size, share in zip(shape, shares, strict=True)]  # fmt: skip
    return shape, dtype


def _input(rng: Random) -> Spec:
    shape, dtype = _shape(rng)
    found: Spec = {"shape": shape}
    if dtype != "float32":
        found["dtype"] = dtype
    if chance(rng, 0.03):
        found["batch_size"] = rng.choice((8, 8, 1))
    return found


class _Model:
    """What both kinds of model have: drawing one layer, and asking the analysis about it.

    Attributes:
        blocks: the blocks that the model uses, by name.
        outputs: tensors by output name, after `grow`.
    """

    def __init__(self, rng: Random, depth: int = 0, blocks: dict[str, Spec] | None = None) -> None:
        self.rng = rng
        self.depth = depth
        self.blocks: dict[str, Spec] = {} if blocks is None else blocks
        self.outputs: dict[str, Tensor | None] = {}

    def layer(self, name: str, question: Question) -> Spec | str:
        """A layer as a spec writes it, with arguments that every layer takes now and then."""
        args = deepcopy(dict(question.args))  # drafts share values, and params replace some
        if not name.startswith("ops."):
            if chance(self.rng, 0.04):
                args["dtype"] = self.rng.choice(DTYPES)
            if chance(self.rng, 0.04):
                args["trainable"] = False
            args |= self.penalties(name)
        return {name: args} if args or chance(self.rng, 0.2) else name

    def penalties(self, name: str) -> Spec:
        known = class_schema("layer", name)
        values = {
            "regularizer": ["l2", {"L1": {"l1": 0.01}}, {"OrthogonalRegularizer": {}}],
            "constraint": ["non_neg", "unit_norm", {"MaxNorm": {"max_value": 2}}],
            "initializer": ["zeros", "glorot_normal", "orthogonal", "identity",
                            {"RandomUniform": {"seed": 1}}],
        }  # fmt: skip
        return {
            key: self.rng.choice(values[key.rpartition("_")[2]])
            for key in (known.properties if known is not None else ())
            if key.rpartition("_")[2] in values and chance(self.rng, 0.02)
        }

    def name(self) -> str:
        """The name of a layer class or an op that takes one tensor."""
        if chance(self.rng, 0.6):
            return self.rng.choice(EVERYDAY)
        if chance(self.rng, 0.25):
            return self.rng.choice(list(OPS))
        return self.rng.choice([name for name in LAYERS if name not in SEVERAL])

    def inner(self, outer: Tensor) -> Spec | None:
        """A small nested Sequential for a tensor."""
        inside = _Sequence(self.rng, self.depth + 1, self.blocks)
        if outer.dtype == "string":
            return None
        shape = _entry(outer)
        found = inside.grow(self.rng.randint(1, 3), shape)["sequential"]
        if chance(self.rng, 0.6):
            del found["input"]
        return {"layers": found["layers"], **({"input": shape} if "input" in found else {})}

    def inner_network(self, outers: list[Tensor]) -> Spec | None:
        """A small nested Functional; its inputs that are used are `x0`, `x1` and so on."""
        inside = _Network(self.rng, self.depth + 1, self.blocks)
        if any(outer.dtype == "string" for outer in outers):
            return None
        given = {f"x{i}": _entry(outer) for i, outer in enumerate(outers)}
        found = inside.grow(self.rng.randint(1, 4), given)["functional"]
        if not found["edges"]:
            return None
        if chance(self.rng, 0.6):
            found["inputs"] = {name: {} for name in found["inputs"]}
        return dict(found)

    def use_block(self, tensor: Tensor) -> Spec | None:
        """A use of a block: of a new one, or of one that is there."""
        rng = self.rng
        if not self.blocks or chance(rng, 0.6):
            body: Spec | None
            if chance(rng, 0.5):
                body = self.inner_network([tensor])
                if body is None or len(body["inputs"]) != 1:
                    return None
                kind = "functional"
            else:
                body = self.inner(tensor)
                kind = "sequential"
            if body is None:
                return None
            body.pop("input", None)
            params = add_block_params(rng, body)
            defaults = {key: value if chance(rng, 0.5) else None for key, value in params.items()}
            name = f"part{len(self.blocks) + 1}"
            self.blocks[name] = {**({"params": defaults} if params else {}), kind: body}
        else:
            name = rng.choice(list(self.blocks))
            params = dict(self.blocks[name].get("params", {}))
            params = {key: rng.randint(1, 4) for key in params}
        defaults = self.blocks[name].get("params", {})
        use = {
            key: value
            for key, value in params.items()
            if not chance(rng, 0.03 if defaults[key] is None else 0.5)
        }
        if chance(rng, 0.1):
            use["trainable"] = False
        return {name: use}


def _entry(outer: Tensor) -> Spec:
    """The input of a nested model for a tensor."""
    found: Spec = {"shape": list(outer.shape[1:])}
    if outer.dtype != "float32":
        found["dtype"] = outer.dtype
    return found


def _draft(rng: Random, name: str) -> Question:
    return (OPS if name.startswith("ops.") else LAYERS)[name](rng)


class _Sequence(_Model):
    """Grows a `sequential`."""

    def grow(self, count: int, given: Spec | None = None) -> Spec:
        entry = _input(self.rng) if given is None else given
        layers: list[Any] = []
        tensor = _one(analyze({"sequential": {"input": entry, "layers": ["Flatten"]}}, "input"))
        for _ in range(count):
            for _ in range(TRIES):
                layer = self.next_layer(tensor)
                tried = {"sequential": {"input": entry, "layers": [*layers, layer]}}
                after = _one(analyze(tried, "output", self.blocks))
                if after is not None or chance(self.rng, 0.01):
                    layers.append(layer)
                    tensor = after
                    break
            if tensor is None:
                break
        if not self.depth:
            layers += self.head(tensor)
        if not layers:
            layers = ["Identity"]
        found = {"sequential": {"input": entry, "layers": layers}}
        last = _one(analyze(found, "output", self.blocks))
        self.outputs = {"": last}
        return found

    def next_layer(self, tensor: Tensor | None) -> Any:
        if tensor is not None and self.depth < 2 and chance(self.rng, 0.15):
            nested: Any
            if chance(self.rng, 0.3):
                nested = self.inner(tensor)
                nested = nested and {"Sequential": nested}
            elif chance(self.rng, 0.5):
                nested = self.inner_network([tensor])
                nested = nested and {"Functional": nested}
            else:
                nested = self.use_block(tensor)
            if nested:
                return nested
        if chance(self.rng, 0.04):
            turns = [self.next_layer(tensor) for _ in range(self.rng.choice((1, 1, 2)))]
            if chance(self.rng, 0.6):
                add_index(self.rng, turns)
            return {"repeat": {"times": self.rng.choice((0, 1, 2, 2, 3)), "layers": turns}}
        name = self.name()
        return self.layer(name, _draft(self.rng, name))

    def head(self, tensor: Tensor | None) -> list[Any]:
        if chance(self.rng, 0.3) or (tensor is not None and not _takes_head(self.rng, tensor)):
            return []
        more = ["Flatten"] if tensor is not None and tensor.rank > 2 else []
        return [*more, {"Dense": {"units": self.rng.randint(1, 4)}}]


class _Network(_Model):
    """Grows a `functional`."""

    def grow(self, count: int, given: Mapping[str, Spec] | None = None) -> Spec:
        rng = self.rng
        names = [f"in{i}" for i in range(rng.choice((1, 1, 1, 2, 2, 3)))]
        self.inputs = dict(given) if given else {name: _input(rng) for name in names}
        if not given and len(names) > 1 and chance(rng, 0.5):  # tensors that fit each other
            self.inputs[names[1]] = dict(self.inputs[names[0]])
        self.layers: dict[str, Any] = {}
        self.edges: list[Any] = []
        self.results: dict[str, Tensor] = {}
        self.used: set[str] = set()
        self.encoders: dict[str, tuple[str, str, int]] = {}
        for name, entry in self.inputs.items():
            trial = {"sequential": {"input": entry, "layers": ["Flatten"]}}
            found = _one(analyze(trial, "input"))
            if found is not None:
                self.results[name] = found
        for _ in range(count):
            if not any(self.step() for _ in range(TRIES)):
                break
        return self.finish()

    def model(self, outputs: Any) -> Spec:
        return {
            "functional": {
                "inputs": self.inputs, "layers": self.layers, "edges": self.edges,
                "outputs": outputs,
            }
        }  # fmt: skip

    def step(self) -> bool:
        """One more call; False where the analysis refuses it and it is dropped."""
        before = dict(self.layers), list(self.edges), set(self.used)
        made = self.call()
        if made is None:
            return False
        result, tensors = made, None
        facts = analyze(self.model(result), "results", self.blocks, partial=True)
        if isinstance(facts, Mapping):
            tensors = facts.get(result)
        if tensors is None and not chance(self.rng, 0.006):
            self.layers, self.edges, self.used = before
            return False
        if isinstance(tensors, Tensor):
            self.results[result] = tensors
        elif isinstance(tensors, tuple):
            for i, tensor in enumerate(tensors):
                if isinstance(tensor, Tensor):
                    self.results[f"{result}[{i}]"] = tensor
        elif isinstance(tensors, Mapping):
            for name, tensor in tensors.items():
                if isinstance(tensor, Tensor):
                    self.results[f"{result}[{name}]"] = tensor
        return True

    def call(self) -> str | None:
        rng = self.rng
        if not self.results:
            return None
        if self.layers and chance(rng, 0.06):
            return self.share()
        name = rng.choice(SEVERAL) if chance(rng, 0.25) else self.name()
        key = f"l{len(self.layers)}"
        if self.depth < 2 and chance(rng, 0.15):
            return self.nest(key)
        if chance(rng, 0.12):
            return self.decode(key) if self.encoders and chance(rng, 0.6) else self.encode(key)
        question = _draft(rng, name)
        self.layers[key] = self.layer(name, question)
        return self.connect(key, self.arguments(name, question))

    def nest(self, key: str) -> str | None:
        """A call of a nested model or of a block."""
        rng = self.rng
        sources = [self.pick() for _ in range(rng.choice((1, 1, 2, 2, 3)))]
        outers = [self.results[source] for source in sources]
        made: Any = None
        if len(sources) > 1 or chance(rng, 0.3):
            made = self.inner_network(outers)
            if made is None:
                return None
            names = list(made["inputs"])
            sources = [sources[int(name[1:])] for name in names]
            self.layers[key] = {"Functional": made}
            if len(names) > 1 and chance(rng, 0.3):
                if chance(rng, 0.05):
                    names[0] = "x9"
                return self.connect(key, {"from": dict(zip(names, sources, strict=True))})
        else:
            block = chance(rng, 0.6)
            made = self.use_block(outers[0]) if block else self.inner(outers[0])
            if made is None:
                return None
            self.layers[key] = made if block else {"Sequential": made}
        if chance(rng, 0.05):
            sources = (
                sources[:-1] if len(sources) > 1 and chance(rng, 0.5) else [*sources, self.pick()]
            )
        return self.connect(key, {"from": sources})

    def steps(self) -> list[str]:
        """Results that a recurrent layer takes."""
        return [n for n, t in self.results.items() if t.rank == 3 and t.shape[2] is not None]

    def encode(self, key: str) -> str | None:
        """A recurrent layer that returns its states."""
        rng = self.rng
        if not self.steps():
            return None
        kind, units = rng.choice(STATEFUL), rng.randint(1, 5)
        wrapped = rng.choice(("", "", "", "RNN", "Bidirectional"))
        more = {"return_state": True, "return_sequences": draw.flag(rng)}
        self.layers[key] = _recurrent(kind, units, wrapped, more)
        self.encoders[key] = kind, wrapped, units
        return self.connect(key, {"from": [rng.choice(self.steps())]})

    def decode(self, key: str) -> str | None:
        """A recurrent layer that begins with the states of another."""
        rng = self.rng
        encoder = rng.choice(list(self.encoders))
        kind, wrapped, units = self.encoders[encoder]
        states = [n for n in self.results if n.startswith(f"{encoder}[")][1:]
        if not states or not self.steps():
            return None
        if chance(rng, 0.15):  # as a decoder takes the code of an image
            wide = [n for n, t in self.results.items() if t.rank == 2 and t.shape[1] == units]
            states = [rng.choice(wide) for _ in states] if wide else states
        slip = rng.choice(("units", "kind", "fewer", "more", "wrapped", "order", *[""] * 24))
        if slip == "units":
            units += 1
        elif slip == "kind":
            kind = rng.choice(STATEFUL)
        elif slip == "fewer":
            states = states[:-1]
        elif slip == "more":
            states = [*states, self.pick()]
        elif slip == "wrapped":
            wrapped = rng.choice(("", "RNN", "Bidirectional"))
        elif slip == "order":
            states = states[::-1]
        more = {k: draw.flag(rng) for k in ("return_state", "return_sequences")}
        if chance(rng, 0.1):
            more["go_backwards"] = True
        if wrapped == "Bidirectional":
            more.pop("go_backwards", None)
        self.layers[key] = _recurrent(kind, units, wrapped, more)
        given: Any = states[0] if len(states) == 1 and chance(rng, 0.6) else states
        source = rng.choice(self.steps())
        if chance(rng, 0.1):
            return self.connect(key, {"from": [source, given]})
        return self.connect(key, {"from": {"sequences": source, "initial_state": given}})

    def share(self) -> str:
        """Another call of a layer that is there."""
        key = self.rng.choice(list(self.layers))
        for edge in self.edges:
            if edge["to"] == key and "as" not in edge:
                edge["as"] = f"{key}_a"
                self.rename(key, f"{key}_a")
        result = f"{key}_{len(self.edges)}"
        return self.connect(key, {"from": [self.pick()]}, result)

    def rename(self, old: str, new: str) -> None:
        """Follow a result that has a name now."""

        def follow(ref: Any) -> Any:
            if isinstance(ref, str) and (ref == old or ref.startswith(f"{old}[")):
                return new + ref[len(old) :]
            if isinstance(ref, list):
                return [follow(item) for item in ref]
            if isinstance(ref, dict):
                return {key: follow(item) for key, item in ref.items()}
            return ref

        for edge in self.edges:
            edge["from"] = follow(edge["from"])
        self.results = {follow(name): tensor for name, tensor in self.results.items()}
        self.used = {follow(name) for name in self.used}

    def connect(self, key: str, edge: Spec, result: str | None = None) -> str:
        self.used |= set(_refs(edge["from"]))
        self.edges.append({**edge, "to": key, **({"as": result} if result else {})})
        return result or key

    def arguments(self, name: str, question: Question) -> Spec:
        """The `from` and `call` of an edge: tensors at hand where the draft had its own."""
        given = list(flatten(question.inputs))
        edge: Spec
        if name in SEVERAL:
            count = max(len(given), len(question.named), 1)
            edge = {"from": self.alike(count)}
        elif len(question.named) > 1 or (question.named and given) or _takes_list(question):
            edge = {"from": {key: self.pick_all(near) for key, near in _named(question, name)}}
        else:
            edge = {"from": [self.pick()]}
        if question.call:
            edge["call"] = dict(question.call)
        elif chance(self.rng, 0.02):
            edge["call"] = {"training": draw.flag(self.rng)}
        return edge

    def pick_all(self, near: Structure) -> Any:
        """One result for a tensor; a list for several, now and then one without a list."""
        if isinstance(near, Tensor) or chance(self.rng, 0.05):
            return self.pick(near=next(iter(flatten(near)), None))
        return [self.pick(near=tensor) for tensor in flatten(near)]

    def pick(self, near: Tensor | None = None) -> str:
        """One of the results: mostly a recent one, or one that is like a tensor."""
        names = list(self.results)
        if near is not None:
            alike = [n for n in names if self.results[n].rank == near.rank]
            names = alike or names
        unused = [name for name in names if name not in self.used]
        if unused and chance(self.rng, 0.5):
            return self.rng.choice(unused)
        return self.rng.choice(names[-3:] if chance(self.rng, 0.6) else names)

    def alike(self, count: int) -> list[str]:
        """Results of one shape, or with a slip."""
        first = self.pick()
        shape = self.results[first].shape
        same = [n for n, t in self.results.items() if t.shape == shape]
        rank = [n for n, t in self.results.items() if t.rank == len(shape)]
        found = [first]
        for _ in range(count - 1):
            pool = same if chance(self.rng, 0.6) else rank if chance(self.rng, 0.8) else None
            found.append(self.rng.choice(pool or list(self.results)))
        return found

    def finish(self) -> Spec:
        """Join what nothing reads into outputs; a head on some."""
        rng = self.rng
        loose = [n for n in self.results if n not in self.used and n not in self.inputs]
        loose = [n for n in loose if n.partition("[")[0] not in _bases(self.used)] or loose
        outputs: list[str] = []
        for name in loose[-3:]:
            tensor = self.results[name]
            if chance(rng, 0.9 if self.depth else 0.3) or not _takes_head(rng, tensor):
                outputs.append(name)
                continue
            head = f"head{len(outputs)}"
            flat = f"flat_{head}"
            if tensor.rank > 2:
                self.layers[flat] = "Flatten"
                self.edges.append({"from": [name], "to": flat})
            self.layers[head] = {"Dense": {"units": rng.randint(1, 4)}}
            self.edges.append({"from": [flat if tensor.rank > 2 else name], "to": head})
            outputs.append(head)
        found: Any = outputs[0] if len(outputs) == 1 else outputs
        if outputs and chance(rng, 0.2 if self.depth else 0.04):
            found = {f"o{i}": name for i, name in enumerate(outputs)}
        if not outputs:
            found = next(iter(self.layers), next(iter(self.inputs)))
        model = _only_used(self.model(found))
        facts = analyze(model, "outputs", self.blocks)
        names = [found] if isinstance(found, str) else found
        known = facts if isinstance(facts, Mapping) else {}
        self.outputs = {name: known.get(name) for name in names}
        return model


def _takes_head(rng: Random, tensor: Tensor) -> bool:
    """Whether `Flatten` and `Dense` can follow; of a size that is not known they seldom do."""
    return tensor.rank > 1 and (None not in tensor.shape[1:] or chance(rng, 0.05))


STATEFUL = ("SimpleRNN", "GRU", "GRU", "LSTM", "LSTM", "LSTM")


def _recurrent(kind: str, units: int, wrapped: str, more: Spec) -> Spec:
    """A recurrent layer by itself, as a cell of `RNN` or in `Bidirectional`."""
    if wrapped == "RNN":
        return {"RNN": {"cell": {f"{kind}Cell": {"units": units}}, **more}}
    layer = {kind: {"units": units, **more}}
    return {"Bidirectional": {"layer": layer}} if wrapped else layer


def _only_named(model: Spec, blocks: Mapping[str, Spec]) -> dict[str, Spec]:
    """The blocks that a model uses, directly or in other blocks."""
    found: dict[str, Spec] = {}
    text = json.dumps(model)
    for name in reversed(blocks):  # a block uses those that were drawn before it
        if f'"{name}"' in text:
            found[name] = blocks[name]
            text += json.dumps(blocks[name])
    return found


def _takes_list(question: Question) -> bool:
    return any(name and not isinstance(value, Tensor) for name, value in question.named.items())


def _named(question: Question, name: str) -> Iterator[tuple[str, Structure]]:
    """Tensors by the parameter of the call, the first positional one among them."""
    first = list(flatten(question.inputs))
    if first:
        key = "sequence" if name in (*RECURRENT, "ConvLSTM2D") else "inputs"
        yield ("sequences" if key == "sequence" else key), first[0]
    yield from question.named.items()


def _refs(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    else:
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _refs(item)


def _bases(refs: Any) -> set[str]:
    return {ref.partition("[")[0] for ref in refs}


LOSSES = ["mse", "mse", "mae", "huber", "log_cosh", "poisson", "binary_crossentropy",
          "categorical_crossentropy", "sparse_categorical_crossentropy", "categorical_hinge",
          "hinge", "cosine_similarity", "kl_divergence", {"BinaryFocalCrossentropy": {}},
          {"CategoricalCrossentropy": {"from_logits": True, "label_smoothing": 0.1}},
          {"SparseCategoricalCrossentropy": {"from_logits": True}}, "Tversky", "Dice",
          {"CategoricalFocalCrossentropy": {}}]  # fmt: skip
METRICS = ["accuracy", "mae", "mse", "AUC", "Precision", "Recall", "BinaryAccuracy", "R2Score",
           "F1Score", "CategoricalAccuracy", "SparseCategoricalAccuracy", "CosineSimilarity",
           {"TopKCategoricalAccuracy": {"k": 2}}, "RootMeanSquaredError", "KLDivergence",
           "SparseTopKCategoricalAccuracy", "binary_crossentropy", "Poisson", "LogCoshError",
           {"MeanIoU": {"num_classes": 3}}, "categorical_crossentropy"]  # fmt: skip
OPTIMIZERS = ["sgd", "adam", "rmsprop", {"Adam": {"clipnorm": 1.0}}, {"SGD": {"momentum": 0.9}},
              {"AdamW": {"global_clipnorm": 1.0}}, "lion", "adafactor", "ftrl", "nadam", "Lamb",
              {"Adam": {"use_ema": True}}, {"Adam": {"gradient_accumulation_steps": 2}},
              "muon"]  # fmt: skip


def _training(rng: Random, grower: _Model) -> Spec:
    found: Spec = {"optimizer": rng.choice(OPTIMIZERS) if chance(rng, 0.5) else "sgd"}
    names = list(grower.outputs)
    if len(names) == 1:
        found["loss"] = _loss(rng)
        if chance(rng, 0.25):
            found["metrics"] = rng.sample(METRICS, rng.choice((1, 1, 2)))
    else:
        found["loss"] = {name: _loss(rng) for name in names}
        if chance(rng, 0.2):
            found["metrics"] = {rng.choice(names): [rng.choice(METRICS)]}
        if chance(rng, 0.1):
            found["loss_weights"] = {name: rng.choice((1, 0.5)) for name in names}
    if chance(rng, 0.06):
        found["precision"] = rng.choice(DTYPES)
    return found


def _loss(rng: Random) -> Any:
    return "mse" if chance(rng, 0.6) else rng.choice(LOSSES)


def analyze(
    model: Spec, what: str, blocks: Mapping[str, Spec] | None = None, partial: bool = False
) -> Any:
    """What the analysis knows of a model's tensors; None where it has errors.

    Args:
        model: the `model` section.
        what: `input` or `output` for the tensor of a stack; `outputs` by name; `results` of all.
        blocks: the `blocks` section.
        partial: the model is not yet whole, so that things nothing uses are no errors.
    """
    if partial:
        model = _only_used(model)
    whole = {"modelspec": 1, **({"blocks": dict(blocks)} if blocks else {}), "model": model}
    analysis = _analysis(json.dumps(whole))
    if analysis is None:
        return None
    if what == "input":
        return next(iter(analysis.inputs.values()))
    if what == "output":
        return next(iter(analysis.outputs.values()))
    return analysis.outputs if what == "outputs" else analysis.tensors


def _analysis(text: str) -> Analysis | None:
    """The stages without lints and losses, which are most of the time."""
    findings = Findings()
    document = load_document(text, "drawn", {}, findings)
    with patch.object(_schema_check, "_validator", _validator_of_all_classes):
        expanded = None if document is None else expand_document(document, findings)
    if expanded is None or findings.has_errors:
        return None
    graph = build_graph(parse_spec(expanded[0], None, findings).model, findings)
    if graph is None or findings.has_errors:
        return None
    found = analyze_graph(graph, findings)
    return None if findings.has_errors else found


def _validator_of_all_classes(_: Any, expressions: bool) -> Any:
    """One that is compiled once: one cut to what a document uses was most of the time."""
    return _schema_check._compiled(cut_names(), expressions)


def _only_used(model: Spec) -> Spec:
    """The part of a functional that its output comes from."""
    part = dict(model["functional"])
    wanted = _bases(_refs(part["outputs"]))
    for edge in reversed(part["edges"]):
        if edge.get("as", edge["to"]) in wanted:
            wanted |= _bases(_refs(edge["from"])) | {edge["to"]}
    part["edges"] = [e for e in part["edges"] if e.get("as", e["to"]) in wanted]
    kept = {edge["to"] for edge in part["edges"]}
    part["layers"] = {k: v for k, v in part["layers"].items() if k in kept}
    part["inputs"] = {k: v for k, v in part["inputs"].items() if k in wanted}
    return {"functional": part}


def _one(value: Any) -> Tensor | None:
    return value if isinstance(value, Tensor) else None
