"""Tokenizers: what they learn from texts, texts to the numbers of their tokens, and back."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .files import check_token_files
    from .learning import learn_tokenizer
    from .tokenizer import Tokenizer
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "files": "check_token_files",
            "learning": "learn_tokenizer",
            "tokenizer": "Tokenizer",
        },
    )
