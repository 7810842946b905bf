"""Accounts for administrators: the list, one account and what it holds, who came in, a new one with its link."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.access import administering, throttling
from engine.access.links import GOOD_FOR, path_of
from engine.access.naming import folded
from engine.access.noting import TURNED_AWAY
from engine.access.person import WIDE_ROLES
from engine.account_words import sign_in_words, state_words, token_words
from engine.labels import ALL_ROLE_WORDS, ROLE_WORDS
from engine.language import LANGUAGES
from engine.web.asked import Address, way
from engine.web.paging import PAGES_MAX, Pager, page_number
from engine.web.replies import Page
from engine.web.routes import Routes
from engine.web.visit import Visit
from engine.web.wordings import Chip
from storage import accounts as account_rows
from storage import credentials, sign_ins
from storage.accounts import Account
from storage.queries import at_the_door
from storage.queries.paging import NoSuchPage
from workflows.calendar import after_day, day_of, first_instant
from workflows.errors import NotFound, Refused
from workflows.fields import show_day
from workflows.offices import Offices
from workflows.text import Text, joined, say

routes = Routes()
ROWS, _SIGN_INS = 50, 20
SEATS_MAX = 600  # offered; any other can be typed
_ALL = ROWS * PAGES_MAX
LANGUAGE_WORDS = (("vi", "Tiếng Việt"), ("en", "English"))
Errors = dict[str, str | Text]


@routes.get("/accounts", "look.account")
def accounts(visit: Visit, q: str = "", page: str = "1") -> Page:
    """The accounts by name, with what each holds."""
    wanted, number = " ".join(q.split()).casefold()[:80], page_number(page)
    with visit.reading() as connection:
        rows = account_rows.listed(connection, _ALL)
        seats, roles = account_rows.held(connection)
        offices = visit.known_rules(connection).offices
        found = [one for one in rows if wanted in one.name or wanted in one.shown.casefold()]
        shown = found[(number - 1) * ROWS : number * ROWS]
        now = visit.site.gate.people.now()
        lines = [
            {
                "account": one,
                "chip": chip_of(one, throttling.locked_until(connection, one.name, now)),
                "seats": [seat_words(offices, seat) for seat in seats.get(one.name, ())],
                "roles": [ALL_ROLE_WORDS[role] for role in roles.get(one.name, ())],
            }
            for one in shown
        ]
    pager = Pager(number, ROWS, len(found), "/accounts", {"q": wanted} if wanted else {})
    return Page("accounts.html", {"rows": lines, "pager": pager, "q": q.strip()[:80], "any": bool(rows)})


@routes.get("/accounts/{name}", "look.account")
def one_account(visit: Visit, name: str, done: str = "") -> Page:
    """One account: what it holds, its tokens, when it came in, and what may be done with it."""
    return page_of_account(visit, name, DONE.get(done))


@routes.get("/new/account", "account.edit")
def new_account(visit: Visit) -> Page:
    """The form for another account."""
    return _form(visit, {})


@routes.post("/new/account", "account.edit")
def add_account(visit: Visit) -> Page:
    """Add it, and show the link by which its owner chooses a password, this once."""
    name, shown, seat, language = (visit.typed(one) for one in ("name", "shown", "seat", "language"))
    roles = [one for one in WIDE_ROLES if visit.typed(one)]
    errors: Errors = {}
    if not name:
        errors["name"] = say("Choose a name to sign in with.")
    if not shown:
        errors["shown"] = say("Give the name as it is shown to others.")
    if errors:
        return _form(visit, errors)
    gate, by = visit.site.gate, visit.known.administrator()
    try:
        seats = [administering.seat_named(seat)] if seat else []
        with visit.database.transaction() as connection:
            made = administering.add_account(connection, name, shown, seats, roles, visit.now(), by, language or "vi")
            secret = gate.links.in_hand(connection, made.name, by)
    except (Refused, NotFound) as refused:
        return _form(visit, {"": refused.text})
    return link_page(visit, made.name, made.shown, secret, new=True)


@routes.get("/sign-ins", "look.sign_ins")
def who_came_in(visit: Visit, account: str = "", denied: str = "", cursor: str = "") -> Page:
    """Who came in, and who was turned away and why; the newest first, between two days, a page after the other."""
    name, address = folded(account)[:80], Address(visit.request.query_params)
    since, until = address.day("from"), address.day("to")
    asked: dict[str, Any] = {"account": name, "denied": bool(denied)}
    asked |= {"since": first_instant(since) if since else None, "until": after_day(until) if until else None}
    with visit.reading() as connection:
        try:
            found = at_the_door.listed(connection, ROWS, cursor or None, **asked)
        except NoSuchPage:
            found = at_the_door.listed(connection, ROWS, **asked)
    lines = [(one, sign_in_words(one), one.what in TURNED_AWAY) for one in found.rows]
    values = {"account": account.strip()[:80], "denied": "1" if denied else "",
              "from": show_day(since) if since else "", "to": show_day(until) if until else ""}  # fmt: skip
    return Page(
        "sign_ins.html",
        {
            "rows": lines, "values": values, "denied": bool(denied), "errors": address.errors,
            "typed": {one: address.text(one) for one in ("from", "to")},
            "further": way("/sign-ins", values, cursor=found.next) if found.next else "",
        },
    )  # fmt: skip


def page_of_account(visit: Visit, name: str, done: Text | None = None, wrong: str = "") -> Page:
    """The page of one account; with what was just done, or what stands in the way."""
    with visit.reading() as connection:
        one = account_rows.find(connection, folded(name))
        if one is None:
            raise NotFound(say("No account {name!r}.", name=name[:80]))
        now = visit.site.gate.people.now()
        offices = visit.known_rules(connection).offices.on(day_of(visit.now()))
        locked = throttling.locked_until(connection, one.name, now)
        tokens = [(each, token_words(each, now), each.good(now)) for each in credentials.tokens(connection, one.name)]
        last = sign_ins.listed(connection, _SIGN_INS, account=one.name)
        held = account_rows.seats_of(connection, one.name)
        roles = account_rows.roles_of(connection, one.name)
    free = [one for one in seats_free(offices) if tuple(one[0].split("/")) not in held]
    return Page(
        "account_one.html",
        {
            "one": one, "chip": chip_of(one, locked), "locked": bool(locked),
            "seats": [("/".join(seat), seat_words(offices, seat)) for seat in held],
            "roles": [(role, ALL_ROLE_WORDS[role]) for role in WIDE_ROLES if role in roles],
            "roles_free": [(role, ALL_ROLE_WORDS[role]) for role in WIDE_ROLES if role not in roles],
            "seats_free": free, "tokens": tokens, "language_words": dict(LANGUAGE_WORDS),
            "sign_ins": [(each, sign_in_words(each), each.what in TURNED_AWAY) for each in last],
            "done": done, "wrong": wrong,
        },
        422 if wrong else 200,
    )  # fmt: skip


def link_page(visit: Visit, name: str, shown: str, secret: str, *, new: bool) -> Page:
    """The link, shown this once."""
    address = str(visit.request.base_url).rstrip("/") + path_of(secret)
    hours = int(GOOD_FOR.total_seconds() // 3600)
    return Page("account_link.html", {"name": name, "shown": shown, "address": address, "hours": hours, "new": new})


def chip_of(one: Account, locked: datetime | None) -> Chip:
    tone = "late" if one.disabled else "near" if locked or one.password is None or one.must_change else "good"
    return Chip(say("may sign in") if tone == "good" else state_words(one, locked), tone)


def seat_words(offices: Offices, seat: tuple[str, str]) -> Text:
    """`văn thư, Văn phòng Sở`."""
    found = offices.find(seat[0])
    return joined([ROLE_WORDS[seat[1]], found.label if found else seat[0]], ", ")


def seats_free(offices: Offices) -> Sequence[tuple[str, str]]:
    """The seats of the directory that somebody may sign in for, as far as a page can offer them."""
    found = [
        (f"{one.id}/{role}", joined([one.label, words], ": "))
        for one in offices
        if not one.outside
        for role, words in ROLE_WORDS.items()
    ]
    return found[:SEATS_MAX]


def _form(visit: Visit, errors: Errors) -> Page:
    with visit.reading() as connection:
        offices = _offices(visit, connection)
    typed = {one: visit.typed(one) for one in ("name", "shown", "seat", "language", *WIDE_ROLES)}
    values = {
        "errors": errors, "typed": typed, "seats": seats_free(offices),
        "roles": [(one, ALL_ROLE_WORDS[one], ROLE_OPENS[one]) for one in WIDE_ROLES],
        "languages": [one for one in LANGUAGE_WORDS if one[0] in LANGUAGES],
    }  # fmt: skip
    return Page("account_new.html", values, 422 if errors else 200)


def _offices(visit: Visit, connection: Connection) -> Offices:
    return visit.known_rules(connection).offices.on(day_of(visit.now()))


ROLE_OPENS = {
    "admin": say("keeps accounts, offices, workflows and calendars; reads no directive without a seat"),
    "auditor": say("reads everything, the journal too, and changes nothing"),
    "operator": say("keeps rounds, messages and incidents; reads no directive without a seat"),
}
DONE = {
    "given": say("It is given. Every session of this account has ended; its owner signs in again."),
    "taken": say("It is taken. Every session of this account has ended at once."),
    "disabled": say("Nobody comes in by this account any more. Its sessions have ended; its name stays taken."),
    "enabled": say("The account is in use again, with the password and the tokens it had."),
    "unlocked": say("The name is listened to again at once."),
    "revoked": say("The token opens nothing from now on."),
}
