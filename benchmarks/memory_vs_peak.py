"""The memory for training that `modelspec summarize` tells, and the peak that TensorFlow reaches.

    python -m benchmarks.memory_vs_peak [SPEC ...]

For each spec (those of benchmarks/memory by default, of seven kinds): the analysis's figure for
training, and the peak of the bytes that TensorFlow's own allocator has handed out in four steps of
`train_on_batch` with Adam, in a process of its own. That is what the tensors take, so neither
TensorFlow's code nor what the process holds beside them is in it, and the figure hardly varies
from run to run. The counts come from TensorFlow's BFC allocator, which `TF_CPU_ALLOCATOR_USE_BFC`
turns on for the CPU. XLA is off (`jit_compile=False`), as it plans memory in its own way.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

BOUND = 0.25

BATCH_SIZES = {
    "mlp": 256, "cnn": 32, "resnet": 32, "transformer": 32, "lstm": 128, "unet": 8,
    "autoencoder": 64,
}  # fmt: skip
"""Such that the activations are not small beside the weights, and a step takes seconds."""

STEPS = 4


def measured(spec: str, batch_size: int) -> int:
    """The most bytes that tensors took at once in a training of the spec's model."""
    import keras
    import numpy as np
    import tensorflow as tf

    from modelspec import build

    model = build(spec)
    model.compile(optimizer="adam", loss="mse", jit_compile=False)
    generator = np.random.default_rng(0)

    def batch(tensor: Any) -> Any:
        shape = (batch_size, *tensor.shape[1:])
        if "int" in tensor.dtype:
            return generator.integers(0, 2, shape).astype(tensor.dtype)
        return generator.normal(size=shape).astype(tensor.dtype)

    x = keras.tree.map_structure(batch, model.inputs if len(model.inputs) > 1 else model.inputs[0])
    y = keras.tree.map_structure(
        batch, model.outputs if len(model.outputs) > 1 else model.outputs[0]
    )
    for _ in range(STEPS):
        model.train_on_batch(x, y)
    return int(tf.config.experimental.get_memory_info("CPU:0")["peak"])


def in_a_process(spec: str, batch_size: int) -> int:
    """`measured`, in a process of its own."""
    environment = {
        **os.environ,
        "TF_CPU_ALLOCATOR_USE_BFC": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_CPU_BFC_MEM_LIMIT_IN_MB": "16384",
    }
    command = [
        sys.executable,
        "-m",
        "benchmarks.memory_vs_peak",
        "--measure",
        spec,
        f"{batch_size}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode != 0:
        sys.exit(done.stderr[-2000:])
    return int(done.stdout.split()[-1])


def main(specs: list[str]) -> int:
    """Print the table; 1 where a figure is further off than the bound."""
    from modelspec import summarize

    own = sorted((Path(__file__).parent / "memory").glob("*.yaml"))
    print(
        f"{'model':12} {'batch':>5} {'weights':>8} {'activations':>11} {'training':>9} "
        f"{'measured':>9}  ratio   (MiB)"
    )
    far = 0
    for spec in specs or [str(path) for path in own]:
        name = Path(spec).stem
        size = BATCH_SIZES.get(name, 32)
        memory = summarize(spec, batch_size=size).memory
        peak = in_a_process(spec, size)
        ratio = (memory["training"] or 0) / peak
        far += abs(ratio - 1) > BOUND
        mib = [f"{(memory[k] or 0) / 2**20:.1f}" for k in ("weights", "activations", "training")]
        print(
            f"{name:12} {size:5} {mib[0]:>8} {mib[1]:>11} {mib[2]:>9} {peak / 2**20:9.1f}  "
            f"{ratio:.2f}",
            flush=True,
        )
    print(f"{far} further off than {BOUND:.0%}")
    return int(far > 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(measured(sys.argv[2], int(sys.argv[3])))
    else:
        sys.exit(main(sys.argv[1:]))
