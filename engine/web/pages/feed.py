"""The calendar of one's own dates: an address with a token of its own that a calendar program reads, and where it is made.

The address is the key: whoever has it reads the dates, and nothing else. It ends at once when the token is taken back, the
account is disabled, or its last seat is gone.
"""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from fastapi import Response

from engine.access.tokens import GOOD_MAX
from engine.language import told
from engine.notify.ical import Deadline, feed
from engine.web import wordings
from engine.web.pages.obligations import label, newest
from engine.web.replies import Page, go
from engine.web.routes import Routes
from engine.web.visit import Visit
from engine.wording import short, state_words
from storage.credentials import Token
from storage.queries import entries, my_work
from storage.queries.my_work import Wanted, WorkLine
from workflows.calendar import day_end, day_of
from workflows.errors import NotFound, Unmet
from workflows.text import joined, say

routes = Routes()
NAME = "calendar"  # of the token: one account has one calendar
DATES_MAX = 500


@routes.get("/feed/{feed_token}.ics", "feed")
def calendar_feed(visit: Visit, feed_token: str) -> Response:
    """What waits for this person's seats and has a date, as an iCalendar text."""
    person, now = visit.known, visit.now()
    with visit.reading() as connection:
        known = visit.known_rules(connection)
        offices = known.offices.on(day_of(now))
        wanted = Wanted(now, day_end(newest(known.calendars).add(day_of(now), wordings.NEAR_DAYS)))
        rows = my_work.listed(connection, person.sight(offices), person.places, wanted, DATES_MAX).rows
        dated = [one for one in rows if one.by is not None]
        last = entries.last_about(connection, [(one.cascade, one.number) for one in dated])
    links, base = visit.site.runtime.links, _base(visit)

    def deadline(one: WorkLine, by: datetime) -> Deadline:
        newest_entry = last.get((one.cascade, one.number))
        asked = joined(wordings.ASKS[name] for name in one.asked)
        state = state_words(known.workflows.get(one.workflow).definition, one.state)
        lines = [
            told(say("{symbol}, item {label}", symbol=one.symbol, label=one.label)),
            told(say("{giver} → {holder}", giver=label(offices, one.giver), holder=label(offices, one.holder))),
            told(say("State: {state}", state=state)),
            one.text,
        ]
        return Deadline(
            one.cascade, one.number, by, told(say("{asked}: {text}", asked=asked, text=short(one.text, 80))), "\n".join(lines),
            newest_entry.recorded_at if newest_entry else now, newest_entry.seq if newest_entry else 0,
            links.of_obligation(one.cascade, one.number) if links else f"{base}/obligations/{one.cascade}/{one.number}",
        )  # fmt: skip

    text = feed(told(say("cascade: my dates")), (deadline(one, one.by) for one in dated if one.by), _domain(base))
    headers = {"Content-Disposition": 'inline; filename="cascade.ics"'}
    return Response(text, media_type="text/calendar; charset=utf-8", headers=headers)


@routes.get("/account/calendar", "look.own")
def own_calendar(visit: Visit, done: str = "") -> Page:
    """Is there an address, since when, and who reads it; how a calendar program subscribes."""
    return _page(visit, taken_back=done == "revoked")


@routes.post("/account/calendar", "token.own")
def make_calendar(visit: Visit) -> Page:
    """Make an address and show it, this once; one that was there before is taken back."""
    tokens, person = visit.site.gate.tokens, visit.known
    if not visit.may("feed"):
        raise Unmet(say("make a calendar"), say("your account holds no seat: nothing waits for it that has a date"))
    before = _token(visit)
    if before:
        tokens.revoke(before.id, person.account)
    secret, _ = tokens.make(person.account, NAME, "feed", GOOD_MAX - timedelta(days=1))
    return _page(visit, f"{_base(visit)}/feed/{secret}.ics", replaced=before is not None)


@routes.post("/account/calendar/revoke", "token.own")
def revoke_calendar(visit: Visit) -> Response:
    """Take the address back: whoever reads it finds nothing from now on."""
    found = _token(visit)
    if found is None:
        raise NotFound(say("There is no calendar's address to take back."))
    visit.site.gate.tokens.revoke(found.id, visit.known.account)
    return go("/account/calendar?done=revoked")


def _page(visit: Visit, address: str = "", *, replaced: bool = False, taken_back: bool = False) -> Page:
    values = {"address": address, "webcal": f"webcal:{address.partition(':')[2]}" if address else "", "token": _token(visit),
              "may_have": visit.may("feed"), "replaced": replaced, "taken_back": taken_back}  # fmt: skip
    return Page("calendar_feed.html", values)


def _token(visit: Visit) -> Token | None:
    """The good token of the calendar of whoever looks."""
    tokens = visit.site.gate.tokens
    now = tokens.people.now()
    found = tokens.listed(visit.known.account)
    return next((one for one in found if one.name == NAME and one.scope == "feed" and one.good(now)), None)


def _base(visit: Visit) -> str:
    """Where the pages are: as is set, else as they were asked for."""
    links = visit.site.runtime.links
    return (links.address if links else str(visit.request.base_url)).rstrip("/")


def _domain(base: str) -> str:
    return urlsplit(base).hostname or "cascade"
