"""The messages of Keras's and TensorFlow's exceptions, in one line that a person can read."""

from __future__ import annotations

import re

MAX_LENGTH = 500
"""Of a cleaned message, in characters."""

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_USER_CODE = re.compile(r"^in user code:.*?\n\s+\w+Error: ", re.DOTALL)
"""The stack that AutoGraph puts in front of the message of a layer."""

_PREAMBLE = re.compile(
    r"^Exception encountered when calling [^\n]*\n+"
    r"|^A total of \d+ objects could not be loaded\. Example error message for object [^\n]*\n+"
)
_ECHO = re.compile(
    r"\n*(Arguments received by|Call arguments received|Full config|Received:? config"
    r"|List of objects that could not be loaded)"
    r"|\n+(Detected at node|Stack trace)"
    r"|\s*(If you trust the source of the artifact,)"
)
"""What follows the message: the arguments once more, a config, the stack of a compiled graph, and
how a Python program would have Keras run the code in a file, which modelspec never does."""

_GRAPH = re.compile(
    r"^Graph execution error:\s*\n"
    r"(?:Detected at node [^\n]*\n|<stack traces unavailable>\n|\s*\n|[ ]+[^\n]*\n)+"
    r"(?:\d+ root error\(s\) found\.\n\s*\(0\) )?(?=\S)"
)
"""The stacks that a compiled graph puts in front of what failed in it."""

_VALUES = re.compile(r",? value=\[[^>]*(?=>)")
"""The numbers of a variable that does not fit, row after row."""

_ASSERTION = re.compile(r"^assertion failed: \[([^\]]*)\] \[Condition x .*", re.DOTALL)
"""What an assertion of a graph says, and the tensors that it compared."""

_NODE = re.compile(r"\s*\[\[?\{\{node .*", re.DOTALL)
_OP = re.compile(r"\{\{function_node [^}]*\}\} ?| \[Op:\w+\]( name: *)?")


def clean_message(error: BaseException) -> str:
    """The message of an exception without colour, preamble, stacks and echoed arguments.

    Returns:
        One line of at most `MAX_LENGTH` characters; the exception's class where it has no message.
    """
    text = _COLOUR.sub("", str(error)).strip()
    text = _GRAPH.sub("", _PREAMBLE.sub("", _USER_CODE.sub("", text)))
    text = _VALUES.sub("", text)
    text = _OP.sub("", _NODE.sub("", _ECHO.split(text)[0]))
    text = _ASSERTION.sub(r"\1", text)
    text = " ".join(text.split())
    if len(text) > MAX_LENGTH:
        text = text[: MAX_LENGTH - 1] + "…"
    return text or type(error).__name__


def operation_message(error: BaseException) -> str:
    """What a failed TensorFlow operation reports, without its node in front and its name behind.

    Eager operations raise texts such as "{{function_node ...}} message [Op:DecodeImage]"; the
    message may have several lines.
    """
    return str(error).rpartition("}} ")[2].partition("[Op:")[0].strip()


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an allocation failed, on the host or on the device.

    TensorFlow has an exception of its own for it, `ResourceExhaustedError`; where Keras raises
    another in its place, the "OOM" of the allocator is all that is left of it.
    """
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        return True
    return re.search(r"\bOOM\b", clean_message(error)) is not None
