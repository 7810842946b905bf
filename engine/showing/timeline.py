"""The history of an obligation as people read it: when, who, what, in names and labels instead of ids."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from engine.entry_words import late, on_behalf, what
from engine.language import told
from engine.showing.names import Names
from engine.wording import size_words
from storage.journal import Entry
from workflows.facts import Acted, Attached, Fact, RungReached
from workflows.text import Text, say
from workflows.words import ROLES
from workflows.world import World

_TONES = {
    "DeadlineMissed": "late", "RungReached": "near", "ReceiptMissed": "late", "AnswerMissed": "late", "Incident": "late",
    "Joined": "good", "ExtensionGranted": "good",
}  # fmt: skip
BY_CLOCK = say("by itself, the time had come")


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry: `what` and under it `given`, pairs of what was filled in; `tone` decides the colour only; `files`
    are those it names: place, name, size."""

    seq: int
    at: datetime
    who: str
    what: str
    given: tuple[tuple[str, str], ...]
    note: str
    tone: str
    by_person: bool
    files: tuple[tuple[int, str, Text], ...] = ()


def moments(world: World, entries: Iterable[Entry]) -> Iterator[Moment]:
    """The entries in words, in their order."""
    for entry in entries:
        one = world.obligation(entry.obligation) if entry.obligation else None
        names, fact = Names(world.offices, world, one), _fact(entry)
        said, given = what_happened(fact, entry, names)
        notes = [told(text) for text in (on_behalf(entry), late(entry)) if text]
        tone = _TONES.get(entry.kind, "plain")
        if isinstance(fact, Acted) and fact.outcome:
            tone = "good" if fact.outcome == "fulfilled" else "rest"
        yield Moment(entry.seq, entry.recorded_at, who_words(entry, names), said, given, "; ".join(notes), tone,
                     entry.role in ROLES, _files(fact))  # fmt: skip


def who_words(entry: Entry, names: Names) -> str:
    """Who did it, by name and seat; or that the clock did."""
    if entry.role not in ROLES:
        return told(BY_CLOCK) if entry.role == "timer" else entry.role
    seat = names.seat(entry.office, entry.role)
    try:
        person = entry.data["by"].get("person")
    except (KeyError, ValueError, TypeError, AttributeError):
        person = None
    return f"{person} ({seat})" if person else seat


def what_happened(fact: Fact | None, entry: Entry, names: Names) -> tuple[str, tuple[tuple[str, str], ...]]:
    if isinstance(fact, Acted):
        said = names.action(fact.action)
        if fact.after != fact.before:
            said = f"{said}: {names.state(fact.before)} → {names.state(fact.after)}"
        return said, tuple((names.field(name), names.written(value) or "") for name, value in fact.fields)
    if isinstance(fact, RungReached):
        return told(_rung(fact, names)), ()
    if isinstance(fact, Attached):
        given = (
            say("Files given with “{action}”", action=names.action(fact.action)) if fact.action else say("Files added")
        )
        return told(given), ()
    said = names.of(what(entry))
    return said[:1].upper() + said[1:], ()


def _files(fact: Fact | None) -> tuple[tuple[int, str, Text], ...]:
    if not isinstance(fact, Attached):
        return ()
    return tuple((place, one.name, size_words(one.size)) for place, one in enumerate(fact.files, 1))


def _rung(fact: RungReached, names: Names) -> Text:
    who, label = (
        [names.addressee(one) for one in fact.told] or say("nobody"),
        names.rung(fact.rung, fact.of) or fact.label,
    )
    if fact.occurrence > 1:
        return say("{label}, for the {count}. time: told to {who}", label=label, count=fact.occurrence, who=who)
    return say("{label}: told to {who}", label=label, who=who)


def _fact(entry: Entry) -> Fact | None:
    try:
        return entry.fact
    except (KeyError, ValueError, TypeError, AttributeError):  # an altered entry; verification names it
        return None
