"""Why something is late and what is proposed, by what people wrote about it; nothing is asked of anybody anew.

The cause is the first of these that there is: the cause that a report gave (a form's field `cause`); the reason of the newest
request for another date; the newest reason or note of the holder's own; what somebody noted of a call, a visit or a letter. The
proposal is the newest date that was asked for, and what became of it. Entries are read as they are stored: one that cannot be
read gives nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson

from engine.labels import labelled
from engine.wording import rung_words
from storage.queries.reports import Said
from workflows.calendar import last_day
from workflows.definition import Definition
from workflows.fields import show_day
from workflows.text import Text, say

SOURCES: Mapping[str, Text] = {
    "report": say("from its report"),
    "request": say("from its request for another date"),
    "holder": say("from what it wrote"),
    "task": say("as noted of a call, visit or letter"),
}
ANSWERS: Mapping[str, Text] = {
    "waits": say("waits for an answer"),
    "ExtensionGranted": say("granted"),
    "ExtensionRefused": say("refused"),
    "ExtensionCountered": say("another date was proposed"),
    "ExtensionWithdrawn": say("withdrawn"),
}
_RANK = ("task", "holder", "request", "report")


@dataclass(frozen=True, slots=True)
class Told:
    """A rung that was told: its number, whose ladder it is of, its label, and the day."""

    rung: int
    of: str
    label: str
    on: date


@dataclass(frozen=True, slots=True)
class Reasons:
    """What was said about one obligation. `cause_from` is one of SOURCES, `answer` one of ANSWERS."""

    cause: str | None = None
    cause_from: str | None = None
    cause_on: date | None = None
    asks_until: date | None = None
    answer: str | None = None
    urged_by: str | None = None
    urged_on: date | None = None
    told: tuple[Told, ...] = ()


def reasons(said: Iterable[Said], holder: str) -> Reasons:
    """What the entries about an obligation say, in their order."""
    causes: dict[str, tuple[str, date]] = {}
    asks: tuple[date, str] | None = None
    urged: tuple[str, date] | None = None
    told: list[Told] = []
    for one in said:
        body = _body(one)
        fact, on = body.get("fact", {}), last_day(one.happened_at)
        if one.kind == "ExtensionRequested":
            request = _part(fact.get("request"))
            if reason := _text(request.get("reason")):
                causes["request"] = reason, on
            until = _day(request.get("until"))
            asks = (until, "waits") if until else None
        elif one.kind in ANSWERS:
            asks = (asks[0], one.kind) if asks else None
        elif one.kind == "Urged":
            urged = (_text(fact.get("document")) or "", on)
        elif one.kind == "RungReached":
            told.append(
                Told(_number(fact.get("rung")), _text(fact.get("of")) or "holder", _text(fact.get("label")) or "", on)
            )
        elif one.kind == "TaskRecorded":
            if note := _text(fact.get("note")):
                causes["task"] = note, on
        else:
            fields = _fields(fact.get("fields"))
            mine = holder in (one.office, _part(body.get("by")).get("acting_for"))
            if cause := _text(fields.get("cause")):
                causes["report"] = cause, on
            elif mine and (reason := _text(fields.get("reason")) or _text(fields.get("note"))):
                causes["holder"] = reason, on
    source = next((one for one in reversed(_RANK) if one in causes), None)
    cause, cause_on = causes[source] if source else (None, None)
    until, answer = asks or (None, None)
    by, on_day = urged or (None, None)
    return Reasons(cause, source, cause_on, until, answer, by, on_day, tuple(told))


def cause_words(cause: str | None, source: str | None, on: date | None) -> str:
    """A cause with where it comes from."""
    if cause is None or source is None or on is None:
        return ""
    return say("{cause} ({source}, {day})", cause=cause, source=SOURCES[source], day=show_day(on))


def proposal_words(until: date | None, answer: str | None) -> str:
    if until is None or answer is None:
        return ""
    return say("Another date, {day}: {answer}", day=show_day(until), answer=ANSWERS[answer])


def urged_words(document: str | None, on: date | None) -> str:
    return say("urged by {document} on {day}", document=document or "–", day=show_day(on)) if on else ""


def rung_label(definition: Definition | None, one: Told) -> str:
    """A rung by the label of its workflow in the language in use, else by the one that was told."""
    if definition is not None:
        return rung_words(definition, one.rung, one.of)
    return labelled(one.label, None) or say("rung {number}", number=one.rung)


def _body(one: Said) -> dict[str, Any]:
    try:
        found = orjson.loads(one.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) and isinstance(found.get("fact"), dict) else {}


def _part(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _fields(value: Any) -> dict[str, Any]:
    pairs = value if isinstance(value, list) else []
    return {str(pair[0]): pair[1] for pair in pairs if isinstance(pair, list) and len(pair) == 2}


def _text(value: Any) -> str | None:
    return " ".join(value.split()) or None if isinstance(value, str) else None


def _number(value: Any) -> int:
    return value if type(value) is int else 0


def _day(value: Any) -> date | None:
    try:
        return last_day(datetime.fromisoformat(value)) if isinstance(value, str) else None
    except ValueError:
        return None
