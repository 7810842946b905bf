"""Every form of deadline that letters use: its kind, its words, and what a reviewer is proposed for it."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from engine.exchange.dispatch import Draft, decode, from_yaml, read_dispatch, to_yaml
from engine.exchange.drafts import DOUBTS, DUE_KINDS, Item
from engine.exchange.due_dates import begins, worked_out
from engine.exchange.due_fields import spelled, terms_of
from engine.exchange.due_terms import Term, term_in, until_in
from engine.exchange.due_wordings import find_dues
from engine.exchange.proposals import propose, proposed
from workflows.fields import parse_instant
from workflows.text import Text

FIXTURES = Path(__file__).parents[1] / "support" / "dispatches"
LETTER_OF = date(2023, 8, 14)


@pytest.fixture(scope="module")
def read() -> Draft:
    return read_dispatch(decode((FIXTURES / "deadlines_of_every_kind.txt").read_bytes()))


@pytest.fixture(scope="module")
def reviewed(read: Draft) -> Draft:
    return propose(read)


def test_every_kind_of_deadline_is_told_apart(read: Draft) -> None:
    kinds = [item.due_kind for item in read.items]
    assert kinds == [
        "date", "hour", "month", "interval", "after_event", "until_event", "recurring", "periodic", "by_document", "soft",
        "at_once", "none", "date", "month", "after_event", "date",
    ]  # fmt: skip
    assert set(kinds) == set(DUE_KINDS)


def test_the_words_of_a_deadline_are_kept_as_they_are_written(read: Draft) -> None:
    for item in read.items:
        assert (item.due_wording is None) == (item.due_kind == "none")
        assert (item.due_wording or "") in item.text


def test_a_plain_date_stays_as_it_is_and_is_not_doubted(reviewed: Draft) -> None:
    plain = reviewed.items[0]
    assert (plain.due, plain.due_on, plain.mode) == ("2023-08-20", date(2023, 8, 20), None)
    assert not [doubt for doubt in reviewed.doubts if doubt.field == "items[1].due"]


def test_what_can_be_worked_out_is_proposed_and_marked_as_such(reviewed: Draft) -> None:
    dues = {item.number: item.due for item in reviewed.items if item.due and not item.due_on}
    assert dues == {
        "3": "2023-09-30",
        "4": "from 2023-09-10 to 2023-09-15",
        "6": "event",
        "10": "2023-10-31",
        "11": "at_once",
        "13": "2023-09-30",
        "14": "2023-12-31",
        "15": "3 days after receipt",
    }
    assert [item.number for item in reviewed.items if item.soft] == ["10"]
    assert {item.number: item.event for item in reviewed.items if item.event} == {"6": "kết thúc mùa mưa lũ"}
    assert {item.number: item.follows for item in reviewed.items if item.follows} == {"9": "12/KH-SXD"}
    marked = {doubt.field for doubt in reviewed.doubts if doubt.code == "due-proposed"}
    assert marked == {f"items[{number}].due" for number in dues}
    assert not DOUBTS["due-proposed"].blocking


def test_what_only_speaks_for_a_mode_is_proposed_as_a_mode_with_its_words(reviewed: Draft) -> None:
    modes = {item.number: item.mode for item in reviewed.items if item.mode}
    assert modes == {"5": "on_event", "7": "periodic", "8": "periodic", "9": "linked", "12": "once"}
    doubt = next(doubt for doubt in reviewed.doubts if doubt.field == "items[7].due")
    assert '"trước ngày 25 hằng tháng"' in doubt.says
    assert "proposed mode periodic" in doubt.says


@pytest.mark.parametrize(
    ("wording", "kind"),
    [
        ("trong vòng 3 tháng kể từ ngày ký", "after_event"),
        ("trong 02 ngày kể từ ngày có hiệu lực", "after_event"),
        ("trong thời gian sớm nhất", "soft"),
    ],
)
def test_what_the_words_leave_open_says_what_to_choose(wording: str, kind: str) -> None:
    [item] = propose(Draft(items=(Item("1", f"Làm việc này {wording}", due_wording=wording, due_kind=kind),))).items
    assert item.due is None
    made = proposed(replace(item, due_wording=wording, due_kind=kind), 2023, LETTER_OF)
    assert (made.due, made.soft) == (None, kind == "soft")
    assert "`due`" in made.says or made.mode


@pytest.mark.parametrize(
    ("wording", "due", "event"),
    [
        ("chậm nhất 10 ngày sau khi kết thúc hội nghị", "10 days after event", "kết thúc hội nghị"),
        ("ngay sau khi kết thúc kỳ thi", "event", "kết thúc kỳ thi"),
        ("trong 05 (năm) ngày làm việc kể từ ngày ban hành văn bản này", "5 working days after issue", None),
        ("trong 02 tuần kể từ ngày nhận được công văn này", "14 days after receipt", None),
        ("trong vòng 24 giờ kể từ khi nhận công điện", "24 hours after receipt", None),
        ("không quá 3 tháng kể từ ngày ký", None, None),
        ("trong vòng 24 giờ kể từ khi xảy ra sự cố", None, None),
    ],
)
def test_a_term_is_read_in_the_time_of_the_language(wording: str, due: str | None, event: str | None) -> None:
    assert term_in(wording) == (Term(due, event) if due else None)


@pytest.mark.parametrize(
    ("wording", "event"),
    [
        ("cho đến khi kết thúc mùa mưa lũ", "kết thúc mùa mưa lũ"),
        ("trước khi khai giảng năm học", "khai giảng năm học"),
        ("trước ngày khai mạc Đại hội", "khai mạc Đại hội"),
        ("hết đợt cao điểm", "hết đợt cao điểm"),
        ("đến hết đợt cao điểm", "hết đợt cao điểm"),
    ],
)
def test_until_an_event_keeps_the_words_for_it(wording: str, event: str) -> None:
    assert until_in(wording) == Term("event", event)


@pytest.mark.parametrize(
    ("wording", "first"),
    [
        ("từ ngày 10/9 đến hết ngày 15/9", date(2023, 9, 10)),
        ("từ ngày 10 đến hết ngày 15/9/2023", date(2023, 9, 10)),
        ("từ ngày 20 tháng 8 đến ngày 15/9", date(2023, 8, 20)),
        ("từ nay đến ngày 15/9", None),
        ("từ ngày 01/01 đến ngày 15/9", None),
        ("từ ngày 31/6 đến ngày 15/9", None),
    ],
)
def test_an_interval_gives_its_first_day_where_it_is_written(wording: str, first: date | None) -> None:
    assert begins(wording, date(2023, 9, 15), LETTER_OF) == first


@pytest.mark.parametrize(
    ("typed", "spelt"),
    [
        ("30/9/2026", "2026-09-30"),
        ("30/09/2026 17:00", "2026-09-30T17:00"),
        ("2026-09-30 7:05", "2026-09-30T07:05"),
        ("9/2026", "2026-09-30"),
        ("2/2028", "2028-02-29"),
        ("before 30/9/2026", "before 2026-09-30"),
        ("from 1/7/2026 to 31/7/2026", "from 2026-07-01 to 2026-07-31"),
        ("5 working days after receipt", "5 working days after receipt"),
        ("2 hours after issue", "2 hours after issue"),
        ("event", "event"),
        ("at_once", "at_once"),
        ("31/9/2026", None),
        ("30/9/2026 24:00", None),
        ("13/2026", None),
        ("from 31/7/2026 to 1/7/2026", None),
        ("3 days after due", None),
        ("soon", None),
    ],
)
def test_what_a_person_types_as_a_deadline_has_one_spelling(typed: str, spelt: str | None) -> None:
    assert spelled(typed) == spelt
    assert spelt is None or spelled(spelt) == spelt


@pytest.mark.parametrize(
    ("due", "wording", "soft", "form"),
    [
        ("2026-09-30", "trước ngày 30/9/2026", False, "before"),
        ("2026-09-30", "chậm nhất trước ngày 30/9/2026", False, "before"),
        ("2026-09-30", "trước 30/9/2026", False, "before"),
        ("2026-09-30", "hết ngày 30/9/2026", False, None),
        ("2026-09-30", "chậm nhất là ngày 30/9/2026", False, None),
        ("2026-09-30", "trước tháng 10/2026", False, None),
        ("2026-09-30T10:00", "trước 10 giờ ngày 30/9/2026", False, None),
        ("before 2026-09-30", None, False, "before"),
        ("2026-09-30", "dự kiến trình trước ngày 30/9/2026", True, "soft"),
        ("from 2026-07-01 to 2026-07-31", None, False, "interval"),
        ("5 working days after receipt", None, False, "counted"),
        ("3 days after event", None, False, "after_event"),
        ("event", None, False, "until_event"),
        ("at_once", "ngay", False, "at_once"),
        (None, "trong thời gian sớm nhất", True, "soft"),
        (None, None, False, None),
    ],
)
def test_each_deadline_has_its_form(due: str | None, wording: str | None, soft: bool, form: str | None) -> None:
    assert terms_of(due, wording, soft=soft).form == form


def test_an_hour_in_a_letter_is_read_to_the_minute() -> None:
    letter = "Số: 5/SXD-VP\nHà Nội, ngày 1/9/2026\n\n1. Phòng A báo cáo trước 10 giờ 30 ngày 15/9/2026."
    [item] = read_dispatch(letter).items
    assert terms_of(item.due, item.due_wording).due == parse_instant("2026-09-15T10:30")


def test_a_second_duty_beside_the_date_is_pointed_out(reviewed: Draft) -> None:
    doubt = next(doubt for doubt in reviewed.doubts if doubt.code == "several-dates")
    assert "trước ngày 30/11/2023; hằng quý" in doubt.says


def test_a_proposal_is_a_sentence_that_can_be_said_in_another_language(reviewed: Draft) -> None:
    assert all(isinstance(doubt.says, Text) for doubt in reviewed.doubts)


def test_proposals_survive_the_yaml_and_are_made_once(reviewed: Draft) -> None:
    assert from_yaml(to_yaml(reviewed)) == reviewed
    assert propose(reviewed).items[:5] == reviewed.items[:5]


def test_nothing_is_proposed_where_a_person_has_chosen() -> None:
    chosen = Draft(
        items=(Item("1", "Báo cáo hằng quý", due_wording="hằng quý", due_kind="recurring", mode="on_event"),)
    )
    assert propose(chosen) == chosen


@pytest.mark.parametrize(
    ("words", "kind", "wording"),
    [
        ("gửi trước 17h00 ngày 20/9", "hour", "trước 17h00 ngày 20/9"),
        ("xong trước 30/9", "date", "trước 30/9"),
        ("chậm nhất là ngày 5 tháng 9", "date", "chậm nhất là ngày 5 tháng 9"),
        ("từ ngày 10 đến hết ngày 15/9/2023", "interval", "từ ngày 10 đến hết ngày 15/9/2023"),
        ("từ tháng 9 đến tháng 12/2023", "interval", "từ tháng 9 đến tháng 12/2023"),
        ("từ nay đến ngày 15/12/2023", "interval", "từ nay đến ngày 15/12/2023"),
        ("trong quý III/2023", "month", "trong quý III/2023"),
        ("đến giữa năm", "month", "đến giữa năm"),
        ("trong 6 tháng đầu năm 2024", "month", "trong 6 tháng đầu năm 2024"),
        ("chậm nhất 10 ngày sau khi kết thúc hội nghị", "after_event", "chậm nhất 10 ngày sau khi kết thúc hội nghị"),
        ("trong vòng 24 giờ kể từ khi xảy ra sự cố", "after_event", "trong vòng 24 giờ kể từ khi xảy ra sự cố"),
        ("ngay sau khi kết thúc kỳ thi", "after_event", "ngay sau khi kết thúc kỳ thi"),
        ("trước khi khai giảng năm học", "until_event", "trước khi khai giảng năm học"),
        ("hết đợt cao điểm", "until_event", "hết đợt cao điểm"),
        ("định kỳ hàng quý, trước ngày 25 tháng cuối quý", "recurring", "định kỳ hàng quý, trước ngày 25 tháng cuối quý"),
        ("Hằng năm báo cáo trước ngày 15 tháng 12", "recurring", "Hằng năm báo cáo trước ngày 15 tháng 12"),
        ("trước ngày 20 tháng 4 hằng năm", "recurring", "trước ngày 20 tháng 4 hằng năm"),
        ("báo cáo quý, 6 tháng, năm", "recurring", "báo cáo quý, 6 tháng, năm"),
        ("định kỳ 6 tháng một lần", "recurring", "định kỳ 6 tháng"),
        ("mỗi quý một lần", "recurring", "mỗi quý"),
        ("báo cáo định kỳ về Sở", "periodic", "báo cáo định kỳ"),
        ("bảo đảm thời hạn quy định tại Quyết định số 8/QĐ-SXD", "by_document",
         "bảo đảm thời hạn quy định tại Quyết định số 8/QĐ-SXD"),
        ("phấn đấu hoàn thành trong quý IV/2023", "soft", "phấn đấu hoàn thành trong quý IV/2023"),
        ("dự kiến trình trước ngày 20/12/2023", "soft", "dự kiến trình trước ngày 20/12/2023"),
        ("trong thời gian sớm nhất", "soft", "trong thời gian sớm nhất"),
        ("Ngay khi nhận được công điện này", "at_once", "Ngay khi nhận được công điện này"),
        ("xử lý hỏa tốc", "at_once", "hỏa tốc"),
    ],
)  # fmt: skip
def test_each_way_of_wording_a_deadline_has_its_kind(words: str, kind: str, wording: str) -> None:
    assert [(due.kind, due.wording) for due in find_dues(f"Phòng A làm việc này {words}.", LETTER_OF)] == [
        (kind, wording)
    ]


@pytest.mark.parametrize(
    "words",
    [
        "đảm bảo hoàn thành đúng tiến độ, chất lượng",
        "là tiêu chí đánh giá công chức cuối năm",
        "khắc phục tồn tại có từ trước năm 2020",
        "giải ngân hết 2/3 số vốn",
        "nhấn mạnh ngay từ khâu lập kế hoạch",
        "theo Kế hoạch số 5/KH-SXD",
    ],
)
def test_words_that_only_look_like_a_deadline_are_none(words: str) -> None:
    assert find_dues(words, LETTER_OF) == []


@pytest.mark.parametrize(
    ("wording", "day"),
    [
        ("đầu tháng 10", date(2023, 10, 1)),
        ("giữa tháng 10", date(2023, 10, 15)),
        ("cuối tháng 2 năm 2024", date(2024, 2, 29)),
        ("trước tháng 10", date(2023, 9, 30)),
        ("trước tháng 1/2024", date(2023, 12, 31)),
        ("hết quý 3", date(2023, 9, 30)),
        ("trước quý IV", date(2023, 9, 30)),
        ("đầu quý IV", date(2023, 10, 1)),
        ("giữa năm 2024", date(2024, 6, 30)),
        ("hết năm", date(2023, 12, 31)),
        ("trong 6 tháng cuối năm", date(2023, 12, 31)),
        ("trong tháng 3", date(2024, 3, 31)),
        ("trước ngày 20 tháng 1", date(2024, 1, 20)),
        ("trước ngày 31/9", None),
        ("trong tháng 13", None),
        ("sớm nhất", None),
    ],
)
def test_parts_of_a_year_are_reckoned_as_the_civil_code_says(wording: str, day: date | None) -> None:
    assert worked_out(wording, 2023, LETTER_OF) == day


def test_without_a_year_of_its_own_a_letter_gives_no_date_to_propose() -> None:
    item = Item("1", "Làm trong tháng 9", due_wording="trong tháng 9", due_kind="month")
    made = proposed(item, None, None)
    assert (made.due, made.mode) == (None, None)
    assert "no day follows" in made.says


def test_an_hour_is_kept_in_what_is_proposed() -> None:
    item = Item("1", "Gửi trước 17h30 ngày 20/9", due_wording="trước 17h30 ngày 20/9", due_kind="hour")
    assert proposed(item, 2023, LETTER_OF).due == "2023-09-20T17:30"


def test_what_is_to_be_done_at_once_when_something_happens_is_followed_on_event() -> None:
    item = Item("1", "Khi có phát sinh, báo cáo ngay", due_wording="báo cáo ngay", due_kind="at_once")
    assert proposed(item, 2023, LETTER_OF).mode == "on_event"


def test_rules_about_something_are_no_reports_again_and_again() -> None:
    item = Item("1", "Cơ quan chịu trách nhiệm báo cáo quy định tại Phụ lục")
    assert proposed(item, 2023, LETTER_OF).mode == "once"
