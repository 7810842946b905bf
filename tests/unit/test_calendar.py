"""What a date means and which days count: the public calendar, the Civil Code's terms, calendar files."""

import re
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files

import holidays
import pytest

from workflows.calendar import (
    VIETNAM,
    Calendar,
    add_months,
    day_end,
    day_of,
    end_of_month,
    last_day,
    roll_forward,
)
from workflows.calendar_text import digest, parse_calendar, shipped_calendar, to_text
from workflows.errors import InvalidDefinition
from workflows.strict_yaml import DEFINITION, PROBLEMS_MAX

PUBLIC = shipped_calendar()

# A weekday given off ↔ the Saturday worked for it, and what decided it.
SWAPS = [
    (date(2024, 4, 29), date(2024, 5, 4), "2450/VPCP-KGVX"),
    (date(2025, 5, 2), date(2025, 4, 26), "6150/TB-BLĐTBXH"),
    (date(2026, 1, 2), date(2026, 1, 10), "12729/VPCP-KGVX"),
    (date(2026, 8, 31), date(2026, 8, 22), "9441/TB-BNV"),
]

# Offices closed from … to … without a break, weekends included, as announced each year.
CLOSED = [
    ("Tết 2020", date(2020, 1, 23), date(2020, 1, 29)),
    ("Tết 2021", date(2021, 2, 10), date(2021, 2, 16)),
    ("Tết 2022", date(2022, 1, 29), date(2022, 2, 6)),
    ("Tết 2023", date(2023, 1, 20), date(2023, 1, 26)),
    ("Tết 2024", date(2024, 2, 8), date(2024, 2, 14)),
    ("Tết 2025", date(2025, 1, 25), date(2025, 2, 2)),
    ("Tết 2026", date(2026, 2, 14), date(2026, 2, 22)),
    ("Tết 2027", date(2027, 2, 4), date(2027, 2, 10)),
    ("National Day 2020", date(2020, 9, 2), date(2020, 9, 2)),
    ("National Day 2021", date(2021, 9, 2), date(2021, 9, 5)),
    ("National Day 2022", date(2022, 9, 1), date(2022, 9, 4)),
    ("National Day 2023", date(2023, 9, 1), date(2023, 9, 4)),
    ("National Day 2024", date(2024, 8, 31), date(2024, 9, 3)),
    ("National Day 2025", date(2025, 8, 30), date(2025, 9, 2)),
    ("National Day 2026", date(2026, 8, 29), date(2026, 9, 2)),
    ("National Day 2027", date(2027, 9, 2), date(2027, 9, 5)),
    ("30 April 2023, with the Hung Kings", date(2023, 4, 29), date(2023, 5, 3)),
    ("30 April 2024, with the swap", date(2024, 4, 27), date(2024, 5, 1)),
    ("30 April 2025, with the swap", date(2025, 4, 30), date(2025, 5, 4)),
    ("New Year 2026, with the swap", date(2026, 1, 1), date(2026, 1, 4)),
    ("Culture Day 2026", date(2026, 11, 24), date(2026, 11, 24)),
]


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


class TestDaysAndInstants:
    def test_a_date_alone_means_24_00_of_that_day_in_vietnam(self) -> None:
        end = day_end(date(2023, 8, 31))
        assert end == datetime(2023, 8, 31, 17, 0, tzinfo=UTC)
        assert end.tzinfo is UTC

    def test_24_00_of_the_31st_is_still_the_31st(self) -> None:
        end = day_end(date(2023, 8, 31))
        assert last_day(end) == date(2023, 8, 31)
        assert day_of(end) == date(2023, 9, 1)
        assert last_day(end + timedelta(microseconds=1)) == date(2023, 9, 1)

    def test_the_day_of_an_instant_is_the_day_in_vietnam(self) -> None:
        assert day_of(datetime(2023, 8, 31, 16, 59, tzinfo=UTC)) == date(2023, 8, 31)
        assert day_of(datetime(2023, 8, 31, 17, 0, tzinfo=UTC)) == date(2023, 9, 1)
        assert day_of(datetime(2023, 9, 1, 0, 0, tzinfo=VIETNAM)) == date(2023, 9, 1)

    def test_an_instant_without_a_time_zone_belongs_to_no_day(self) -> None:
        with pytest.raises(ValueError, match="no time zone"):
            day_of(datetime(2023, 8, 31, 12, 0))

    def test_the_office_opens_at_half_past_seven_in_vietnam(self) -> None:
        assert PUBLIC.opening(date(2023, 9, 5)) == datetime(2023, 9, 5, 0, 30, tzinfo=UTC)


