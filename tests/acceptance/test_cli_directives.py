"""A letter becomes a draft, the draft a directive, and the directive a tree of what offices owe."""

from pathlib import Path

import pytest

from engine.exchange.modes import mode_of
from engine.exchange.office_names import addressed, named
from engine.exchange.offices import read_offices, sample
from tests.acceptance.conftest import SEED, Typed, letter
from workflows.offices import Offices

UNITS = ["vp", "thanhtra", "khtc", "qlkh", "qlcn", "cctdc", "ttut"]

AS_LEADER = ("--as", "skhcn/leader")
NUMBERED = ("--number", "72", "--date", "16/8/2023")

ORDER = """
number: 304
notation: "TB-VPCP"
type: "TB"
issued_on: 2023-07-19
subject: "Kết luận của Ban Chỉ đạo"
issuer: "Văn phòng Chính phủ"
addressees: ["UBND tỉnh"]
items:
  - {number: "1", text: "Tổ chức thực hiện", due: 2023-09-29}
"""


def test_reading_a_letter_gives_a_draft_and_says_what_is_doubtful(typed: Typed) -> None:
    said = typed("directive", "read", str(letter()))
    assert said.data.startswith("# A draft")
    assert "BLOCKING  line 3:" in said.talk
    assert 'no date: proposed mode once, from "Phổ biến"; review it.' in said.talk
    assert "Settle 2 blocking doubts" in said.talk


def test_a_letter_is_read_as_one_json_object(typed: Typed) -> None:
    said = typed.json("directive", "read", str(letter()))
    assert len(said["cites"]) == 7
    assert [item["mode"] for item in said["items"]] == ["once", "periodic", "on_event", "on_event", "linked"]
    assert {doubt["code"] for doubt in said["doubts"] if doubt["blocking"]} == {"number-blank", "day-blank"}
    assert said["signer"]["authority"] == ["KT. GIÁM ĐỐC"]


def test_a_letter_is_read_from_standard_input(typed: Typed) -> None:
    said = typed("directive", "read", "-", "--json", text=letter("notice_with_dates").read_bytes())
    assert len(said.json["items"]) == 5


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"\x7fELF\x00\x01\x02", "binary"),
        ("Kính gửi: Sở".encode("utf-16"), "UTF-16"),
        ("Số: 1/TB".encode("cp1258", "replace") + b"\xc3", "cut off"),
        (letter("cut_after_the_heading").read_bytes(), "cut off"),
        (b"Hello, world\n", "does not read as a dispatch"),
        (b"x" * (10 << 20), "bytes"),
    ],
    ids=["empty", "binary", "UTF-16", "half a letter", "no body", "no dispatch", "10 MB"],
)
def test_what_is_no_dispatch_is_refused_with_exit_code_3(
    office: Typed, tmp_path: Path, content: bytes, reason: str
) -> None:
    (tmp_path / "letter.txt").write_bytes(content)
    before = office.json("db", "status")["entries"]
    said = office("directive", "read", "letter.txt", ends=3)
    assert said.data == ""
    assert reason in said.talk
    assert office.json("db", "status")["entries"] == before  # nothing was stored


def test_a_secret_letter_is_refused_with_the_reason(typed: Typed, tmp_path: Path) -> None:
    text = letter("notice_with_dates").read_text(encoding="utf-8")
    (tmp_path / "secret.txt").write_text(f"TUYỆT MẬT\n\n{text}", encoding="utf-8")
    said = typed("directive", "read", "secret.txt", ends=5)
    assert 'secrecy mark "TUYỆT MẬT"' in said.talk
    assert said.data == ""


def test_a_file_that_is_not_there_is_not_found(typed: Typed, office: Typed) -> None:
    assert "There is no file nowhere.txt" in typed("directive", "read", "nowhere.txt", ends=4).talk
    assert "There is no file nowhere.yaml" in office("directive", "issue", "nowhere.yaml", *AS_LEADER, ends=4).talk


def test_a_draft_is_refused_while_a_blocking_doubt_stands(office: Typed, draft: Path) -> None:
    said = office("directive", "issue", str(draft), *AS_LEADER, ends=5)
    assert "2 blocking doubts stand" in said.talk
    assert "line 3:" in said.talk
    assert "--number" in said.talk
    assert office.json("directive", "list")["directives"] == []


def test_a_draft_is_issued_once_number_and_day_are_filled_in(office: Typed, draft: Path) -> None:
    filled = draft.read_text(encoding="utf-8").replace("number: null", "number: 72", 1)
    draft.write_text(filled.replace("issued_on: null", "issued_on: 16/8/2023", 1), encoding="utf-8")
    said = office("directive", "issue", str(draft), *AS_LEADER)
    assert "72/SGTVT-VP is issued" in said.data
    assert "35 obligations" in said.data
    [directive] = office.json("directive", "list")["directives"]
    assert (directive["symbol"], directive["issuer"], directive["open"]) == ("72/SGTVT-VP", "skhcn", 35)


