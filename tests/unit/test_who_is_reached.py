"""A message finds somebody: the holder of a seat, a deputy, the leader, the office above; on every day the right one."""

from datetime import date, timedelta

import pytest

from tests.support.offices import SEATS
from workflows.commands import Actor
from workflows.offices import Absence, Deputy, Office, Offices
from workflows.parties import named, same_person

MONDAY, FRIDAY = date(2023, 8, 21), date(2023, 8, 25)
NEXT = date(2023, 8, 28)


def directory(*deputies: Deputy, absent: tuple[Absence, ...] = (), people: dict[str, str] | None = None) -> Offices:
    """A province outside, the department that is the host, and a unit whose leader these deputies stand in for."""
    found = [
        Office("province", "Province", "province", outside=True),
        Office("department", "Department", "department", "province", host=True, people=SEATS),
        Office("other", "Other unit", "unit", "department", people={"leader": "Head of the other"}),
        Office("unit", "Unit", "unit", "department", people=SEATS if people is None else people, deputies=deputies,
               absent=absent),
    ]  # fmt: skip
    return Offices({one.id: one for one in found})


AWAY = (Absence("leader", MONDAY, FRIDAY),)
STANDS_IN = Deputy("leader", "other/leader", MONDAY, FRIDAY)


def heard(offices: Offices, day: date, role: str = "leader", office: str = "unit") -> str:
    return str(offices.on(day).reach(office, role))


def test_who_is_there_hears_it() -> None:
    assert heard(directory(STANDS_IN, absent=AWAY), NEXT) == "unit/leader"
    assert heard(directory(STANDS_IN), MONDAY) == "unit/leader", "a deputy of one who is there is not told instead"


@pytest.mark.parametrize("day", [MONDAY, FRIDAY])
def test_the_deputy_of_an_absent_leader_hears_it_from_the_first_day_to_the_last(day: date) -> None:
    assert heard(directory(STANDS_IN, absent=AWAY), day) == "unit/leader (other/leader)"


def test_without_a_deputy_it_goes_to_the_leader_then_to_the_office_above() -> None:
    officer_away = (Absence("officer", MONDAY, FRIDAY),)
    assert heard(directory(absent=officer_away), MONDAY, "officer") == "unit/leader"
    assert heard(directory(absent=(*officer_away, *AWAY)), MONDAY, "officer") == "department/leader"
    assert heard(directory(people={}), MONDAY, "clerk") == "department/leader"


def test_a_vacant_seat_has_a_deputy_too_also_a_post_by_name() -> None:
    assert heard(directory(Deputy("leader", "Deputy head", MONDAY), people={}), NEXT) == "unit/leader (Deputy head)"


def test_a_deputy_who_is_away_is_passed_over_for_the_next_and_nobody_stands_in_for_a_deputy() -> None:
    nobody = Deputy("leader", "other/officer", MONDAY, FRIDAY)
    assert heard(directory(nobody, absent=AWAY), MONDAY) == "department/leader"
    assert heard(directory(nobody, STANDS_IN, absent=AWAY), MONDAY) == "unit/leader (other/leader)"


def test_who_stands_in_for_everything_hears_before_who_stands_in_for_little() -> None:
    little = Deputy("leader", "Deputy head", MONDAY, FRIDAY, actions=("accept",))
    assert heard(directory(little, STANDS_IN, absent=AWAY), MONDAY) == "unit/leader (other/leader)"
    assert heard(directory(little, absent=AWAY), MONDAY) == "unit/leader (Deputy head)"


def test_an_absence_and_a_deputy_without_an_end_go_on() -> None:
    offices = directory(Deputy("leader", "Deputy head", MONDAY), absent=(Absence("leader", MONDAY),))
    assert heard(offices, MONDAY - timedelta(days=1)) == "unit/leader"
    assert heard(offices, date(2030, 1, 1)) == "unit/leader (Deputy head)"


def test_an_outside_office_stays_a_letter() -> None:
    offices = directory()
    assert heard(offices, MONDAY, office="province") == "department/clerk (letter to province)"
    assert offices.on(MONDAY).reach(None, "leader") is None


def test_nobody_above_those_that_may_hear_is_told() -> None:
    below = directory(absent=AWAY).on(MONDAY)
    assert below.reach("unit", "leader", lambda office: office.level == "unit") is None


def test_a_day_is_looked_at_once_and_a_view_knows_the_other_days() -> None:
    offices = directory(STANDS_IN, absent=AWAY)
    view = offices.on(MONDAY)
    assert offices.on(MONDAY) is view
    assert view.on(MONDAY) is view
    assert heard(view, NEXT) == "unit/leader"
    for one in range(200):
        offices.on(MONDAY + timedelta(days=one))
    assert len(offices._views) <= 64
    assert heard(offices, MONDAY) == "unit/leader (other/leader)"


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("unit/leader", "unit/leader", "unit/leader"),
        ("unit/leader", "department/leader (unit/leader)", "unit/leader"),
        ("unit/leader (department/leader)", "department/leader", "department/leader"),
        ("unit/leader (other/leader)", "department/leader (other/leader)", "other/leader"),
        ("unit/leader (Deputy head)", "unit/clerk (Deputy head)", "unit: Deputy head"),
        ("unit/leader (Deputy head)", "department/leader (Deputy head)", None),
        ("unit/leader", "department/leader", None),
        ("unit/leader (Deputy head)", "department/leader", None),
        (None, "department/leader", None),
    ],
)
def test_who_is_behind_two_acts(one: str | None, other: str, both: str | None) -> None:
    assert same_person(one, other) == both
    if one:
        assert same_person(other, one) == both


def test_both_names_are_those_of_the_directory() -> None:
    by = named(directory(STANDS_IN), Actor("unit", "leader", deputy="other/leader"))
    assert (by.person, by.deputy_person) == ("Leader", "Head of the other")
    by = named(directory(people={}), Actor("unit", "leader", deputy="Deputy head"))
    assert (by.person, by.deputy_person, str(by)) == (None, None, "unit/leader (Deputy head)")
