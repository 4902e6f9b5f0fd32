"""Writes sounds/, tones whose pitch rises, falls, stays or trembles, and sounds.csv about them.

The data is synthetic. Pitch, loudness, length and noise are random, and some recordings are only
noise; the table says so in its column `quality`. It needs numpy alone.
"""

import csv
import wave
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
RATE = 4000
KINDS = ("falling", "rising", "steady", "trembling")
EACH, SPOILT = 40, 12


def pitch(random: np.random.Generator, kind: str, time: np.ndarray) -> np.ndarray:
    """Hertz at each time."""
    middle, width = random.uniform(600, 1200), random.uniform(300, 600)
    along = time / time[-1] - 0.5
    shape = {
        "falling": -along,
        "rising": along,
        "steady": 0 * along,
        "trembling": np.sin(2 * np.pi * random.uniform(10, 14) * time) / 3,
    }
    return middle + width * shape[kind]


def sound(random: np.random.Generator, kind: str) -> np.ndarray:
    """Samples between -1 and 1."""
    time = np.arange(int(RATE * random.uniform(0.2, 0.25))) / RATE
    phase = 2 * np.pi * np.cumsum(pitch(random, kind, time)) / RATE
    loudness = random.uniform(0.2, 0.8) * np.sqrt(np.hanning(time.size))
    tone = np.sin(phase + random.uniform(0, 2 * np.pi))
    return loudness * tone + random.normal(0, 0.05, time.shape)


def write(path: Path, samples: np.ndarray) -> None:
    """A wav file of 16 bits, mono."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


random = np.random.default_rng(0)
kinds = list(random.permutation(KINDS * EACH))
spoilt = set(random.choice(len(kinds), SPOILT, replace=False).tolist())
(HERE / "sounds").mkdir(exist_ok=True)
with (HERE / "sounds.csv").open("w", newline="") as file:
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(["file", "pitch", "quality"])
    for number, kind in enumerate(kinds):
        name, noise = f"{number:03}.wav", number in spoilt
        samples = random.normal(0, 0.2, RATE // 5) if noise else sound(random, kind)
        write(HERE / "sounds" / name, samples)
        rows.writerow([f"sounds/{name}", kind, "noise" if noise else "good"])
