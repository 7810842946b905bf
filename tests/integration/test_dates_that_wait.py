"""Work that waits for an event, is planned, or is due in hours, on a real database as time passes."""

from datetime import date

import pytest

from tests.support.desk import Desk, day, local, task
from workflows.errors import NotYours

WAITS = {"due_form": "after_event", "due_rule": "3 working days after event", "due_event": "kết thúc hội nghị"}
TABLE = "  due:                                   # dòng đầu tiên đúng thì dùng\n"


def test_an_event_is_asked_about_until_its_day_is_known_and_then_the_work_is_followed_like_any_other(
    desk: Desk,
) -> None:
    assert desk.issue("department", task(None, "unit-1", "unit-2", **WAITS)) == (1, 2)
    desk.live_until("2023-09-13T09:00")
    asked = [f"{one.obligation} {local(one.recorded_at)}" for one in desk.entries("EventAsked")]
    assert asked == ["1 28/08 08:00", "2 28/08 08:00", "1 13/09 08:00", "2 13/09 08:00"]
    assert desk.messages("EventAsked", 1)[:3] == ["unit-1/clerk", "department/leader", "department/clerk"]
    assert set(desk.messages("EventAsked", 2)) == {"unit-2/clerk"}

    desk.act("unit-2/clerk", 2, "set_event_day", event_on="2023-09-20")
    assert [(day(one.due_at), one.waits_for) for one in desk.obligations()] == [("25/09/2023", None)] * 2
    assert desk.messages("DueSet", 2) == ["unit-2/leader", "unit-2/officer", "department/leader"]
    assert desk.messages("DueSet", 1) == ["unit-1/leader", "unit-1/officer"]
    with pytest.raises(NotYours):
        desk.act("unit-1/clerk", 1, "set_event_day", event_on="2023-09-21", reason="Put off")
    desk.act("department/clerk", 1, "set_event_day", event_on="2023-09-21", reason="Put off")
    assert day(desk[1].due_at) == "26/09/2023"
    assert [one.event_on for one in desk.items()] == [date(2023, 9, 21)]

    desk.live_until("2023-09-29T12:00")
    assert len(desk.entries("EventAsked")) == len(asked)  # nobody is asked any more
    assert [rung[-6:] for rung in desk.rungs(1)] == ["rung:1", "rung:2", "rung:3"]
    assert desk.verdict().verified


def test_a_planned_day_is_reminded_of_and_never_missed(desk: Desk) -> None:
    desk.publish((TABLE, f"  soft_dates: reminded\n{TABLE}"))
    desk.issue("department", task("2023-08-25", "unit-1", due_form="soft", due_wording="dự kiến cuối tháng 8"))
    desk.live_until("2023-10-02T09:00")
    assert [rung[-6:] for rung in desk.rungs(1)] == ["rung:1", "rung:2"]
    assert desk.entries("DeadlineMissed") == []
    one, now = desk[1], desk.runtime.now()
    assert (one.due_at, one.group(now)) == (None, "no_deadline")
    desk.report(1)
    desk.accept(1)
    assert desk[1].group(now) == "done_on_time"
    assert desk.verdict().verified


def test_a_date_in_hours_is_kept_to_the_minute_from_the_reminder_to_the_end(desk: Desk) -> None:
    desk.publish(
        (TABLE, f"{TABLE}    - {{when: at_once, is: 5 hours after issue}}\n"),
        ("{at: 3 working days before due,", "{at: 2 hours before due,"),
        ("  receive: 1 working day after issue", "  receive: 1 hour after issue"),
    )
    desk.issue("department", task(None, "unit-1", due_form="at_once", due_wording="ngay"))
    assert local(desk[1].due_at or desk[1].assigned_at) == "14/08 14:00"
    desk.live_until("2023-08-14T15:00")
    assert [one.key for one in (entry.fact for entry in desk.entries("ReceiptMissed"))] == ["receive"]
    meant = [(entry.fact.key, local(entry.fact.at)) for entry in desk.entries("RungReached")]
    assert meant == [("rung:1", "14/08 12:00"), ("rung:2", "14/08 14:00")]
    assert [local(entry.fact.due_at) for entry in desk.entries("DeadlineMissed")] == ["14/08 14:00"]