class TestWorkingDays:
    @pytest.mark.parametrize(
        ("start", "count", "due"),
        [
            (date(2023, 8, 11), 5, date(2023, 8, 18)),
            (date(2023, 8, 31), 2, date(2023, 9, 6)),
            (date(2023, 4, 28), 3, date(2023, 5, 8)),
            (date(2026, 1, 8), 2, date(2026, 1, 10)),  # Friday, then the Saturday worked
            (date(2025, 12, 31), 1, date(2026, 1, 5)),
            (date(2026, 8, 28), 1, date(2026, 9, 3)),
        ],
    )
    def test_n_working_days_after_a_date_skip_weekends_holidays_and_swaps(
        self, start: date, count: int, due: date
    ) -> None:
        assert PUBLIC.add(start, count) == due
        assert PUBLIC.between(start, due) == count

    def test_working_days_before_a_date_are_counted_back(self) -> None:
        assert PUBLIC.add(date(2023, 9, 6), -2) == date(2023, 8, 31)
        assert PUBLIC.add(date(2026, 1, 12), -1) == date(2026, 1, 10)
        assert PUBLIC.add(date(2023, 9, 3), -1) == date(2023, 8, 31)

    def test_no_working_days_after_a_day_off_is_the_next_working_day(self) -> None:
        assert PUBLIC.add(date(2023, 9, 1), 0) == date(2023, 9, 5)
        assert PUBLIC.add(date(2023, 9, 5), 0) == date(2023, 9, 5)
        assert PUBLIC.next_working(date(2026, 1, 10)) == date(2026, 1, 10)

    def test_there_are_no_working_days_between_a_date_and_one_before_it(self) -> None:
        assert PUBLIC.between(date(2023, 9, 6), date(2023, 8, 31)) == 0
        assert PUBLIC.between(date(2023, 8, 31), date(2023, 8, 31)) == 0

    def test_a_day_off_says_why(self) -> None:
        assert PUBLIC.why_off(date(2023, 9, 2)) == "Saturday"
        assert PUBLIC.why_off(date(2023, 9, 3)) == "Sunday"
        assert PUBLIC.why_off(date(2023, 9, 1)) == "Quốc khánh, ngày liền kề"
        assert PUBLIC.why_off(date(2023, 9, 5)) is None
        assert PUBLIC.why_off(date(2026, 1, 10)) is None

    def test_a_date_can_be_explained_by_the_days_off_on_the_way(self) -> None:
        eve, bridge, instead = date(2023, 8, 31), date(2023, 9, 1), date(2023, 9, 4)
        assert PUBLIC.named_off(eve, date(2023, 9, 6)) == (
            (bridge, "Quốc khánh, ngày liền kề"),
            (instead, "Nghỉ bù Quốc khánh trùng thứ Bảy 02/09/2023"),
        )
        assert PUBLIC.named_off(bridge, instead) == ()  # a weekend surprises nobody
        assert PUBLIC.named_off(date(2023, 9, 6), eve) == ()

    def test_beyond_the_years_it_covers_a_calendar_knows_weekends_only_and_says_so(self) -> None:
        assert PUBLIC.covered(date(2020, 1, 1))
        assert PUBLIC.covered(date(2027, 12, 31))
        assert not PUBLIC.covered(date(2019, 12, 31))
        assert not PUBLIC.covered(date(2028, 1, 1))
        assert PUBLIC.is_working(date(2030, 1, 1))
        assert PUBLIC.add(date(2029, 12, 31), 1) == date(2030, 1, 1)

    def test_counting_past_the_end_of_the_calendar_of_the_world_is_refused(self) -> None:
        with pytest.raises(OverflowError, match="outside the years"):
            PUBLIC.add(date(9999, 12, 30), 10)
        with pytest.raises(OverflowError, match="outside the years"):
            PUBLIC.add(date(1, 1, 3), -10)


