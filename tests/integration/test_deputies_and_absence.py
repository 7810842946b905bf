"""Somebody is away: the deputy hears and acts, both names are kept, and nobody decides on what is their own."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from engine import administration
from engine.runtime import Runtime
from storage import directory as stored
from tests.support.desk import Desk, task
from tests.support.offices import directory
from workflows.errors import NotYours, Unmet
from workflows.offices import Absence, Deputy

MONDAY, FRIDAY = date(2023, 8, 21), date(2023, 8, 25)
DUE = "2023-08-25"  # reminded on Tuesday 22/08
WEEK = "department/leader (unit-1/leader)"
Staff = Callable[..., None]


@pytest.fixture
def staff(installation: Runtime) -> Staff:
    """Changes offices of the directory, as an administrator imports a new one."""

    def change(**offices: dict[str, Any]) -> None:
        named = {name.replace("_", "-"): changes for name, changes in offices.items()}
        found = [replace(one, **named.get(one.id, {})) for one in directory()]
        with installation.database.transaction() as connection:
            administration.import_offices(connection, found, installation.now(), administration.INSTALLER)

    return change


def stands_in(deputy: str, *actions: str) -> Deputy:
    return Deputy("leader", deputy, MONDAY, FRIDAY, actions, "70/QĐ")


def test_the_directory_is_kept_as_it_was_imported(staff: Staff, installation: Runtime) -> None:
    deputies, absent = (stands_in("unit-2/leader", "accept", "redo"), Deputy("clerk", "Phó phòng", MONDAY)), (
        Absence("leader", MONDAY, FRIDAY), Absence("officer", MONDAY))  # fmt: skip
    staff(unit_1={"deputies": deputies, "absent": absent})
    with installation.database.reading() as connection:
        one = stored.read_offices(connection).get("unit-1")
    assert (one.deputies, one.absent) == (deputies, absent)


def test_the_digest_of_an_import_covers_who_stands_in(staff: Staff, installation: Runtime, desk: Desk) -> None:
    desk.cascade = "administration"
    staff()
    staff(unit_1={"deputies": (stands_in("unit-2/leader"),)})
    staff(unit_1={"absent": (Absence("leader", MONDAY),)})
    imports = [one.fact for one in desk.entries("Administered") if one.fact.what == "imported"][-3:]
    assert len({dict(one.details)["digest"] for one in imports}) == 3


def test_the_deputy_of_an_absent_leader_hears_and_only_while_the_leader_is_away(staff: Staff, desk: Desk) -> None:
    staff(unit_1={"absent": (Absence("leader", MONDAY, FRIDAY),), "deputies": (stands_in("unit-2/leader"),)})
    desk.order(DUE, "unit-1")
    desk.act("unit-1/clerk", 2, "receive")
    desk.live_until("2023-08-22T12:00")
    [reminded] = desk.entries("RungReached", about=2)
    assert list(map(str, reminded.fact.told)) == ["unit-1/officer", "unit-1/leader (unit-2/leader)"]
    desk.live_until("2023-08-30T12:00")
    told = [str(one) for entry in desk.entries("RungReached", about=2) for one in entry.fact.told]
    assert "department/leader" in told
    assert desk.verdict().verified


def test_the_message_goes_to_the_deputy(staff: Staff, desk: Desk, installation: Runtime) -> None:
    staff(unit_1={"absent": (Absence("clerk", date(2023, 8, 14)),),
                  "deputies": (Deputy("clerk", "unit-2/clerk", date(2023, 8, 14)),)})  # fmt: skip
    desk.order(DUE, "unit-1")
    with installation.database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT office, role, deputy FROM outbox WHERE obligation = 2").fetchall()
    assert [tuple(row) for row in rows] == [("unit-1", "clerk", "unit-2/clerk")]
    assert installation.delivery.run().failed == 0


def test_an_absence_without_a_deputy_passes_it_to_the_office_above(staff: Staff, desk: Desk) -> None:
    staff(unit_1={"people": {"clerk": "Clerk", "leader": "Leader"}, "absent": (Absence("leader", MONDAY, FRIDAY),)})
    desk.order(DUE, "unit-1")
    desk.live_until("2023-08-22T12:00")
    assert desk.messages("RungReached", 2) == ["department/leader"]


def test_both_names_are_kept_where_a_deputy_acts(staff: Staff, desk: Desk) -> None:
    staff(
        department={"people": {"leader": "Director", "clerk": "Clerk"}, "deputies": (stands_in("unit-1/leader"),)},
        unit_1={"people": {"leader": "Head of unit 1", "clerk": "Clerk"}},
    )
    desk.order("2023-09-15", "unit-2")
    desk.at("2023-08-22T09:00").report(2)
    desk.act(WEEK, 2, "accept")
    [accepted] = [one for one in desk.entries("Acted", about=2) if one.fact.action == "accept"]
    assert accepted.data["by"] == {
        "office": "department", "role": "leader", "person": "Director", "deputy": "unit-1/leader",
        "deputy_person": "Head of unit 1",
    }  # fmt: skip
    [reported] = [one for one in desk.entries("Acted", about=2) if one.fact.action == "report"]
    assert reported.data["by"] == {"office": "unit-2", "role": "leader", "person": "Leader"}
    assert desk.verdict().verified


def test_a_deputy_of_another_week_is_refused_and_told_who_stands_in(staff: Staff, desk: Desk) -> None:
    staff(department={"deputies": (stands_in("unit-1/leader"), replace(stands_in("Deputy director"), until=None))})
    desk.order("2023-09-15", "unit-2")
    desk.report(2)
    with pytest.raises(NotYours, match="does not stand in for department/leader today, and nobody else does"):
        desk.act(WEEK, 2, "accept")
    desk.at("2023-08-28T09:00")
    with pytest.raises(NotYours, match=r"today; who does: Deputy director \(until further notice\)"):
        desk.act(WEEK, 2, "accept")
    desk.act("department/leader (Deputy director)", 2, "accept")


def test_a_deputy_for_some_actions_takes_no_other(staff: Staff, desk: Desk) -> None:
    staff(department={"deputies": (stands_in("unit-1/leader", "accept", "redo"), stands_in("unit-3/leader"))})
    desk.order("2023-09-15", "unit-2")
    desk.at("2023-08-22T09:00")
    with pytest.raises(NotYours, match=r"but not to stop: unit-3/leader \(until 25/08/2023\)"):
        desk.act(WEEK, 2, "stop", document="9/CV", reason="Over")
    desk.report(2)
    desk.act(WEEK, 2, "redo", reason="More")


def test_a_deputy_issues_and_revokes_where_that_is_covered(staff: Staff, desk: Desk, installation: Runtime) -> None:
    staff(department={"deputies": (stands_in("unit-1/leader", "issue"),)})
    desk.at("2023-08-22T09:00")
    by = desk.asks(WEEK, 0, "").by
    desk.issue("department", task("2023-09-15", "unit-2"), by=by)
    with pytest.raises(NotYours, match=r"but not to revoke: unit-1/leader \(until 25/08/2023; issue\)"):
        installation.executor.execute([replace(desk.revoke(1), by=by)])
    desk.at("2023-08-28T09:00")
    with pytest.raises(NotYours, match="nobody else does"):
        desk.issue("department", task("2023-09-15", "unit-2"), by=by)


def test_who_reported_does_not_accept_as_somebodys_deputy(staff: Staff, desk: Desk) -> None:
    staff(department={"deputies": (stands_in("unit-1/leader"), stands_in("unit-2/leader"))})
    desk.order("2023-09-15", "unit-1")
    desk.at("2023-08-22T09:00").report(2)
    with pytest.raises(Unmet, match="unit-1/leader sent the report, and nobody decides on a report of their own"):
        desk.act(WEEK, 2, "accept")
    desk.act("department/leader (unit-2/leader)", 2, "accept")
    assert desk[2].outcome == "fulfilled"


def test_who_reported_as_a_deputy_does_not_accept_in_their_own_seat(staff: Staff, desk: Desk) -> None:
    staff(unit_1={"deputies": (stands_in("department/leader"),)})
    desk.order("2023-09-15", "unit-1")
    desk.at("2023-08-22T09:00").act("unit-1/clerk", 2, "receive")
    desk.act("unit-1/leader (department/leader)", 2, "report", symbol="1/BC", sent_on="2023-08-22")
    assert desk[2].sent_by == "unit-1/leader (department/leader)"
    with pytest.raises(Unmet, match="department/leader sent the report"):
        desk.accept(2)


def test_who_asked_for_another_date_does_not_grant_it_as_a_deputy(staff: Staff, desk: Desk) -> None:
    staff(department={"deputies": (stands_in("unit-1/leader"),)})
    desk.issue("department", task("2023-09-15", "unit-1"))
    desk.at("2023-08-22T09:00").act("unit-1/leader", 1, "request_extension", until="2023-09-20", reason="Late data")
    with pytest.raises(Unmet, match="unit-1/leader asked for it, and nobody decides on a request of their own"):
        desk.act(WEEK, 1, "grant_extension")
    desk.act("department/leader", 1, "grant_extension")


def test_a_deputy_acknowledges_what_the_seat_was_told(staff: Staff, desk: Desk) -> None:
    staff(unit_1={"absent": (Absence("leader", MONDAY, FRIDAY),), "deputies": (stands_in("Deputy head"),)})
    desk.order(DUE, "unit-1")
    desk.act("unit-1/clerk", 2, "receive")
    desk.live_until("2023-08-22T12:00")
    desk.act("unit-1/leader (Deputy head)", 2, "acknowledge")
    assert desk[2].held_until is not None


def test_the_holders_leader_names_the_officer_who_is_then_told(desk: Desk) -> None:
    desk.order(DUE, "unit-1")
    desk.act("unit-1/leader", 2, "name_officer", officer="Officer of records")
    assert desk[2].officer == "Officer of records"
    assert desk.messages("OfficerNamed", 2) == ["unit-1/officer"]
    with pytest.raises(NotYours, match=r"that is for unit-1/leader \(holder.leader\)"):
        desk.act("unit-1/officer", 2, "name_officer", officer="Somebody else")
    assert desk.verdict().verified
