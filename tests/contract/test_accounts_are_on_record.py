"""A row of an account that was changed by hand is found by the verification, and the doctor says how accounts stand."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from engine.access import administering
from engine.access.links import Links
from engine.access.people import People
from engine.clock import SystemClock
from engine.deeds import INSTALLER
from engine.doctor.examine import examine
from engine.doctor.finding import OK, RED, WARNING
from tests.support.browsing import account
from tests.support.desk import Desk
from tests.support.offices import DEPARTMENT


@contextmanager
def changing(desk: Desk) -> Iterator[Connection]:
    with desk.runtime.database.transaction() as connection:
        yield connection


@pytest.fixture
def manned(desk: Desk) -> Desk:
    account(desk.runtime, "chi", (DEPARTMENT, "clerk"))
    account(desk.runtime, "hand", roles=("admin",))
    account(desk.runtime, "gone", (DEPARTMENT, "leader"))
    now = desk.runtime.now()
    with changing(desk) as connection:
        administering.give_seat(connection, "chi", ("unit-1", "clerk"), now, INSTALLER)
        administering.take_seat(connection, "chi", (DEPARTMENT, "clerk"), now, INSTALLER)
        administering.give_role(connection, "hand", "auditor", now, INSTALLER)
        administering.take_role(connection, "hand", "auditor", now, INSTALLER)
        administering.disable(connection, "gone", "Has left", now, INSTALLER)
        administering.enable(connection, "gone", now, INSTALLER)
        administering.disable(connection, "gone", "Has left", now, INSTALLER)
    return desk


def test_accounts_that_were_changed_on_the_record_are_as_they_should_be(manned: Desk) -> None:
    assert manned.verdict().verified


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("INSERT INTO account_role (account, role) VALUES ('chi', 'admin')", "chi holds admin, which nobody gave it"),
        ("INSERT INTO account_seat (account, office, role) VALUES ('chi', 'vp', 'leader')", "chi holds vp/leader"),
        ("DELETE FROM account_seat WHERE account = 'chi'", "chi was given unit-1/clerk, and does not hold it"),
        ("UPDATE account SET disabled_at = NULL WHERE name = 'gone'", "gone was disabled, and is in use"),
        ("UPDATE account SET disabled_at = created_at WHERE name = 'hand'", "hand is disabled, which nobody did"),
        ("UPDATE account SET shown = 'Another' WHERE name = 'chi'", "is shown as Another"),
        ("UPDATE account SET name = 'chu' WHERE name = 'chi'", "chu is on no record"),
    ],
)
def test_a_row_that_was_changed_by_hand_is_found(manned: Desk, statement: str, says: str) -> None:
    with changing(manned) as connection:
        connection.exec_driver_sql(statement)
    faults = [str(one) for one in manned.verdict().faults]
    assert any(says in one for one in faults), faults


def test_an_account_that_was_taken_away_by_hand_is_missed(manned: Desk) -> None:
    with changing(manned) as connection:
        connection.exec_driver_sql("DELETE FROM account WHERE name = 'chi'")
    faults = [str(one) for one in manned.verdict().faults]
    assert any("chi is on the record, and gone" in one for one in faults)
    assert any("held by chi, which is no account" in one for one in faults)


def looks(desk: Desk) -> dict[str, tuple[str, str]]:
    found = examine(desk.runtime.database, SystemClock(), timedelta(seconds=5))
    return {one.name: (one.state, str(one.says)) for one in found}


def test_the_doctor_says_who_can_administer(desk: Desk) -> None:
    assert looks(desk)["admins"][0] == OK  # nobody yet: the command line
    account(desk.runtime, "hand", roles=("admin",))
    assert looks(desk)["admins"] == (WARNING, "a single admin can sign in; nobody stands in for who is ill")
    account(desk.runtime, "hands", roles=("admin",))
    assert looks(desk)["admins"] == (OK, "2 admins can sign in")
    with changing(desk) as connection:
        connection.exec_driver_sql("UPDATE account SET password = NULL")
    assert looks(desk)["admins"][0] == RED


def test_the_doctor_names_accounts_that_hold_nothing_are_locked_or_long_unused(desk: Desk) -> None:
    account(desk.runtime, "chi", (DEPARTMENT, "clerk"))  # of 2023, by the time that this database lives in
    account(desk.runtime, "nothing")
    found = looks(desk)
    assert found["accounts"] == (WARNING, "1 account holds no seat and no role: nothing")
    assert found["unused"] == (WARNING, "2 accounts were not used in 90 days: chi, nothing")
    assert found["locked"][0] == OK
    later = "'2099-01-01 00:00:00.000000'" if desk.runtime.database.is_sqlite else "'2099-01-01 00:00:00+00'"
    with changing(desk) as connection:
        connection.exec_driver_sql(
            "INSERT INTO sign_in_try (kind, value, failed, last_at, until)"
            f" VALUES ('name', 'chi', 12, {later}, {later}), ('name', 'stranger', 12, {later}, {later})"
        )
        connection.exec_driver_sql(f"UPDATE account SET created_at = {later} WHERE name = 'nothing'")
    found = looks(desk)
    assert found["locked"] == (WARNING, "1 account is locked after too many failures: chi")
    assert found["unused"] == (WARNING, "1 account was not used in 90 days: chi")


def test_the_doctor_knows_of_a_set_up_link_that_is_open(desk: Desk) -> None:
    assert looks(desk)["links"][0] == OK
    links = Links(People(desk.runtime.database, SystemClock()))
    assert links.setup()
    assert looks(desk)["links"] == (WARNING, "the link is open by which the first account, an admin's, is made")
    account(desk.runtime, "hand", roles=("admin",))
    assert looks(desk)["links"] == (OK, "no link is open")


def test_what_cannot_be_read_among_accounts_is_told_and_ends_no_verification(manned: Desk) -> None:
    if not manned.runtime.database.is_sqlite:
        pytest.skip("PostgreSQL keeps no such value")
    with changing(manned) as connection:
        connection.exec_driver_sql("UPDATE account SET created_at = x'00' WHERE name = 'chi'")
    [fault] = manned.verdict().faults
    assert (fault.chain, "a stored value cannot be read" in fault.says) == ("accounts", True)
