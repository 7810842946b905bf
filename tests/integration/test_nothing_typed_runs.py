"""What people type is text on every page: every text field of every form is filled with what would run, and no page lets it in.

The forms are found by walking the pages, so that a form that comes later is filled in as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from engine.notify.channels import Silent
from engine.runtime import Runtime, opened
from tests.contract.test_attachments import ASKS
from tests.support import walking
from tests.support.browsing import Visitor, account, served
from tests.support.databases import SqliteFiles, create_installation
from tests.support.desk import READY, Desk, task
from tests.support.offices import DEPARTMENT, PROVINCE
from tests.support.payloads import MARK, PAYLOADS, let_in
from tests.support.walking import Form, read, walk

ROLES = ("worker", "keeper", "reader", "machinist")
_PASSED = ("/sign-out", "/password")  # they would end the walk
_GUESSES = ("9/{payload}", "14/08/2023", "1", "unit-1", "department", "a-name", "")


@dataclass
class Filled:
    """An office in whose forms everything was typed: what was sent, and every page with its text."""

    address: str
    runtime: Runtime
    cascade: str
    sent: set[tuple[str, str]] = field(default_factory=set)
    stored: set[str] = field(default_factory=set)
    answers: list[tuple[str, str]] = field(default_factory=list)

    def by(self, name: str) -> Visitor:
        return Visitor(self.address).sign_in(name)


def made(runtime: Runtime) -> Desk:
    """Work of every kind: open, reported, disputed, an extension asked for, several offices."""
    desk = Desk(runtime).at(READY)
    desk.publish(ASKS).issue(PROVINCE, task("2023-08-31", DEPARTMENT))
    desk.issue(DEPARTMENT, task("2023-08-21", "unit-1", "unit-2", "unit-3", "unit-4", under=1))
    for number, unit in enumerate(("unit-1", "unit-2", "unit-3"), 2):
        desk.act(f"{unit}/clerk", number, "receive")
    desk.report(3, evidence="Paper")
    desk.act("unit-3/leader", 4, "request_extension", until="30/08/2023", reason="Rain")
    seats = [(office, role) for office in (DEPARTMENT, "unit-1", "unit-2", "unit-3", "unit-4")
             for role in ("clerk", "leader", "officer")]  # fmt: skip
    account(runtime, "worker", *seats, language="en")
    account(runtime, "keeper", roles=("admin",), language="en")
    account(runtime, "reader", roles=("auditor",), language="en")
    account(runtime, "machinist", roles=("operator",), language="en")
    account(runtime, "spare", ("unit-4", "clerk"), language="en")
    return desk


def pages(filled: Filled, of_a_kind: int) -> Iterator[tuple[str, str, str]]:
    """Every page that can be reached, as each role: who, where, what."""
    for name in ROLES:
        with filled.by(name) as visitor:
            start = visitor.page.url.path
            for path, text in walk(visitor, [start, *_STARTS], of_a_kind):
                yield name, path, text


_STARTS = (
    "/work",
    "/register/new",
    "/overview",
    "/obligations",
    "/journal",
    "/account",
    "/administration",
    "/search?q=zqx",
)


def forms(filled: Filled, of_a_kind: int) -> dict[str, list[Form]]:
    """The forms that take a text, by who sees them; each once."""
    found: dict[str, dict[tuple[str, tuple[str, ...]], Form]] = {name: {} for name in ROLES}
    for name, path, text in pages(filled, of_a_kind):
        for form in read(f"{filled.address}{path}", text)[1]:
            if form.texts and not form.action.startswith(_PASSED) and "password" not in form.controls.values():
                found[name].setdefault(form.key, form)
    return {name: list(of.values()) for name, of in found.items()}


def fill(filled: Filled, visitor: Visitor, form: Form, payloads: list[str], good: dict[str, int], tries: int) -> None:
    """Send a form with payloads in its text fields; then again with what passes in those that were refused, a guess each.
    `good` are the guesses that got furthest so far."""
    for _ in range(tries):
        typed = {name: _typed(payloads[place % len(payloads)], good.get(name)) for place, name in enumerate(form.texts)}
        fields = {**form.fields, **typed}
        if form.buttons:
            fields.setdefault(*form.buttons[0])
        if form.method == "get":
            visitor.page = visitor.client.get(form.action, params=fields)
        else:
            token = filled_token(visitor, form)
            visitor.page = visitor.client.post(form.action, data={**fields, "csrf": token})
        assert visitor.page.status_code < 500, f"{form}: {visitor.page.text[:600]}"
        filled.answers.append((form.action, visitor.page.text))
        filled.sent |= {(walking.kind_of(form.action), name) for name in form.texts}
        if visitor.page.status_code != 422:
            if form.method == "post" and visitor.page.status_code < 400:
                filled.stored.add(walking.kind_of(form.action))
            return
        wrong = [name for name in form.texts if f'id="{name}-error"' in visitor.page.text] or form.texts[:1]
        for name in wrong:
            good[name] = min(good.get(name, -1) + 1, len(_GUESSES) - 1)


def filled_token(visitor: Visitor, form: Form) -> str:
    if "csrf" not in form.fields:
        return ""
    visitor.look(visitor.page.url.path if 'name="csrf"' in visitor.page.text else "/account")
    return visitor.token


def _typed(payload: str, guess: int | None) -> str:
    return payload if guess is None else _GUESSES[guess].format(payload=payload)


def everything_typed(filled: Filled, each: int, of_a_kind: int, tries: int) -> None:
    """Fill every form `each` times, every time with other payloads."""
    for name, of in forms(filled, of_a_kind).items():
        with filled.by(name) as visitor:
            for number, form in enumerate(of):
                good: dict[str, int] = {}
                for turn in range(each):
                    begin = (number * 7 + turn) % len(PAYLOADS)
                    fill(filled, visitor, form, [*PAYLOADS[begin:], *PAYLOADS[:begin]], good, 1 if turn else tries)


@pytest.fixture(scope="module")
def filled(sqlite: SqliteFiles) -> Iterator[Filled]:
    with opened(create_installation(sqlite.empty()), channel=Silent()) as runtime:
        desk = made(runtime)
        with served(runtime) as address:
            yield Filled(address, runtime, desk.cascade)


def check(filled: Filled, of_a_kind: int) -> int:
    """No answer and no page has let anything in; how many show it as text."""
    shows = 0
    for where, text in filled.answers:
        assert let_in(text) == [], where
    for name, path, text in pages(filled, of_a_kind):
        assert let_in(text) == [], f"{path} as {name}"
        shows += MARK in text
    return shows


def test_the_forms_of_work_let_nothing_in(filled: Filled) -> None:
    with filled.by("worker") as worker:
        for path in (f"/obligations/{filled.cascade}/2/do/report", f"/obligations/{filled.cascade}/2/do/update",
                     "/register/new", "/search", "/obligations", "/account"):  # fmt: skip
            worker.look(path)
            for form in read(f"{filled.address}{path}", worker.page.text)[1]:
                if form.texts and not form.action.startswith(_PASSED):
                    fill(filled, worker, form, list(PAYLOADS), {}, 4)
        for path in (f"/obligations/{filled.cascade}/2", f"/obligations/{filled.cascade}/2?history=raw", "/work"):
            worker.look(path)
            filled.answers.append((path, worker.page.text))
    shows = 0
    for where, text in filled.answers:
        assert let_in(text) == [], where
        shows += MARK in text
    assert shows >= 6


@pytest.mark.long
def test_fifty_payloads_in_every_text_field_of_every_form(filled: Filled) -> None:
    everything_typed(filled, len(PAYLOADS), 2, 8)
    assert len(filled.sent) >= 50, sorted(filled.sent)
    assert len(filled.stored) >= 8, sorted(filled.stored)
    assert check(filled, 3) >= 10


def test_a_page_that_lets_one_in_is_noticed() -> None:
    for payload in PAYLOADS:
        if payload.startswith(("javascript:", "data:", "&lt;", "`")):
            page = f'<a href="{payload}">x</a>' if ":" in payload[:12] else ""
        elif payload.startswith(('"', "'")):
            page = f"<input value={payload[0]}{payload}{payload[0]}>"
        else:
            page = f"<p>{payload}</p>"
        assert not page or let_in(page), payload
