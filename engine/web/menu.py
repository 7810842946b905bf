"""The main menu: where one may go from everywhere. A page is added to it by a line here."""

from dataclasses import dataclass

from engine.access.person import Person
from engine.access.rules import may
from workflows.text import Text, say


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the menu, and the deed without which it is not shown."""

    path: str
    says: Text
    deed: str


MENU = (
    Entry("/work", say("My work"), "look.work"),
    Entry("/register", say("Register"), "look.directive"),
    Entry("/overview", say("Overview"), "look.overview"),
    Entry("/obligations", say("Obligations"), "look.obligation"),
    Entry("/reports", say("Reports"), "look.overview"),
    Entry("/journal", say("Journal"), "look.journal"),
    Entry("/offices", say("Offices"), "look.office"),
    Entry("/workflows", say("Workflows"), "look.workflow"),
    Entry("/calendar", say("Calendar"), "look.calendar"),
    Entry("/accounts", say("Accounts"), "look.account"),
    Entry("/rounds", say("Rounds"), "look.rounds"),
    Entry("/administration", say("Administration's record"), "look.administration"),
)


def menu_for(person: Person) -> list[Entry]:
    return [one for one in MENU if may(person, one.deed)]
