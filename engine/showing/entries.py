"""Entries of the journal as people read them: offices, seats, states, actions and fields by their names, days as people here
write them, and what each entry changed. The stored text stays one step away."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.entry_words import by_of, late, on_behalf
from engine.labels import ALL_ROLE_WORDS, ROLE_WORDS, labelled
from engine.language import told
from engine.showing.entry_changes import Change, changes
from engine.showing.names import Names
from engine.showing.timeline import what_happened
from storage.journal import Entry
from workflows.definition import Definition
from workflows.errors import NotFound
from workflows.facts import Acted, CascadeOpened, Fact
from workflows.offices import Offices
from workflows.text import Text, mark, say
from workflows.workflow import Workflows

CLAIMED = "claimed"  # the default, which an entry leaves out
CLOCK = say("the clock")
KNOWN_BY = {
    "claimed": mark("only claimed at the command line"),
    "command line": mark("at the command line"),
    "password": mark("by a page"),
    "token": mark("by a token"),
    "link": mark("by a link"),
    "timer": mark("by the clock"),
}
_OTHERS: dict[str, Text] = {"timer": CLOCK, "installer": say("who keeps the database, at the command line")}


@dataclass(frozen=True, slots=True)
class Line:
    """An entry in words, each in the language in use. `notes` are what a reader has to know beside: a deputy, a late entry."""

    entry: Entry
    says: str
    who: str
    person: str
    known_by: str
    notes: tuple[str, ...]


class Reader:
    """Puts entries in words: by the directory, and by the labels of the version that each was done under."""

    def __init__(self, offices: Offices, workflows: Workflows) -> None:
        self._offices, self._workflows = offices, workflows

    def line(self, entry: Entry) -> Line:
        by = by_of(entry)
        notes = tuple(told(note) for note in (on_behalf(entry), self._host(by), late(entry)) if note)
        return Line(entry, self.says(entry), self.who(entry), str(by.get("person") or ""), self.known_by(entry), notes)

    def says(self, entry: Entry) -> str:
        """What happened. One that cannot be read says so."""
        names, fact = self.names(entry), fact_of(entry)
        said, given = what_happened(fact, entry, names)
        if given and isinstance(fact, Acted):
            return f"{said} ({'; '.join(f'{name}: {value}' for name, value in given)})"
        return said if fact is None else str(names.written(said))

    def who(self, entry: Entry) -> str:
        """The seat by its names, and through whom; or the clock; or an administrator."""
        if entry.role in _OTHERS:
            return told(_OTHERS[entry.role])
        if entry.role not in ROLE_WORDS:
            return told(ALL_ROLE_WORDS.get(entry.role, entry.role))
        names = self.names(entry)
        seat, deputy = names.seat(entry.office, entry.role), by_of(entry).get("deputy")
        return (
            told(say("{seat} (through the deputy, {deputy})", seat=seat, deputy=names.of(deputy))) if deputy else seat
        )

    def known_by(self, entry: Entry) -> str:
        """How the actor was known."""
        known = str(by_of(entry).get("known_by", CLAIMED))
        return told(say(KNOWN_BY[known])) if known in KNOWN_BY else known

    def changed(self, entry: Entry, before: Entry | None = None) -> Iterator[Change]:
        """What it changed, each with what was there before and after; `before` is the entry that set the same before it."""
        fact = fact_of(entry)
        return changes(fact, fact_of(before) if before else None, self.names(entry)) if fact else iter(())

    def names(self, entry: Entry) -> Names:
        definition, fact = self._definition(entry), fact_of(entry) if entry.kind == "CascadeOpened" else None
        called = {}
        if isinstance(fact, CascadeOpened) and definition:
            called[fact.workflow] = labelled(definition.title, definition.english.title)
        return Names(self._offices, definition=definition, called=called)

    def _definition(self, entry: Entry) -> Definition | None:
        try:
            return self._workflows.get(entry.data["workflow"]).definition
        except (KeyError, ValueError, TypeError, AttributeError, NotFound):
            return None

    def _host(self, by: dict[str, object]) -> Text | None:
        office = by.get("acting_for")
        if not isinstance(office, str):
            return None
        return say("recorded for {office}", office=Names(self._offices).office(office))


def fact_of(entry: Entry) -> Fact | None:
    """What it says, where that can be read; verifying says more of one that cannot."""
    try:
        return entry.fact
    except (KeyError, ValueError, TypeError, AttributeError):
        return None