class TestThePublicCalendar:
    @pytest.mark.parametrize(("off", "worked", "document"), SWAPS)
    def test_a_swap_moves_a_weekday_to_a_saturday_by_one_document(self, off: date, worked: date, document: str) -> None:
        assert not PUBLIC.is_working(off)
        assert PUBLIC.is_working(worked)
        assert {PUBLIC.days[off].document, PUBLIC.days[worked].document} == {document}

    def test_no_other_weekend_is_worked(self) -> None:
        assert [day.on for day in PUBLIC.days.values() if day.working] == [
            worked for _, worked, _ in sorted(SWAPS, key=lambda swap: swap[1])
        ]

    @pytest.mark.parametrize(("first", "last"), [closed[1:] for closed in CLOSED], ids=[c[0] for c in CLOSED])
    def test_offices_are_closed_as_announced_and_work_before_and_after(self, first: date, last: date) -> None:
        assert [day for day in days(first, last) if PUBLIC.is_working(day)] == []
        before, after = first - timedelta(days=1), last + timedelta(days=1)
        assert PUBLIC.is_working(before) or before.weekday() == 6
        assert PUBLIC.is_working(after) or after.weekday() == 5

    @pytest.mark.parametrize(
        ("year", "days_off"),
        # Weekdays off: ten days by the code of 2012, eleven by that of 2019, twelve from 2026, and the swaps.
        [(2020, 10), (2021, 11), (2022, 11), (2023, 11), (2024, 12), (2025, 12), (2026, 14), (2027, 12)],
    )
    def test_a_year_has_its_statutory_days_off_whatever_falls_on_a_weekend(self, year: int, days_off: int) -> None:
        assert sum(not day.working and day.on.year == year for day in PUBLIC.days.values()) == days_off

    def test_it_differs_from_the_holidays_library_only_where_listed_here(self) -> None:
        library = holidays.country_holidays("VN", years=range(2020, 2028))
        theirs_off = {day for day in library if day.weekday() < 5}
        theirs_worked = {day for day in library.weekend_workdays if 2020 <= day.year <= 2027}
        ours_off = {day.on for day in PUBLIC.days.values() if not day.working}
        ours_worked = {day.on for day in PUBLIC.days.values() if day.working}

        # The swap 2/1/2026 ↔ Saturday 10/1/2026 (12729/VPCP-KGVX of 25/12/2025) is missing there.
        assert ours_off - theirs_off == {date(2026, 1, 2)}
        assert ours_worked - theirs_worked == {date(2026, 1, 10)}
        assert theirs_off - ours_off == set()
        assert theirs_worked - ours_worked == set()

    def test_the_file_is_canonical_but_for_its_comments(self) -> None:
        text = (files("workflows") / "catalog" / "calendars" / "vn-public.yaml").read_text(encoding="utf-8")
        said = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
        assert said == to_text(PUBLIC).splitlines()

    def test_only_shipped_calendars_are_opened(self) -> None:
        for name in ("../calendars/vn-public", "/etc/hostname", "vn-public.yaml", "vn", ""):
            with pytest.raises(ValueError, match=r"is shipped; there is: .*vn-public"):
                shipped_calendar(name)


class TestTerms:
    def test_a_month_without_that_day_ends_on_its_last_day(self) -> None:
        assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
        assert add_months(date(2023, 1, 31), 1) == date(2023, 2, 28)
        assert add_months(date(2023, 8, 31), 1) == date(2023, 9, 30)
        assert add_months(date(2023, 8, 31), 12) == date(2024, 8, 31)

    def test_months_cross_years_both_ways(self) -> None:
        assert add_months(date(2023, 11, 15), 3) == date(2024, 2, 15)
        assert add_months(date(2023, 1, 31), -2) == date(2022, 11, 30)
        assert add_months(date(2023, 1, 31), 0) == date(2023, 1, 31)

    def test_the_end_of_the_month_is_its_last_day(self) -> None:
        assert end_of_month(date(2024, 2, 1)) == date(2024, 2, 29)
        assert end_of_month(date(2023, 12, 31)) == date(2023, 12, 31)

    def test_a_term_that_ends_on_a_day_off_ends_with_the_next_working_day(self) -> None:
        assert roll_forward(PUBLIC, date(2023, 9, 2)) == date(2023, 9, 5)
        assert roll_forward(PUBLIC, date(2023, 9, 5)) == date(2023, 9, 5)
        assert roll_forward(PUBLIC, date(2026, 1, 10)) == date(2026, 1, 10)


