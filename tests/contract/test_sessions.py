"""Signing in and out on both databases: who comes in, for how long, and who is not listened to."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from engine.access import administering
from engine.access.errors import SignInRefused, WeakPassword
from engine.access.passwords import Passwords
from engine.access.sessions import ABSOLUTE, IDLE, csrf_holds, csrf_of
from engine.administration import import_offices
from engine.deeds import INSTALLER
from engine.runtime import Runtime
from storage import accounts, bulk, credentials
from tests.support.offices import directory
from tests.support.people import HERE, PASSWORD, Door, refused
from workflows.errors import Unmet

OTHER = "một mật khẩu khác hẳn"


@pytest.fixture
def door(installation: Runtime) -> Door:
    made = Door(installation)
    made.account("chi", "department/clerk", "unit-1/leader", roles=("auditor",))
    return made


def test_who_signs_in_is_a_person_until_they_sign_out(door: Door) -> None:
    secret, person = door.sessions.sign_in("  CHI", PASSWORD, HERE)
    assert (person.account, person.shown, person.known_by, person.language) == ("chi", "Chi Person", "password", "vi")
    assert person.seats == (("department", "clerk"), ("unit-1", "leader"))
    assert person.roles == {"auditor"}
    assert door.sessions.person_of(secret) == person
    assert door.sessions.person_of(secret + "x") is None
    assert door.sessions.person_of("") is None
    assert door.sessions.person_of("x" * 1000) is None
    door.later(seconds=1).sessions.sign_out(secret, HERE)
    door.sessions.sign_out(secret, HERE)
    assert door.sessions.person_of(secret) is None
    assert [(one.what, one.account, one.address) for one in door.noted()] == [
        ("signed_in", "chi", HERE),
        ("signed_out", "chi", HERE),
    ]


def test_no_secret_is_stored(door: Door) -> None:
    secret = door.comes_in("chi")
    token, _ = door.tokens.make("chi", "reports")
    link = door.links.for_password("chi", INSTALLER)
    with door.runtime.database.reading() as connection:
        names = ("account", "session", "token", "link", "sign_in", "journal", "attempt")
        stored = repr([list(map(tuple, bulk.read(connection, f"SELECT * FROM {name}"))) for name in names])
    for one in (secret, token, link, PASSWORD):
        assert one not in stored


def test_unknown_wrong_disabled_and_without_a_password_are_refused_in_the_same_words(door: Door) -> None:
    door.account("an", "unit-2/clerk")
    door.account("moi", "unit-2/clerk", password=None)
    with door.runtime.database.transaction() as connection:
        administering.disable(connection, "an", "", door.runtime.now(), INSTALLER)
    said = {
        str(refused(door.later(seconds=1), name, password))
        for name, password in (
            ("chi", "wrong password"),
            ("nobody", PASSWORD),
            ("an", PASSWORD),
            ("moi", PASSWORD),
            ("không ai", "x"),
        )
    }
    assert len(said) == 1
    assert "the name or the password is not right" in said.pop()
    assert [(one.account, one.what) for one in door.noted()] == [
        ("chi", "wrong"),
        ("nobody", "unknown"),
        ("an", "disabled"),
        ("moi", "no_password"),
        ("?", "unknown"),
    ]


@given(some.lists(some.integers(0, 45), max_size=40))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_session_never_outlives_its_bounds(door: Door, pauses: list[int]) -> None:
    secret, began, seen = door.comes_in("chi"), door.now, door.now
    over = False
    for minutes in pauses:
        door.later(minutes=minutes)
        over = over or door.now - seen >= IDLE or door.now - began >= ABSOLUTE
        there = door.sessions.person_of(secret)
        assert (there is None) == over
        seen = door.now
    door.later(hours=12)
    assert door.sessions.person_of(secret) is None


def test_that_a_session_is_used_is_written_once_a_minute(door: Door) -> None:
    secret = door.comes_in("chi")

    def seen() -> timedelta:
        with door.runtime.database.reading() as connection:
            [(at,)] = bulk.read(connection, "SELECT seen_at FROM session")
            found = bulk.read_instant(connection, at)
        assert found is not None
        return door.now - found

    door.later(seconds=59).sessions.person_of(secret)
    assert seen() == timedelta(seconds=59)
    door.later(seconds=1).sessions.person_of(secret)
    assert seen() == timedelta(0)
    assert door.sessions.person_of(secret, door.now - timedelta(minutes=5)) is not None
    assert seen() == timedelta(0), "a node whose clock is behind moves nothing back"


@pytest.mark.parametrize("what", ["disabled", "seat given", "seat taken", "role given", "role taken", "password"])
def test_what_becomes_of_the_account_ends_its_sessions(door: Door, what: str) -> None:
    secret, now = door.comes_in("chi"), door.runtime.now()
    door.account("an", "unit-2/clerk")
    others = door.comes_in("an")
    with door.runtime.database.transaction() as connection:
        match what:
            case "disabled":
                administering.disable(connection, "chi", "left", now, INSTALLER)
            case "seat given":
                administering.give_seat(connection, "chi", ("unit-3", "clerk"), now, INSTALLER)
            case "seat taken":
                administering.take_seat(connection, "chi", ("unit-1", "leader"), now, INSTALLER)
            case "role given":
                administering.give_role(connection, "chi", "operator", now, INSTALLER)
            case "role taken":
                administering.take_role(connection, "chi", "auditor", now, INSTALLER)
            case "password":
                hashed = door.gate.passwords.hashed(OTHER)
                administering.set_password(connection, "chi", hashed, now, INSTALLER)
    assert door.sessions.person_of(secret) is None
    assert door.sessions.person_of(others) is not None


def test_a_disabled_account_that_is_enabled_has_no_session_back(door: Door) -> None:
    secret, now = door.comes_in("chi"), door.runtime.now()
    with door.runtime.database.reading() as connection:
        [row] = bulk.read(connection, "SELECT digest, account, epoch FROM session")
    with door.runtime.database.transaction() as connection:
        administering.disable(connection, "chi", "", now, INSTALLER)
        administering.enable(connection, "chi", now, INSTALLER)
        credentials.add_session(
            connection,
            credentials.Session(row[0], row[1], row[2], HERE, door.now, door.now, door.now + ABSOLUTE),
        )  # as if it had been kept
    assert door.sessions.person_of(secret) is None
    assert door.comes_in("chi")


def test_a_password_by_old_parameters_is_hashed_anew_when_it_comes(door: Door) -> None:
    stronger = Door(door.runtime, Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)))
    with door.runtime.database.reading() as connection:
        before = accounts.find(connection, "chi")
    first = stronger.comes_in("chi")
    with door.runtime.database.reading() as connection:
        after = accounts.find(connection, "chi")
    assert before is not None
    assert after is not None
    assert before.password != after.password
    assert "m=16,t=2" in (after.password or "")
    assert stronger.sessions.person_of(first) is not None, "no session ends by it"
    assert stronger.comes_in("chi")


def test_changing_ones_own_password_ends_all_sessions_but_begins_one(door: Door) -> None:
    here, there = door.comes_in("chi"), door.comes_in("chi")
    with pytest.raises(SignInRefused):
        door.sessions.change_password(here, "wrong", OTHER, HERE)
    with pytest.raises(WeakPassword):
        door.sessions.change_password(here, PASSWORD, "short", HERE)
    with pytest.raises(Unmet):
        door.sessions.change_password(here, PASSWORD, PASSWORD, HERE)
    new = door.sessions.change_password(here, PASSWORD, OTHER, HERE)
    assert [door.sessions.person_of(one) is not None for one in (here, there, new)] == [False, False, True]
    refused(door, "chi", PASSWORD)
    assert door.comes_in("chi", OTHER)
    with pytest.raises(SignInRefused):
        door.sessions.change_password("no session", PASSWORD, OTHER, HERE)


def test_a_given_password_has_to_be_changed_first(door: Door) -> None:
    door.account("an", "unit-2/clerk", must=True)
    secret, person = door.sessions.sign_in("an", PASSWORD, HERE)
    assert person.must_change
    changed = door.sessions.person_of(door.sessions.change_password(secret, PASSWORD, OTHER, HERE))
    assert changed is not None
    assert not changed.must_change


def test_a_form_belongs_to_its_session(door: Door) -> None:
    one, other = door.comes_in("chi"), door.comes_in("chi")
    assert csrf_holds(one, csrf_of(one))
    assert not csrf_holds(one, csrf_of(other))
    assert not csrf_holds(one, "")
    assert not csrf_holds(one, "ế")
    assert one not in csrf_of(one)


def test_what_a_person_sees_follows_the_directory(door: Door) -> None:
    door.account("an", "department/clerk")
    secret = door.comes_in("an")

    def seen() -> frozenset[str] | None:
        person = door.sessions.person_of(secret)
        assert person is not None
        assert person.sight() == person.sight(person.directory)
        return person.sight().offices

    assert seen() == {"department", *(f"unit-{n}" for n in range(1, 9))}
    with door.runtime.database.transaction() as connection:
        import_offices(connection, directory(2), door.runtime.now(), INSTALLER)
    assert seen() == {"department", "unit-1", "unit-2"}
