"""Who is not listened to for a while, and what is kept of those who were turned away, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from engine.access import administering
from engine.access.throttling import LOCKED_AFTER, LOCKED_FOR, network_of
from engine.deeds import INSTALLER
from engine.runtime import Runtime
from storage import bulk
from storage.errors import Unavailable
from tests.support.people import HERE, PASSWORD, Door, refused

OTHER = "một mật khẩu khác hẳn"


@pytest.fixture
def door(installation: Runtime) -> Door:
    made = Door(installation)
    made.account("chi", "department/clerk", "unit-1/leader", roles=("auditor",))
    return made


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


def test_a_machine_has_one_address_of_ipv6_however_many_it_tries_from(door: Door) -> None:
    for number in range(21):
        assert refused(door, f"name{number}", "wrong", f"2001:db8:1:2::{number:x}").again_at is None
    assert refused(door, "chi", PASSWORD, "2001:db8:1:2:ffff::1").again_at == door.now + timedelta(seconds=2)
    assert door.sessions.sign_in("chi", PASSWORD, "2001:db8:1:3::1")


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("::ffff:10.0.0.8", "10.0.0.8"), ("10.0.0.8", "10.0.0.8"), ("fe80::1%eth0", "fe80::/64"),
        ("no address", "no address"), ("", ""),
    ],
)  # fmt: skip
def test_an_address_is_counted_as_what_it_stands_for(address: str, counted_as: str) -> None:
    assert network_of(address) == counted_as


@pytest.mark.parametrize("name", ["CHI", " chi ", "ｃｈｉ", "Ｃhi", "chi\u2003", "ch\u0131".replace("\u0131", "I")])
def test_a_name_written_otherwise_is_the_same_name(door: Door, name: str) -> None:
    for _ in range(LOCKED_AFTER):
        refused(door, "chi", "wrong")
        door.later(minutes=1)
    assert refused(door, name, PASSWORD).again_at is not None


def test_an_office_behind_one_address_is_not_locked_by_its_own_comings(door: Door) -> None:
    for _ in range(80):
        door.comes_in("chi")


def test_many_guesses_at_once_gain_nothing(door: Door) -> None:
    def guess(number: int) -> bool:
        return refused(door, "chi", f"guess {number}", f"10.3.0.{number}").again_at is None

    with ThreadPoolExecutor(6) as threads:
        looked_at = sum(threads.map(guess, range(24)))
    assert looked_at == 5, "from the fifth on each has to wait, also for those under way"


def test_a_flood_of_tries_is_told_to_come_again_and_counts_against_nobody(door: Door) -> None:
    passwords = door.gate.passwords
    taken = [passwords._queue.acquire(blocking=False) for _ in range(10)]
    assert all(taken)
    for _ in range(12):
        with pytest.raises(Unavailable, match="Too many people are signing in"):
            door.comes_in("chi")
    for _ in taken:
        passwords._queue.release()
    assert door.comes_in("chi")


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


def test_what_is_two_years_old_is_let_go_and_counts_of_quiet_names_after_a_day(door: Door) -> None:
    refused(door, "nobody", "wrong")
    door.later(days=2).comes_in("chi")
    with door.runtime.database.reading() as connection:
        assert bulk.read(connection, "SELECT count(*) FROM sign_in_try WHERE kind = 'name'")[0][0] == 0
        assert bulk.read(connection, "SELECT count(*) FROM session")[0][0] == 1
    assert [one.what for one in door.noted()] == ["unknown", "signed_in"]
    door.later(days=729).comes_in("chi")
    assert [one.what for one in door.noted()] == ["signed_in", "signed_in"]
    with door.runtime.database.reading() as connection:
        assert bulk.read(connection, "SELECT count(*) FROM session")[0][0] == 1, "those that are over are let go"


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
