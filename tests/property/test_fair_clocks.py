"""Clocks are fair: whatever rests, is asked for, sent back or proposed, a date is what counting the days says it is.

The model counts on its fingers, one day after the other over the calendar; it knows nothing of how the law computes.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.law import Law, calendar
from tests.support.offices import DEPARTMENT, PROVINCE
from workflows.calendar import day_end, day_of, last_day
from workflows.commands import ItemDraft
from workflows.errors import Refused
from workflows.fields import parse_instant

ONE_DAY = timedelta(days=1)
bounded = settings(
    max_examples=40, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip


def working_days(first: date, last: date) -> int:
    """The working days after `first` up to `last`."""
    return sum(calendar().is_working(first + n * ONE_DAY) for n in range(1, (last - first).days + 1))


def walked(day: date, count: int) -> date:
    """The day on which `count` more working days are over; with none left, that day or the next one that is worked."""
    while count or not calendar().is_working(day):
        day += ONE_DAY
        count -= calendar().is_working(day) if count else 0
    return day


@dataclass(frozen=True)
class Book:
    """What a clerk would keep of one task: its date, since when its clock rests, and what was asked for or proposed."""

    due: datetime
    cap: datetime | None
    rests_since: datetime | None = None
    sent_in_time: bool = False
    until: datetime | None = None
    asked: datetime | None = None
    proposed: datetime | None = None

    def rests(self, now: datetime) -> "Book":
        return self if self.rests_since else replace(self, rests_since=now)

    def reports(self, now: datetime) -> "Book":
        return replace(self.rests(now), sent_in_time=now <= self.due, asked=None, proposed=None)

    def disputes(self, now: datetime) -> "Book":
        return replace(self.rests(now), asked=None, proposed=None)

    def goes_on(self, now: datetime) -> "Book":
        """What was left when the rest began is left again; what was late stays late; never past the date above."""
        began, due = self.rests_since, self.due
        assert began, "it goes on, and did not rest"
        if self.sent_in_time:
            began = min(began, due)
        if began <= due:
            if due == day_end(last_day(due)):
                moved = day_end(walked(last_day(now), working_days(last_day(began), last_day(due))))
            else:
                moved = due + (now - began)
            due = max(due, min(moved, self.cap) if self.cap else moved)
        return replace(self, due=due, rests_since=None, until=None, sent_in_time=False)


class Case:
    """The unit's task (2) under the department's (1), and the book of it, compared after every move."""

    def __init__(self, due: str, above: str | None) -> None:
        self.law = Law()
        given = {"parent": 1} if above else {}
        if above:
            item = ItemDraft("1", "Do it", due=parse_instant(above), lead=(DEPARTMENT,))
            self.law.put(self.law.issue(PROVINCE, item))
        self.number = 2 if above else 1
        item = ItemDraft("1", "Do it", due=parse_instant(due), lead=("unit-1",), **given)  # type: ignore[arg-type]
        self.law.put(self.law.issue(DEPARTMENT, item))
        self.law.receive(self.number)
        self.book = Book(parse_instant(due), parse_instant(above) if above else None)

    def act(self, who: str, action: str, **fields: str) -> bool:
        try:
            self.law.put(self.law.act(f"{who}/leader", self.number, action, **fields))
        except Refused:
            return False
        return True

    def check(self) -> None:
        one, book = self.law[self.number], self.book
        assert one.due_at == book.due, one.because
        assert one.rested_at == book.rests_since
        assert (one.request is not None) == (book.asked is not None)
        assert one.due_at >= (one.first_due_at or one.due_at)
        assert book.cap is None or one.due_at <= book.cap

    def move(self, kind: str, days: int) -> None:
        book, now = self.book, self.law.now
        day = str(day_of(now) + days * ONE_DAY)
        match kind:
            case "time":
                self.passes(timedelta(hours=9 * days))
            case "report":
                late = {"cause": "Staff were away"} if now > book.due else {}
                if self.act("unit-1", "report", symbol="1/BC", sent_on=str(day_of(now)), **late):
                    self.book = book.reports(now)
            case "dispute":
                if self.act("unit-1", "dispute", reason="Not ours"):
                    self.book = book.disputes(now)
            case "redo" | "insist":
                if self.act("department", kind, reason="As it was"):
                    self.book = book.goes_on(now)
            case "pause":
                if self.act("department", "pause", document="3/CD", until=day, reason="Storm"):
                    until = day_end(day_of(now) + days * ONE_DAY)
                    self.book = replace(book.rests(now), until=until, asked=None, proposed=None)
            case "resume":
                if self.act("department", "resume", reason="It is over"):
                    self.book = book.goes_on(now)
            case "request":
                if self.act("unit-1", "request_extension", until=day, reason="Late"):
                    self.book = replace(book.rests(now), asked=parse_instant(day))
            case "refuse":
                if self.act("department", "refuse_extension", reason="No"):
                    self.book = replace(book.goes_on(now), asked=None)
            case "grant":
                if self.act("department", "grant_extension"):
                    assert book.asked
                    self.book = replace(book, due=book.asked, rests_since=None, asked=None)
            case "counter":
                if self.act("department", "counter_extension", until=day, reason="Less"):
                    self.book = replace(book.goes_on(now), proposed=parse_instant(day))
            case "take":
                if self.act("unit-1", "accept_counter"):
                    assert book.proposed
                    self.book = replace(book, due=book.proposed, asked=None, proposed=None)
            case "withdraw":
                if self.act("unit-1", "withdraw_extension"):
                    self.book = replace(book, rests_since=None, asked=None, proposed=None)
        self.check()

    def passes(self, length: timedelta) -> None:
        """Time passes; a pause whose day comes is over then, as of that day."""
        self.law.pass_time(length)
        if self.book.until and self.book.until <= self.law.now:
            self.book = self.book.goes_on(self.book.until)


KINDS = (
    "report",
    "redo",
    "dispute",
    "insist",
    "pause",
    "resume",
    "request",
    "refuse",
    "grant",
    "counter",
    "take",
    "withdraw",
)
ANSWERS = {"report": "redo", "dispute": "insist", "pause": "resume", "request": "refuse", "counter": "take"}
moves = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(1, 45), st.integers(0, 30)), min_size=6, max_size=14)
Moves = list[tuple[str, int, int]]


def played(case: Case, drawn: Moves) -> None:
    """Each move with time before it; often followed, after some time, by what answers it."""
    for kind, days, wait in drawn:
        case.move("time", wait)
        case.move(kind, days)
        if kind in ANSWERS and wait % 2:
            case.move("time", days % 9)
            case.move(ANSWERS[kind], days)


@bounded
@given(moves)
def test_a_date_to_the_day_is_what_counting_the_days_says(drawn: Moves) -> None:
    played(Case("2023-09-15", None), drawn)


@bounded
@given(moves)
def test_a_date_to_the_hour_is_what_counting_the_hours_says(drawn: Moves) -> None:
    played(Case("2023-09-15T14:30", None), drawn)


@bounded
@given(moves)
def test_a_date_under_another_one_is_what_counting_says_and_never_passes_that(drawn: Moves) -> None:
    played(Case("2023-09-15", "2023-10-05"), drawn)


@bounded
@given(moves)
def test_a_date_to_the_hour_under_another_one_never_passes_that(drawn: Moves) -> None:
    played(Case("2023-09-15T14:30", "2023-09-29T10:00"), drawn)


def test_the_model_can_be_wrong() -> None:
    """Each way to move a date is met: were one of them never taken, the properties above would prove nothing of it."""
    case = Case("2023-09-15", None)
    for move in (("report", 1), ("time", 16), ("redo", 1), ("request", 40), ("time", 8), ("counter", 38), ("take", 1)):
        case.move(*move)
    assert case.law[1].extensions == 1
    for move in (("pause", 3), ("time", 24), ("dispute", 1), ("time", 5), ("insist", 1), ("request", 45), ("grant", 1)):
        case.move(*move)
    assert case.law[1].extensions == 2
    assert case.book.due == case.law[1].due_at
