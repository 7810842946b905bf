"""One box for everything: documents, obligations, offices and people, by any of their words and without accents."""

from engine.labels import ROLE_WORDS
from engine.web.asked import Address, way
from engine.web.pages.obligations import label, shown
from engine.web.replies import Page
from engine.web.routes import Routes
from engine.web.visit import Visit
from engine.wording import directive_state_words, short
from storage.queries import search as query
from storage.queries.registers import Registered
from storage.queries.search import Found, Person, Place
from workflows.calendar import day_of
from workflows.offices import Offices

routes = Routes()
ROWS = 10


@routes.get("/search", "search")
def search(visit: Visit) -> Page:
    """What holds all the words that were typed, group by group."""
    text = Address(visit.request.query_params).text("q")
    with visit.reading() as connection:
        known = visit.known_rules(connection)
        offices = known.offices.on(day_of(visit.now()))
        found = query.find(connection, visit.now(), visit.known.sight(offices), text, ROWS)
    return Page(
        "search.html",
        {
            "text": text, "found": found, "rows": ROWS, "count": _count(found),
            "documents": [_document(visit, one, offices) for one in found.documents],
            "obligations": [shown(visit, one, known, offices) for one in found.obligations],
            "all_obligations": way("/obligations", {"q": text}),
            "places": [_place(visit, one, offices) for one in found.offices],
            "persons": [_person(visit, one, offices) for one in found.persons],
        },
    )  # fmt: skip


def _count(found: Found) -> int:
    return len(found.documents) + len(found.obligations) + len(found.offices) + len(found.persons)


def _document(visit: Visit, one: Registered, offices: Offices) -> dict[str, object]:
    return {
        "one": one,
        "subject": short(one.subject, 220),
        "issuer": label(offices, one.issuer),
        "state": directive_state_words(one.state),
        "href": visit.way("directive", cascade=one.cascade, number=one.number)
        or way("/obligations", {"cascade": one.cascade, "directive": one.number}),
        "owed": way("/obligations", {"cascade": one.cascade, "directive": one.number}),
    }


def _place(visit: Visit, one: Place, offices: Offices) -> dict[str, object]:
    above = next(iter(list(offices.way_up(one.id))[1:]), None)
    return {
        "one": one,
        "above": above.name if above else "",
        "href": way("/obligations", {"office": one.id, "below": True}),
        "overview": way("/overview", {"office": one.id}),
    }


def _person(visit: Visit, one: Person, offices: Offices) -> dict[str, object]:
    return {
        "one": one,
        "role": ROLE_WORDS.get(one.role, one.role),
        "office": label(offices, one.office),
        "href": way("/obligations", {"office": one.office}),
        "journal": way("/journal", {"person": one.name}) if visit.may("look.journal") else "",
    }
