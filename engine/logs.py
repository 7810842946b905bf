"""The machine's log: JSON lines of fixed event names with values as fields. People's deeds go to the journal instead."""

import sys
from typing import Any, TextIO

import orjson
from loguru import logger

PROGRESS_SECONDS = 10.0  # between two lines that say how far one long piece of work is


def set_up(level: str, stream: TextIO = sys.stderr) -> None:
    """Log to a stream, one JSON object a line. User text is only ever a field, never the message."""
    logger.remove()

    def write(message: Any) -> None:
        stream.write(_line(message.record))

    logger.add(
        write,
        level=level,
        format="{message}",
        diagnose=False,  # it would print passwords
        backtrace=False,
    )


def silence() -> None:
    """Log nothing: commands talk to people themselves."""
    logger.remove()


def _line(record: Any) -> str:
    error = record["exception"]
    content = {
        "at": record["time"].isoformat(timespec="milliseconds"),
        "level": record["level"].name,
        "event": record["message"],
        **record["extra"],
    }
    if error:
        content["error"] = f"{error.type.__name__}: {error.value}"
    return orjson.dumps(content, default=str).decode() + "\n"
