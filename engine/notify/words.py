"""An outbox message in words: one line that says what happened to which obligation, and what is wanted."""

from typing import Any

import orjson

from engine.labels import TASK_WORDS
from storage.outbox import Message
from storage.queries.subjects import About
from workflows.calendar import VIETNAM, day_end, last_day
from workflows.fields import parse_instant, show_day
from workflows.figures import missing_words
from workflows.text import Text, joined, say
from workflows.words import POLICIES

_TEXT_MAX = 80


def subject_of(message: Message, about: About | None) -> Text:
    """The subject line of a message: what happened, to what of which document, and by when it is due."""
    fact: dict[str, Any] = orjson.loads(message.body)["fact"]
    what = _what(message, about)
    said = (
        _of_work(message, fact, what) or _of_dates(message.kind, fact, what) or _of_documents(message.kind, fact, what)
    )
    said = said or joined([what, message.kind], ": ")
    if message.letter_to:
        return say("Draft a letter to {office}: {what}", office=message.letter_to, what=said)
    return said


def _of_work(message: Message, fact: dict[str, Any], what: Text) -> Text | None:
    match message.kind:
        case "Assigned":
            return say("new: {what}; receive it", what=what)
        case "RungReached":
            return say("{label}: {what}{task}", label=fact["label"], what=what, task=_task(message, fact))
        case "ReceiptMissed":
            return say("{what} has not been received in time", what=what)
        case "AnswerMissed":
            return say("{what} waits for your answer ({about})", what=what, about=fact["about"])
        case "Joined":
            return say("{what}: everything below is done; report upward", what=what)
        case "OfficerNamed":
            return say("{what}: {officer} does the work", what=what, officer=fact["officer"])
        case "Acted":
            steps = {"action": fact["action"], "before": fact["before"], "after": fact["after"]}
            said = say("{what}: {action} ({before} to {after})", what=what, **steps)
            return joined([said, *(one for figure in fact.get("figures", []) if (one := _missing(figure)))], "; ")
    return None


def _of_dates(kind: str, fact: dict[str, Any], what: Text) -> Text | None:
    match kind:
        case "ExtensionRequested":
            return say("{what}: another date is asked for, {day}", what=what, day=_day(fact["request"]["until"]))
        case "ExtensionGranted":
            return say("{what}: the date asked for is granted", what=what)
        case "ExtensionRefused":
            return say("{what}: the date stays ({reason})", what=what, reason=fact["reason"])
        case "ExtensionCountered":
            day = _day(fact["until"])
            return say(
                "{what}: {day} is proposed in place of the date asked for; take it or withdraw", what=what, day=day
            )
        case "ExtensionWithdrawn":
            return say("{what}: another date is no longer asked for", what=what)
        case "EventAsked":
            return say(
                "{what}: its date waits for {event}; enter its day: set_event_day", what=what, event=fact["event"]
            )
        case "DueSet":
            return say("{what}: its date is {day} now", what=what, day=_day(fact["due_at"]))
        case "ReviewDue":
            then = say(POLICIES[fact["then"]])
            said = say("{what}: stands until {day}, then {then}", what=what, day=_day(fact["until"]), then=then)
            if fact.get("follows"):
                return say("{said}; it follows {documents}", said=said, documents=fact["follows"])
            return said
        case "CarriedOver":
            return say("{what}: it stands for another year, until {day}", what=what, day=_day(fact["until"]))
    return None


def _of_documents(kind: str, fact: dict[str, Any], what: Text) -> Text | None:
    match kind:
        case "RenewalDue" if fact.get("again_at"):
            done = f"cascade directive issue DRAFT --continues {what}"
            return say("cascade {cascade}: issue the document of its next year: {command}", cascade=what, command=done)
        case "RenewalDue":
            return say("cascade {cascade}: its next year opens by itself", cascade=what)
        case "RenewalRefused":
            return say("cascade {cascade}: its next year was not opened: {why}", cascade=what, why=fact["because"])
        case "Continued":
            by = {"by": fact["by_cascade"], "symbol": fact["symbol"]}
            return say("cascade {cascade}: it goes on as cascade {by}, under {symbol}", cascade=what, **by)
        case "Repointed":
            return say("{what}: it goes on under a document that replaced the one before", what=what)
        case "Kept":
            return say("{what}: what is above it has ended; it goes on for {basis}", what=what, basis=fact["basis"])
        case "BasisEnded":
            said = {name: fact[name] for name in ("symbol", "document", "directive", "item")}
            return say("{symbol} is revoked by {document}: item {item} of directive {directive} rested on it", **said)
        case "Urged":
            return say("{what}: urged by {document}", what=what, document=fact["document"])
        case "Offered":
            offer = fact["offer"]
            return say("{what}: report {symbol}, accepted under {about}, may answer it; take or decline it",
                       what=what, symbol=offer["symbol"], about=offer["about"])  # fmt: skip
    return None


def _missing(figure: dict[str, Any]) -> Text | None:
    """Of a figure that is not whole, who is missing from it."""
    missing = tuple(figure.get("missing", ()))
    return say("{name} is without {missing}", name=figure["name"], missing=missing_words(missing)) if missing else None


def _day(text: str) -> str:
    """The day of a date, with its hour where it is to the hour."""
    at = parse_instant(text)
    return show_day(last_day(at)) if at == day_end(last_day(at)) else f"{at.astimezone(VIETNAM):%d/%m/%Y %H:%M}"


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
    if message.obligation is None:
        return joined([message.cascade_id])
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
