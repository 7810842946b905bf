"""The feed of deadlines is read by a library as it was meant: ids, days, texts, whatever stands in them."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from engine.notify.ical import Deadline, feed

DUE = datetime(2023, 8, 31, 16, 59, 59, 999999, tzinfo=UTC)  # the last moment of 31/08 in Vietnam
CHANGED = datetime(2023, 8, 14, 2, tzinfo=UTC)
ONE = Deadline("c1", 9, DUE, "Phổ biến thông báo; đơn vị, báo cáo", "Hạn 31/08/2023\nvì \\văn bản\\ ghi", CHANGED)


def read(text: str) -> list[dict[str, object]]:
    calendar = Calendar.from_ical(text)
    assert not calendar.errors
    found = []
    for event in calendar.walk("VEVENT"):
        assert not event.errors
        found.append({name: getattr(event[name], "dt", event[name]) for name in event})
    return found


def test_an_obligation_is_a_whole_day_under_an_id_that_stays() -> None:
    [event] = read(
        feed("Việc của tôi", [replace(ONE, url="https://office.example.vn/obligations/c1/9")], "office.example.vn")
    )
    assert event["UID"] == "c1-9@office.example.vn"
    assert (event["DTSTART"], event["DTEND"]) == (date(2023, 8, 31), date(2023, 9, 1))
    assert (event["SUMMARY"], event["DESCRIPTION"]) == (ONE.summary, ONE.description)
    assert (event["DTSTAMP"], event["URL"]) == (CHANGED, "https://office.example.vn/obligations/c1/9")
    [moved] = read(feed("x", [replace(ONE, due_at=DUE.replace(month=10), sequence=3)], "office.example.vn"))
    assert (moved["UID"], moved["SEQUENCE"]) == (event["UID"], 3)


@pytest.mark.parametrize(("hour", "day"), [(16, 31), (17, 1)])
def test_the_day_is_the_one_in_vietnam(hour: int, day: int) -> None:
    [event] = read(feed("x", [replace(ONE, due_at=datetime(2023, 8, 31, hour, 30, tzinfo=UTC))], "d"))
    assert event["DTSTART"].day == day  # type: ignore[attr-defined]


def test_what_was_stopped_is_cancelled_and_what_was_done_says_so() -> None:
    [void] = read(feed("x", [replace(ONE, void=True, closed=True)], "d"))
    [done] = read(feed("x", [replace(ONE, closed=True)], "d"))
    assert (void["STATUS"], done["STATUS"]) == ("CANCELLED", "CONFIRMED")


def test_no_line_is_longer_than_75_octets_and_none_ends_otherwise() -> None:
    text = feed("đ" * 300, [replace(ONE, summary="ệ" * 500, description="a" * 1_000)], "d")
    raw = text.encode()
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert raw.count(b"\n") == raw.count(b"\r\n")
    [event] = read(text)
    assert (event["SUMMARY"], event["DESCRIPTION"]) == ("ệ" * 500, "a" * 1_000)


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_comes_back_and_begins_no_line_of_its_own(summary: str, description: str) -> None:
    events = read(feed(summary, [replace(ONE, summary=summary, description=description), ONE], "d"))
    assert [event["UID"] for event in events] == ["c1-9@d"] * 2
    if summary.isprintable():
        assert events[0]["SUMMARY"] == summary
    assert set(events[0]) == set(events[1])


def test_an_empty_feed_is_a_calendar() -> None:
    assert read(feed("Không có việc", [], "d")) == []
