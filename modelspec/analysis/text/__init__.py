"""Text as the numbers of its tokens, against the model."""

from .token_checks import check_tokens, tokens_text, with_lengths
