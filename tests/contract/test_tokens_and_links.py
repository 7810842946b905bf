"""Tokens, links and the answers of the API, on both databases: shown once, good for their time, used up once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from engine.access import administering
from engine.access.errors import LinkRefused, SignInRefused, WeakPassword
from engine.access.links import GOOD_FOR
from engine.access.tokens import GOOD_MAX, PREFIX
from engine.runtime import Runtime
from storage import accounts
from tests.support.people import ADMIN, HERE, PASSWORD, Door, deeds, do
from workflows.errors import Conflict, Incomplete, NotFound, Unmet


@pytest.fixture
def door(installation: Runtime) -> Door:
    made = Door(installation)
    made.account("root", roles=("admin",))
    made.account("chi", "department/clerk")
    return made


def test_a_token_is_shown_once_and_is_its_account_within_its_scope(door: Door) -> None:
    secret, token = door.tokens.make("chi", " monthly  report ", "read")
    assert secret.startswith(PREFIX)
    assert token.name == "monthly report"
    person = door.tokens.person_of(secret, HERE)
    assert person is not None
    assert (person.account, person.known_by, person.scopes) == ("chi", "token", {"feed", "read"})
    assert person.actor("department", "clerk").known_by == "token"
    assert [one.used_at for one in door.tokens.listed("chi")] == [door.now]
    assert door.tokens.listed("root") == []
    assert [one.what for one in door.noted("chi")] == ["token_made"]
    assert deeds(door) == []


def test_a_token_ends_by_its_day_by_being_revoked_and_with_its_account(door: Door) -> None:
    dated, _ = door.tokens.make("chi", "dated", good_for=timedelta(days=1))
    revoked, named = door.tokens.make("chi", "revoked")
    lasting, _ = door.tokens.make("chi", "lasting")
    door.tokens.revoke(named.id, "chi")
    door.later(hours=23, minutes=59)
    assert [door.tokens.person_of(one) is not None for one in (dated, revoked, lasting)] == [True, False, True]
    door.later(minutes=1)
    assert [door.tokens.person_of(one) is not None for one in (dated, revoked, lasting)] == [False, False, True]
    do(door, administering.disable, "chi", "")
    assert door.tokens.person_of(lasting, HERE) is None
    assert door.tokens.person_of(PREFIX + "x") is None
    assert door.tokens.person_of("") is None
    assert [one.what for one in door.noted()].count("token_refused") == 6
    with pytest.raises(Unmet, match="it was revoked before"):
        door.tokens.revoke(named.id, "chi")


def test_nobody_revokes_a_token_of_another_but_an_admin_on_the_record(door: Door) -> None:
    secret, token = door.tokens.make("chi", "reports", by=ADMIN)
    with pytest.raises(NotFound):
        door.tokens.revoke(token.id, "root")
    door.tokens.revoke(token.id, by=ADMIN)
    assert door.tokens.person_of(secret) is None
    assert deeds(door) == [
        ("added", "token of chi", {"token": token.id, "called": "reports", "scope": "read"}),
        ("revoked", "token of chi", {"token": token.id, "called": "reports"}),
    ]


def test_tokens_have_bounds(door: Door) -> None:
    for name, scope, good_for, error in (
        ("", "read", timedelta(days=1), Incomplete),
        ("x" * 81, "read", timedelta(days=1), Incomplete),
        ("x", "everything", timedelta(days=1), Incomplete),
        ("x", "read", timedelta(0), Incomplete),
        ("x", "read", GOOD_MAX + timedelta(days=1), Incomplete),
    ):
        with pytest.raises(error):
            door.tokens.make("chi", name, scope, good_for)
    with pytest.raises(NotFound):
        door.tokens.make("nobody", "x")
    for number in range(20):
        door.tokens.make("chi", f"token {number}")
    with pytest.raises(Unmet, match="chi has 20 already"):
        door.tokens.make("chi", "one more")
    with pytest.raises(Unmet, match="one of that name"):
        door.tokens.make("chi", "token 3")


def test_the_first_link_makes_the_first_account_and_then_no_other(empty_door: Door) -> None:
    door = empty_door
    one, other = door.links.setup(), door.links.setup()
    assert one is not None
    assert other is not None
    assert (found := door.links.opened(one)) is not None
    assert found.purpose == "setup"
    with pytest.raises(WeakPassword):
        door.links.set_up(one, "root", "Quản Trị", "short", HERE)
    made = door.links.set_up(one, "Root", "Quản Trị", PASSWORD, HERE)
    assert made.name == "root"
    person = door.sessions.person_of(door.comes_in("root"))
    assert person is not None
    assert person.roles == {"admin"}
    assert door.links.setup() is None
    for late in (one, other):
        assert door.links.opened(late) is None
        with pytest.raises(LinkRefused):
            door.links.set_up(late, "second", "Second", PASSWORD, HERE)


@pytest.fixture
def empty_door(installation: Runtime) -> Door:
    """A door to an installation without an account."""
    return Door(installation)


def test_a_password_link_is_good_once_for_a_day_and_only_the_newest(door: Door) -> None:
    session = door.comes_in("chi")
    first = door.links.for_password("chi", ADMIN)
    second = door.links.for_password("chi", ADMIN)
    assert door.links.opened(first) is None
    opened = door.links.opened(second)
    assert opened is not None
    assert (opened.account, opened.shown) == ("chi", "Chi Person")
    assert door.sessions.person_of(session) is not None, "until it is used nothing has changed"
    with pytest.raises(WeakPassword):
        door.links.choose_password(second, "short", HERE)
    door.links.choose_password(second, "con mèo trèo cây cau", HERE)
    assert door.sessions.person_of(session) is None
    with pytest.raises(LinkRefused):
        door.links.choose_password(second, PASSWORD, HERE)
    with pytest.raises(SignInRefused):
        door.comes_in("chi")
    assert door.comes_in("chi", "con mèo trèo cây cau")
    third = door.links.for_password("chi", ADMIN)
    door.later(seconds=GOOD_FOR.total_seconds())
    assert door.links.opened(third) is None
    with pytest.raises(LinkRefused):
        door.links.set_up(third, "x", "X", PASSWORD, HERE)
    assert [deed for deed, *_ in deeds(door)] == ["reset"] * 3


def test_a_disabled_account_gets_no_link_and_loses_the_one_it_has(door: Door) -> None:
    link = door.links.for_password("chi", ADMIN)
    do(door, administering.disable, "chi", "")
    with pytest.raises(LinkRefused):
        door.links.choose_password(link, PASSWORD)
    with pytest.raises(Unmet, match="cascade account enable chi"):
        door.links.for_password("chi", ADMIN)


def test_the_same_request_under_a_key_is_answered_and_not_done_again(door: Door) -> None:
    answers = door.gate.answers
    assert answers.begin("chi", "k1", b"POST /a") is None
    with pytest.raises(Conflict, match="still being carried out"):
        answers.begin("chi", "k1", b"POST /a")
    answers.keep("chi", "k1", 201, '{"id":1}')
    found = answers.begin("chi", "k1", b"POST /a")
    assert found is not None
    assert (found.status, found.body) == (201, '{"id":1}')
    with pytest.raises(Conflict, match="used for another request"):
        answers.begin("chi", "k1", b"POST /b")
    assert answers.begin("root", "k1", b"POST /b") is None, "a key belongs to its account"
    answers.drop("root", "k1")
    assert answers.begin("root", "k1", b"POST /c") is None
    answers.drop("chi", "k1")
    assert answers.begin("chi", "k1", b"POST /a") is not None, "an answer that was given is not taken back"
    door.later(minutes=3)
    assert answers.begin("root", "k1", b"POST /c") is None, "who was cut off may ask again"
    door.later(days=8)
    assert answers.begin("chi", "k1", b"POST /z") is None
    for bad in ("", "x" * 201, "khóa", "a\nb"):
        with pytest.raises(Incomplete):
            answers.begin("chi", bad, b"")


def test_of_two_who_set_up_at_once_one_wins(empty_door: Door) -> None:
    links = [empty_door.links.setup() or "" for _ in range(4)]

    def set_up(number: int) -> bool:
        try:
            empty_door.links.set_up(links[number], f"root{number}", "Quản Trị", PASSWORD, HERE)
        except LinkRefused:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(set_up, range(4))) == 1
    with empty_door.runtime.database.reading() as connection:
        assert (accounts.count(connection), accounts.admins(connection)) == (1, 1)


def test_a_link_is_used_once_also_by_two_at_once(door: Door) -> None:
    link = door.links.for_password("chi", ADMIN)

    def choose(number: int) -> bool:
        try:
            door.links.choose_password(link, f"{PASSWORD} {number}", HERE)
        except LinkRefused:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        won = [number for number, done in enumerate(threads.map(choose, range(4))) if done]
    assert len(won) == 1
    assert door.comes_in("chi", f"{PASSWORD} {won[0]}")


def test_the_same_request_twice_at_once_is_carried_out_once(door: Door) -> None:
    def ask(_: int) -> bool:
        try:
            return door.gate.answers.begin("chi", "at once", b"POST /a") is None
        except Conflict:
            return False

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(ask, range(8))) == 1
