"""A plan that goes on year after year: on its day the next year's cascade opens by itself, or its giver is asked for one."""

from datetime import date

import pytest

from storage.verification import verify
from tests.support.desk import Desk, task
from tests.support.offices import DEPARTMENT, DIRECTOR, HOST_CLERK, PROVINCE
from workflows.calendar_text import shipped_calendar
from workflows.commands import Issue
from workflows.definition import Renewal
from workflows.errors import NotYours, Unmet
from workflows.facts import Continued, RenewalDue, RenewalRefused
from workflows.renewal import renew_at

BEGIN = "join: {wait_for"


def renewing(desk: Desk, **rule: str) -> Desk:
    """The notice as a plan that is renewed on 15 January, as the rule says."""
    said = ", ".join(f"{name}: {value}" for name, value in rule.items())
    return desk.publish((BEGIN, f'renewal: {{day: "15/01"{", " + said if said else ""}}}\n\n{BEGIN}'))


def plan(desk: Desk) -> Desk:
    """Two items of the department: one by a date, one that stands."""
    desk.issue(
        DEPARTMENT, task("2023-09-29", "unit-1", "unit-2"), task(None, "unit-3", mode="periodic"), symbol="05/KH-SKHCN"
    )
    return desk


def live_through(desk: Desk, day: str) -> Desk:
    """Time passes to a day; rounds and deliveries are made there until nothing is due."""
    desk.at(day)
    for _ in range(3):
        desk.round()
        desk.deliver()
    return desk


def continued_by(desk: Desk) -> Desk:
    """The cascade that takes this one further."""
    [root] = [one for one in desk.directives() if one.number == 1]
    assert root.continued_by is not None
    return Desk(desk.runtime, root.continued_by, name="next")


def test_the_next_year_opens_by_itself_under_the_same_document(desk: Desk) -> None:
    plan(renewing(desk))
    assert desk.head().wake_at is not None
    live_through(desk, "2024-01-12T16:00")
    assert desk.entries("RenewalDue") == []
    live_through(desk, "2024-01-15T09:00")

    following = continued_by(desk)
    [root] = following.directives()
    assert f"{root.renew_at:%d/%m/%Y}" == "15/01/2025"
    assert (root.symbol, root.means, root.continues, root.renewals) == ("05/KH-SKHCN", "renewal", desk.cascade, 1)
    assert following.head().title.endswith("(2024)")
    due = {one.holder: one.due_at for one in following.obligations() if one.standing is None}
    assert set(due) == {"unit-1", "unit-2", "unit-3"}
    assert due["unit-1"] is not None
    assert f"{due['unit-1']:%d/%m/%Y}" == "29/09/2024"
    [asked], [noted] = desk.entries("RenewalDue"), desk.entries("Continued")
    assert isinstance(asked.fact, RenewalDue)
    assert isinstance(noted.fact, Continued)
    assert (asked.fact.opens, noted.fact.by_cascade) == ("itself", following.cascade)


@pytest.mark.parametrize(
    ("began", "renewed"),
    [
        ("2023-01-13", "15/01/2024"),
        ("2023-12-20", "15/01/2025"),
        ("2023-10-15", "15/01/2024"),
        ("2023-10-16", "15/01/2025"),
    ],
)
def test_a_plan_that_was_just_issued_runs_its_year_first(began: str, renewed: str) -> None:
    at = renew_at(Renewal(day="15/01"), date.fromisoformat(began), 0, shipped_calendar("vn-public"))
    assert at is not None
    assert f"{at:%d/%m/%Y}" == renewed


def test_it_opens_once_however_often_delivery_carries_it(desk: Desk) -> None:
    live_through(plan(renewing(desk)), "2024-01-15T09:00")
    following = continued_by(desk).cascade
    with desk.runtime.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE outbox SET sent_at = NULL, claimed_until = NULL")
    live_through(desk, "2024-01-16T09:00")
    assert continued_by(desk).cascade == following
    assert len(desk.entries("RenewalDue")) == len(desk.entries("Continued")) == 1


