"""How a command prints: data on standard output, talk on standard error, colour only on a terminal.

Texts are said here in the language in use; whoever asks for a line to be printed hands over the text itself.
"""

import os
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import typer

from engine.language import told
from workflows.text import Text, say

_COLOUR = re.compile("\x1b\\[[0-9;]*m")
_NARROWEST = 24  # letters that the last column of a table keeps, however narrow the terminal


def data(line: str = "") -> None:
    """A line of what was asked for."""
    typer.echo(told(line), color=None if colours() else False)


def talk(line: str) -> None:
    """A line for the person at the terminal, that no pipe wants."""
    typer.echo(told(line), err=True)


def json_document(document: Any) -> None:
    """One JSON document: dates ISO, instants ISO with Z; keys and codes are the same in every language."""
    import orjson

    options = orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z | orjson.OPT_PASSTHROUGH_SUBCLASS
    typer.echo(orjson.dumps(document, _plain, options).decode())


def _plain(value: Any) -> str:
    """A text in a JSON document, in the language in use; an address as it was typed."""
    if isinstance(value, Text):
        return told(value)
    if isinstance(value, str):
        return str(value)
    raise TypeError(f"{type(value).__name__} does not belong in a JSON document")


def colours() -> bool:
    """May standard output be coloured? https://no-color.org"""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def styled(text: str, colour: str) -> str:
    return typer.style(told(text), fg=colour) if colours() else text


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], indent: str = "") -> None:
    """Columns side by side; on a terminal the last one is wrapped under itself."""
    heads, listed = [told(head) for head in heads], [[told(cell) for cell in row] for row in rows]
    widths = [max(len(head), *(_width(row[place]) for row in listed)) for place, head in enumerate(heads[:-1])]
    before = len(indent) + sum(widths) + 2 * len(widths)
    room = max(_NARROWEST, shutil.get_terminal_size().columns - before) if sys.stdout.isatty() else None
    for row in [heads, *listed]:
        first = "".join(cell + " " * (width + 2 - _width(cell)) for cell, width in zip(row, widths, strict=False))
        last = row[-1]
        lines = textwrap.wrap(last, room) if room and len(last) > room else [last]
        data((indent + first + (lines[0] if lines else "")).rstrip())
        for line in lines[1:]:
            data(" " * before + line)


def _width(text: str) -> int:
    """How many letters it takes on the screen."""
    return len(_COLOUR.sub("", text))


def pairs(rows: Iterable[tuple[str, str]], indent: str = "") -> None:
    """Names and values under each other; empty values are left out."""
    listed = [(told(name), told(value)) for name, value in rows if value]
    width = max((len(name) for name, _ in listed), default=0)
    for name, value in listed:
        first, *more = value.split("\n")
        data(f"{indent}{name.ljust(width)}  {first}")
        for line in more:
            data(f"{indent}{' ' * width}  {line}")


def cut(shown: int, total: int, what: str, how: str = "--limit") -> None:
    """Say so where a list was cut; `what` is the text of what is listed, such as say("obligations")."""
    if shown < total:
        counts = {"shown": f"{shown:,}", "total": f"{total:,}"}
        talk(say("{shown} of {total} {what} shown; more with {how}.", **counts, what=what, how=how))
