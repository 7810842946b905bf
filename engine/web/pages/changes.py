"""What changed between two moments: each obligation with what it was and what it is, and the totals of both."""

from contextlib import ExitStack

from engine.change_words import KIND_WORDS, values
from engine.labels import GROUP_WORDS
from engine.looking_back import Moment
from engine.runtime import Runtime
from engine.web import pasts
from engine.web.asked import OFFICES_SHOWN, Address
from engine.web.errors import Hindered
from engine.web.pages.obligations import label
from engine.web.replies import Page
from engine.web.routes import Routes
from engine.web.visit import Visit
from engine.wording import moment_words
from storage.queries import cascades
from storage.queries.changes import KINDS, Changes, Seen, between
from storage.queries.filters import Wanted
from workflows.calendar import day_of
from workflows.obligation import GROUPS
from workflows.text import Text, say

routes = Routes()
SHOWN_MAX = 200


@routes.get("/journal/changes", "look.journal")
def changes(visit: Visit) -> Page:
    """What was recorded between two moments has changed of what is seen; without a second one, until now."""
    address = Address(visit.request.query_params)
    present = visit.site.runtime
    typed = {name: address.text(name) for name in ("from", "to", "office", "cascade")}
    corrected = address.flag(pasts.CORRECTED)
    with visit.reading() as connection:
        offices = visit.known_rules(connection).offices.on(day_of(visit.now()))
        office = address.office("office", offices)
        cascade = _cascade(address, cascades.ids(connection))
    values_ = {
        "typed": typed, "errors": address.errors, "corrected": corrected, "groups": [(one, GROUP_WORDS[one]) for one in GROUPS],
        "offered": list(offices)[:OFFICES_SHOWN], "kinds": KIND_WORDS,
    }  # fmt: skip
    earlier, later = _moment(address, "from", present, corrected), _moment(address, "to", present, corrected)
    if earlier and later and earlier.instant > later.instant:
        address.errors["from"] = say("It is later than the other moment; the earlier one goes first.")
    if earlier is None or address.errors:
        return Page("changes.html", {**values_, "found": None})
    with ExitStack() as stack:
        first = stack.enter_context(visit.site.pasts.lent(present, earlier, None))
        second = stack.enter_context(visit.site.pasts.lent(present, later, None)) if later else present
        wanted = Wanted(cascade, office=office.id if office else None, below=office is not None)
        found = _between(visit, first, second, wanted)
        with second.database.reading() as connection:
            known = second.executor.known(connection)
        rows = [
            {
                "change": one, "office": label(offices, one.line.holder), "kind": say(KIND_WORDS[one.kind]),
                "values": list(values(one, known.workflows)),
                "href": visit.way("obligation", cascade=one.line.cascade, number=one.line.number),
            }
            for one in found.lines
        ]  # fmt: skip
        unknown = first.past.unknown if first.past else ()
        until = moment_words(second.now()) if later else say("now")
        said = say(
            "From {earlier} to {later}: what was recorded by each.", earlier=moment_words(earlier.instant), later=until
        )
    return Page("changes.html", {**values_, "found": found, "rows": rows, "said": said, "unknown": unknown,
                                 "counts": [(say(KIND_WORDS[one]), found.kinds[one]) for one in KINDS],
                                 "cut": found.total > len(rows)})  # fmt: skip


def _between(visit: Visit, first: Runtime, second: Runtime, wanted: Wanted) -> Changes:
    """Each moment is read through what this person sees of it."""
    with first.database.reading() as before, second.database.reading() as after:
        seen = [
            Seen(connection, one.now(), visit.known.sight(one.executor.known(connection).offices.on(day_of(one.now()))))
            for one, connection in ((first, before), (second, after))
        ]
        return between(seen[0], seen[1], wanted, SHOWN_MAX)


def _moment(address: Address, name: str, present: Runtime, corrected: bool) -> Moment | None:
    try:
        return pasts.moment_of(address.text(name), present, corrected)
    except Hindered as error:
        address.errors[name] = error.args[0]
        return None


def _cascade(address: Address, known: list[str]) -> str | None:
    """The cascade that is meant: all of its id, or how it begins."""
    text = address.text("cascade")
    found = [one for one in known if text and one.startswith(text)]
    if text and len(found) != 1:
        address.errors["cascade"] = (
            _none_such(text) if not found else say("Several cascades begin with {text}.", text=text)
        )
        return None
    return found[0] if found else None


def _none_such(text: str) -> Text:
    return say("No cascade begins with {text}.", text=text)