def test_year_after_year_until_the_workflow_says_that_it_is_enough(desk: Desk) -> None:
    plan(renewing(desk, times="2"))
    first = live_through(desk, "2024-01-15T09:00")
    second = continued_by(first)
    live_through(second, "2025-01-15T09:00")
    third = continued_by(second)
    assert [one.renew_at for one in third.directives()] == [None]
    assert live_through(third, "2026-01-16T09:00").entries("RenewalDue") == []
    for one in (first, second, third):
        with one.runtime.database.reading() as connection:
            assert verify(connection, one.cascade).faults == ()


def test_only_what_is_still_open_is_carried_where_the_workflow_says_so(desk: Desk) -> None:
    plan(renewing(desk, items="open"))
    desk.report(1)
    desk.accept(1)
    desk.report(2)
    desk.accept(2)
    live_through(desk, "2024-01-15T09:00")
    # What stood ended with its year, and what was dated is done: nothing is left.
    [refused] = desk.entries("RenewalRefused")
    assert isinstance(refused.fact, RenewalRefused)
    assert "nothing of it is left" in refused.fact.because
    assert [f"{one.office}/{one.role}" for one in refused.fact.told] == ["department/leader", "department/clerk"]


def test_the_giver_is_asked_for_the_new_document_and_asked_again_until_it_is_there(desk: Desk) -> None:
    plan(renewing(desk, opens="ask_giver"))
    live_through(desk, "2024-01-15T09:00")
    [asked] = desk.entries("RenewalDue")
    assert isinstance(asked.fact, RenewalDue)
    assert [f"{one.office}/{one.role}" for one in asked.fact.told] == ["department/leader", "department/clerk"]
    live_through(desk, "2024-01-29T09:00")
    assert len(desk.entries("RenewalDue")) == 2

    new = Desk(desk.runtime, name="new")
    draft = new.draft(DEPARTMENT, task("2024-06-28", "unit-1"), symbol="03/KH-SKHCN")
    [answer] = desk.runtime.executor.execute([_continuing(draft, desk.cascade)])
    desk.deliver()
    live_through(desk, "2024-03-29T09:00")
    assert continued_by(desk).cascade == answer.cascade
    assert len(desk.entries("RenewalDue")) == 2


def _continuing(draft: Issue, cascade: str) -> Issue:
    return Issue(**{name: getattr(draft, name) for name in draft.__slots__} | {"continues": cascade})


def test_what_was_revoked_does_not_open_anew(desk: Desk) -> None:
    plan(renewing(desk))
    desk.runtime.executor.execute([desk.revoke(1, by=DIRECTOR)])
    live_through(desk, "2024-01-16T09:00")
    assert desk.entries("RenewalDue") == []


def test_an_outside_document_is_renewed_too(desk: Desk) -> None:
    renewing(desk).issue(PROVINCE, task("2023-12-15", DEPARTMENT), symbol="11/KH-UBND", by=HOST_CLERK)
    live_through(desk, "2024-01-15T09:00")
    [root] = continued_by(desk).directives()
    assert (root.issuer, root.recorded_by) == (PROVINCE, "-/timer")


def test_nobody_opens_the_next_year_by_hand_or_below_another_obligation(desk: Desk) -> None:
    plan(renewing(desk))
    by_hand = Desk(desk.runtime, name="hand").draft(DEPARTMENT, task("2024-06-28", "unit-1"))
    values = {name: getattr(by_hand, name) for name in by_hand.__slots__}
    with pytest.raises(NotYours):
        desk.runtime.executor.execute([Issue(**values | {"means": "renewal"})])
    with pytest.raises(Unmet, match="only a document that opens a cascade"):
        desk.runtime.executor.execute([Issue(**values | {"cascade": desk.cascade, "continues": "x"})])


def test_a_service_that_was_down_on_the_day_opens_it_when_it_is_back(desk: Desk) -> None:
    live_through(plan(renewing(desk)), "2024-03-01T09:00")
    assert continued_by(desk).obligations()


def test_a_cascade_whose_work_is_done_wakes_for_its_next_year(desk: Desk) -> None:
    renewing(desk)
    desk.issue(DEPARTMENT, task("2023-09-29", "unit-1"), symbol="07/KH-SKHCN")
    desk.report(1)
    desk.accept(1)
    wakes = desk.head().wake_at
    assert wakes is not None
    assert f"{wakes:%Y-%m-%d}" == "2024-01-15"
