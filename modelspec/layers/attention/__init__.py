"""Attention: Attention, AdditiveAttention, MultiHeadAttention, GroupQueryAttention."""

from modelspec.layers.rule import Rule

from .multi_head import group_query_attention, multi_head_attention
from .query_value import additive_attention, attention

RULES: dict[str, Rule] = {
    "AdditiveAttention": additive_attention,
    "Attention": attention,
    "GroupQueryAttention": group_query_attention,
    "MultiHeadAttention": multi_head_attention,
}
