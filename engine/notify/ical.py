"""Deadlines as an iCalendar feed (RFC 5545): one all-day event for each obligation, under an id that never changes.

Written here and read by a library in the tests: a feed of all-day events is sixty lines, and needs no package in every office.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from workflows.calendar import last_day

_LINE_MAX = 75  # octets, without the end of the line: RFC 5545, 3.1
_PRODUCT = "-//cascade//deadlines//VI"
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


@dataclass(frozen=True, slots=True)
class Deadline:
    """An obligation as a feed shows it; the texts are in the language of who reads it. `changed_at` is its newest entry."""

    cascade: str
    obligation: int
    due_at: datetime
    summary: str
    description: str
    changed_at: datetime
    sequence: int = 0
    url: str | None = None
    closed: bool = False
    void: bool = False


def feed(name: str, deadlines: Iterable[Deadline], domain: str, refresh: timedelta = timedelta(hours=1)) -> str:
    """The whole text, with CRLF; `domain` makes the ids unique in the world. A deadline is the day it falls on in Vietnam,
    which belongs to no time zone: a calendar abroad shows the same day."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{_PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}",
        "X-WR-TIMEZONE:Asia/Ho_Chi_Minh",
        f"REFRESH-INTERVAL;VALUE=DURATION:PT{int(refresh.total_seconds()) // 60}M",
    ]
    for one in deadlines:
        lines += _event(one, domain)
    lines.append("END:VCALENDAR")
    return "".join(_folded(line) for line in lines)


def uid(cascade: str, obligation: int, domain: str) -> str:
    """The id of an obligation's deadline: it stays, however often the date moves."""
    return f"{cascade}-{obligation}@{domain}"


def _event(one: Deadline, domain: str) -> list[str]:
    day = last_day(one.due_at)
    lines = [
        "BEGIN:VEVENT",
        f"UID:{_text(uid(one.cascade, one.obligation, domain))}",
        f"DTSTAMP:{one.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"LAST-MODIFIED:{one.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"SEQUENCE:{one.sequence}",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_text(one.summary)}",
        f"DESCRIPTION:{_text(one.description)}",
        "TRANSP:TRANSPARENT",
        f"STATUS:{'CANCELLED' if one.void else 'CONFIRMED'}",
    ]
    if one.closed and not one.void:
        lines.append("CATEGORIES:DONE")
    if one.url:
        lines.append(f"URL:{_uri(one.url)}")
    return [*lines, "END:VEVENT"]


def _text(value: str) -> str:
    """A value of type TEXT: what has a meaning is escaped; what no calendar may hold is left out."""
    lines = (
        value.replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\u2028", "\n")
        .replace("\u2029", "\n")
        .replace("\x85", "\n")
    )
    return "".join(
        one for one in lines if one == "\n" or (one >= " " and one != "\x7f" and not "\ud800" <= one <= "\udfff")
    ).translate(_ESCAPED)


def _uri(value: str) -> str:
    return "".join(one for one in value if "!" <= one <= "~")


def _folded(line: str) -> str:
    """A line in pieces of at most 75 octets; no letter is cut in two."""
    pieces, piece, size = [], "", 0
    for letter in line:
        octets = len(letter.encode("utf-8", "replace"))
        if size + octets > _LINE_MAX:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + letter, size + octets
    return "\r\n".join([*pieces, piece]) + "\r\n"
