"""Working time adds up, whatever the calendar: laws of the arithmetic, checked against a walk day by day."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.calendar import (
    SATURDAY,
    Calendar,
    Day,
    add_months,
    day_end,
    day_of,
    last_day,
    roll_forward,
)
from workflows.calendar_text import digest, parse_calendar, shipped_calendar, to_text

ONE_DAY = timedelta(days=1)
COVERS = (date(2024, 1, 1), date(2025, 12, 31))  # from a Monday on
PUBLIC = shipped_calendar()

printable = st.characters(codec="utf-8", exclude_categories=("C", "Z")) | st.just(" ")
texts = st.text(printable, min_size=1, max_size=200).filter(str.strip)
corrected = st.sets(st.integers(0, (COVERS[1] - COVERS[0]).days), max_size=12)
closures = st.integers(0, 600).map(lambda first: {n for n in range(first, first + 90) if n % 7 < 5})


def make(offsets: set[int], name: str, document: str | None, version: int, opens: time) -> Calendar:
    """An office with those days of 2024 and 2025 corrected: a weekday off, a weekend worked."""
    days = [COVERS[0] + offset * ONE_DAY for offset in offsets]
    corrections = {on: Day(on, on.weekday() >= 5, name, document) for on in days}
    return Calendar("office", version, corrections, opens, covers=COVERS)


offices = st.just(PUBLIC) | st.builds(
    make, corrected | closures, st.just("Nghỉ"), st.none(), st.just(1), st.just(time(7, 30))
)
dates = st.dates(date(2023, 6, 1), date(2026, 6, 30))
spans = st.integers(1, 120)


def walk(office: Calendar, day: date, count: int) -> date:
    """What `add` means, one day after the other."""
    step = ONE_DAY if count > 0 else -ONE_DAY
    while count:
        day += step
        if office.is_working(day):
            count -= 1 if step > timedelta() else -1
    return day


@given(offices, dates, spans, spans)
def test_working_time_adds_up(office: Calendar, start: date, a: int, b: int) -> None:
    assert office.add(office.add(start, a), b) == office.add(start, a + b)
    assert office.add(office.add(start, -a), -b) == office.add(start, -a - b)


@given(offices, dates, spans)
def test_n_working_days_are_found_where_a_walk_day_by_day_finds_them(office: Calendar, start: date, count: int) -> None:
    assert office.add(start, count) == walk(office, start, count)
    assert office.add(start, -count) == walk(office, start, -count)


@given(offices, dates)
def test_the_next_working_day_is_the_first_one_that_is_not_off(office: Calendar, day: date) -> None:
    following = roll_forward(office, day)
    assert following == office.add(day, 0) == (day if office.is_working(day) else walk(office, day, 1))
    assert office.why_off(following) is None


@given(offices, dates, spans)
def test_counting_the_days_between_undoes_adding_them(office: Calendar, start: date, count: int) -> None:
    assert office.between(start, office.add(start, count)) == count


@given(offices, dates, dates)
def test_the_days_between_two_dates_are_worked_or_off(office: Calendar, a: date, b: date) -> None:
    a, b = min(a, b), max(a, b)
    span = [a + timedelta(days=n) for n in range(1, (b - a).days)]
    off = [day for day in span if not office.is_working(day)]
    assert list(office.named_off(a, b)) == [(day, office.why_off(day)) for day in off if day.weekday() < SATURDAY]
    assert office.between(a, b) + len(off) + (a < b and not office.is_working(b)) == (b - a).days
    assert office.between(b, a) == 0


@given(dates, dates, spans)
def test_decades_are_counted_as_exactly_as_weeks(a: date, b: date, count: int) -> None:
    far = a + timedelta(days=365 * 50)
    assert PUBLIC.between(a, far) == PUBLIC.between(a, b) - PUBLIC.between(b, a) + PUBLIC.between(b, far)
    assert PUBLIC.add(PUBLIC.add(far, count), -count) == (far if PUBLIC.is_working(far) else walk(PUBLIC, far, -1))


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_a_deadline_at_the_end_of_a_day_belongs_to_that_day(day: date) -> None:
    end = day_end(day)
    assert last_day(end) == day
    assert day_of(end) == day + ONE_DAY
    assert day_end(day) - day_end(day - ONE_DAY) == ONE_DAY


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_every_instant_lies_within_its_last_day(instant: datetime) -> None:
    day = last_day(instant)
    assert day_end(day - ONE_DAY) < instant <= day_end(day)


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)), st.integers(-600, 600))
def test_months_later_is_in_that_month_and_on_that_day_or_the_last(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + ONE_DAY).day == 1)


@settings(max_examples=40)
@given(corrected, texts, st.none() | texts, st.integers(1, 10**9), st.integers(0, 16 * 60))
def test_a_calendar_written_and_read_is_the_same_calendar(
    offsets: set[int], name: str, document: str | None, version: int, minute: int
) -> None:
    written = make(offsets, name, document, version, time(minute // 60, minute % 60))
    again = parse_calendar(to_text(written))
    assert again == written
    assert to_text(again) == to_text(written)
    assert digest(again) == digest(written)
