"""Where messages leave: a console, or a file of JSON lines. Both are at least once; the id tells a repeat.

They are written in the language that is in use where the channel is opened, whichever thread sends them later.
"""

import os
import sys
from pathlib import Path
from typing import TextIO

import orjson

from engine.language import in_use, speaking, told
from engine.notify.words import subject_of
from storage.errors import Unavailable
from storage.outbox import Message
from storage.queries.subjects import About
from workflows.text import say


def as_line(message: Message, about: About | None, language: str = "en") -> str:
    """A message as one JSON line: its stable id, to whom (a deputy in the seat's place), about what, in words of a language."""
    return orjson.dumps(as_data(message, about, language)).decode() + "\n"


def as_data(message: Message, about: About | None, language: str) -> dict[str, str | int | None]:
    """The same as plain data, as webhooks carry it too."""
    with speaking(language):
        subject = told(subject_of(message, about))
    content: dict[str, str | int | None] = {
        "id": message.id,
        "to": f"{message.office}/{message.role}",
        "cascade": message.cascade_id,
        "obligation": message.obligation,
        "kind": message.kind,
        "subject": subject,
    }
    if message.deputy:
        content["deputy"] = message.deputy
    if message.letter_to:
        content["letter_to"] = message.letter_to
    return content


class Console:
    """Prints messages on a stream, standard output by default."""

    name = "console"

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream, self._language = stream, in_use()

    def send(self, message: Message, about: About | None) -> None:
        stream = self._stream or sys.stdout
        stream.write(as_line(message, about, self._language))
        stream.flush()


class File:
    """Appends messages to a file."""

    name = "file"

    def __init__(self, path: Path) -> None:
        try:
            path.open("a", encoding="utf-8").close()
        except OSError as error:
            said = say("Messages cannot be written to {path}: {why}", path=path, why=error.strerror)
            raise Unavailable(said) from error
        self._path, self._language = path, in_use()

    def send(self, message: Message, about: About | None) -> None:
        line, written = as_line(message, about, self._language).encode(), 0
        with self._path.open("ab", buffering=0) as stream:
            try:
                while written < len(line):
                    written += stream.write(line[written:])
            except OSError:
                end = stream.tell()  # of what this process wrote: a full disk has taken half a line
                if written and os.fstat(stream.fileno()).st_size == end:
                    stream.truncate(end - written)
                raise


class Silent:
    """Sends nothing anywhere: for a demonstration that only counts."""

    def send(self, message: Message, about: About | None) -> None:
        return None
