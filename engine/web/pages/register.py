"""The register: what came in and what was issued, newest date first, with its filters in the address."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from engine.access.person import Person
from engine.exchange.office_names import named
from engine.exchange.written_dates import date_in
from engine.reporting.paper import heads_words
from engine.web.replies import Blanks, Page
from engine.web.routes import Routes
from engine.web.visit import Visit
from engine.wording import directive_state_words, short
from storage import drafts
from storage.queries import heads, registers
from storage.queries.registers import KINDS, Registered, Wanted
from workflows.calendar import day_of
from workflows.offices import Office, Offices
from workflows.text import Text, say

routes = Routes()
ROWS = 50
OFFICES_MAX = 300  # that a list to choose from holds
KIND_WORDS: dict[str, Text] = {"": say("all documents"), "incoming": say("incoming"), "issued": say("issued")}
MEANS_WORDS: dict[str, Text] = {
    "endorsement": say("a direction on the slip"),
    "automatic": say("passed on by itself"),
    "opening": say("taken over from an earlier list"),
    "renewal": say("opened anew for the year"),
}
_NAMES = ("kind", "office", "since", "until", "text", "issuer", "dated", "arrival")


@dataclass(frozen=True, slots=True)
class _Asked:
    """The filters as they were typed, and what they mean; `wrong` names what could not be read."""

    typed: dict[str, str]
    wanted: Wanted
    wrong: dict[str, Text]


@routes.get("/register", "look.directive")
def register(
    visit: Visit, kind: str = "", office: str | None = None, since: str = "", until: str = "", text: str = "",
    issuer: str = "", dated: str = "", arrival: str = "", after: str = "",
) -> Page:  # fmt: skip
    """The documents that are seen, as the filters say."""
    person, today = visit.known, day_of(visit.now())
    with visit.reading() as connection:
        offices = visit.known_rules(connection).offices.on(today)
        own = _first_office(person)
        given = {"kind": kind, "office": own if office is None else office, "since": since, "until": until, "text": text,
                 "issuer": issuer, "dated": dated, "arrival": arrival}  # fmt: skip
        asked = _read(given, offices)
        found = registers.listed(connection, person.sight(offices), asked.wanted, ROWS, after or None)
        made_from = heads_words(heads.seen(connection, person.sight(offices)))
        waiting = drafts.listed(connection, person.account) if visit.may("directive.register") else []
    typed = asked.typed
    kept = {name: value for name, value in typed.items() if value or name == "office"}
    return Page(
        "register.html",
        {
            "rows": [_shown(visit, one, offices) for one in found.rows],
            "typed": typed, "wrong": Blanks(asked.wrong), "drafts": waiting, "after": after,
            "offices": _to_choose(person, offices),
            "kinds": list(KIND_WORDS.items()),
            "next": f"/register?{urlencode({**kept, 'after': found.next})}" if found.next else "",
            "first": f"/register?{urlencode(kept)}",
            "narrowed": any(value for name, value in typed.items() if name not in ("office", "kind"))
            or typed["office"] != own or bool(typed["kind"]),
            "made_from": made_from,
            "way": lambda **changes: f"/register?{urlencode({**kept, **changes})}",
        },
    )  # fmt: skip


def _read(given: dict[str, str], offices: Offices) -> _Asked:
    """What is typed wrongly is told, and asks for nothing."""
    typed = {name: given[name].strip()[:200].replace("\0", "") for name in _NAMES}
    wrong: dict[str, Text] = {}
    days: dict[str, date | None] = {}
    for name in ("since", "until"):
        days[name] = date_in(typed[name]) if typed[name] else None
        if typed[name] and days[name] is None:
            wrong[name] = say("This is no day; write it such as 17/08/2023.")
    issuers = named(typed["issuer"], list(offices)) if typed["issuer"] else []
    if typed["issuer"] and len(issuers) != 1:
        ids = [one.id for one in issuers[:6]]
        wrong["issuer"] = say("“{name}” can be {ids}; write one of these.", name=typed["issuer"], ids=ids) if ids else \
            say("No office of the directory is called “{name}”.", name=typed["issuer"])  # fmt: skip
    until = days["until"]
    wanted = Wanted(
        kind=typed["kind"] if typed["kind"] in KINDS else None,
        issuer=issuers[0].id if len(issuers) == 1 else None,
        arrival_number=typed["arrival"] or None,
        issued_from=days["since"],
        issued_to=until + timedelta(days=1) if until else None,
        text=typed["text"],
        office=typed["office"] if offices.find(typed["office"]) else None,
        dated={"with": True, "without": False}.get(typed["dated"]),
    )
    return _Asked(typed, wanted, wrong)


def _first_office(person: Person) -> str:
    return person.places[0][0] if person.places else ""


def _to_choose(person: Person, offices: Offices) -> list[Office]:
    """The offices whose registers may be asked for."""
    seen = person.sight(offices).offices
    return [one for one in offices if seen is None or one.id in seen][:OFFICES_MAX]


def _shown(visit: Visit, one: Registered, offices: Offices) -> dict[str, object]:
    """A row in words."""
    found = offices.find(one.issuer)
    return {
        "one": one,
        "subject": short(one.subject, 220),
        "issuer": found.name if found else one.issuer,
        "state": directive_state_words(one.state) if one.state != "issued" else "",
        "means": MEANS_WORDS.get(one.means, ""),
        "href": visit.way("register_entry", cascade=one.cascade, number=one.number),
    }
