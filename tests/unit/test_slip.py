"""The processing slip as it is printed: one page of text in Vietnamese, 80 columns wide."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from engine.exchange.offices import read_offices, sample
from engine.exchange.slip import WIDTH, Endorsement, Slip, page
from workflows.calendar import day_end
from workflows.directive import Directive, Item
from workflows.obligation import Obligation
from workflows.offices import Offices

AT = datetime(2023, 8, 14, tzinfo=UTC)
OFFICES = Offices({one.id: one for one in read_offices(sample(), "sample")})
INCOMING = Directive(
    1, "4053/UBND-NC", "CV", "ubnd", date(2023, 8, 11), "triển khai Thông báo số 304/TB-VPCP", "w@1", "issued",
    arrived_on=date(2023, 8, 14), arrival_number="1207", urgency="khẩn",
)  # fmt: skip
ITEM = Item(1, 1, "2", "Hoàn thành các nhiệm vụ cải cách hành chính năm 2023.\nBáo cáo kết quả.", "dated")
OWED = Obligation(
    1, 1, 1, "department", "skhcn", "ubnd", "lead", "dated", "w@1", "relayed", AT, due_at=day_end(date(2023, 9, 15)),
    recipient="ubnd",
)  # fmt: skip
WORDS = "Văn phòng chủ trì, Thanh tra phối hợp; báo cáo Giám đốc trước ngày 08/9/2023."
DIRECTION = Directive(2, "4053/UBND-NC", "CV", "skhcn", date(2023, 8, 15), WORDS, "w@1", "issued", means="endorsement")


def given(number: int, holder: str, part: str, **more: object) -> Obligation:
    owed = Obligation(number, 2, 1, "unit", holder, "skhcn", part, "dated", "w@1", "assigned", AT, parent=1)
    return owed.but(**more)


ENDORSED = Endorsement(
    DIRECTION,
    (Item(2, 1, "1", WORDS, "dated", parent=1),),
    (
        given(2, "vp", "lead", officer="Chuyên viên Văn phòng", due_at=day_end(date(2023, 9, 8))),
        given(3, "thanhtra", "support"),
        given(4, "khtc", "info"),
    ),
)
SLIP = Slip(
    OWED, INCOMING, ITEM, OFFICES, (ENDORSED,), {"periodic": "Báo cáo định kỳ"}, ("15/08/2023 09:00  tiếp nhận",)
)


def test_the_slip_says_what_came_from_whom_and_when() -> None:
    said = page(SLIP)
    for words in (
        "ỦY BAN NHÂN DÂN TỈNH", "SỞ KHOA HỌC VÀ CÔNG NGHỆ", "PHIẾU GIẢI QUYẾT VĂN BẢN ĐẾN", "Số đến: 1207",
        "Ngày đến: 14/08/2023", "Công văn số 4053/UBND-NC ngày 11/08/2023", "Cơ quan ban hành: Ủy ban nhân dân tỉnh",
        "Trích yếu: triển khai Thông báo số 304/TB-VPCP", "Độ khẩn: khẩn", "Nội dung 2: Hoàn thành", "  Báo cáo kết quả.",
        "Thời hạn phải báo cáo: 15/09/2023", "Nơi nhận kết quả: Ủy ban nhân dân tỉnh",
    ):  # fmt: skip
        assert words in said


def test_a_direction_given_on_it_says_who_leads_who_helps_by_when_and_who_does_it() -> None:
    said = page(SLIP)
    for words in (
        "Ý KIẾN CHỈ ĐẠO CỦA SỞ KHOA HỌC VÀ CÔNG NGHỆ", "Ngày cho ý kiến: 15/08/2023", WORDS[:40], "Chủ trì: Văn phòng Sở",
        "  Thời hạn: 08/09/2023", "  Người thụ lý: Chuyên viên Văn phòng", "Phối hợp: Thanh tra Sở",
        "Để biết: Phòng Kế hoạch - Tài chính", "- 15/08/2023 09:00 tiếp nhận",
    ):  # fmt: skip
        assert words in " ".join(said.split(" ")) or words in " ".join(said.split())
    assert said.count(WORDS[:40]) == 1


def test_before_any_direction_there_are_lines_for_the_pen() -> None:
    said = page(replace(SLIP, endorsements=(), obligation=OWED.but(officer="Chuyên viên Sở")))
    assert "Ý KIẾN CHỈ ĐẠO CỦA LÃNH ĐẠO\n" + "." * WIDTH in said
    assert "Đơn vị chủ trì: ....." in said
    assert "Người thụ lý: Chuyên viên Sở" in said
    assert "GIÁM ĐỐC SỞ" in said.splitlines()[-2]


def test_work_without_a_date_says_how_it_is_followed_up_and_an_hour_is_shown() -> None:
    standing = page(replace(SLIP, obligation=OWED.but(due_at=None, mode="periodic")))
    assert "Thời hạn phải báo cáo: Báo cáo định kỳ" in standing
    to_the_hour = page(replace(SLIP, obligation=OWED.but(due_at=datetime(2023, 9, 15, 9, 30, tzinfo=UTC))))
    assert "Thời hạn phải báo cáo: 16 giờ 30 ngày 15/09/2023" in to_the_hour


@pytest.mark.parametrize("subject", ["dài " * 200, "x" * 500, "một\n\nhai", ""])
def test_no_line_is_wider_than_the_paper_whatever_the_document_says(subject: str) -> None:
    said = page(replace(SLIP, directive=replace(INCOMING, subject=subject)))
    assert max(map(len, said.splitlines())) <= WIDTH
