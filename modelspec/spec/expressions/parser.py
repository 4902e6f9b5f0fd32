"""The text of one `${...}` to a syntax tree.

Written by hand rather than on `ast.parse`: the end of an expression has to be found inside a
longer text (`}` may stand in quotes), so the text is split into tokens in any case; the language
is not Python's (`true`, `017`, no escapes in texts); and the messages and offsets of CPython's
syntax errors differ between its versions, where a finding needs the exact characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from modelspec.diagnostics import did_you_mean, join_words

from .errors import ExpressionError
from .operations import FUNCTIONS
from .scalars import KEYWORDS, LITERALS
from .tree import (
    Binary,
    ComparisonExpression,
    Conditional,
    Expression,
    FunctionCall,
    ListExpression,
    Literal,
    Name,
    Subscript,
    Unary,
)

MAX_LENGTH = 1_000
"""Characters of one expression."""

MAX_DEPTH = 50
"""Levels of a tree: chained operators, calls, brackets."""

MAX_OPEN = 20
"""Brackets (and powers of powers) inside one another; each costs the parser a dozen calls."""

END = "}"


_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<text>"[^"]*"|'[^']*')
  | (?P<operator>\*\*|//|[<>=!]=|[-+*/%<>()\[\],}])
    """,
    re.VERBOSE,
)
_HINTS = {
    ".": 'attributes and modules are not supported; write record["key"] for an entry of a mapping; '
    "`derive` has functions of columns, such as {log1p: COLUMN}",
    "=": 'compare with "=="',
    "{": "mappings are not supported here; define one under `params` and use its name",
    ":": "slices are not supported; an index is one number or one key",
    "&": 'write "and"',
    "|": 'write "or"',
    "!": 'write "not", or "!=" to compare',
    "^": 'write "**" for a power',
    "$": "remove the inner ${ }: names need none inside an expression",
    "@": "multiply with *",
}
_OR, _AND = frozenset(("or",)), frozenset(("and",))
_COMPARISONS = frozenset(("==", "!=", "<", "<=", ">", ">="))
_SUMS, _PRODUCTS = frozenset(("+", "-")), frozenset(("*", "/", "//", "%"))


class Token(NamedTuple):
    """A word of an expression; `kind` is number, name, text or operator."""

    kind: str
    text: str
    start: int
    end: int


def tokenize(scalar: str, start: int) -> list[Token]:
    """The tokens of the expression whose `${` ends before `start`, up to and with its `}`.

    Raises:
        ExpressionError: a character that no expression has, no closing `}`, or too long a text.
    """
    tokens: list[Token] = []
    at, limit = start, start + MAX_LENGTH
    while at < len(scalar):
        if at > limit:
            message = f"an expression may have at most {MAX_LENGTH:,} characters"
            raise ExpressionError("too-large", message, start - 2, len(scalar))
        match = _TOKEN.match(scalar, at)
        if match is None:
            raise _stray_character(scalar, at)
        kind = str(match.lastgroup)
        if kind != "space":
            tokens.append(Token(kind, match.group(), at, match.end()))
            if match.group() == END:
                return tokens
        at = match.end()
    hint = 'write "}" at its end, or "$${" for the characters themselves'
    raise ExpressionError("bad-expression", '"${" is not closed', start - 2, len(scalar), hint)


def _stray_character(scalar: str, at: int) -> ExpressionError:
    found = scalar[at]
    if found in "\"'":
        return ExpressionError("bad-expression", "a quote is not closed", at, len(scalar))
    message = f'"{found}" is not allowed in an expression'
    return ExpressionError("bad-expression", message, at, at + 1, _HINTS.get(found, ""))


def parse(tokens: list[Token]) -> Expression:
    """The tree of one expression; its last token is the `}` that closes it.

    Raises:
        ExpressionError: the tokens are not an expression, or one that nests too deep.
    """
    parser = _Parser(tokens)
    tree = parser.conditional()
    if parser.ahead.text != END:
        raise parser.unexpected()
    return tree


