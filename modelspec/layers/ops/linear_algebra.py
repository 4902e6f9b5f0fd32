"""Functions of matrices: inv, det, solve, qr, svd and kin."""

from __future__ import annotations

from modelspec.layers.rule import (
    FIRST_BATCH,
    GradientLimit,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Tensor,
    need_few_axes,
    need_numbers,
)

from .operands import setting, tensor
from .shapes import Size, fits, need_rank_at_least, need_ranks


def _matrices(call: LayerCall, name: str = "x", square: bool = True) -> tuple[Tensor, Size, Size]:
    """The tensor and the two sizes of its matrices."""
    x = tensor(call, name)
    need_numbers(x)
    need_rank_at_least(x, 2, name)
    rows, columns = x.shape[-2:]
    if square and rows != columns:
        raise Mismatch(f"needs square matrices in its last two axes, got {x.shape}")
    return x, rows, columns


def _unknown(x: Tensor) -> Mismatch:
    return Mismatch(f"needs matrices of known size, got {x.shape}")


def square(call: LayerCall) -> RuleResult:
    """`inv`, `cholesky`, `cholesky_inverse`: matrices of the same size."""
    x, _, _ = _matrices(call)
    return RuleResult(x, flops=None)


def determinant(call: LayerCall) -> RuleResult:
    """One number for each matrix."""
    x, _, _ = _matrices(call)
    return RuleResult(Tensor(x.shape[:-2], x.dtype), flops=None)


def logdet(call: LayerCall) -> RuleResult:
    """The logarithm of the determinant."""
    x = _perhaps_square(call)
    return RuleResult(Tensor(x.shape[:-2], x.dtype), flops=None)


def slogdet(call: LayerCall) -> RuleResult:
    """Sign and logarithm of the determinant. Keras states one sign for all."""
    x = _perhaps_square(call)
    logarithm = Tensor(x.shape[:-2], x.dtype)
    return RuleResult((logarithm.built_as(()), logarithm), flops=None)


def _perhaps_square(call: LayerCall) -> Tensor:
    """These look at the matrices in the run only, and an unknown size may be right."""
    x, rows, columns = _matrices(call, square=False)
    if not fits(rows, columns):
        message = f"needs square matrices in its last two axes, got {x.shape}: {FIRST_BATCH}"
        raise Mismatch(message)
    return x


def eigen(call: LayerCall) -> RuleResult:
    """Eigenvalues and eigenvectors: `eigh`, of symmetric matrices."""
    x, _, _ = _matrices(call)
    return RuleResult((Tensor(x.shape[:-1], x.dtype), x), flops=None)


def complex_eigen(call: LayerCall) -> RuleResult:
    """Eigenvalues and eigenvectors, which may be complex. Keras states the dtype of the matrix."""
    x, _, _ = _matrices(call)
    dtype = "complex128" if x.dtype == "float64" else "complex64"
    return RuleResult((Tensor(x.shape[:-1], dtype), Tensor(x.shape, dtype)), flops=None)


def lu_factor(call: LayerCall) -> RuleResult:
    """Both triangles in one matrix, and the pivots: of one matrix, not of a batch of them."""
    x, rows, _ = _matrices(call)
    if rows is None:
        raise _unknown(x)
    need_ranks(x, 2)
    return RuleResult((x, Tensor((rows,), "int32")), flops=None)


def qr(call: LayerCall) -> RuleResult:
    """An orthogonal and a triangular matrix."""
    x, rows, columns = _matrices(call, square=False)
    if rows is None or columns is None:
        raise _unknown(x)
    mode = setting(call, "mode")
    least = rows if mode == "complete" else min(rows, columns)
    base, limit = x.shape[:-2], None
    if mode == "complete" and rows > columns:
        why = f"has no gradient with `mode: complete` for a matrix of {rows} by {columns}"
        limit = GradientLimit(why, "write `mode: reduced`")
    return RuleResult(
        (Tensor((*base, rows, least), x.dtype), Tensor((*base, least, columns), x.dtype)),
        flops=None,
        gradient_limit=limit,
    )


def svd(call: LayerCall) -> RuleResult:
    """Singular vectors and values, or the values alone."""
    x, rows, columns = _matrices(call, square=False)
    if rows is None or columns is None:
        raise _unknown(x)
    base, least = x.shape[:-2], min(rows, columns)
    values = Tensor((*base, least), "float32" if x.dtype == "complex64" else x.dtype)
    if not setting(call, "compute_uv"):
        return RuleResult(values, flops=None)
    full = setting(call, "full_matrices")
    left = Tensor((*base, rows, rows if full else least), x.dtype)
    right = Tensor((*base, columns if full else least, columns), x.dtype)
    limit = None
    if full and abs(rows - columns) > 1:
        why = f"has no gradient with `full_matrices: true` for a matrix of {rows} by {columns}"
        limit = GradientLimit(why, "write `full_matrices: false`")
    return RuleResult((left, values, right), flops=None, gradient_limit=limit)


def pinv(call: LayerCall) -> RuleResult:
    """The pseudo-inverse: rows and columns are swapped."""
    x, rows, columns = _matrices(call, square=False)
    need_few_axes(x.rank - 1)
    return RuleResult(Tensor((*x.shape[:-2], columns, rows), x.dtype), flops=None)


def matrix_rank(call: LayerCall) -> RuleResult:
    """The rank of each matrix."""
    x, _, _ = _matrices(call, square=False)
    return RuleResult(Tensor(x.shape[:-2], "int32"), flops=None)


def solve(call: LayerCall) -> RuleResult:
    """`solve`, `solve_triangular`: x in a x = b."""
    a, _, _ = _matrices(call, "a")
    b = tensor(call, "b")
    need_rank_at_least(b, 1, "b")
    if (a.rank == b.rank and a.shape[-2] != b.shape[-2]) or (
        a.rank == b.rank - 1 and a.shape[-1] != b.shape[-1]
    ):
        raise Mismatch(f"needs as many rows in `b` as in `a`, got {a.shape} and {b.shape}")
    return RuleResult(b, flops=None)


def lstsq(call: LayerCall) -> RuleResult:
    """The nearest x to a x = b. Keras works out `rcond` of sizes, which a graph does not know."""
    a, b = tensor(call, "a"), tensor(call, "b")
    need_numbers(a, b)
    need_ranks(a, 2, name="a")
    need_ranks(b, 1, 2, name="b")
    if a.shape[0] != b.shape[0]:
        raise Mismatch(f"needs as many rows in `b` as in `a`, got {a.shape} and {b.shape}")
    if call.args.get("rcond") is None and None in a.shape:
        raise Mismatch(
            f"needs known sizes, got `a` of shape {a.shape}: {FIRST_BATCH}",
            hint="write `rcond`, such as `rcond: 1e-6`, which Keras else works out of them",
        )
    return RuleResult(Tensor((a.shape[1], *b.shape[1:]), a.dtype), flops=None)


OPS: dict[str, Rule] = {
    "cholesky": square,
    "cholesky_inverse": square,
    "det": determinant,
    "eig": complex_eigen,
    "eigh": eigen,
    "inv": square,
    "logdet": logdet,
    "lstsq": lstsq,
    "lu_factor": lu_factor,
    "matrix_rank": matrix_rank,
    "pinv": pinv,
    "qr": qr,
    "slogdet": slogdet,
    "solve": solve,
    "solve_triangular": solve,
    "svd": svd,
}
"""Rules of these ops. Their cost depends on the numbers, so it is not known."""
