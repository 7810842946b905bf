"""An outbox message in words: one line that says what happened to which obligation, and what is wanted."""

from datetime import datetime
from typing import Any

import orjson

from engine.labels import TASK_WORDS
from storage.outbox import Message
from storage.queries.subjects import About
from workflows.calendar import VIETNAM, day_end, last_day
from workflows.fields import parse_instant, show_day
from workflows.text import Text, joined, say
from workflows.words import POLICIES

_TEXT_MAX = 80


def subject_of(message: Message, about: About | None) -> Text:
    """The subject line of a message: what happened, to what of which document, and by when it is due."""
    data: dict[str, Any] = orjson.loads(message.body)
    fact, what = data["fact"], _what(message, about)
    match message.kind:
        case "Assigned":
            said = say("new: {what}; receive it", what=what)
        case "RungReached":
            said = say("{label}: {what}{task}", label=fact["label"], what=what, task=_task(message, fact))
        case "ReceiptMissed":
            said = say("{what} has not been received in time", what=what)
        case "AnswerMissed":
            said = say("{what} waits for your answer ({about})", what=what, about=fact["about"])
        case "ExtensionRequested":
            until = last_day(datetime.fromisoformat(fact["request"]["until"]))
            said = say("{what}: another date is asked for, {day}", what=what, day=f"{until:%d/%m/%Y}")
        case "ExtensionGranted":
            said = say("{what}: the date asked for is granted", what=what)
        case "ExtensionRefused":
            said = say("{what}: the date stays ({reason})", what=what, reason=fact["reason"])
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
            said = say("{what}: everything below is done; report upward", what=what)
        case "Acted":
            steps = {"action": fact["action"], "before": fact["before"], "after": fact["after"]}
            said = say("{what}: {action} ({before} to {after})", what=what, **steps)
        case _:
            said = joined([what, message.kind], ": ")
    if message.letter_to:
        return say("Draft a letter to {office}: {what}", office=message.letter_to, what=said)
    return said


def _task(message: Message, fact: dict[str, Any]) -> str:
    """The task that the rung opened for whoever this message goes to, if it did."""
    meant = (message.office, message.role, message.letter_to)
    found = (one for one in fact.get("tasks", []) if (one["office"], one["role"], one.get("to")) == meant)
    task = next(found, None)
    return (
        say("; {kind}, and record it as task {id}", kind=TASK_WORDS.get(task["kind"], task["kind"]), id=task["id"])
        if task
        else ""
    )


def _what(message: Message, about: About | None) -> Text:
    """`obligation 9 (61/SKHCN-VP item 1, ttut: spread the notice…; due 31/08/2023)`."""
    if about is None:
        return say("obligation {number}", number=message.obligation)
    text = about.text if len(about.text) <= _TEXT_MAX else about.text[: _TEXT_MAX - 1].rstrip() + "…"
    due: str = ""
    if about.due_at:
        whole_day = about.due_at == day_end(last_day(about.due_at))
        local = about.due_at.astimezone(VIETNAM)
        due = say("; due {day}", day=f"{last_day(about.due_at):%d/%m/%Y}" if whole_day else f"{local:%d/%m/%Y %H:%M}")
    return say("obligation {number} ({symbol} item {label}{period}, {holder}: {text}{due})",
               number=message.obligation, symbol=about.symbol, label=about.label, holder=about.holder, text=text,
               period=f" {about.period}" if about.period else "", due=due)  # fmt: skip
