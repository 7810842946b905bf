"""Entries of the journal as pages show them: who, what and when in words, with where the subject is seen."""

from dataclasses import dataclass

from engine.entry_words import late, on_behalf, person, what, who
from engine.execute import Known
from engine.kind_words import KIND_WORDS
from engine.labels import ALL_ROLE_WORDS, ROLE_WORDS
from engine.web.asked import way
from engine.web.visit import Visit
from storage.journal import Entry
from workflows.directive import ADMINISTRATION
from workflows.offices import Offices
from workflows.text import Text, joined, say

_OTHERS: dict[str, Text] = {"timer": say("the clock"), "installer": say("whoever installed")}


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry. `subject` leads to what it is about, `alone` to the entries about that, `href` to the entry itself."""

    entry: Entry
    kind: str
    says: str
    who: str
    person: str
    behalf: str
    late: str
    about: str
    subject: str
    alone: str
    href: str


def shown(visit: Visit, entry: Entry, known: Known, offices: Offices) -> Shown:
    chain, about, subject, alone = (
        entry.cascade_id,
        str(say("the whole cascade")),
        "",
        way("/journal", {"cascade": entry.cascade_id}),
    )
    if chain == ADMINISTRATION:
        about = say("the installation")
    elif entry.obligation is not None:
        about = say("obligation {number}", number=entry.obligation)
        subject = visit.way("obligation", cascade=chain, number=entry.obligation)
        alone = way("/journal", {"cascade": chain, "obligation": entry.obligation})
    elif entry.directive is not None:
        about = say("directive {number}", number=entry.directive)
        subject = visit.way("directive", cascade=chain, number=entry.directive)
        alone = way("/journal", {"cascade": chain, "directive": entry.directive})
    return Shown(
        entry, KIND_WORDS.get(entry.kind, entry.kind), what(entry, known.workflows), who_words(entry, offices),
        person(entry), on_behalf(entry), late(entry), about, subject, alone, f"/journal/{chain}/{entry.seq}",
    )  # fmt: skip


def who_words(entry: Entry, offices: Offices) -> str:
    """Who did it: the seat by the names of its role and office, and the deputy's seat where one acted."""
    if entry.role in _OTHERS:
        return _OTHERS[entry.role]
    if entry.role not in ROLE_WORDS:
        return ALL_ROLE_WORDS.get(entry.role, entry.role)
    found = offices.find(entry.office)
    seat = joined([ROLE_WORDS[entry.role], found.name if found else entry.office])
    _, stop, deputy = who(entry).partition(" (")
    return say("{seat} (deputy {deputy})", seat=seat, deputy=deputy.removesuffix(")")) if stop else seat
