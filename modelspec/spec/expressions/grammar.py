"""Tokens to a syntax tree, by recursive descent; the precedence is Python's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from modelspec.diagnostics import did_you_mean, join_words

from .fault import ExpressionError
from .functions import FUNCTIONS
from .tokens import END, Token
from .tree import (
    Binary,
    CallExpression,
    Choice,
    CompareExpression,
    Expression,
    Index,
    Literal,
    Name,
    Unary,
)

MAX_DEPTH = 50
"""Levels of a tree: chained operators, calls, brackets."""

MAX_OPEN = 20
"""Brackets (and powers of powers) inside one another; each costs the parser a dozen calls."""

LITERALS = {"true": True, "false": False, "null": None}
WORDS = frozenset(("if", "else", "and", "or", "not"))
RESERVED = frozenset((*LITERALS, *WORDS, *FUNCTIONS, "index"))
"""Names that no param can have."""

_OR, _AND = frozenset(("or",)), frozenset(("and",))
_COMPARISONS = frozenset(("==", "!=", "<", "<=", ">", ">="))
_SUMS, _PRODUCTS = frozenset(("+", "-")), frozenset(("*", "/", "//", "%"))


def parse(tokens: list[Token]) -> Expression:
    """The tree of one expression; its last token is the `}` that closes it.

    Raises:
        ExpressionFaultError: the tokens are no expression, or one that nests too deep.
    """
    parser = _Parser(tokens)
    tree = parser.choice()
    if parser.ahead.text != END:
        raise parser.unexpected()
    return tree


class _Parser:
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

    def accept(self, *texts: str) -> bool:
        if self.ahead.kind in ("operator", "name") and self.ahead.text in texts:
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
        message = f"{before} {found}"
        return ExpressionError("bad-expression", message, token.start, token.end)

    def enter(self) -> None:
        self.open += 1
        if self.open > MAX_OPEN:
            message = f"brackets may nest at most {MAX_OPEN} deep"
            raise ExpressionError("too-large", message, self.ahead.start, self.ahead.end)

    def deeper(self, *parts: Expression) -> int:
        depth = 1 + max((part.depth for part in parts), default=0)
        if depth > MAX_DEPTH:
            message = f"an expression may nest at most {MAX_DEPTH} deep"
            raise ExpressionError("too-large", message, parts[0].start, parts[-1].end)
        return depth

    def choice(self) -> Expression:
        self.enter()
        then = self.either()
        if self.accept("if"):
            condition = self.either()
            if not self.accept("else"):
                raise self.unexpected('"a if c" needs "else b" after it, got')
            other = self.choice()
            depth = self.deeper(then, condition, other)
            then = Choice(then.start, other.end, depth, condition, then, other)
        self.open -= 1
        return then

    def chain(self, signs: frozenset[str], operand: Callable[[], Expression]) -> Expression:
        """Operators of one level, from left to right."""
        left = operand()
        while self.ahead.kind != "text" and self.ahead.text in signs:
            sign = self.take().text
            right = operand()
            left = Binary(left.start, right.end, self.deeper(left, right), sign, left, right)
        return left

    def either(self) -> Expression:
        return self.chain(_OR, self.both)

    def both(self) -> Expression:
        return self.chain(_AND, self.negated)

    def sum(self) -> Expression:
        return self.chain(_SUMS, self.product)

    def product(self) -> Expression:
        return self.chain(_PRODUCTS, self.signed)

    def negated(self) -> Expression:
        signs = []
        while self.ahead.kind == "name" and self.ahead.text == "not":
            signs.append(self.take())
        return self.signs(signs, self.comparison())

    def comparison(self) -> Expression:
        operands, operators = [self.sum()], []
        while self.ahead.kind == "operator" and self.ahead.text in _COMPARISONS:
            operators.append(self.take().text)
            operands.append(self.sum())
        if not operators:
            return operands[0]
        depth = self.deeper(*operands)
        start, end = operands[0].start, operands[-1].end
        return CompareExpression(start, end, depth, tuple(operators), tuple(operands))

    def signed(self) -> Expression:
        signs = []
        while self.ahead.kind == "operator" and self.ahead.text in ("+", "-"):
            signs.append(self.take())
        base = self.indexed()
        if self.accept("**"):
            self.enter()
            power = self.signed()
            self.open -= 1
            base = Binary(base.start, power.end, self.deeper(base, power), "**", base, power)
        return self.signs(signs, base)

    def signs(self, signs: list[Token], operand: Expression) -> Expression:
        for sign in reversed(signs):
            depth = self.deeper(operand)
            operand = Unary(sign.start, operand.end, depth, sign.text, operand)
        return operand

    def indexed(self) -> Expression:
        whole = self.atom()
        while self.ahead.text == "[" and self.ahead.kind == "operator":
            opened = self.take()
            part = self.choice()
            closed = self.expect("]", opened)
            whole = Index(whole.start, closed.end, self.deeper(whole, part), whole, part)
        return whole

    def atom(self) -> Expression:
        token = self.ahead
        if token.kind == "number":
            self.take()
            return Literal(token.start, token.end, 1, _number(token))
        if token.kind == "text":
            self.take()
            return Literal(token.start, token.end, 1, token.text[1:-1])
        if token.kind == "name" and token.text not in WORDS:
            return self.name()
        if token.text == "(":
            self.take()
            inner = self.choice()
            closed = self.expect(")", token)
            return replace(inner, start=token.start, end=closed.end)
        raise self.unexpected("expected a number or a name, got")

    def name(self) -> Expression:
        token = self.take()
        if token.text in LITERALS:
            return Literal(token.start, token.end, 1, LITERALS[token.text])
        if self.ahead.text == "(":
            return self.call(token)
        if token.text in FUNCTIONS:
            message = f"`{token.text}` is a function: it needs its arguments in brackets"
            raise ExpressionError("bad-expression", message, token.start, token.end)
        return Name(token.start, token.end, 1, token.text)

    def call(self, token: Token) -> Expression:
        if token.text not in FUNCTIONS:
            message = f"there is no function `{token.text}`{did_you_mean(token.text, FUNCTIONS)}"
            hint = f"expressions have {join_words(FUNCTIONS)}, and no others"
            raise ExpressionError("unknown-name", message, token.start, token.end, hint)
        opened = self.take()
        arguments: list[Expression] = []
        if self.ahead.text != ")":
            arguments.append(self.choice())
            while self.accept(","):
                arguments.append(self.choice())
        closed = self.expect(")", opened)
        depth = self.deeper(*arguments)
        return CallExpression(token.start, closed.end, depth, token.text, tuple(arguments))


def _number(token: Token) -> int | float:
    if token.text.isdigit():
        return int(token.text)
    value = float(token.text)
    if value == float("inf"):
        message = f"{token.text} is too large a number"
        raise ExpressionError("too-large", message, token.start, token.end)
    return value
