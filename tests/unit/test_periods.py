"""Which periods a year has, from which day to which their data runs, and which stands for which."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.definitions import CONCLUDE, edited
from workflows.definition import Definition
from workflows.loading import load_definition
from workflows.periods import kind_of, windows, windows_of, year_end
from workflows.words import PERIODS

NEW_YEAR, YEAR_END = date(2022, 12, 15), date(2023, 12, 31)
several = st.lists(st.sampled_from(list(PERIODS)), min_size=1, max_size=4).map(tuple)
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def labels(*every: str, window: str = "nd09", since: date = NEW_YEAR, until: date = YEAR_END) -> list[str]:
    return [one.label for one in windows(every, window, since, until)]


def test_the_quarter_stands_for_its_last_month() -> None:
    year = ["01", "02", "Q1", "04", "05", "Q2", "07", "08", "Q3", "10", "11", "Q4"]
    assert labels("month", "quarter") == [f"2023-{one}" for one in year]


def test_the_year_stands_for_its_last_quarter_whatever_is_named_first() -> None:
    assert labels("year", "quarter") == labels("quarter", "year") == ["2023-Q1", "2023-Q2", "2023-Q3", "2023"]


def test_all_kinds_of_months_together_give_each_end_to_the_longest() -> None:
    year = ["-01", "-02", "-Q1", "-04", "-05", "-H1", "-07", "-08", "-9M", "-10", "-11", ""]
    assert labels(*(kind for kind in PERIODS if kind not in ("day", "week"))) == [f"2023{one}" for one in year]


@pytest.mark.parametrize(
    ("kind", "window", "first", "last"),
    [
        ("month", "nd09", date(2022, 12, 15), date(2023, 1, 14)),
        ("quarter", "nd09", date(2022, 12, 15), date(2023, 3, 14)),
        ("half_year", "nd09", date(2022, 12, 15), date(2023, 6, 14)),
        ("nine_months", "nd09", date(2022, 12, 15), date(2023, 9, 14)),
        ("year", "nd09", date(2022, 12, 15), date(2023, 12, 14)),
        ("nine_months", "calendar", date(2023, 1, 1), date(2023, 9, 30)),
        ("month", "calendar", date(2023, 1, 1), date(2023, 1, 31)),
    ],
)
def test_the_data_of_the_first_period_of_a_year(kind: str, window: str, first: date, last: date) -> None:
    since = date(2023, 1, 1)
    found = windows((kind,), window, since, YEAR_END)[0]
    assert (found.opens_on, found.ends_on, found.every) == (first, last, kind)


@pytest.mark.parametrize("window", ["nd09", "calendar"])
def test_days_and_weeks_go_by_the_calendar_and_the_week_stands_for_its_sunday(window: str) -> None:
    friday, monday = date(2026, 9, 11), date(2026, 9, 14)
    assert labels("day", window=window, since=friday, until=monday) == [f"2026-09-{day}" for day in (11, 12, 13, 14)]
    found = windows(("week", "day"), window, friday, monday)
    assert [one.label for one in found] == ["2026-09-11", "2026-09-12", "2026-W37", "2026-09-14"]
    assert (found[2].opens_on, found[2].ends_on) == (date(2026, 9, 7), date(2026, 9, 13))
    assert [one.after for one in found] == [None, friday, None, date(2026, 9, 12)]


def test_a_week_over_the_new_year_bears_the_year_of_its_thursday() -> None:
    assert labels("week", since=date(2026, 12, 30), until=date(2027, 1, 10)) == ["2026-W53", "2027-W01"]


def test_a_mode_of_days_without_an_end_still_has_every_day_of_ten_years() -> None:
    found = labels("day", since=date(2020, 1, 1), until=date(2030, 12, 31))
    assert (len(set(found)), found[-1]) == (4018, "2030-12-31")


def test_the_nine_months_come_once_a_year() -> None:
    assert labels("nine_months", until=date(2025, 12, 31)) == ["2023-9M", "2024-9M", "2025-9M"]
    assert labels("nine_months", since=date(2023, 9, 15), until=date(2024, 12, 31)) == ["2024-9M"]


@given(several, st.sampled_from(["nd09", "calendar"]), days, st.integers(0, 900))
def test_no_two_periods_end_on_the_same_day_and_each_has_a_label_of_its_own(
    every: tuple[str, ...], window: str, since: date, length: int
) -> None:
    found = windows(every, window, since, date.fromordinal(since.toordinal() + length))
    ends = [one.ends_on for one in found]
    assert ends == sorted(set(ends))
    assert len({one.label for one in found}) == len(found)
    assert [kind_of(one.label) for one in found] == [one.every for one in found]


@given(several, days)
def test_every_end_of_every_kind_is_the_end_of_one_period(every: tuple[str, ...], since: date) -> None:
    until = date(since.year, 12, 31)
    alone = {one.ends_on for kind in every for one in windows((kind,), "nd09", since, until)}
    assert {one.ends_on for one in windows(every, "nd09", since, until)} == alone


# How long it stands

CLOSES = "until: year_end, then: close"


@pytest.fixture(scope="module")
def closing() -> Definition:
    return load_definition(
        edited(
            ("\ndeadlines:", CONCLUDE),
            ("every: quarter,", f"every: quarter, {CLOSES},"),
            ("each_event_due:", f"{CLOSES}, each_event_due:"),
        )
    )


@pytest.mark.parametrize("mode", ["periodic", "on_event"])
def test_what_was_given_after_the_last_window_stands_for_the_next_year(closing: Definition, mode: str) -> None:
    assert year_end(closing, mode, date(2023, 12, 14)) == date(2023, 12, 31)
    assert year_end(closing, mode, date(2023, 12, 15)) == date(2024, 12, 31)


def test_what_has_no_year_end_opens_periods_for_years(closing: Definition) -> None:
    assert year_end(closing, "once", date(2023, 8, 14)) is None
    assert len(windows_of(closing.undated_items["periodic"], date(2023, 8, 14), None)) > 30
