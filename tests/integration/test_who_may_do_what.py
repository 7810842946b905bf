"""Who may do what: every way in that is open, with every kind of account, against the table of this page.

The ways are collected from the application, so that a page or a route that comes later is asked too; one whose deed does not
stand in the table fails. Strangers are led to sign in (a program gets 401), who has another role gets 403, and what belongs to
other offices is not found (404) and in no list.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from engine.access.gate import Gate
from engine.access.sessions import csrf_of
from engine.notify.channels import Silent
from engine.runtime import Runtime, opened
from engine.web.app import build
from engine.web.routes import Declared, declared
from engine.web.site import site_of
from tests.support.browsing import CHEAP, PASSWORD, account, served
from tests.support.databases import SqliteFiles, create_installation
from tests.support.desk import READY, Desk
from tests.support.offices import DEPARTMENT
from tests.support.programs import token
from workflows.commands import ItemDraft

SEATS = "clerk officer leader"
ALL = f"{SEATS} admin auditor operator"
# Each deed: whose roles may ask for it, and which scope a token needs; "-": no token will do; "*": anybody.
TABLE = {
    "look.work": (f"{SEATS} auditor", "read"),
    "look.directive": (f"{SEATS} auditor", "read"),
    "look.obligation": (f"{SEATS} auditor", "read"),
    "look.overview": (f"{SEATS} auditor", "read"),
    "look.counts": (ALL, "read"),
    "search": (f"{SEATS} auditor", "read"),
    "export": (f"{SEATS} auditor", "read"),
    "directive.register": ("clerk leader", "write"),
    "directive.issue": ("clerk leader", "write"),
    "directive.change": ("clerk leader", "write"),
    "obligation.act": (SEATS, "write"),
    "batch.act": (SEATS, "write"),
    "attachment.add": (SEATS, "write"),
    "entry.correct": ("clerk leader", "write"),
    "look.workflow": (ALL, "read"),
    "workflow.edit": ("admin", "admin"),
    "workflow.publish": ("admin", "admin"),
    "look.calendar": (ALL, "read"),
    "calendar.edit": ("admin", "admin"),
    "look.office": (ALL, "read"),
    "office.edit": ("admin", "admin"),
    "look.account": ("admin auditor", "read"),
    "account.edit": ("admin", "admin"),
    "look.sign_ins": ("admin auditor", "read"),
    "look.rounds": ("admin auditor operator", "read"),
    "round.run": ("admin operator", "admin"),
    "outbox.retry": ("admin operator", "admin"),
    "webhook.edit": ("admin", "admin"),
    "incident.resolve": ("admin operator", "admin"),
    "look.journal": ("auditor", "read"),
    "look.administration": ("admin auditor", "read"),
    "journal.verify": ("admin auditor operator", "read"),
    "look.own": (ALL, "read"),
    "password.own": (ALL, "-"),
    "token.own": (ALL, "-"),
    "view.own": (ALL, "write"),
    "feed": (SEATS, "feed"),
    "health": ("*", "feed"),
    "metrics": ("*", "feed"),
    "static": ("*", "feed"),
    "sign.in": ("*", "feed"),
    "link.use": ("*", "feed"),
    "message.acknowledge": ("*", "feed"),
}
SCOPES = ("feed", "read", "write", "admin")
MARK = "zx-only-between-these-two"  # stands in what unit-1 was ordered, and nowhere else
API = "/api/v1/"
# The office a seat is in, beside the one that owes: it, one above it, one beside it, one above that without being above it.
RELATIONS = {"own": "unit-1", "above": DEPARTMENT, "foreign": "unit-2"}
BY_ITS_OWN_KEY = ("/feed/",)  # the token stands in the address, as calendars want it: here it is a wrong one
LET_IN_ONCE = ("/sign-out",)  # afterwards one is led to sign in, having been let in


@dataclass
class Somebody:
    """An account, what it holds, and how it comes in."""

    name: str
    role: str
    relation: str
    tokens: dict[str, str] = field(default_factory=dict)
    secret: str = ""

    @property
    def sees(self) -> bool:
        return self.relation in ("own", "above") or self.role == "auditor"


@dataclass
class Place:
    """A served office with everybody in it."""

    runtime: Runtime
    gate: Gate
    client: httpx.Client
    ways: list[Declared]
    people: list[Somebody]
    cascade: str

    def path(self, way: Declared) -> str:
        """The way with what it is about filled in: unit-1's obligation, its directive, and plain words for the rest."""
        known = {"cascade": self.cascade, "office": "unit-1", "year": "2023", "name": "x", "secret": "x"}
        return re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: known.get(found[1], "1"), way.path)

    def session(self, somebody: Somebody) -> str:
        """A session that is good: some ways in end it."""
        if not self.gate.sessions.person_of(somebody.secret):
            somebody.secret, _ = self.gate.sessions.sign_in(somebody.name, PASSWORD, "127.0.0.1")
        return somebody.secret

    def ask(self, way: Declared, somebody: Somebody | None, scope: str = "") -> httpx.Response:
        """Ask as a program by a token of that scope, or as a browser by a session and its form token."""
        headers, content = {"Accept-Language": "en"}, dict[str, str]()
        if somebody and scope:
            headers["Authorization"] = f"Bearer {somebody.tokens[scope]}"
        elif somebody:
            secret = self.session(somebody)
            headers |= {"Cookie": f"cascade={secret}", "X-CSRF-Token": csrf_of(secret)}
            content = {"csrf": csrf_of(secret)}
        path, changes = self.path(way), way.method not in ("GET", "HEAD")
        if way.path.startswith(API) or scope:
            return self.client.request(way.method, path, headers=headers, json={} if changes else None)
        return self.client.request(way.method, path, headers=headers, data=content if changes else None)


