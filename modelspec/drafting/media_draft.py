"""A first spec for files that are examples: folders of images, sound and texts, and long texts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .branches import DraftNames
from .media_facts import Folder, PicturePairs, Pictures, Sounds, Texts
from .model_size import choose_size
from .task import SHOWN_LABELS
from .yaml_lines import comment_lines, commented_line, flow_list, yaml_label, yaml_value

LARGEST_SIDE = 128
"""Pixels of a side of images; larger ones are made smaller."""

MOST_WORDS = 10_000
LINE_UNITS = 128
WINDOW = 40
PIXELS = '- Rescaling: {scale: "${1 / 255}"} # pixels from 0 to 255 become 0 to 1'
UTF_8 = "utf-8"


def draft_pictures(folder: Folder, pictures: Pictures) -> str:
    """A spec that tells the classes of images."""
    height, width = _size(pictures, step=1)
    channels = 1 if pictures.is_grey else 3
    color = ", color: grayscale" if pictures.is_grey else ""
    shape = f"[{height}, {width}, {channels}]"
    layers = [PIXELS]
    for stage in range(_halvings(height, width)):
        convolution = f"filters: {16 * 2**stage}, kernel_size: 3, padding: same, activation: relu"
        layers += [f"- Conv2D: {{{convolution}}}"] * 2
        layers.append("- MaxPooling2D # half the height and width")
    pool = "Flatten" if min(height, width) < 32 else "GlobalAveragePooling2D"
    layers.append(f"- {pool}")
    model = _sequential(f"{{shape: {shape}, name: image}}", [*layers, *_class_layers(folder)])
    source = f"{{images: {{path: {yaml_value(folder.place)}, size: [{height}, {width}]{color}}}}}"
    move = "- RandomTranslation: {height_factor: 0.05, width_factor: 0.05} # and RandomFlip, "
    move += "where a picture seen in a mirror keeps its class"
    augment = ["  augment: # in training alone", *commented_line(4, *move.split(" # "))]
    data = _data(f"train: {source}", _classes(folder), [*_class_target(folder), *augment])
    return _text(folder, model, data, _class_training(folder))


def draft_pairs(folder: Folder, pairs: PicturePairs) -> str:
    """A spec that makes a mask, or another image, of an image: a U-Net."""
    height, width = _size(pairs.pictures, step=8)
    channels = 1 if pairs.pictures.is_grey else 3
    classes = len(pairs.values)
    units, activation = (classes, "softmax") if classes else (1 if pairs.is_grey else 3, "sigmoid")
    model = _unet(
        f"[{height}, {width}, {channels}]",
        f"filters: {units}, kernel_size: 1, activation: {activation}",
    )
    lines = ["  train:", "    images:", f"      path: {yaml_value(pairs.images)}"]
    if pairs.pictures.is_grey:
        lines.append("      color: grayscale")
    lines += commented_line(
        6, f"pair: {{mask: {_mask_source(pairs)}}}", "matched by what the * stands for"
    )
    if classes:
        target = f"mask: {{column: mask, labels: [{', '.join(map(str, pairs.values))}]}}"
        why = "the pixel values, a class each; {0: ground, 1: ...} would name them"
    else:
        target, why = "mask: {column: mask, divide: 255}", "numbers from 0 to 1"
    lines += [*_splits([]), "  targets:", *commented_line(4, target, why), "  batch_size: 8"]
    training = _training(
        folder.files,
        "sparse_categorical_crossentropy" if classes else "mean_absolute_error",
        f"[accuracy, {{MeanIoU: {{num_classes: {classes}, sparse_y_pred: false, name: iou}}}}]"
        if classes
        else "[mean_squared_error]",
    )
    return _text(folder, model, lines, training)


def _mask_source(pairs: PicturePairs) -> str:
    path = yaml_value(pairs.masks)
    return path if pairs.values or not pairs.is_grey else f"{{path: {path}, color: grayscale}}"


def draft_sounds(folder: Folder, sounds: Sounds) -> str:
    """A spec that tells the classes of recordings, by their mel spectrogram."""
    length = min(sounds.longest, sounds.rate * 10)
    window = 1 << max(7, (sounds.rate // 32).bit_length())
    stride = max(window // 4, length // 256)
    bins = min(64, window // 4)
    mel = (
        f"- MelSpectrogram: {{fft_length: {window}, sequence_stride: {stride}, sampling_rate: "
        f"{sounds.rate}, num_mel_bins: {bins}, max_freq: {sounds.rate / 2:g}}}"
    )
    layers = [mel, f"- Reshape: {{target_shape: [{bins}, -1, 1]}} # an image: pitch and time"]
    layers.append("- Rescaling: {scale: 0.02} # decibels become small numbers")
    convolution = "filters: {}, kernel_size: 5, padding: same, activation: relu"
    layers.append(f"- Conv2D: {{{convolution.format(16)}}}")
    layers.append("- MaxPooling2D: {padding: same}")
    layers.append(f"- Conv2D: {{{convolution.format(32)}}}")
    layers.append("- GlobalAveragePooling2D")
    model = _sequential(f"{{shape: [{length}], name: sound}}", [*layers, *_class_layers(folder)])
    more = ", resample: true" if sounds.has_other_rates else ""
    source = f"{{audio: {{path: {yaml_value(folder.place)}, rate: {sounds.rate}{more}}}}}"
    data = _data(f"train: {source}", _classes(folder), _class_target(folder))
    return _text(folder, model, data, _class_training(folder))


def draft_texts(folder: Folder, texts: Texts) -> str:
    """A spec that tells the classes of texts, by the mean of vectors for their words."""
    words, length = min(MOST_WORDS, texts.vocabulary + 2), texts.length
    layers = [f"- Embedding: {{input_dim: {words}, output_dim: 32, mask_zero: true}}"]
    layers.append("- GlobalAveragePooling1D # the mean over the words; padding is masked")
    taken = f"{{shape: [{length}], dtype: int32, name: text}}"
    model = _sequential(taken, [*layers, *_class_layers(folder)])
    lines = ["  tokens:"]
    lines += commented_line(
        4,
        f"words: {{words: {words}, length: {length}}}",
        "the most frequent words of the training split, and how many of a text are read",
    )
    lines += ["  inputs: {text: {column: text, tokens: words}}", *_class_target(folder)]
    source = _text_source("texts", folder, texts)
    return _text(folder, model, _data(source, _classes(folder), lines), _class_training(folder))


def draft_lines(folder: Folder, texts: Texts) -> str:
    """A spec that says the next character of a line."""
    known, length = texts.vocabulary + 3, texts.length + 1
    layers = [
        f"- Embedding: {{input_dim: {known}, output_dim: 32, mask_zero: true}}",
        f"- GRU: {{units: {LINE_UNITS}, return_sequences: true}}",
        f"- Dense: {{units: {known}, activation: softmax, name: next}}",
    ]
    model = _sequential(f"{{shape: [{length - 1}], dtype: int32, name: seen}}", layers)
    lines = ["  tokens:"]
    lines += commented_line(
        4,
        f'letters: {{chars: {known}, length: {length}, end: "[end]"}}',
        f"{texts.vocabulary} characters, and three more: padding, unknown, the end",
    )
    lines.append("  inputs: {seen: {column: text, tokens: letters, drop: last}}")
    lines += commented_line(
        2, "targets: {next: {column: text, tokens: letters, drop: first}}", "one further on"
    )
    data = _data(_text_source("lines", folder, texts), [], [*lines])
    training = _training(folder.files, SPARSE, "[accuracy]")
    return _text(folder, model, data, training, count=f"{folder.files} lines")


def draft_corpus(folder: Folder, texts: Texts) -> str:
    """A spec that says the next character of a long text."""
    known = texts.vocabulary + 1
    layers = [
        f"- Embedding: {{input_dim: {known}, output_dim: 32}}",
        f"- GRU: {{units: {LINE_UNITS}}}",
        f"- Dense: {{units: {known}, activation: softmax, name: next}}",
    ]
    model = _sequential(f"{{shape: [{WINDOW}], dtype: int32, name: text}}", layers)
    stride = max(1, texts.total // 200_000 * 2 + 1)
    more = "" if texts.encoding == UTF_8 else f", encoding: {texts.encoding}"
    place = yaml_value(folder.place)
    options = f"tokens: chars, window: {WINDOW}, stride: {stride}, most: {texts.vocabulary}{more}"
    lines = commented_line(
        2,
        f"train: {{corpus: {{path: {place}, {options}}}}}",
        f"a window of {WINDOW} characters, then the next one",
    )
    lines += [*_splits([]), "  inputs: {text: text}", "  targets: {next: next}", "  batch_size: 64"]
    training = _training(texts.total // stride, SPARSE, "[accuracy]")
    return _text(folder, model, lines, training, count=f"{texts.total:,} characters")


SPARSE = "sparse_categorical_crossentropy"


def _size(pictures: Pictures, step: int) -> tuple[int, int]:
    """Height and width for the model: not above the largest side, multiples of `step`."""
    factor = min(1.0, LARGEST_SIDE / max(pictures.height, pictures.width))
    height, width = (
        max(step, 8, round(side * factor / step) * step)
        for side in (pictures.height, pictures.width)
    )
    return height, width


def _halvings(height: int, width: int) -> int:
    """How often the sides are halved: to 4 pixels or more, and four times at most."""
    return max(1, min(4, (min(height, width) // 4).bit_length() - 1))


def _sequential(taken: str, layers: Sequence[str]) -> list[str]:
    lines = ["  sequential:", f"    input: {taken}", "    layers:"]
    for layer in layers:
        text, _, why = layer.partition(" # ")
        lines += commented_line(6, text, why)
    return lines


def _class_layers(folder: Folder) -> list[str]:
    units = len(folder.classes)
    return [
        "- Dropout: {rate: 0.2} # against overfitting",
        f"- Dense: {{units: {units}, activation: softmax, name: label}}"
        f" # a probability for each of {units} classes",
    ]


UNET = """\
  functional:
    inputs:
      image: {{shape: {shape}}}
    layers:
      scaled: {{Rescaling: {{scale: "${{1 / 255}}"}}}} # pixels from 0 to 255 become 0 to 1
      down1: {{stage: {{filters: 16}}}}
      half: MaxPooling2D
      down2: {{stage: {{filters: 32}}}}
      quarter: MaxPooling2D
      bottom: {{stage: {{filters: 64}}}}
      up2: {{Conv2DTranspose: {{filters: 32, kernel_size: 2, strides: 2}}}}
      join2: Concatenate
      back2: {{stage: {{filters: 32}}}}
      up1: {{Conv2DTranspose: {{filters: 16, kernel_size: 2, strides: 2}}}}
      join1: Concatenate
      back1: {{stage: {{filters: 16}}}}
      mask: {{Conv2D: {{{last}}}}}
    edges:
      - image -> scaled -> down1 -> half -> down2 -> quarter -> bottom -> up2
      - up2, down2 -> join2 -> back2 -> up1 # what goes down joins what comes up at the same size
      - up1, down1 -> join1 -> back1 -> mask
    outputs: mask"""

STAGE = """\
blocks:
  stage: # two convolutions
    params: {filters: null}
    sequential:
      layers:
        - repeat:
            times: 2
            layers:
              - Conv2D: {filters: "${filters}", kernel_size: 3, padding: same, use_bias: false}
              - BatchNormalization: {momentum: 0.9}
              - ReLU