def test_the_same_document_issued_twice_is_answered_as_before(office: Typed, draft: Path) -> None:
    first = office.json("directive", "issue", str(draft), *AS_LEADER, *NUMBERED)
    again = office("directive", "issue", str(draft), *AS_LEADER, *NUMBERED)
    assert f"already issued: cascade {first['cascade']}, directive 1. Nothing was done." in again.talk
    assert office.json("directive", "issue", str(draft), *AS_LEADER, *NUMBERED) == {**first, "again": True}


def test_the_same_symbol_with_other_content_is_a_conflict(office: Typed, draft: Path) -> None:
    office("directive", "issue", str(draft), *AS_LEADER, *NUMBERED)
    other = ("--number", "72", "--date", "15/8/2023")
    assert "with other content" in office("directive", "issue", str(draft), *AS_LEADER, *other, ends=5).talk
    office("directive", "issue", str(draft), *AS_LEADER, *other, "--command-id", "another", "--json")
    assert len(office.json("directive", "list")["directives"]) == 2


def test_whoever_issues_has_to_be_named_and_to_be_allowed(office: Typed, draft: Path) -> None:
    assert "--as OFFICE/ROLE" in office("directive", "issue", str(draft), *NUMBERED, ends=2).talk
    assert "role of clerk" in office("directive", "issue", str(draft), "--as", "skhcn/king", *NUMBERED, ends=2).talk
    said = office("directive", "issue", str(draft), "--as", "vp/leader", *NUMBERED, ends=5)
    assert "that is for skhcn/leader, skhcn/clerk" in said.talk