@pytest.fixture(scope="module")
def place(sqlite: SqliteFiles) -> Iterator[Place]:
    with opened(create_installation(sqlite.empty()), channel=Silent()) as runtime:
        desk = Desk(runtime).at(READY)
        item = ItemDraft("1", f"Do {MARK}", "once", lead=("unit-1",))
        asked = desk.draft(DEPARTMENT, item, symbol=f"7/{MARK}")
        [answer] = runtime.executor.execute([asked])
        people = [Somebody(f"{role}-{relation}", role, relation) for role in SEATS.split() for relation in RELATIONS]
        people += [Somebody(role, role, "none") for role in ("admin", "auditor", "operator")]
        for one in people:
            seats = [(RELATIONS[one.relation], one.role)] if one.relation in RELATIONS else []
            account(runtime, one.name, *seats, roles=(one.role,) if not seats else (), language="en")
            one.tokens = {scope: token(runtime, one.name, scope) for scope in SCOPES}
        with served(runtime) as address, httpx.Client(base_url=address, timeout=30) as client:
            gate = Gate(runtime.database, runtime.clock, passwords=CHEAP)
            ways = declared(build(site_of(runtime)))
            yield Place(runtime, gate, client, ways, people, answer.cascade)


def test_every_deed_stands_in_the_table(place: Place) -> None:
    assert [one for one in place.ways if one.deed not in TABLE] == []
    assert len(place.ways) > 70


def test_strangers_get_no_further_than_what_is_open_to_anybody(place: Place) -> None:
    for way in place.ways:
        answer, (roles, _) = place.ask(way, None), TABLE[way.deed]
        if roles == "*":
            assert answer.status_code not in (401, 500), way
        elif way.path.startswith(API):
            assert answer.status_code == 401, way
            assert answer.headers["www-authenticate"].startswith("Bearer")
        elif way.path.startswith(BY_ITS_OWN_KEY):
            assert answer.status_code in (401, 403, 404), way
        else:
            assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/sign-in"), way


@pytest.fixture(scope="module")
def answers(place: Place) -> list[tuple[Declared, Somebody, httpx.Response]]:
    """Every way asked by everybody: the API by a token that opens all it can, pages by a session."""
    return [
        (way, one, place.ask(way, one, "admin" if way.path.startswith(API) and TABLE[way.deed][1] != "-" else ""))
        for way in place.ways
        for one in place.people
    ]


