"""Every form of deadline that letters use: its kind, its words, and what a reviewer is proposed for it."""

from datetime import date
from pathlib import Path

import pytest

from engine.exchange.dispatch import Draft, decode, from_yaml, read_dispatch, to_yaml
from engine.exchange.drafts import DOUBTS, DUE_KINDS, Item
from engine.exchange.due_dates import worked_out
from engine.exchange.due_wordings import find_dues
from engine.exchange.proposals import propose, proposed
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
    assert dues == {"3": "2023-09-30", "4": "2023-09-15", "10": "2023-10-31", "13": "2023-09-30", "14": "2023-12-31"}
    marked = {doubt.field for doubt in reviewed.doubts if doubt.code == "due-proposed"}
    assert marked == {f"items[{number}].due" for number in dues}
    assert not DOUBTS["due-proposed"].blocking


def test_what_only_speaks_for_a_mode_is_proposed_as_a_mode_with_its_words(reviewed: Draft) -> None:
    modes = {item.number: item.mode for item in reviewed.items if item.mode}
    assert modes == {"5": "on_event", "7": "periodic", "8": "periodic", "9": "linked", "12": "once"}
    doubt = next(doubt for doubt in reviewed.doubts if doubt.field == "items[7].due")
    assert '"trước ngày 25 hằng tháng"' in doubt.says
    assert "proposed mode periodic" in doubt.says


def test_what_the_words_leave_open_says_what_to_choose(reviewed: Draft) -> None:
    still_open = [item.number for item in reviewed.items if not (item.due or item.mode)]
    assert still_open == ["6", "11", "15"]
    for number in still_open:
        doubt = next(doubt for doubt in reviewed.doubts if doubt.field == f"items[{number}].due")
        assert doubt.code == "item-undated"
        assert "`due`" in doubt.says


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