"""


def _unet(shape: str, last: str) -> list[str]:
    return UNET.format(shape=shape, last=last).splitlines()


def _text_source(kind: str, folder: Folder, texts: Texts) -> str:
    place = yaml_value(folder.place)
    if texts.encoding == UTF_8:
        return f"train: {{{kind}: {place}}}"
    return f"train: {{{kind}: {{path: {place}, encoding: {texts.encoding}}}}}"


def _classes(folder: Folder) -> list[str]:
    """The comment that says what there is, and `stratify` where every split can have each class."""
    least = min(folder.classes.values())
    if least < 3:
        return []
    return commented_line(2, "stratify: label", "all splits have the same proportions of classes")


def _splits(more: Sequence[str]) -> list[str]:
    lines = commented_line(2, "validation: 0.15", "measured after each epoch; decides when to stop")
    return [*lines, *commented_line(2, "test: 0.15", "measured once, at the end"), *more]


def _data(train: str, stratify: Sequence[str], rest: Sequence[str]) -> list[str]:
    return [f"  {train}", *_splits(stratify), *rest, "  batch_size: 32"]


def _class_target(folder: Folder) -> list[str]:
    lines = commented_line(2, "targets:", "the name of the folder that a file is in")
    if len(folder.classes) > SHOWN_LABELS:
        return [*lines, "    label: {column: label, labels: auto}"]
    labels = [yaml_label(name) for name in folder.classes]
    return [*lines, "    label:", "      column: label", *flow_list(6, "labels:", labels)]


def _class_training(folder: Folder) -> list[str]:
    largest = max(folder.classes.values()) / max(1, folder.files)
    why = f"always predicting the largest class gives {largest:.2f}"
    return _training(folder.files, SPARSE, "[accuracy]", why)


def _training(files: int, loss: str, metrics: str, why: str = "") -> list[str]:
    size = choose_size(files * 10, 0)
    lines = commented_line(2, f"epochs: {size.epochs}", "at most; EarlyStopping may stop earlier")
    lines.append("  optimizer: {Adam: {learning_rate: 1e-3}}")
    lines.append(f"  loss: {loss}")
    lines += commented_line(2, f"metrics: {metrics}", why)
    stop = f"monitor: val_loss, patience: {size.patience}, restore_best_weights: true"
    lines += commented_line(2, "callbacks:", "stops when the validation loss no longer improves")
    return [*lines, f"    - EarlyStopping: {{{stop}}}", "  seed: 7"]


def _text(
    folder: Folder,
    model: Sequence[str],
    data: Sequence[str],
    training: Sequence[str],
    *,
    count: str = "",
) -> str:
    """The whole spec; `count` is how much data there is, by default the files."""
    count = count or f"{folder.files} files"
    if folder.classes:
        count += f" in {len(folder.classes)} folders, one for each class"
    name = DraftNames().unique(re.split(r"[\\/]", folder.given.rstrip("/\\"))[-1].partition(".")[0])
    head = [
        *comment_lines(
            0, f"A first spec, written by `modelspec init --data {_shown(folder.given)}`: {count}."
        ),
        *comment_lines(0, "Change it as you like."),
        "modelspec: 1",
        f"name: {name}",
        "",
    ]
    if any("{stage:" in line for line in model):
        head += [*STAGE.splitlines(), ""]
    lines = [*head, "model:", *model, "", "data:", *data, "", "training:", *training]
    return "\n".join(lines) + "\n"


def _shown(path: str) -> str:
    """A path as an argument of a command."""
    return f'"{path}"' if " " in path else path
