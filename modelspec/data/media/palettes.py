"""PNG files with a palette, as masks often are: the numbers of their colours are the classes.

TensorFlow's decoder gives the colours. So the header of such a file is changed to that of a grey
one, whose pixels are the same numbers.
"""

from __future__ import annotations

import zlib
from typing import Any

SIGNATURE = b"\x89PNG\r\n\x1a\n"

CHUNK, DEPTH, KIND, CHECKSUM, END = 12, 24, 25, 29, 33
"""Where a PNG has the type of its first chunk, the bits of a pixel, the kind of its pixels, the
checksum of the chunk, and where that ends."""

PALETTE = 3
"""The kind of pixels that are numbers of colours; 0 are greys."""


def _change_of_checksum() -> int:
    """What the checksum is to be xored with: the same for every header, as it is linear."""
    change = bytearray(CHECKSUM - CHUNK)
    before = zlib.crc32(change)
    change[KIND - CHUNK] = PALETTE
    return zlib.crc32(change) ^ before


CHANGE = _change_of_checksum().to_bytes(4, "big")


def without_palette(content: Any) -> tuple[Any, Any]:
    """A PNG with a palette as a grey one, and what its pixels are to be divided by.

    Greys of fewer than 8 bits are scaled to 255 when they are decoded. Other files are returned as
    they are, with 1.

    Args:
        content: the bytes of a file, a scalar string tensor.
    """
    import tensorflow as tf

    head = tf.io.decode_raw(tf.strings.substr(content, 0, END, unit="BYTE"), tf.uint8)
    is_png = tf.strings.substr(content, 0, len(SIGNATURE), unit="BYTE") == SIGNATURE

    def changed() -> tuple[Any, Any]:
        known = tf.constant([bytes([value]) for value in range(256)])
        change = tf.constant(list(CHANGE), tf.uint8)
        checksum = tf.bitwise.bitwise_xor(head[CHECKSUM:END], change)
        parts = [
            tf.strings.substr(content, 0, KIND, unit="BYTE"),
            tf.constant(b"\0"),
            tf.strings.substr(content, KIND + 1, CHECKSUM - KIND - 1, unit="BYTE"),
            tf.strings.reduce_join(tf.gather(known, tf.cast(checksum, tf.int32))),
            tf.strings.substr(content, END, tf.strings.length(content) - END, unit="BYTE"),
        ]
        largest = tf.bitwise.left_shift(1, tf.cast(head[DEPTH], tf.int32)) - 1
        return tf.strings.join(parts), tf.cast(255 // largest, tf.uint8)

    has_palette = tf.logical_and(is_png, tf.size(head) == END)
    kind = tf.cond(has_palette, lambda: head[KIND], lambda: tf.constant(0, tf.uint8))
    plain = content, tf.constant(1, tf.uint8)
    grey, divided_by = tf.cond(kind == PALETTE, changed, lambda: plain)
    return grey, divided_by
