"""Signing in and out on both databases: who comes in, for how long, and who is not listened to."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from engine.access import administering
from engine.access.errors import SignInRefused, WeakPassword
from engine.access.passwords import Passwords
from engine.access.sessions import ABSOLUTE, IDLE, csrf_holds, csrf_of
from engine.access.throttling import LOCKED_AFTER, LOCKED_FOR
from engine.deeds import INSTALLER
from engine.runtime import Runtime
from storage import accounts, bulk, credentials
from tests.support.people import HERE, PASSWORD, Door
from workflows.errors import Unmet

OTHER = "một mật khẩu khác hẳn"


@pytest.fixture
def door(installation: Runtime) -> Door:
    made = Door(installation)
    made.account("chi", "department/clerk", "unit-1/leader", roles=("auditor",))
    return made


def refused(door: Door, name: str, password: str, address: str = HERE) -> SignInRefused:
    with pytest.raises(SignInRefused) as found:
        door.sessions.sign_in(name, password, address)
    return found.value


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


def test_ten_failures_lock_a_name_whether_or_not_there_is_such_an_account(door: Door) -> None:
    for name in ("chi", "nobody"):
        for failure in range(1, LOCKED_AFTER + 1):
            assert refused(door, name, "wrong", f"10.1.0.{failure}").again_at is None
            door.later(seconds=32 if failure < LOCKED_AFTER else 0)
        locked = refused(door, name, PASSWORD, "10.2.0.1")
        assert locked.again_at == door.now + LOCKED_FOR
        assert "too many tries" in str(locked)
    door.later(minutes=15)
    assert refused(door, "nobody", PASSWORD).again_at is None
    assert refused(door, "chi", "wrong").again_at is None
    assert refused(door, "chi", PASSWORD).again_at == door.now + LOCKED_FOR, "one more failure locks at once"
    door.later(minutes=15)
    assert door.comes_in("chi"), "who knows the password comes in"
    assert refused(door, "chi", "wrong").again_at is None
    assert door.comes_in("chi"), "and begins anew"


def test_from_the_fifth_failure_on_one_has_to_wait_and_an_admin_may_unlock(door: Door) -> None:
    for _ in range(5):
        refused(door, "chi", "wrong")
    assert refused(door, "chi", PASSWORD).again_at == door.now + timedelta(seconds=2)
    with door.runtime.database.transaction() as connection:
        administering.unlock(connection, "chi", door.runtime.now(), INSTALLER)
    assert door.comes_in("chi")
    what = [one.what for one in door.noted("chi")]
    assert sorted(what) == ["signed_in", "throttled", *["wrong"] * 5]


def test_one_address_is_throttled_whatever_names_it_tries_and_others_are_not(door: Door) -> None:
    for number in range(21):
        assert refused(door, f"name{number}", "wrong").again_at is None
    assert refused(door, "chi", PASSWORD).again_at == door.now + timedelta(seconds=2)
    assert door.sessions.sign_in("chi", PASSWORD, "10.0.0.8")
    door.later(seconds=2)
    assert door.comes_in("chi")


def test_an_office_behind_one_address_is_not_locked_by_its_own_comings(door: Door) -> None:
    for _ in range(80):
        door.comes_in("chi")


def test_many_guesses_at_once_gain_nothing(door: Door) -> None:
    def guess(number: int) -> bool:
        return refused(door, "chi", f"guess {number}", f"10.3.0.{number}").again_at is None

    with ThreadPoolExecutor(8) as threads:
        looked_at = sum(threads.map(guess, range(24)))
    assert looked_at == 5, "from the fifth on each has to wait, also for those under way"


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


def test_denials_are_written_in_batches_and_a_flood_is_bounded(door: Door) -> None:
    noting = door.gate.noting
    noting.note("denied", "chi", HERE, "account.edit")
    with door.runtime.database.reading() as connection:
        assert bulk.read(connection, "SELECT count(*) FROM sign_in")[0][0] == 0
    for _ in range(99):
        noting.note("denied", "chi", HERE, "account.edit")
    with door.runtime.database.reading() as connection:
        assert bulk.read(connection, "SELECT count(*) FROM sign_in")[0][0] == 100
    noting.note("denied", "chi", HERE)
    door.later(seconds=5)
    noting.note("denied", "chi", HERE)
    assert len(door.noted()) == 102
    assert len(bytes(door.noted()[0].detail or "", "utf-8")) < 300


def test_what_strangers_do_touches_no_chain(door: Door) -> None:
    def head() -> object:
        with door.runtime.database.reading() as connection:
            return tuple(bulk.read(connection, "SELECT admin_seq, admin_hash, directory_version FROM installation")[0])

    before = head()
    door.comes_in("chi")
    for _ in range(4):
        refused(door, "nobody", "wrong")
    door.gate.noting.flush()
    assert head() == before
