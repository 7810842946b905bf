"""The filters of the list of obligations: read from an address, handed to the query, and written into addresses again."""

from dataclasses import dataclass
from datetime import date

from engine.labels import GROUP_WORDS, labelled
from engine.web.asked import Address, way
from engine.wording import PART_WORDS
from storage.queries.filters import Wanted
from storage.queries.obligations import SORTS
from workflows.calendar import after_day, first_instant
from workflows.fields import show_day
from workflows.obligation import GROUPS
from workflows.offices import Office, Offices
from workflows.text import Text, joined, say
from workflows.workflow import Workflows

SORT_WORDS: dict[str, Text] = {
    "due": say("nearest date first"),
    "holder": say("by office"),
    "changed": say("changed last first"),
    "number": say("in the order they were given"),
}
PATH = "/obligations"


@dataclass(frozen=True, slots=True)
class Labels:
    """The words of states and levels of all workflows, in the language in use; one name has the newest workflow's word."""

    states: dict[str, str]
    levels: dict[str, str]


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for. `values` are the filters as an address carries them."""

    wanted: Wanted
    sort: str
    office: Office | None
    due_from: date | None
    due_to: date | None
    since: date | None
    values: dict[str, object]

    def at(self, path: str = PATH, **changes: object) -> str:
        """The address of the same list with another filter, from its first page."""
        return way(path, self.values, **changes)

    @property
    def narrowed(self) -> bool:
        return any(value for name, value in self.values.items() if name != "sort")


def labels_of(workflows: Workflows) -> Labels:
    states: dict[str, str] = {}
    levels: dict[str, str] = {}
    for one in sorted(workflows, key=lambda one: one.version):
        definition = one.definition
        english = definition.english
        states |= {name: labelled(label, english.states.get(name)) for name, label in definition.state_labels.items()}
        levels |= {name: labelled(level.label, english.levels.get(name)) for name, level in definition.levels.items()}
    return Labels(states, levels)


def read(address: Address, offices: Offices, labels: Labels) -> Filters:
    """The filters of an address; what cannot be read is left out, and `address.errors` says why."""
    office = address.office("office", offices)
    below = address.flag("below") and office is not None
    groups = address.choices("group", GROUPS)
    cascade, text, officer = address.text("cascade"), address.text("q"), address.text("officer")
    directive = address.number("directive") if cascade else None
    due_from, due_to, since = address.day("from"), address.day("to"), address.day("since")
    given_from, given_to, closed_from = address.day("given_from"), address.day("given_to"), address.day("closed_from")
    sort = "changed" if since else address.choice("sort", SORTS) or "due"
    state, level = address.choice("state", labels.states), address.choice("level", labels.levels)
    part = address.choice("part", PART_WORDS)
    wanted = Wanted(
        cascade or None, directive, office.id if office else None, below, groups, state, level, part, officer or None,
        first_instant(due_from) if due_from else None, after_day(due_to) if due_to else None,
        first_instant(since) if since else None, text, first_instant(given_from) if given_from else None,
        after_day(given_to) if given_to else None, first_instant(closed_from) if closed_from else None,
    )  # fmt: skip
    values: dict[str, object] = {
        "q": text, "office": office.id if office else "", "below": below, "group": groups, "state": state, "level": level,
        "part": part, "officer": officer, "cascade": cascade, "directive": directive, "from": _shown(due_from),
        "to": _shown(due_to), "since": _shown(since), "given_from": _shown(given_from), "given_to": _shown(given_to),
        "closed_from": _shown(closed_from), "sort": "" if sort == "due" or since else sort,
    }  # fmt: skip
    return Filters(wanted, sort, office, due_from, due_to, since, values)


def in_words(filters: Filters, labels: Labels) -> list[Text]:
    """What is asked for, in words: at the head of a printed list, and in its saved file."""
    wanted, said = filters.wanted, list[Text]()
    if wanted.text:
        said.append(say("with the words “{text}”", text=wanted.text))
    if filters.office:
        name = filters.office.name
        said.append(say("{office} and those below it", office=name) if wanted.below else say("{office}", office=name))
    if wanted.groups:
        said.append(joined(GROUP_WORDS[one] for one in wanted.groups))
    if wanted.state:
        said.append(say("state: {state}", state=labels.states[wanted.state]))
    if wanted.level:
        said.append(say("level: {level}", level=labels.levels[wanted.level]))
    if wanted.part:
        said.append(PART_WORDS[wanted.part])
    if wanted.officer:
        said.append(say("officer: {officer}", officer=wanted.officer))
    if wanted.cascade:
        said.append(say("cascade {cascade}", cascade=wanted.cascade))
    if wanted.directive:
        said.append(say("directive {number} of it", number=wanted.directive))
    if filters.due_from:
        said.append(say("due from {day}", day=_shown(filters.due_from)))
    if filters.due_to:
        said.append(say("due until {day}", day=_shown(filters.due_to)))
    if given_from := filters.values["given_from"]:
        said.append(say("given from {day}", day=given_from))
    if given_to := filters.values["given_to"]:
        said.append(say("given until {day}", day=given_to))
    if closed_from := filters.values["closed_from"]:
        said.append(say("not closed before {day}", day=closed_from))
    if filters.since:
        said.append(say("changed since {day}", day=_shown(filters.since)))
    return said


def _shown(day: date | None) -> str:
    return show_day(day) if day else ""
