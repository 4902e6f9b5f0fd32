"""Writes code_tokens.jsonl: lines of Python's standard library, and the role of each token.

python make_code.py

The roles are those that Python's own parser gives: `import ast` says which name is called, bound or
looked up. Needs no package; the file here is what Python 3.11.7 wrote.
"""

import ast
import io
import json
import keyword
import sysconfig
import tokenize
from pathlib import Path

HERE = Path(__file__).parent
MODULES = ("bisect", "calendar", "colorsys", "fractions", "heapq", "shlex", "string", "textwrap")
LONGEST = 12
"""Longer strings, such as docstrings, are written as "…"."""

KINDS = {tokenize.NUMBER: "number", tokenize.STRING: "string", tokenize.OP: "operator"}


def roles(tree: ast.AST) -> dict[tuple[int, int], str]:
    """Where a name begins (line, column) to its role; names that are only read are not in it."""
    found: dict[tuple[int, int], str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            found[node.lineno, node.col_offset] = "parameter"
        elif isinstance(node, ast.keyword) and node.arg:
            found[node.lineno, node.col_offset] = "argument"
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found[node.lineno, node.col_offset] = "assigned"
        elif isinstance(node, ast.Attribute):
            place = node.end_lineno, node.end_col_offset - len(node.attr)
            found.setdefault(place, "attribute")
        elif isinstance(node, ast.alias):
            found[node.lineno, node.col_offset] = "module"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found[node.func.lineno, node.func.col_offset] = "call"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name = node.func
            found[name.end_lineno, name.end_col_offset - len(name.attr)] = "method"
    return found


def lines_of(text: str) -> dict[int, list[tuple[str, str]]]:
    """Line to its tokens, each with its tag."""
    known = roles(ast.parse(text))
    lines: dict[int, list[tuple[str, str]]] = {}
    before = ""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        word = token.string
        if token.type == tokenize.NAME:
            tag = "keyword" if keyword.iskeyword(word) else known.get(token.start, "name")
            tag = "definition" if before in ("def", "class") else tag
        elif token.type in KINDS:
            tag = KINDS[token.type]
            word = '"…"' if token.type == tokenize.STRING and len(word) > LONGEST else word
        else:
            continue
        before = word
        lines.setdefault(token.start[0], []).append((word, tag))
    return lines


rows = []
for module in MODULES:
    text = (Path(sysconfig.get_path("stdlib")) / f"{module}.py").read_text(encoding="utf-8")
    rows += [line for _, line in sorted(lines_of(text).items()) if len(line) > 2]
with (HERE / "code_tokens.jsonl").open("w", encoding="utf-8") as file:
    for row in rows:
        words, tags = zip(*row, strict=True)
        file.write(
            json.dumps({"tokens": words, "tags": tags}, ensure_ascii=False, separators=(",", ":"))
            + "\n"
        )