class _Parser:
    """Recursive descent; the precedence is Python's."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.open = 0

    @property
    def ahead(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.ahead
        self.at += 1
        return token

    def accept(self, text: str) -> bool:
        if self.ahead.kind in ("operator", "name") and self.ahead.text == text:
            self.at += 1
            return True
        return False

    def expect(self, text: str, opened: Token) -> Token:
        if self.ahead.text != text or self.ahead.kind != "operator":
            raise self.unexpected(f'"{opened.text}" is not closed: expected "{text}", got')
        return self.take()

    def unexpected(self, before: str = "expected an operator, got") -> ExpressionError:
        token = self.ahead
        found = "the end of the expression" if token.text == END else f'"{token.text}"'
        return ExpressionError("bad-expression", f"{before} {found}", token.start, token.end)

    def enter(self) -> None:
        self.open += 1
        if self.open > MAX_OPEN:
            message = f"brackets may nest at most {MAX_OPEN} deep"
            raise ExpressionError("too-large", message, self.ahead.start, self.ahead.end)

    def depth_over(self, *parts: Expression) -> int:
        """The depth of a node with these parts."""
        depth = 1 + max((part.depth for part in parts), default=0)
        if depth > MAX_DEPTH:
            message = f"an expression may nest at most {MAX_DEPTH} deep"
            raise ExpressionError("too-large", message, parts[0].start, parts[-1].end)
        return depth

    def conditional(self) -> Expression:
        self.enter()
        value = self.disjunction()
        if self.accept("if"):
            condition = self.disjunction()
            if not self.accept("else"):
                raise self.unexpected('"a if c" needs "else b" after it, got')
            other = self.conditional()
            depth = self.depth_over(value, condition, other)
            value = Conditional(value.start, other.end, depth, (condition, value, other))
        self.open -= 1
        return value

    def chain(self, signs: frozenset[str], operand: Callable[[], Expression]) -> Expression:
        """Operators of one precedence, from left to right."""
        left = operand()
        while self.ahead.kind != "text" and self.ahead.text in signs:
            sign = self.take().text
            left = self.binary(left, sign, operand())
        return left

    def binary(self, left: Expression, sign: str, right: Expression) -> Expression:
        return Binary(left.start, right.end, self.depth_over(left, right), (left, right), sign)

    def disjunction(self) -> Expression:
        return self.chain(_OR, self.conjunction)

    def conjunction(self) -> Expression:
        return self.chain(_AND, self.negation)

    def negation(self) -> Expression:
        signs = []
        while self.ahead.kind == "name" and self.ahead.text == "not":
            signs.append(self.take())
        return self.unary(signs, self.comparison())

    def comparison(self) -> Expression:
        operands, operators = [self.sum()], []
        while self.ahead.kind == "operator" and self.ahead.text in _COMPARISONS:
            operators.append(self.take().text)
            operands.append(self.sum())
        if not operators:
            return operands[0]
        depth = self.depth_over(*operands)
        start, end = operands[0].start, operands[-1].end
        return ComparisonExpression(start, end, depth, tuple(operands), tuple(operators))

    def sum(self) -> Expression:
        return self.chain(_SUMS, self.product)

    def product(self) -> Expression:
        return self.chain(_PRODUCTS, self.factor)

    def factor(self) -> Expression:
        signs = []
        while self.ahead.kind == "operator" and self.ahead.text in _SUMS:
            signs.append(self.take())
        base = self.subscript()
        if self.accept("**"):
            self.enter()
            base = self.binary(base, "**", self.factor())
            self.open -= 1
        return self.unary(signs, base)

    def unary(self, signs: list[Token], operand: Expression) -> Expression:
        for sign in reversed(signs):
            depth = self.depth_over(operand)
            operand = Unary(sign.start, operand.end, depth, (operand,), sign.text)
        return operand

    def subscript(self) -> Expression:
        container = self.atom()
        while self.ahead.text == "[" and self.ahead.kind == "operator":
            opened = self.take()
            key = self.conditional()
            end = self.expect("]", opened).end
            depth = self.depth_over(container, key)
            container = Subscript(container.start, end, depth, (container, key))
        return container

    def atom(self) -> Expression:
        token = self.ahead
        if token.kind == "number":
            self.take()
            return Literal(token.start, token.end, 1, (), _number(token))
        if token.kind == "text":
            self.take()
            return Literal(token.start, token.end, 1, (), token.text[1:-1])
        if token.kind == "name" and token.text not in KEYWORDS:
            return self.name()
        if token.text == "(":
            self.take()
            inner = self.conditional()
            closed = self.expect(")", token)
            return replace(inner, start=token.start, end=closed.end)
        if token.text == "[" and token.kind == "operator":
            items, end = self.items(self.take(), "]")
            return ListExpression(token.start, end, self.depth_over(*items), tuple(items))
        raise self.unexpected("expected a number or a name, got")

    def name(self) -> Expression:
        token = self.take()
        if token.text in LITERALS:
            return Literal(token.start, token.end, 1, (), LITERALS[token.text])
        if self.ahead.text == "(":
            return self.call(token)
        if token.text in FUNCTIONS:
            message = f"`{token.text}` is a function: its arguments have to follow in parentheses"
            raise ExpressionError("bad-expression", message, token.start, token.end)
        return Name(token.start, token.end, 1, (), token.text)

    def call(self, token: Token) -> Expression:
        if token.text not in FUNCTIONS:
            message = f"there is no function `{token.text}`{did_you_mean(token.text, FUNCTIONS)}"
            hint = f"the functions of expressions are {join_words(FUNCTIONS)}"
            raise ExpressionError("unknown-name", message, token.start, token.end, hint)
        arguments, end = self.items(self.take(), ")")
        depth = self.depth_over(*arguments)
        return FunctionCall(token.start, end, depth, tuple(arguments), token.text)

    def items(self, opened: Token, closing: str) -> tuple[list[Expression], int]:
        """What stands between brackets, separated by commas, and the offset after the closing."""
        found: list[Expression] = []
        if self.ahead.text != closing:
            found.append(self.conditional())
            while self.accept(","):
                found.append(self.conditional())
        return found, self.expect(closing, opened).end


def _number(token: Token) -> int | float:
    if token.text.isdigit():
        return int(token.text)
    value = float(token.text)
    if value == float("inf"):
        message = f"the number {token.text} is too large"
        raise ExpressionError("too-large", message, token.start, token.end)
    return value