Answers = list[tuple[Declared, Somebody, httpx.Response]]


def test_every_role_is_let_in_where_the_table_says_and_nowhere_else(answers: Answers) -> None:
    for way, one, answer in answers:
        roles = TABLE[way.deed][0]
        said = f"{way} as {one.name}: {answer.status_code} {answer.text[:300]}"
        assert answer.status_code < 500, said
        if way.path.startswith(BY_ITS_OWN_KEY):
            assert answer.status_code == 404, said
        if roles == "*" or way.path.startswith(BY_ITS_OWN_KEY):
            continue
        if one.role in roles.split():
            assert answer.status_code not in (401, 403), said
            led_out = answer.headers.get("location", "").startswith("/sign-in")
            assert not led_out or way.path in LET_IN_ONCE, said
        else:
            assert answer.status_code == 403, said


def test_what_belongs_to_other_offices_is_not_found_and_in_no_answer(answers: Answers) -> None:
    shown = set()
    for way, one, answer in answers:
        if MARK in answer.text:
            shown.add(way.path)
            assert one.sees, f"{way} as {one.name}: {answer.text[:300]}"
        about = way.method == "GET" and "{cascade}" in way.path and one.role in TABLE[way.deed][0].split()
        if about and one.relation == "foreign":
            assert answer.status_code == 404, f"{way} as {one.name}: {answer.status_code}"
    assert {f"{API}obligations", f"{API}obligations/{{cascade}}/{{number}}", f"{API}directives"} <= shown


def test_a_token_opens_what_its_scope_says_of_it(place: Place) -> None:
    for way in place.ways:
        roles, needed = TABLE[way.deed]
        if not way.path.startswith(API) or roles == "*":
            continue
        who = next(one for one in place.people if one.role in roles.split() and one.relation in ("above", "none"))
        for scope in SCOPES:
            answer = place.ask(way, who, scope)
            enough = needed != "-" and SCOPES.index(scope) >= SCOPES.index(needed)
            said = f"{way} by a {scope} token of {who.name}: {answer.status_code} {answer.text[:200]}"
            assert (answer.status_code == 403) != enough, said
            assert answer.status_code < 500, said


def test_a_cookie_alone_opens_nothing_of_the_api(place: Place) -> None:
    one = place.people[0]
    secret, _ = place.gate.sessions.sign_in(one.name, PASSWORD, "127.0.0.1")
    cookie = {"Cookie": f"cascade={secret}"}
    for headers in (cookie, {**cookie, "X-CSRF-Token": "wrong"}, {"X-CSRF-Token": csrf_of(secret)}):
        assert place.client.get(f"{API}account", headers=headers).status_code == 401
    both = place.client.get(f"{API}account", headers={**cookie, "X-CSRF-Token": csrf_of(secret)})
    assert both.json()["account"] == one.name


def test_nobody_acts_on_what_they_do_not_see(place: Place) -> None:
    bodies = {
        "obligations/{}/1/acts": {"action": "receive"},
        "obligations/{}/1/relays": {"direction": "Do it", "lead": ["unit-2"]},
        "directives/{}/1/revocation": {"document": "9/CV", "reason": "no"},
        "directives/{}/1/amendments": {"document": "9/CV", "reason": "no", "changes": [{"item": "1", "text": "less"}]},
        "directives/{}/1/links": {"symbol": "9/CV"},
        "directives/{}/1/urgings": {"symbol": "9/CV"},
        "journal/{}/1/corrections": {"field": "subject", "new": "x", "reason": "no"},
    }
    for one in place.people:
        if one.relation == "foreign" and one.role == "leader":
            for path, body in bodies.items():
                headers = {"Authorization": f"Bearer {one.tokens['write']}"}
                answer = place.client.post(API + path.format(place.cascade), json=body, headers=headers)
                assert answer.status_code == 404, (path, answer.text)
    with place.runtime.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM obligation WHERE received_at IS NOT NULL").scalar() == 0
