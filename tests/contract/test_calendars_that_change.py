"""A calendar is published, and running cascades follow it: what a rule gave moves, what a person set stays."""

from datetime import date

import pytest

from engine import calendars
from engine.deeds import INSTALLER
from engine.showing.moved_dates import moved_dates
from storage import campaigns, definitions, installation
from storage.queries import entries
from storage.queries.entries import Wanted
from tests.support.desk import Desk
from tests.support.offices import DEPARTMENT, PROVINCE
from workflows.calendar import Calendar, Day, last_day
from workflows.calendar_text import to_text
from workflows.commands import ItemDraft
from workflows.directive import ADMINISTRATION
from workflows.errors import Conflict, Incomplete, Unmet

OFF = date(2023, 8, 17)  # a Thursday; the desk is ready on the Monday before it


def newest(desk: Desk) -> Calendar:
    with desk.runtime.database.reading() as connection:
        return calendars.newest(desk.runtime.executor.known(connection).calendars.values(), "vn-public")


def day_off(desk: Desk, on: date = OFF, reach: str = "all", document: str = "12/TB") -> calendars.Made:
    """Publish one day more off."""
    text = to_text(calendars.with_day(newest(desk), Day(on, False, "Nghỉ hoán đổi", document)))
    with desk.runtime.database.transaction() as connection:
        return calendars.publish(connection, text, "vn-public", "As decided", [document], desk.runtime.now(), INSTALLER,
                                 reach=reach)  # fmt: skip


def undated(desk: Desk) -> int:
    """An order whose date the workflow reckons in working days; its obligation."""
    draft = ItemDraft("1", "Làm báo cáo", due_form="counted", due_rule="5 working days after issue", lead=("unit-1",))
    return desk.issue(DEPARTMENT, draft)[-1]


def due_on(desk: Desk, number: int) -> date:
    found = desk[number].due_at
    assert found is not None
    return last_day(found)


def test_a_date_that_a_rule_gave_moves_with_the_day_that_is_off(desk: Desk) -> None:
    number = undated(desk)
    assert due_on(desk, number) == date(2023, 8, 21)
    assert day_off(desk).waiting == 1
    report = desk.runtime.campaigns.run()
    assert (report.cascades, report.moved, report.failed) == (1, 1, 0)
    assert due_on(desk, number) == date(2023, 8, 22)
    [entry] = desk.entries("CalendarFollowed")
    assert (entry.fact.before, entry.fact.after, entry.fact.document) == ("vn-public@1", "vn-public@2", "12/TB")
    [moved] = [one for one in desk.entries("DueSet") if one.seq > entry.seq]
    assert (moved.fact.cause, moved.fact.because.calendar) == ("calendar", "vn-public@2")
    assert (OFF, "Nghỉ hoán đổi") in moved.fact.because.off
    assert desk.head().calendar == "vn-public@2"
    assert desk.verdict().verified


def test_a_day_that_a_person_set_stays_and_its_reminders_go_by_the_new_calendar(desk: Desk) -> None:
    numbers = desk.order("2023-08-21", "unit-1")
    before = {number: desk[number].wake_at for number in numbers}
    day_off(desk, date(2023, 8, 18))
    assert desk.runtime.campaigns.run().moved == 0
    assert {due_on(desk, number) for number in numbers} == {date(2023, 8, 21)}
    assert desk.head().calendar == "vn-public@2"
    assert {number: desk[number].wake_at for number in numbers} != before, (
        "a rung counted in working days comes earlier"
    )
    assert desk.verdict().verified


def test_whoever_acts_before_the_round_acts_by_the_new_calendar(desk: Desk) -> None:
    number = undated(desk)
    day_off(desk)
    desk.act("unit-1/clerk", number, "receive")
    assert due_on(desk, number) == date(2023, 8, 22)
    assert desk.entries("CalendarFollowed", "Acted")[0].kind == "CalendarFollowed"
    with desk.runtime.database.reading() as connection:
        assert campaigns.waiting(connection) == 0
    desk.runtime.campaigns.run()
    with desk.runtime.database.reading() as connection:
        found = installation.read(connection)
    assert found
    assert found.campaign == 0
    assert len(desk.entries("CalendarFollowed")) == 1
    assert desk.verdict().verified


def test_for_new_work_alone_nothing_that_runs_follows(desk: Desk) -> None:
    number = undated(desk)
    assert day_off(desk, reach="new").waiting == 0
    desk.runtime.campaigns.run()
    assert (desk.head().calendar, due_on(desk, number)) == ("vn-public@1", date(2023, 8, 21))


def test_a_calendar_that_comes_before_another_was_followed_is_passed_over(desk: Desk) -> None:
    number = undated(desk)
    day_off(desk)
    day_off(desk, date(2023, 8, 16))
    desk.runtime.campaigns.run()
    [entry] = desk.entries("CalendarFollowed")
    assert (entry.fact.after, due_on(desk, number)) == ("vn-public@3", date(2023, 8, 23))
    assert desk.verdict().verified