def test_who_acts_may_stand_in_the_environment(office: Typed, draft: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASCADE_AS", "skhcn/clerk")
    office("directive", "issue", str(draft), *NUMBERED)


def test_a_directory_without_offices_says_what_to_run_next(typed: Typed, draft: Path) -> None:
    typed("db", "create", "--simulated-from", "2023-08-16T09:00")
    assert "cascade office import" in typed("directive", "issue", str(draft), *AS_LEADER, *NUMBERED, ends=5).talk


def test_names_that_are_not_in_the_directory_are_all_named(office: Typed, draft: Path) -> None:
    text = draft.read_text(encoding="utf-8")
    draft.write_text(
        text.replace("Trưởng các phòng, ban, trung tâm trực thuộc Sở", "Kho bạc; Cục Thuế tỉnh"), encoding="utf-8"
    )
    said = office("directive", "issue", str(draft), *AS_LEADER, *NUMBERED, ends=5)
    assert '"Kho bạc; Cục Thuế tỉnh"' in said.talk
    assert "cascade office import" in said.talk
    draft.write_text(text.replace('Sở Giao thông vận tải"', 'Sở Nội vụ"'), encoding="utf-8")
    assert (
        '"Sở Nội vụ" is not in the directory'
        in office("directive", "issue", str(draft), *AS_LEADER, *NUMBERED, ends=5).talk
    )
    said = office(
        "directive",
        "issue",
        str(draft),
        *AS_LEADER,
        *NUMBERED,
        "--issuer",
        "skhcn",
        "--to",
        "qlxx",
        "--to",
        "vp",
        ends=5,
    )
    assert "no office 'qlxx'" in said.talk


def test_recipients_may_be_chosen_at_the_door(office: Typed, draft: Path) -> None:
    said = office.json("directive", "issue", str(draft), *AS_LEADER, *NUMBERED, "--to", "vp", "--to", "Thanh tra Sở")
    assert len(said["obligations"]) == 10
    held = {one["holder"] for one in office.json("obligation", "list")["obligations"]}
    assert held == {"vp", "thanhtra"}


def test_a_draft_that_is_no_draft_is_refused_with_its_lines(office: Typed, tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text("number: 61\ncolour: red\nnumber: 62\n", encoding="utf-8")
    said = office("directive", "issue", "wrong.yaml", *AS_LEADER, ends=3)
    assert "wrong.yaml:2:1" in said.talk
    assert "wrong.yaml:3:1" in said.talk


@pytest.mark.parametrize(
    "option", [("--date", "32/8/2023"), ("--arrived", "soon"), ("--under", "the first"), ("--number",)], ids=" ".join
)
def test_an_option_that_cannot_be_read_is_a_usage_error(office: Typed, draft: Path, option: tuple[str, ...]) -> None:
    office("directive", "issue", str(draft), *AS_LEADER, *option, ends=2)


def test_orders_descend_from_an_outside_office_to_the_units(office: Typed, draft: Path, tmp_path: Path) -> None:
    (tmp_path / "order.yaml").write_text(ORDER, encoding="utf-8")
    top = office.json("directive", "issue", "order.yaml", "--as", "skhcn/clerk", "--arrived", "14/8/2023")
    second = (
        ORDER.replace("304", "4053").replace("TB-VPCP", "UBND-NC").replace('"TB"', '"CV"').replace("07-19", "08-11")
    )
    second = second.replace("Văn phòng Chính phủ", "UBND tỉnh").replace('"UBND tỉnh"]', '"Sở Giao thông vận tải"]')
    (tmp_path / "second.yaml").write_text(second, encoding="utf-8")
    office("directive", "issue", "second.yaml", "--as", "skhcn/clerk", "--under", "1")
    office("directive", "issue", str(draft), *AS_LEADER, *NUMBERED, "--under", f"{top['cascade']}/2")
    said = office("directive", "tree").data
    order = [said.index(symbol) for symbol in ("1. 304/TB-VPCP", "    2. 4053/UBND-NC", "        3. 72/SGTVT-VP")]
    assert order == sorted(order)
    assert "recorded by skhcn/clerk" in said
    assert "= 37" in said
    tree = office.json("directive", "tree", top["cascade"][:4])
    assert [one["above"] for one in tree["directives"]] == [None, 1, 2]
    assert tree["totals"]["total"] == 37


def test_a_long_tree_says_what_it_leaves_out(issued: Typed) -> None:
    said = issued("directive", "tree", "--limit", "10")
    assert "10 of 35 obligations shown" in said.talk
    assert "= 35" in said.data


def test_revoking_a_directive_stops_what_is_open_under_it(issued: Typed) -> None:
    [directive] = issued.json("directive", "list")["directives"]
    words = ("directive", "revoke", directive["cascade"], "1", "--document", "80/SGTVT-VP", "--reason", "Thay thế")
    assert "that is for skhcn/leader" in issued(*words, "--as", "vp/leader", ends=5).talk
    assert "72/SGTVT-VP is revoked" in issued(*words, *AS_LEADER).talk
    assert issued.json("obligation", "list")["totals"]["void"] == 35
    assert "'revoked'" in issued(*words, *AS_LEADER, ends=5).talk
    assert "No directive 9" in issued(*words[:3], "9", *words[4:], *AS_LEADER, ends=4).talk


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("skhcn", ["skhcn"]),
        ("Sở Khoa học và Công nghệ", ["skhcn"]),
        ("SỞ KHOA HOC VA CONG NGHE", ["skhcn"]),
        ("Giám đốc Sở KHCN tỉnh Quảng Trị", ["skhcn"]),
        ("UBND tỉnh Quảng Trị", ["ubnd"]),
        ("Văn phòng UBND tỉnh", []),
        ("Trưởng phòng Quản lý khoa học", ["qlkh"]),
        ("Chi cục trưởng Chi cục Tiêu chuẩn Đo lường Chất lượng", ["cctdc"]),
        ("Quản lý", ["qlkh", "qlcn"]),
        ("Kho bạc", []),
        ("...", []),
    ],
)
def test_an_office_is_known_by_the_names_that_letters_use(name: str, ids: list[str]) -> None:
    assert [one.id for one in named(name, read_offices(sample(), "sample"))] == ids


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("Các phòng, đơn vị thuộc Sở", UNITS),
        ("Trưởng các phòng, ban, trung tâm trực thuộc Sở", UNITS),
        ("Các phòng, trung tâm", ["khtc", "qlkh", "qlcn", "ttut"]),
        ("Các huyện, thị xã", []),
        ("Thanh tra", ["thanhtra"]),
    ],
)
def test_a_letter_to_all_units_goes_to_all_units(name: str, ids: list[str]) -> None:
    offices = Offices({one.id: one for one in read_offices(sample(), "sample")})
    assert [one.id for one in addressed(name, offices.get("skhcn"), offices)] == ids


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("Tổ chức quán triệt nội dung Thông báo", "once"),
        ("Báo cáo định kỳ hằng quý kết quả thực hiện", "periodic"),
        ("Hoàn thành các nhiệm vụ theo Kế hoạch số 05/KH-SKHCN", "periodic"),
        ("Không để xảy ra tình trạng trễ hẹn", "on_event"),
        ("Khi có phát sinh vướng mắc, báo cáo ngay", "on_event"),
        ("Thực hiện đầy đủ nội dung đã cam kết tại Văn bản số 999/CK-BCĐ", "linked"),
        ("Rà soát, hoàn thiện hồ sơ", "once"),
    ],
)
def test_a_way_to_follow_up_is_proposed_from_the_words(text: str, mode: str) -> None:
    assert mode_of(text).mode == mode


@pytest.mark.skipif(not SEED, reason="the seed's letter is not beside this checkout")
def test_the_seeds_letter_is_read_and_issued(typed: Typed, tmp_path: Path) -> None:
    read = typed.json("directive", "read", str(SEED[0]))
    assert (len(read["cites"]), len(read["items"])) == (7, 5)
    assert read["signer"]["authority"] == ["KT. GIÁM ĐỐC"]
    (tmp_path / "seed.yaml").write_text(typed("directive", "read", str(SEED[0])).data, encoding="utf-8")
    typed("db", "create", "--simulated-from", "2023-08-16T09:00")
    typed("office", "import", "--sample")
    assert "2 blocking doubts" in typed("directive", "issue", "seed.yaml", *AS_LEADER, ends=5).talk
    said = typed("directive", "issue", "seed.yaml", *AS_LEADER, "--number", "61", "--date", "16/8/2023")
    assert "61/SKHCN-VP is issued" in said.data
    assert "35 obligations" in said.data
