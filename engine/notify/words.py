"""An outbox message in words: one line that says what happened to which obligation, and what is wanted."""

from typing import Any

import orjson

from storage.outbox import Message
from storage.queries.subjects import About
from workflows.calendar import VIETNAM, day_end, last_day
from workflows.fields import parse_instant, show_day
from workflows.text import say
from workflows.words import POLICIES

_TEXT_MAX = 80


def subject_of(message: Message, about: About | None) -> str:
    """The subject line of a message: what happened, to what of which document, and by when it is due."""
    data: dict[str, Any] = orjson.loads(message.body)
    fact, what = data["fact"], _what(message, about)
    letter = f"Draft a letter to {message.letter_to}: " if message.letter_to else ""
    match message.kind:
        case "Assigned":
            said = f"new: {what}; receive it"
        case "RungReached":
            said = f"{fact['label']}: {what}"
        case "ReceiptMissed":
            said = f"{what} has not been received in time"
        case "AnswerMissed":
            said = f"{what} waits for your answer ({fact['about']})"
        case "ExtensionRequested":
            said = f"{what}: another date is asked for, {fact['request']['until'][:10]}"
        case "ExtensionGranted":
            said = f"{what}: the date asked for is granted"
        case "ExtensionRefused":
            said = f"{what}: the date stays ({fact['reason']})"
        case "ReviewDue":
            until = last_day(parse_instant(fact["until"]))
            said = say(
                "{what}: stands until {day}, then {then}",
                what=what,
                day=show_day(until),
                then=say(POLICIES[fact["then"]]),
            )
            if fact.get("follows"):
                said = say("{said}; it follows {documents}", said=said, documents=fact["follows"])
        case "CarriedOver":
            until = last_day(parse_instant(fact["until"]))
            said = say("{what}: it stands for another year, until {day}", what=what, day=show_day(until))
        case "Joined":
            said = f"{what}: everything below is done; report upward"
        case "Acted":
            said = f"{what}: {fact['action']} ({fact['before']} to {fact['after']})"
        case _:
            said = f"{what}: {message.kind}"
    return letter + said


def _what(message: Message, about: About | None) -> str:
    """`obligation 9 (61/SKHCN-VP item 1, ttut: spread the notice…; due 31/08/2023)`."""
    if about is None:
        return f"obligation {message.obligation}"
    text = about.text if len(about.text) <= _TEXT_MAX else about.text[: _TEXT_MAX - 1].rstrip() + "…"
    period = f" {about.period}" if about.period else ""
    due = ""
    if about.due_at:
        whole_day = about.due_at == day_end(last_day(about.due_at))
        local = about.due_at.astimezone(VIETNAM)
        due = f"; due {last_day(about.due_at):%d/%m/%Y}" if whole_day else f"; due {local:%d/%m/%Y %H:%M}"
    return f"obligation {message.obligation} ({about.symbol} item {about.label}{period}, {about.holder}: {text}{due})"
