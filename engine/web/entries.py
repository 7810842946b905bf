"""Entries of the journal as pages show them: who, what and when in words, with where the subject is seen."""

from dataclasses import dataclass

from engine.entry_words import by_of, late, on_behalf
from engine.execute import Known
from engine.kind_words import KIND_WORDS
from engine.showing.entries import CLAIMED, Reader
from engine.web.asked import way
from engine.web.visit import Visit
from storage.journal import Entry
from workflows.directive import ADMINISTRATION
from workflows.offices import Offices
from workflows.text import say


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
    claimed: str = ""


def shown(visit: Visit, entry: Entry, known: Known, offices: Offices) -> Shown:
    chain, about, subject, alone = (
        entry.cascade_id,
        say("the whole cascade"),
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
    line = Reader(offices, known.workflows).line(entry)
    return Shown(
        entry, KIND_WORDS.get(entry.kind, entry.kind), line.says, line.who, line.person,
        on_behalf(entry), late(entry), about, subject, alone, f"/journal/{chain}/{entry.seq}",
        line.known_by if by_of(entry).get("known_by", CLAIMED) == CLAIMED else "",
    )  # fmt: skip
