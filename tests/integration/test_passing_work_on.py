"""Work that is passed on: by a document of one's own, by a direction on the slip, or by itself, level by level."""

from collections import Counter

import pytest

from tests.support.desk import Desk, day, task
from tests.support.offices import DEPARTMENT, GOVERNMENT, PROVINCE, seat, whole_country
from workflows.directive import Basis
from workflows.errors import Incomplete, NotYours, Unmet

AUTOMATIC = ("\njoin: {wait_for", "\nrelay: {automatic_at: [province, department]}\n\njoin: {wait_for")
BY_DOCUMENT_ALONE = ("means: [dispatch, endorsement]", "means: dispatch")
ON_THE_SLIP_ALONE = ("means: [dispatch, endorsement]", "means: endorsement")


@pytest.fixture
def ordered(desk: Desk) -> Desk:
    """Obligation 1 is the department's to the province, under 304/UBND-TH, by 29/09."""
    desk.issue(PROVINCE, task("2023-09-29", DEPARTMENT), symbol="304/UBND-TH")
    return desk


@pytest.fixture
def country(desk: Desk) -> Desk:
    """Every level inside: two provinces of three departments of two units; work passes on by itself down to the units."""
    return desk.staff(whole_country(2, 3, 2)).publish(AUTOMATIC)


# By a direction on the slip


def test_a_direction_on_the_slip_goes_under_the_symbol_of_the_document_above(ordered: Desk) -> None:
    answer = ordered.endorse("department/leader", 1, "unit-1", "unit-2", due="2023-09-15", direction="Unit 1 drafts it")
    assert answer.obligations == (2, 3)
    above, direction = ordered.directives()
    assert (direction.symbol, direction.type, direction.issuer) == (above.symbol, above.type, DEPARTMENT)
    assert (direction.means, above.means) == ("endorsement", "dispatch")
    assert [(one.giver, one.holder, day(one.due_at)) for one in ordered.obligations()[1:]] == [
        (DEPARTMENT, "unit-1", "15/09/2023"),
        (DEPARTMENT, "unit-2", "15/09/2023"),
    ]
    assert (ordered[1].state, ordered[1].leads_open) == ("relayed", 2)
    assert ordered[1].received_at is not None
    assert ordered.verdict().verified


def test_a_direction_without_a_date_is_due_before_the_date_above(ordered: Desk) -> None:
    ordered.endorse("department/leader", 1, "unit-1")
    assert day(ordered[2].due_at) == "26/09/2023"
    assert ordered.verdict().verified


def test_a_direction_joins_upward_like_a_document(ordered: Desk) -> None:
    ordered.endorse("department/leader", 1, "unit-1")
    with pytest.raises(Unmet, match="2 \\(unit-1\\)"):
        ordered.report(1)
    ordered.report(2)
    ordered.accept(2)
    ordered.report(1)
    assert ordered[1].state == "reported"
    assert ordered.verdict().verified


def test_only_the_holders_leader_writes_a_direction(ordered: Desk) -> None:
    for who in ("department/clerk", "unit-1/leader"):
        with pytest.raises((NotYours, Unmet), match="department"):
            ordered.endorse(who, 1, "unit-2")
    assert len(ordered.obligations()) == 1
    assert ordered.verdict().verified


def test_a_direction_stands_on_the_slip_of_one_obligation(ordered: Desk) -> None:
    with pytest.raises(Incomplete, match="one obligation"):
        ordered.endorse("department/leader", 0, "unit-1")
    assert ordered.verdict().verified


def test_taking_a_direction_back_stops_what_it_gave_and_nothing_else(ordered: Desk) -> None:
    """Other work rests on the document above, whose symbol the direction bears; that document stands."""
    ordered.endorse("department/leader", 1, "unit-1")
    other = Desk(ordered.runtime, name="other")
    other.issue(DEPARTMENT, task("2023-09-15", "unit-2", bases=(Basis("implements", "304/UBND-TH"),)))
    ordered.runtime.executor.execute([ordered.revoke(2)])
    ordered.deliver()
    assert ordered[2].state == "stopped"
    assert ordered[1].open
    assert other.items()[0].bases[0].ended_by is None
    assert other[1].open
    assert ordered.verdict().verified


# What the workflow allows


def test_a_workflow_may_allow_documents_alone(desk: Desk) -> None:
    desk.publish(BY_DOCUMENT_ALONE).issue(PROVINCE, task("2023-09-29", DEPARTMENT))
    with pytest.raises(Unmet, match="dispatch"):
        desk.endorse("department/leader", 1, "unit-1")
    assert desk.issue(DEPARTMENT, task(None, "unit-1", under=1)) == (2,)
    assert desk.verdict().verified


