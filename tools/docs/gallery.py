"""The gallery: every spec in `specs/`, drawn, with what it shows of the language."""

from __future__ import annotations

import textwrap
from contextlib import chdir
from pathlib import Path

import yaml

import modelspec

SPECS = Path(__file__).resolve().parents[2] / "specs"

SHOWS = {
    "digits": "arrays of an npz, a rate that falls, bounds of size, work and memory under `expect`",
    "penguins": "a table: numbers with gaps, a word, two targets, balanced classes",
    "mpg": "a table whose target is a number",
    "wide_and_deep": "crossed columns, and two branches that are added",
    "multi_task": "several outputs with weights of their losses",
    "inception": "branches that are joined, from a block",
    "resnet": "a block that is repeated, with its parameters",
    "unet": "masks: images as targets, and layers that are joined to earlier ones",
    "digits_mixup": "images of a folder, augmented while it trains",
    "siamese": "an encoder that two inputs share",
    "siamese_contrastive": "a loss that is a tensor of the graph",
    "sounds": "sound files that a table names, of which some are left out",
    "tagger": "a class for each token, with padding that counts nowhere",
    "transformer": "text on both sides of a model, with tokenizers that learn from the training",
    "characters": "the next character of a long text",
    "sunspots": "the next value of a series",
    "housing": "several steps ahead, for many series at once, with what is known beforehand",
    "pretraining": "an architecture of `keras.applications`",
    "finetuning": "initial weights, and phases with other frozen layers and rates",
    "distillation": "a frozen teacher, and a loss between two parts of the graph",
    "vae": "losses without a target",
    "autoencoder": "a layer of an extension",
    "gan": "two models that are trained in turn",
}
"""Spec to what it shows, in the order of the page."""

INTRODUCTION = """\
# Gallery

Every spec of the folder [specs](../specs), as `modelspec plot` draws it. The tests train each of
them on real data, and each meets its `expect`.

How to read a picture: from top to bottom, a card is a layer in the colour of its family, with its
name, its class and its parameters. A line is a tensor, with its shape where it begins, without the
batch axis. A frame is a model, a block or a repeat with what is inside it; a card with a second
sheet is one that is folded, and × N says how often it follows itself. Choose one
for its svg, which is sharp in any size. [Pictures](plot.md) has the rest.
"""


def gallery() -> dict[str, str]:
    """The page and its pictures, by their path in `docs/`.

    Raises:
        KeyError: a spec has no line in `SHOWS`.
    """
    missing = {path.stem for path in SPECS.glob("*.yaml")} - SHOWS.keys()
    if missing:
        raise KeyError(f"tools/docs/gallery.py does not say what {sorted(missing)} show")
    files, parts = {}, [INTRODUCTION]
    for name, shows in SHOWS.items():
        path = SPECS / f"{name}.yaml"
        with chdir(SPECS.parent):  # the picture names the file as it was given
            picture = modelspec.plot(path.relative_to(SPECS.parent))
        assert isinstance(picture, str)
        files[f"pictures/{name}.svg"] = picture
        spec = yaml.safe_load(path.read_text(encoding="utf-8"))
        about = " ".join(spec["description"].split())
        title = name.replace("_", " ").capitalize()
        text = f"{about} It shows {shows}: [specs/{name}.yaml](../specs/{name}.yaml)."
        text = "\n".join(textwrap.wrap(text, 120, break_long_words=False, break_on_hyphens=False))
        file = f"pictures/{name}.svg"
        shown = (
            f"[![The layers of specs/{name}.yaml]({file})]({file})"  # its file where it is chosen
        )
        parts.append(f"## {title}\n\n{text}\n\n{shown}\n")
    return {"gallery.md": "\n".join(parts), **files}
