"""Who an item says leads, supports, is told and receives the product; and which offices of the directory these are."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from engine.exchange.assignees import read_assignees
from engine.exchange.dispatch import Draft, decode, read_dispatch
from engine.exchange.drafts import Citation, Item
from engine.exchange.issuing import Choices, Prepared, to_issue
from engine.exchange.office_names import all_below, meant
from engine.exchange.offices import read_offices, sample
from workflows.commands import Actor
from workflows.directive import Basis
from workflows.errors import Incomplete
from workflows.loading import load_workflow, shipped
from workflows.offices import Office, Offices
from workflows.workflow import Workflows

FIXTURES = Path(__file__).parents[1] / "support" / "dispatches"
LEADER = Actor("skhcn", "leader")


def offices(*more: Office) -> Offices:
    return Offices({one.id: one for one in (*read_offices(sample(), "sample"), *more)})


@pytest.mark.parametrize(
    ("text", "lead", "support", "recipient"),
    [
        ("Giao Sở Y tế chủ trì, phối hợp với các sở: Nội vụ, Tài chính và UBND các huyện xây dựng kế hoạch.",
         ["Sở Y tế"], ["các sở: Nội vụ, Tài chính", "UBND các huyện"], None),
        ("Sở Văn hóa, Thể thao và Du lịch, Đài Truyền hình theo chức năng đưa tin.",
         ["Sở Văn hóa, Thể thao và Du lịch", "Đài Truyền hình"], [], None),
        ("UBND các xã, phường rà soát, báo cáo UBND tỉnh (qua Sở Nội vụ) trước ngày 20/9/2023.",
         ["UBND các xã, phường"], [], "Sở Nội vụ"),
        ("Các phòng, đơn vị thuộc Sở gửi kết quả về Văn phòng Sở để tổng hợp.",
         ["Các phòng, đơn vị thuộc Sở"], [], "Văn phòng Sở"),
        ("Sở Nội vụ:\na) Chủ trì;\nb) Phối hợp với Thanh tra tỉnh kiểm tra.", ["Sở Nội vụ"], ["Thanh tra tỉnh"], None),
        ("Rà soát văn bản; giao Văn phòng Sở chủ trì tổng hợp, báo cáo Giám đốc Sở.", ["Văn phòng Sở"], [], "Giám đốc Sở"),
        ("Văn phòng Sở chủ trì; Thanh tra Sở phối hợp bố trí hội trường.", ["Văn phòng Sở"], ["Thanh tra Sở"], None),
        ("Bộ Xây dựng đề nghị Ủy ban nhân dân tỉnh hoàn thiện hồ sơ.", ["Ủy ban nhân dân tỉnh"], [], None),
        ("Ngân hàng Nhà nước chỉ đạo các chi nhánh.", ["Ngân hàng Nhà nước"], [], None),
        ("Tổ chức thực hiện\nKhu Quản lý đường bộ I triển khai quyết định này.", ["Khu Quản lý đường bộ I"], [], None),
    ],
)  # fmt: skip
def test_names_are_read_as_they_are_written(
    text: str, lead: list[str], support: list[str], recipient: str | None
) -> None:
    named = read_assignees(text)
    assert (list(named.lead), list(named.support), named.recipient) == (lead, support, recipient)


@pytest.mark.parametrize(
    "text",
    [
        "Tổ chức quán triệt Thông báo số 304/TB-VPCP của Văn phòng Chính phủ.",
        "Bố trí kinh phí, ban hành kế hoạch.",
        "Phòng, chống dịch bệnh trong trường học.",
        "Trường hợp có vướng mắc, các đơn vị trao đổi trực tiếp.",
        "Sở nào có tên trong danh sách thì gửi bù.",
        "Bộ tiêu chí được sử dụng làm căn cứ đánh giá.",
        "Các huyện vùng trũng ven sông nơi nước đang dâng cao xong trước 18 giờ.",
    ],
)
def test_words_that_only_look_like_an_office_name_nobody(text: str) -> None:
    assert read_assignees(text).lead == ()


def test_who_is_only_told_is_no_helper() -> None:
    named = read_assignees("Văn phòng Sở công khai kết quả, sao gửi Thanh tra Sở, Phòng Tài chính để biết.")
    assert named.info == ("Thanh tra Sở", "Phòng Tài chính")
    assert (named.support, named.recipient) == ((), None)


def test_the_heading_of_a_section_names_who_leads_its_points() -> None:
    text = "Số: 5/KH-SXD\n\nI. GIỚI THIỆU\n1. Một.\nII. Giao Sở Nội vụ:\n1. Lập danh sách.\n2. Công khai danh sách."
    assert [item.lead_named for item in read_dispatch(text).items] == [(), ("Sở Nội vụ",), ("Sở Nội vụ",)]


@pytest.fixture(scope="module")
def letter() -> Draft:
    return read_dispatch(decode((FIXTURES / "letter_with_named_leads.txt").read_bytes()))


@pytest.fixture(scope="module")
def workflows() -> Workflows:
    workflow = load_workflow(shipped()["government-notice"], 1)
    return Workflows({workflow.key: workflow})


def issued(draft: Draft, workflows: Workflows, known: Offices | None = None, **choices: object) -> Prepared:
    return to_issue(draft, known or offices(), workflows, Choices(LEADER, **choices))  # type: ignore[arg-type]


def test_an_item_that_names_its_leads_goes_to_them_and_not_to_all(letter: Draft, workflows: Workflows) -> None:
    first, second, third, all_units, unnamed = issued(letter, workflows).issue.items
    assert (first.lead, first.support, first.recipient) == (("qlkh",), ("qlcn", "khtc", "ttut"), "vp")
    assert (second.lead, second.info, second.recipient) == (("thanhtra", "cctdc"), ("qlcn",), "vp")
    assert (third.lead, third.support) == (("vp",), ("thanhtra",))
    assert len(all_units.lead) == len(unnamed.lead) == 7


def test_what_a_person_wrote_goes_before_what_was_read(letter: Draft, workflows: Workflows) -> None:
    chosen = replace(letter, items=(replace(letter.items[0], lead=("ttut",), recipient="thanhtra", controller="vp",
                                            officer="Chuyên viên", parent=4),))  # fmt: skip
    [item] = issued(chosen, workflows, cascade="abc", parent=2).issue.items
    assert (item.lead, item.support) == (("ttut",), ("qlcn", "khtc"))
    assert (item.recipient, item.controller, item.officer, item.parent) == ("thanhtra", "vp", "Chuyên viên", 4)
    [item] = issued(replace(letter, items=letter.items[:1]), workflows, to=("vp",)).issue.items
    assert (item.lead, item.support) == (("vp",), ())


def test_unknown_and_ambiguous_names_are_all_told_at_once(letter: Draft, workflows: Workflows) -> None:
    items = (
        Item("1", "Làm", due="2023-09-30", lead_named=("Sở Nội vụ",)),
        Item("2", "Làm", due="2023-09-30", lead_named=("Phòng Quản lý",)),
        Item("3", "Làm", due="2023-09-30", lead_named=("Sở",)),
        Item("4", "Làm", due="2023-09-30", parent=3, lead=("vp",)),
    )
    with pytest.raises(Incomplete) as refusal:
        issued(replace(letter, items=items), workflows)
    said = str(refusal.value)
    assert 'item 1 names "Sở Nội vụ", which is not in the directory' in said
    assert 'item 2 names "Phòng Quản lý", which can be qlkh, qlcn' in said
    assert "item 3 is for skhcn by its own words, and none of these is under skhcn" in said
    assert "item 4 comes under obligation 3, but of which cascade?" in said


def test_offices_out_of_the_issuers_reach_are_noted_and_get_nothing(letter: Draft, workflows: Workflows) -> None:
    beside = Office("snv", "Sở Nội vụ", "department", "ubnd", outside=True)
    item = Item("1", "Làm", due="2023-09-30", lead_named=("Văn phòng Sở",), recipient_named="Bộ Xây dựng",
                support_named=("Sở Nội vụ", "các đơn vị liên quan"))  # fmt: skip
    prepared = issued(replace(letter, items=(item,)), workflows, offices(beside))
    [asked] = prepared.issue.items
    assert (asked.lead, asked.support, asked.recipient) == (("vp",), (), None)
    assert [note.split(":")[0] for note in prepared.notes] == [
        "item 1 names snv, not under skhcn",
        'item 1 sends its product to "Bộ Xây dựng", which names no single office of the directory',
    ]


def test_a_basis_carries_the_obligation_that_the_reviewer_named(letter: Draft, workflows: Workflows) -> None:
    urged = Citation("61/SKHCN-VP", issued_on=date(2023, 7, 1), relation="urges", cascade="abc", obligation=7)
    prepared = issued(replace(letter, items=letter.items[:1], cites=(urged,)), workflows)
    [basis] = prepared.issue.items[0].bases
    assert basis == Basis("urges", "61/SKHCN-VP", date(2023, 7, 1), None, "abc", 7)


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("Sở", ["skhcn"]),
        ("Giám đốc Sở", ["skhcn"]),
        ("các phòng: Quản lý khoa học, Kế hoạch - Tài chính", ["qlkh", "khtc"]),
        ("Trưởng các phòng: Quản lý khoa học và Quản lý công nghệ", ["qlkh", "qlcn"]),
        ("Phòng Quản lý khoa học, Quản lý công nghệ", ["qlkh", "qlcn"]),
        ("các phòng, đơn vị thuộc Sở", ["vp", "thanhtra", "khtc", "qlkh", "qlcn", "cctdc", "ttut", "vh", "xa-a", "phuong-b"]),
        ("UBND các xã, phường, thị trấn", ["xa-a", "phuong-b"]),
        ("các Phòng: Văn hóa, Thể thao và Du lịch, Quản lý khoa học", ["vh", "qlkh"]),
        ("các đơn vị có liên quan", []),
        ("Sở Ngoại vụ", []),
    ],
)  # fmt: skip
def test_a_name_in_a_text_can_mean_one_office_several_or_all(name: str, ids: list[str]) -> None:
    known = offices(
        Office("vh", "Phòng Văn hóa, Thể thao và Du lịch", "unit", "skhcn"),
        Office("xa-a", "UBND xã A", "unit", "skhcn"),
        Office("phuong-b", "UBND phường B", "unit", "skhcn"),
    )
    issuer = known.get("skhcn")
    found = meant(name, issuer, all_below(issuer, known), known)
    assert [one.id for one in found.offices] == ids
    assert found.vague == ("liên quan" in name)
