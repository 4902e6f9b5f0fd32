"""The rule of one layer or op, and all that is asked around it: policy, masks, batch, weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from modelspec.analysis.arguments import complete, keras_class, layers_within
from modelspec.analysis.facts import Analysis, TensorStructure, tensors_of
from modelspec.diagnostics import Findings
from modelspec.graph import Call
from modelspec.layers import LayerTraits, hand_on_mask, rule_of, traits_of
from modelspec.layers.policies import (
    check_initializers,
    check_policy,
    check_weights,
    policy_of,
    quantize,
)
from modelspec.layers.rule import (
    FIRST_BATCH,
    TEXT,
    LayerCall,
    Mismatch,
    Policy,
    Rule,
    RuleResult,
    Tensor,
    Weight,
    follow_batch,
    follow_built,
    has_batch,
)
from modelspec.schema import class_schema
from modelspec.spec.model import KerasObject

from .restraints import (
    need_possible_restraints,
    need_savable_activations,
    need_savable_arguments,
)
from .shared_layers import need_run_as_built

APPLICATIONS = "applications."
"""How the names of classes begin that are architectures of Keras."""

FLOATS = frozenset(("float16", "bfloat16", "float32", "float64"))


class LayerRules:
    """Applies the rules of layers and ops in one model.

    Args:
        policy: the model's dtype policy.
        findings: takes warnings.
        apply_inner: for wrappers, the result of a layer inside another.
        training: whether the model trains.
        has_weights: whether the layers were built before, for other tensors.
    """

    def __init__(
        self,
        policy: Policy,
        findings: Findings,
        apply_inner: Callable[..., RuleResult],
        *,
        training: bool,
        has_weights: bool,
    ) -> None:
        self.policy = policy
        self.findings = findings
        self.apply_inner = apply_inner
        self.training = training
        self.has_weights = has_weights

    def apply(
        self,
        item: KerasObject,
        inputs: tuple[TensorStructure, ...],
        named: Mapping[str, TensorStructure],
        call: Call | None = None,
    ) -> RuleResult | None:
        """The result of a layer or op; None without a rule, or with unknown inputs.

        Args:
            item: the layer or op.
            inputs: its positional tensors.
            named: its other tensors, by parameter.
            call: the call; None for a layer inside another.

        Raises:
            Mismatch: Keras refuses the call.
        """
        known = class_schema(item.kind, item.class_name)
        if known is None or any(t is None for t in tensors_of((*inputs, *named.values()))):
            return None
        args = complete(item)
        if item.class_name.startswith(APPLICATIONS):  # inside another layer
            from modelspec.layers.applications import check_application

            check_application(known.name, LayerCall(args, inputs, named))
            return None
        is_op = item.class_name.startswith("ops.")
        rule = _op_rule(known.name) if is_op else rule_of(known.file, known.name)
        policy = self.policy if is_op else policy_of(args.get("dtype"), self.policy)
        if rule is None or policy is None:
            return None
        traits = traits_of(item.class_name if is_op else known.name)
        options = call.arguments if call is not None else {}
        called = LayerCall(args, inputs, named, options, policy, self.apply_inner, self.training)
        if not is_op:
            called = _with_cast_tensors(called, traits)
            check_policy(known.name, policy, args)
        found = self._run(rule, called, traits, mixes=is_op or traits.is_merge)
        if call is not None and traits.returns_its_input and called.inputs == inputs:
            hint = "equalize the images before they reach the model, or use AutoContrast"
            message = "cannot be part of a model: Keras takes its input for its output, as a cycle"
            raise Mismatch(message, hint=hint)
        found = hand_on_mask(found, traits.mask, called.inputs, called.named)
        if traits.keeps_values and any(tensor.sparse for tensor in _tensors(called)):
            found = replace(found, output=replace(found.output, sparse=True))
        need_possible_restraints(args, found)
        need_savable_arguments(item.args, plain=traits.saves_plain_arguments)
        need_savable_activations(item)
        self._report_device_limit(item, found)
        if not is_op:
            found = _with_own_weights(found, policy, args)
        if args.get("trainable") is False and not traits.trains_inside:
            return replace(found, weights=tuple(frozen(weight) for weight in found.weights))
        return found

    def _run(
        self, rule: Rule, called: LayerCall, traits: LayerTraits, *, mixes: bool
    ) -> RuleResult:
        """What the rule says, for tensors of a run: they may be others than what was built for.

        Args:
            rule: of the layer or op.
            called: the call.
            traits: of the layer or op.
            mixes: whether the call reads several tensors as one, so that their batches must agree.
        """
        _need_dense(called, traits)
        found = rule(called)
        met = _tensors(called)
        if any(tensor.built is not None for tensor in met):
            if not self.has_weights:
                need_run_as_built(traits.built_for, called.inputs)
            found = follow_built(
                found,
                called,
                rule,
                has_weights=self.has_weights,
                any_rank=traits.states_any_rank,
                pools=traits.pooled_axes > 0,
            )
        mixes = mixes or _has_other_batch(found.output)
        if any(tensor.trial is not None or (mixes and has_batch(tensor)) for tensor in met):
            found = follow_batch(found, called, rule)
        return found

    def _report_device_limit(self, item: KerasObject, found: RuleResult) -> None:
        """Warn where not every device can run a layer."""
        if found.device_limit:
            message = f"{item.class_name}: {found.device_limit}"
            self.findings.warning(item.span, "not-on-every-device", message, hint=found.device_hint)


def frozen(weight: Weight) -> Weight:
    """A weight that is not trained."""
    return Weight(weight.name, weight.shape, weight.dtype, False)


def frozen_model(analysis: Analysis) -> tuple[Weight, ...] | None:
    """The weights of a model that says `trainable: false`, from its analysis; None where unknown.

    Keras hands that down to all layers inside, but not through one that says the same: what
    `trainable: false` of its own does not reach is trained all the same.
    """
    if analysis.weights is None:
        return None
    found: list[Weight] = []
    for facts in analysis.layers.values():
        nested, weights = facts.calls[0].nested, facts.weights or ()
        if nested is not None:
            found += frozen_model(nested) or ()
        elif any(map(_hands_nothing_down, layers_within(facts.layer.object))):
            found += weights
        else:
            found += map(frozen, weights)
    return tuple(found)


def _hands_nothing_down(item: KerasObject) -> bool:
    return item.args.get("trainable") is False and traits_of(keras_class(item)).trains_inside


def _tensors(called: LayerCall) -> list[Tensor]:
    """All tensors of a call, which are known when a rule is applied."""
    given = tensors_of((*called.inputs, *called.named.values()))
    return [tensor for tensor in given if tensor is not None]


def _has_other_batch(output: TensorStructure) -> bool:
    """Whether a result has a known first size, as that of a layer that takes a batch for rows."""
    return any(t is not None and t.shape[:1] != (None,) for t in tensors_of(output))


def _op_rule(name: str) -> Rule | None:
    """The rule of an op; the first call imports the rules of all ops."""
    from modelspec.layers.ops import OPS

    return OPS.get(name)


def _with_own_weights(found: RuleResult, policy: Policy, args: Mapping[str, Any]) -> RuleResult:
    """The result with the weights that the layer's policy makes of those of the rule.

    Raises:
        Mismatch: its initializers cannot make them, or its dtype cannot be trained.
    """
    check_initializers(found.weights, args)
    check_weights(policy, found.weights, args)
    return quantize(found, policy, args) if policy.mode else found


def _with_cast_tensors(called: LayerCall, traits: LayerTraits) -> LayerCall:
    """The call of a layer on its tensors as Keras casts them.

    Raises:
        Mismatch: they cannot be cast.
    """
    if traits.keeps_floats or not called.args.get("autocast", True):
        return called
    inputs = tuple(_cast_floats(value, called.policy) for value in called.inputs)
    named = {key: _cast_floats(value, called.policy) for key, value in called.named.items()}
    return replace(called, inputs=inputs, named=named)


def _cast_floats(value: TensorStructure, policy: Policy) -> TensorStructure:
    if isinstance(value, Tensor):
        if value.dtype == policy.compute or value.dtype not in FLOATS:
            return value
        if policy.compute == TEXT:
            hint = "leave `dtype` out; text stays text under any policy"
            message = "cannot turn numbers into text, which its `dtype` asks for"
            raise Mismatch(message, "dtype", hint)
        return replace(value, dtype=policy.compute)
    if isinstance(value, Mapping):
        return {key: _cast_floats(item, policy) for key, item in value.items()}
    return tuple(_cast_floats(item, policy) for item in value)


def _need_dense(call: LayerCall, traits: LayerTraits) -> None:
    """Refuse a sparse tensor where a layer computes on the values of a dense one."""
    if traits.needs_dense and any(
        tensor is not None and tensor.sparse for tensor in tensors_of(call.inputs)
    ):
        raise Mismatch(
            f"takes no sparse tensor: {FIRST_BATCH}",
            hint="leave `sparse` out where the codes are made; Dense and Embedding take them",
        )