def test_a_workflow_may_allow_directions_alone(desk: Desk) -> None:
    desk.publish(ON_THE_SLIP_ALONE).issue(PROVINCE, task("2023-09-29", DEPARTMENT))
    with pytest.raises(Unmet, match="endorsement"):
        desk.issue(DEPARTMENT, task(None, "unit-1", under=1))
    assert desk.endorse("department/leader", 1, "unit-1").obligations == (2,)
    assert desk.verdict().verified


# By itself


def test_a_notice_reaches_every_office_in_the_moment_it_is_issued(country: Desk) -> None:
    made = country.issue(GOVERNMENT, task("2023-09-29", "p1", "p2"), by=seat("gov/leader"), symbol="304/TB-VPCP")
    assert len(made) == 2 + 6 + 12
    by_level = Counter(one.level for one in country.obligations())
    assert by_level == {"province": 2, "department": 6, "unit": 12}
    assert Counter(one.state for one in country.obligations()) == {"relayed": 8, "assigned": 12}
    assert [one.means for one in country.directives()] == ["dispatch", *["automatic"] * 8]
    assert {one.symbol for one in country.directives()} == {"304/TB-VPCP"}
    assert country.verdict().verified


def test_each_date_lies_within_the_one_above_and_each_holder_waits_for_its_own(country: Desk) -> None:
    country.issue(GOVERNMENT, task("2023-09-29", "p1", "p2"), by=seat("gov/leader"))
    found = {one.number: one for one in country.obligations()}
    assert {one.level: day(one.due_at) for one in found.values()} == {
        "province": "29/09/2023", "department": "26/09/2023", "unit": "21/09/2023",
    }  # fmt: skip
    for one in found.values():
        below = [child for child in found.values() if child.parent == one.number]
        assert one.leads_open == len(below) == {"province": 3, "department": 2, "unit": 0}[one.level]
        assert {child.giver for child in below} <= {one.holder}
    assert country.verdict().verified


def test_what_is_done_below_joins_all_the_way_up(country: Desk) -> None:
    country.issue(GOVERNMENT, task("2023-09-29", "p1"), by=seat("gov/leader"))
    for level in ("unit", "department", "province"):
        for one in country.obligations():
            if one.level == level:
                country.report(one.number)
                country.accept(one.number)
    assert {one.outcome for one in country.obligations()} == {"fulfilled"}
    assert len(country.entries("Joined")) == 4
    assert country.verdict().verified


def test_a_supporting_office_passes_nothing_on_and_an_informed_one_informs(country: Desk) -> None:
    item = task("2023-09-29", "p1", support=("p2",))
    country.issue(GOVERNMENT, item, by=seat("gov/leader"))
    assert not [one for one in country.obligations() if one.holder.startswith("p2-")]
    other = Desk(country.runtime, name="other")
    other.issue(GOVERNMENT, task(None, mode="info", info=("p2",)), by=seat("gov/leader"))
    assert {one.part for one in other.obligations()} == {"info"}
    assert len(other.obligations()) == 1 + 3 + 6
    assert country.verdict().verified


def test_revoking_the_notice_leaves_nothing_open_anywhere(country: Desk) -> None:
    country.issue(GOVERNMENT, task("2023-09-29", "p1", "p2"), by=seat("gov/leader"))
    country.runtime.executor.execute([country.revoke(1, by=seat("gov/leader"))])
    assert {one.state for one in country.obligations()} == {"stopped"}
    assert country.head().wake_at is None
    assert country.verdict().verified


# Every level inside


def test_a_province_wide_installation_runs_from_end_to_end(desk: Desk) -> None:
    """The province issues and accepts by itself; nothing is recorded for anybody."""
    desk.staff(whole_country(1, 2, 2))
    desk.issue("p1", task("2023-09-29", "p1-d1", "p1-d2"))
    desk.issue("p1-d1", task(None, "p1-d1-u1", "p1-d1-u2", under=1))
    desk.endorse("p1-d2/leader", 2, "p1-d2-u1")
    for number in (3, 4, 5, 1, 2):
        desk.report(number)
        desk.accept(number)
    assert {one.outcome for one in desk.obligations()} == {"fulfilled"}
    assert not [one for one in desk.directives() if one.recorded_by]
    assert desk.verdict().verified
