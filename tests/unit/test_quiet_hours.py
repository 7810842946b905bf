"""Nobody is told of a rung at night, or on a day off where that is quiet; and the next moment is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.desk import local
from tests.support.law import calendar
from workflows.calendar import VIETNAM
from workflows.definition import QuietHours
from workflows.fields import parse_instant
from workflows.quiet import after_quiet

NIGHT = QuietHours.model_validate({"from": "17:30", "to": "07:00", "days_off": "quiet"})
LOUD = QuietHours.model_validate({"from": "17:30", "to": "07:00"})
NOON = QuietHours.model_validate({"from": "11:30", "to": "13:30", "days_off": "loud"})


@pytest.mark.parametrize(
    ("quiet", "at", "told"),
    [
        (NIGHT, "2023-08-21T17:29", "21/08 17:29"),  # a Monday
        (NIGHT, "2023-08-21T17:30", "22/08 07:00"),
        (NIGHT, "2023-08-22T00:00", "22/08 07:00"),
        (NIGHT, "2023-08-22T06:59", "22/08 07:00"),
        (NIGHT, "2023-08-22T07:00", "22/08 07:00"),
        (NIGHT, "2023-08-25T22:00", "28/08 07:00"),  # Friday night: over the weekend
        (NIGHT, "2023-08-26T09:00", "28/08 07:00"),
        (NIGHT, "2023-08-31T18:00", "05/09 07:00"),  # over the National Day, Friday 1 to Monday 4 September
        (LOUD, "2023-08-25T22:00", "26/08 07:00"),
        (LOUD, "2023-08-26T09:00", "26/08 09:00"),
        (NOON, "2023-08-26T12:00", "26/08 13:30"),
        (NOON, "2023-08-26T13:30", "26/08 13:30"),
        (NOON, "2023-08-26T11:29", "26/08 11:29"),
        (None, "2023-08-26T00:00", "26/08 00:00"),
    ],
)
def test_the_end_of_the_quiet(quiet: QuietHours | None, at: str, told: str) -> None:
    assert local(after_quiet(parse_instant(at), quiet, calendar())) == told


hours = st.builds(lambda hour, minute: f"{hour:02}:{minute:02}", st.integers(0, 23), st.integers(0, 59))


@given(hours, hours, st.sampled_from(["quiet", "loud"]), st.integers(0, 60 * 24 * 366))
def test_what_is_told_is_never_told_earlier_nor_in_the_quiet(first: str, last: str, off: str, minutes: int) -> None:
    quiet = QuietHours.model_validate({"from": first, "to": last, "days_off": off})
    at = parse_instant("2023-01-01T00:00").replace(second=0)
    at = at.fromtimestamp(at.timestamp() + 60 * minutes, tz=at.tzinfo)
    told = after_quiet(at, quiet, calendar())
    assert told >= at
    assert after_quiet(told, quiet, calendar()) == told
    if off == "quiet":
        assert calendar().is_working(told.astimezone(VIETNAM).date())
