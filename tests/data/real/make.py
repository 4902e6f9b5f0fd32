"""Writes the files of this folder from the packages that README.md names.

pip install babel captcha
python tests/data/real/make.py
"""

from __future__ import annotations

import csv
import random
import wave
from importlib.resources import files
from pathlib import Path

HERE = Path(__file__).parent
LANGUAGES = {"de": "german", "en": "english", "es": "spanish", "pl": "polish"}
TEXTS = 40
NAMES = 5
DIGITS = "0123"


def languages() -> None:
    """languages.csv: names of territories and languages, five to a text, forty texts a language."""
    from babel import Locale

    with (HERE / "languages.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["language", "text"])
        for code, language in LANGUAGES.items():
            locale = Locale(code)
            known = {*locale.territories.values(), *locale.languages.values()}
            names = sorted(name for name in known if name and name.isprintable())
            random.Random(7).shuffle(names)
            for i in range(TEXTS):
                writer.writerow([language, ", ".join(names[i * NAMES : (i + 1) * NAMES])])


def spoken_digits() -> None:
    """spoken_0.wav ...: the package's recordings, brought from 8 bits to 16."""
    for digit in DIGITS:
        source = files("captcha") / "data" / digit / "default.wav"
        with source.open("rb") as file, wave.open(file) as sound:
            rate, samples = sound.getframerate(), sound.readframes(sound.getnframes())
        wide = b"".join(((s - 128) * 256).to_bytes(2, "little", signed=True) for s in samples)
        with wave.open(str(HERE / f"spoken_{digit}.wav"), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(rate)
            out.writeframes(wide)


if __name__ == "__main__":
    languages()
    spoken_digits()