def test_nobody_becomes_late_by_a_calendar(desk: Desk) -> None:
    number = undated(desk)
    day_off(desk)
    desk.runtime.campaigns.run()
    desk.at("2023-08-22T09:00")  # the day on which it is due now; without the day off it would have been the day before
    with desk.runtime.database.transaction() as connection:
        text = to_text(calendars.without_day(newest(desk), OFF))
        calendars.publish(connection, text, "vn-public", "Taken back", [], desk.runtime.now(), INSTALLER)
    desk.runtime.campaigns.run()
    assert due_on(desk, number) == date(2023, 8, 22)
    assert desk.verdict().verified


def test_the_preview_says_what_the_round_then_does(desk: Desk) -> None:
    number = undated(desk)
    text = to_text(calendars.with_day(newest(desk), Day(OFF, False, "Nghỉ hoán đổi", "12/TB")))
    with desk.runtime.database.reading() as connection:
        new, _ = calendars.as_next(connection, text, "x")
        seen = moved_dates(connection, desk.runtime.executor.known(connection), new, desk.runtime.now())
        hurried = moved_dates(connection, desk.runtime.executor.known(connection), new, desk.runtime.now(), -1)
    assert (seen.total, seen.cascades, seen.looked_at, seen.left, seen.spread) == (1, 1, 1, 0, [(1, 1)])
    [one] = seen.shown
    day_off(desk)
    desk.runtime.campaigns.run()
    assert [(each.number, each.after) for each in one.first] == [(number, desk[number].due_at)]
    assert (hurried.total, hurried.left) == (0, 1), "what there was no time for is counted, not passed over"


def test_a_cascade_that_cannot_follow_goes_on_and_is_tried_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    number = undated(desk)
    day_off(desk)
    with monkeypatch.context() as broken:
        broken.setattr("workflows.recalendaring.moves", lambda *_: 1 / 0)
        assert desk.runtime.campaigns.run().failed == 1
        desk.act("unit-1/clerk", number, "receive")
    assert desk.head().calendar == "vn-public@1"
    with desk.runtime.database.reading() as connection:
        [(cascade, waits)] = campaigns.failing(connection, 10)
    assert (cascade, waits.failures) == (desk.cascade, 2)
    assert "ZeroDivisionError" in (waits.error or "")
    desk.at("2023-08-14T10:00")
    assert desk.runtime.campaigns.run().cascades == 1
    assert desk.verdict().verified


def test_what_is_published_says_why_and_by_which_document(desk: Desk) -> None:
    made = day_off(desk)
    with desk.runtime.database.reading() as connection:
        [stored] = [one for one in definitions.read_published(connection, "calendar") if one.version == 2]
        [entry] = entries.listed(connection, Wanted(ADMINISTRATION), 1).entries
    assert (stored.why, stored.basis, made.published.key) == ("As decided", ("12/TB",), "vn-public@2")
    assert ("basis", "12/TB") in entry.fact.details
    assert desk.verdict().verified


def test_a_calendar_is_refused_without_a_reason_or_where_nothing_changed(desk: Desk) -> None:
    used = newest(desk)
    more = to_text(calendars.with_day(used, Day(OFF, False, "Nghỉ", None)))
    with desk.runtime.database.transaction() as connection:
        with pytest.raises(Incomplete, match="say why"):
            calendars.publish(connection, more, "x", " ", [], desk.runtime.now(), INSTALLER)
        with pytest.raises(Conflict, match="very same days"):
            calendars.publish(connection, to_text(used), "x", "why", [], desk.runtime.now(), INSTALLER)
        with pytest.raises(Conflict, match="published since"):
            calendars.publish(connection, more, "x", "why", [], desk.runtime.now(), INSTALLER, made_from="vn-public@0")
        with pytest.raises(Unmet, match="would be lost"):
            short = more.replace(f"to: {used.covers[1]}", f"to: {max(used.days)}")
            calendars.publish(connection, short, "x", "why", [], desk.runtime.now(), INSTALLER)
    with pytest.raises(Incomplete, match="decided by a document"):
        calendars.swapped(used, OFF, date(2023, 8, 19), "Hoán đổi", "")


def test_what_was_passed_on_moves_with_what_is_above_it(desk: Desk) -> None:
    draft = ItemDraft("1", "Làm báo cáo", due_form="counted", due_rule="5 working days after issue", lead=(DEPARTMENT,))
    above = desk.issue(PROVINCE, draft)[-1]
    desk.act(f"{DEPARTMENT}/clerk", above, "receive")
    below = desk.endorse(f"{DEPARTMENT}/leader", above, "unit-1").obligations[-1]
    assert desk[below].due_at <= desk[above].due_at
    gap = (due_on(desk, above) - due_on(desk, below)).days
    day_off(desk, date(2023, 8, 15))
    desk.runtime.campaigns.run()
    assert due_on(desk, above) == date(2023, 8, 22)
    assert (due_on(desk, above) - due_on(desk, below)).days <= gap + 2
    assert desk[below].because.calendar == "vn-public@2"
    assert desk.verdict().verified