GOOD = """\
calendar: so-khcn
version: 2
covers: {from: 2026-01-01, to: 2026-12-31}
opens: "07:30"
closes: "17:00"
days_off:
  2026-01-02: {name: "Nghỉ \\"hoán đổi\\"", document: "12729/VPCP-KGVX"}
working_weekends:
  2026-01-10: {name: "Làm bù", document: null}
"""


class TestCalendarFiles:
    def test_a_calendar_is_read_and_written_unchanged(self) -> None:
        calendar = parse_calendar(GOOD)
        assert calendar.key == "so-khcn@2"
        assert (calendar.opens, calendar.closes) == (time(7, 30), time(17, 0))
        assert calendar.days[date(2026, 1, 2)].name == 'Nghỉ "hoán đổi"'
        assert calendar.days[date(2026, 1, 10)].document is None
        assert to_text(calendar) == GOOD

    def test_the_digest_tells_calendars_apart_and_not_their_comments(self) -> None:
        calendar = parse_calendar(GOOD)
        assert digest(parse_calendar("# copied\n" + GOOD)) == digest(calendar)
        assert digest(parse_calendar(GOOD.replace("version: 2", "version: 3"))) != digest(calendar)
        assert re.fullmatch(r"[0-9a-f]{64}", digest(calendar))

    @pytest.mark.parametrize(
        ("old", "new", "problem"),
        [
            ("version: 2", "version: 2\nversion: 3", "3:1 E109 'version' is written twice; it stands at 2:1 already"),
            ("working", "  2026-01-02: {name: 'x'}\nworking", "8:3 E109 '2026-01-02' is written twice; it stands at 7:3"),
            ("version: 2", "version: two", "2:10 E205 'two' is not a whole number from 1"),
            ("version: 2", "version: 0", "2:10 E205 '0' is not a whole number"),
            ("version: 2", "version: true", "2:10 E205 'true' is not a whole number"),
            ("version: 2", "version:", "2:9 E205 a whole number from 1 belongs here"),
            ("version: 2", "version: [2]", "2:10 E205 a whole number from 1 belongs here"),
            ("so-khcn", "../so", "1:11 E206 '../so' is not a name such as vn-public"),
            ("version: 2", "version: 2\ncolour: red", "3:1 E202 the file has no key 'colour'"),
            ("version: 2\n", "", "1:1 E201 the file lacks version"),
            ("to: 2026-12-31", "to: 2026-02-30", "3:32 E204 '2026-02-30' is not a date"),
            ("to: 2026-12-31", "to: 20261231", "3:32 E204 '20261231' is not a date"),
            ("to: 2026-12-31", "to: 2026-01-05", "1:1 E502 The calendar covers 2026-01-01 to 2026-01-05"),
            ("to: 2026-12-31", "to: 2025-12-31", "1:1 E502 The calendar covers 2026-01-01 to 2025-12-31: "),
            ('"07:30"', "7:30", "4:8 E204 '7:30' is not a time such as \"07:30\""),
            ('"17:00"', '"07:00"', "1:1 E502 The office opens at 07:30, so it cannot close at 07:00"),
            ("2026-01-02:", "2026-01-03:", "7:3 E501 2026-01-03 is a Saturday, off as it is; leave it out"),
            ("2026-01-10:", "2026-01-09:", "9:3 E501 2026-01-09 is a Friday, a working day as it is"),
            ("2026-01-10:", "10/01/2026:", "9:3 E204 '10/01/2026' is not a date such as 2026-01-02"),
            ('name: "Làm bù", ', "", "9:15 E201 a day lacks name"),
            ('"Làm bù"', "true", "9:22 E205 'true' is a text: put it in quotes"),
            ('"Làm bù"', "null", "9:22 E205 a text in quotes belongs here"),
            ('"Làm bù"', '" "', "9:3 E501 ' ' cannot be a name"),
            ('"Làm bù"', '"Làm\\nbù"', "9:3 E501 'Làm\\nbù' cannot be a name"),
            ("document: null", "document: 12729", "9:42 E205 '12729' is a text: put it in quotes"),
            ("document: null", "doc: null", "9:32 E202 a day has no key 'doc'; its keys are name, document"),
            ("document: null", "document: [x]", "9:42 E205 a text in quotes belongs here"),
            ("{name: \"Làm bù\", document: null}", "Làm bù", "9:15 E205 a day: write the keys name, document"),
        ],
    )  # fmt: skip
    def test_a_faulty_file_is_refused_with_the_place_and_the_reason(self, old: str, new: str, problem: str) -> None:
        assert GOOD.count(old) >= 1
        with pytest.raises(InvalidDefinition, match=re.escape(f"so.yaml:{problem}")):
            parse_calendar(GOOD.replace(old, new, 1), source="so.yaml")

    def test_a_refusal_says_that_the_file_cannot_be_used_and_why(self) -> None:
        with pytest.raises(InvalidDefinition, match=r"so\.yaml cannot be used:\n  so\.yaml:1:1 E112 the file is empty"):
            parse_calendar("", source="so.yaml")

    def test_a_calendar_may_have_a_name_that_yaml_takes_for_something_else(self) -> None:
        for name in ("null", "true", "no"):
            calendar = Calendar(name, 10**20, {}, covers=(date(2026, 1, 1), date(2026, 12, 31)))
            assert parse_calendar(to_text(calendar)) == calendar

    def test_a_word_without_quotes_is_the_text_it_looks_like(self) -> None:
        calendar = parse_calendar(GOOD.replace('"Làm bù"', "yes"))
        assert calendar.days[date(2026, 1, 10)].name == "yes"

    def test_every_problem_is_told_at_once_in_the_order_of_the_file(self) -> None:
        text = GOOD.replace("version: 2", "version: two").replace('"17:00"', "late").replace("01-10", "01-11x")
        with pytest.raises(InvalidDefinition) as refusal:
            parse_calendar(text)
        assert [problem.line for problem in refusal.value.problems] == [2, 5, 9]

    def test_what_yaml_refuses_and_what_a_calendar_refuses_are_told_together_and_no_place_twice(self) -> None:
        text = GOOD.replace("version: 2", "version: &x two").replace('"17:00"', "late") + "1: x\nversion: 3\n"
        with pytest.raises(InvalidDefinition) as refusal:
            parse_calendar(text)
        found = [(problem.line, problem.column, problem.code) for problem in refusal.value.problems]
        assert found == [(2, 10, "E107"), (5, 9, "E204"), (10, 1, "E111"), (11, 1, "E109")]

    def test_a_file_of_nothing_but_faults_is_told_in_part(self) -> None:
        with pytest.raises(InvalidDefinition) as refusal:
            parse_calendar(GOOD + "".join(f"k{n}: 1\n" for n in range(12_000)))
        assert 0 < len(refusal.value.problems) <= 2 * PROBLEMS_MAX

    @pytest.mark.parametrize(
        "text",
        [
            "", "- 1", "a", "a: [1", "\x00", "a: &x 1\nb: *x\n", "? [a]\n: b", "!!python/name:os.system x",
            GOOD + "---\n" + GOOD, "x" * 100_001, "#" * (DEFINITION.bytes + 1), "[" * 90_000, "{" * 90_000, "? " * 40_000,
            "[" + "a," * 40_000 + "]", "".join(f"{n}: 1\n" for n in range(12_000)),
        ],
        ids=lambda text: repr(text[:20]),
    )  # fmt: skip
    def test_what_is_no_calendar_is_refused_and_costs_little(self, text: str) -> None:
        with pytest.raises(InvalidDefinition):
            parse_calendar(text)
