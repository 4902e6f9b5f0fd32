"""Amounts of memory and time, read from an option and written as each launcher reads them."""

from __future__ import annotations

import re

from modelspec.diagnostics import UsageError

_UNITS = {
    "Mi": 2**20,
    "Gi": 2**30,
    "Ti": 2**40,
    "M": 10**6,
    "G": 10**9,
    "T": 10**12,
}
_MEMORY = re.compile(r"([1-9]\d{0,8})(Mi|Gi|Ti|M|G|T)B?", re.ASCII)
_SHORT = re.compile(r"([1-9]\d{0,8})([smhd])", re.ASCII)
_CLOCK = re.compile(r"(?:(\d{1,5})-)?(\d{1,2}):(\d{2}):(\d{2})", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_memory(text: str) -> int:
    """The bytes of an amount such as 16Gi (2**30 each) or 16G (10**9 each).

    Raises:
        UsageError: it is written in another way.
    """
    match = _MEMORY.fullmatch(text)
    if match is None:
        raise UsageError(f"expected an amount of memory such as 16Gi or 500Mi, got {text!r}")
    return int(match[1]) * _UNITS[match[2]]


def kubernetes_memory(size: int) -> str:
    """Bytes as a quantity of Kubernetes, in the largest unit that leaves no remainder."""
    for unit in ("Ti", "Gi", "Mi", "T", "G", "M"):
        if size % _UNITS[unit] == 0:
            return f"{size // _UNITS[unit]}{unit}"
    return str(size)


def slurm_memory(size: int) -> str:
    """Bytes as Slurm reads them, whose units are powers of 1024, rounded up."""
    if size % _UNITS["Gi"] == 0:
        return f"{size // _UNITS['Gi']}G"
    return f"{-(-size // _UNITS['Mi'])}M"


def parse_duration(text: str) -> int:
    """The seconds of a time such as 90m, 12h, 2d, 12:00:00 or 1-12:00:00.

    Raises:
        UsageError: it is written in another way, such as 30:00, which is minutes to some and hours
            to others.
    """
    if match := _SHORT.fullmatch(text):
        return int(match[1]) * _SECONDS[match[2]]
    if match := _CLOCK.fullmatch(text):
        days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        if minutes < 60 and seconds < 60 and (total := _sum(days, hours, minutes, seconds)):
            return total
    raise UsageError(f"expected a time such as 90m, 12h, 12:00:00 or 1-12:00:00, got {text!r}")


def _sum(days: int, hours: int, minutes: int, seconds: int) -> int:
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def slurm_time(seconds: int) -> str:
    """Seconds as [D-]HH:MM:SS."""
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    clock = f"{hours:02}:{minutes:02}:{seconds:02}"
    return f"{days}-{clock}" if days else clock
