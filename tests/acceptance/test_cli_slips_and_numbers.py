"""The next free number before a letter is signed; the processing slip of a letter that came in."""

from pathlib import Path

import pytest

from engine.runtime import opened
from tests.acceptance.conftest import SEED, Typed, letter
from workflows.commands import Actor, Issue, ItemDraft
from workflows.fields import parse_day, parse_instant

AS_LEADER = ("--as", "skhcn/leader")
ORDER = """
number: 4053
notation: "UBND-NC"
type: "CV"
issued_on: 2023-08-11
subject: "Triển khai Thông báo số 304/TB-VPCP"
issuer: "UBND tỉnh"
addressees: ["Sở Giao thông vận tải"]
items:
  - {number: "1", text: "Báo cáo kết quả cải cách hành chính", due: 2023-09-15}
"""


def test_the_next_number_of_a_series_is_told_with_the_gaps_below(issued: Typed) -> None:
    said = issued("directive", "number", "SGTVT-VP", "--issuer", "skhcn")
    assert said.data == "73/SGTVT-VP\n"
    assert "skhcn has used 1 number of SGTVT-VP in 2023, the highest 72." in said.talk
    assert "Free below it: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, … (71 in all)." in said.talk
    known = issued.json("directive", "number", "/SGTVT-VP", "--issuer", "skhcn", "--year", "2024")
    assert (known["next"], known["used"], known["gaps"]) == (1, 0, [])


def test_a_series_that_cannot_be_is_a_usage_error_and_an_unknown_office_is_not_found(issued: Typed) -> None:
    issued("directive", "number", "???", "--issuer", "skhcn", ends=2)
    assert "No office 'nobody'" in issued("directive", "number", "SGTVT-VP", "--issuer", "nobody", ends=4).talk
    issued("directive", "number", "SGTVT-VP", "--issuer", "skhcn", "--year", "1", ends=2)


def test_a_blank_number_is_refused_with_the_next_free_one(issued: Typed, draft: Path) -> None:
    said = issued("directive", "issue", str(draft), *AS_LEADER, ends=5)
    assert "(Or here: --number 73, the next free one)" in said.talk
    assert "(Or here: --date DAY)" in said.talk


def test_the_slip_of_a_letter_that_came_in_waits_for_the_leaders_direction(office: Typed, tmp_path: Path) -> None:
    (tmp_path / "order.yaml").write_text(ORDER, encoding="utf-8")
    office("directive", "issue", "order.yaml", "--as", "skhcn/clerk", "--arrived", "14/8/2023")
    office("obligation", "do", "receive", "1", "--as", "skhcn/clerk")
    said = office("obligation", "slip", "1").data
    assert "PHIẾU GIẢI QUYẾT VĂN BẢN ĐẾN" in said
    assert "Công văn số 4053/UBND-NC ngày 11/08/2023" in said
    assert "Ngày đến: 14/08/2023" in said
    assert "Thời hạn phải báo cáo: 15/09/2023" in said
    assert "Ý KIẾN CHỈ ĐẠO CỦA LÃNH ĐẠO" in said
    assert "- 16/08/2023 09:00, Sở Giao thông vận tải, Văn thư Sở: Tiếp nhận" in said
    assert max(map(len, said.splitlines())) <= 80
    assert office.json("obligation", "slip", "1")["lines"] == said.removesuffix("\n").split("\n")
    assert "No obligation 9" in office("obligation", "slip", "9", ends=4).talk


def test_directions_given_on_the_slip_stand_on_it_also_seen_from_below(office: Typed, tmp_path: Path) -> None:
    (tmp_path / "order.yaml").write_text(ORDER, encoding="utf-8")
    cascade = office.json("directive", "issue", "order.yaml", "--as", "skhcn/clerk", "--arrived", "14/8/2023")[
        "cascade"
    ]
    item = ItemDraft("1", "Tổng hợp báo cáo của các phòng", due=parse_instant("2023-09-08"), lead=("vp",),
                     support=("thanhtra",), parent=1, officer="Chuyên viên Văn phòng")  # fmt: skip
    words = "Văn phòng tham mưu, trình trước ngày 08/9/2023"
    direction = Issue("slip-1", Actor("skhcn", "leader"), "", "CV", "skhcn", parse_day("2023-08-16"), words, (item,),
                      "government-notice", cascade, means="endorsement")  # fmt: skip
    with opened(str(office.database)) as runtime:
        [answer] = runtime.executor.execute([direction])
    assert len(answer.obligations) == 2
    for number in ("1", str(answer.obligations[0])):
        said = office("obligation", "slip", number).data
        assert "Công văn số 4053/UBND-NC ngày 11/08/2023" in said
        assert "Ý KIẾN CHỈ ĐẠO CỦA SỞ GIAO THÔNG VẬN TẢI" in said
        assert f"Nội dung: {words}" in said
        assert "Chủ trì: Văn phòng Sở\n  Thời hạn: 08/09/2023\n  Người thụ lý: Chuyên viên Văn phòng" in said
        assert "Phối hợp: Thanh tra Sở" in said


def test_a_letter_that_names_its_leads_is_issued_to_them(typed: Typed, tmp_path: Path) -> None:
    typed("db", "create", "--simulated-from", "2023-08-16T09:00")
    typed("office", "import", "--sample")
    (tmp_path / "draft.yaml").write_text(
        typed("directive", "read", str(letter("letter_with_named_leads"))).data, encoding="utf-8"
    )
    made = typed.json("directive", "issue", "draft.yaml", *AS_LEADER)
    assert len(made["obligations"]) == 4 + 3 + 2 + 7 + 7
    parts = {
        (one["holder"], one["part"]) for one in typed.json("obligation", "list")["obligations"] if one["label"] == "1"
    }
    assert parts == {("qlkh", "lead"), ("qlcn", "support"), ("khtc", "support"), ("ttut", "support")}


@pytest.mark.skipif(not SEED, reason="the seed's letter is not beside this checkout")
def test_the_seeds_five_items_have_their_modes_and_the_words_they_follow_from(typed: Typed) -> None:
    said = typed.json("directive", "read", str(SEED[0]))
    assert [item["mode"] for item in said["items"]] == ["once", "periodic", "on_event", "on_event", "linked"]
    assert [item["lead_named"] for item in said["items"]] == [[]] * 5
    says = [doubt["says"] for doubt in said["doubts"] if doubt["code"] == "item-undated"]
    assert 'from "quán triệt"' in says[0]
    assert 'from "Kế hoạch số"' in says[1]
