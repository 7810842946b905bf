"""The register in a browser without scripts: what is read is reviewed, issued once, found again, and changed after a look."""

import hashlib
from collections.abc import Iterator

import pytest

from engine.notify.channels import Silent
from engine.runtime import Runtime, opened
from storage import documents
from storage.verification import verify
from tests.support import uploads
from tests.support.browsing import Visitor, account, served
from tests.support.databases import SqliteFiles, create_installation, tables
from tests.support.desk import READY, Desk
from tests.support.forms import filled_in
from tests.support.offices import DEPARTMENT
from tests.support.uploads import word
from workflows.commands import ItemDraft
from workflows.fields import parse_instant

LETTER = (
    "ỦY BAN NHÂN DÂN TỈNH",
    "Số: {number}/UBND-NC",
    "V/v triển khai kế hoạch số {number}",
    "Quảng Trị, ngày 11 tháng 8 năm 2023",
    "Kính gửi: Các đơn vị.",
    "1. Báo cáo kết quả rà soát trước ngày 31/8/2023.",
    "2. Phổ biến nội dung đến toàn thể công chức./.",
    "Nơi nhận:",
    "- Như trên;",
    "- Lưu: VT.",
    "CHỦ TỊCH",
)


@pytest.fixture(scope="module")
def office(sqlite: SqliteFiles) -> Iterator[Runtime]:
    with opened(create_installation(sqlite.empty()), channel=Silent()) as runtime:
        desk = Desk(runtime).at(READY)
        desk.order("2023-08-21", "unit-1", "unit-2")
        account(runtime, "clerk", (DEPARTMENT, "clerk"))
        account(runtime, "leader", (DEPARTMENT, "leader"))
        account(runtime, "unit", ("unit-2", "leader"))
        account(runtime, "officer", ("unit-1", "officer"))
        account(runtime, "reader", roles=("auditor",))
        account(runtime, "keeper", roles=("admin",))
        yield runtime


def someone(address: str, name: str) -> Visitor:
    return Visitor(address, **{"accept-language": "vi"}).sign_in(name)


@pytest.fixture
def clerk(address: str) -> Iterator[Visitor]:
    with someone(address, "clerk") as one:
        yield one


@pytest.fixture
def leader(address: str) -> Iterator[Visitor]:
    with someone(address, "leader") as one:
        yield one


def hand_in(visitor: Visitor, name: str, data: bytes, **fields: str) -> None:
    visitor.look("/register/new")
    visitor.send("/register/new", fields, files={"file": (name, data)})


def paste(visitor: Visitor, number: int, **fields: str) -> None:
    text = "\n".join(LETTER).format(number=number)
    visitor.look("/register/new")
    visitor.send("/register/new", {"text": text, **fields}, files={"file": ("", b"")})


def form(visitor: Visitor) -> dict[str, str]:
    return filled_in(visitor.page.text, visitor.page.url.path)


def press(visitor: Visitor, button: str, **changes: str) -> None:
    """Fill in some fields of the form that is looked at, and press one of its buttons."""
    names = {name.replace("__", "-"): value for name, value in changes.items()}
    visitor.send(visitor.page.url.path, {**form(visitor), **names, "do": button})


def settled(**more: str) -> dict[str, str]:
    """What a clerk adds to the letter of the province."""
    return {"issuer": "province", "arrival_number": "2108", "arrived_on": "14/08/2023", "item__0__lead": "department",
            "item__1__lead": "department", **more}  # fmt: skip


def test_a_letter_is_read_reviewed_and_issued_with_its_arrival_and_its_original(
    clerk: Visitor, office: Runtime
) -> None:
    data = word(*(line.format(number=4053) for line in LETTER))
    hand_in(clerk, "công văn.docx", data)
    assert clerk.page.url.path.startswith("/register/drafts/")
    read = form(clerk)
    assert (read["symbol"], read["type"], read["issued_on"]) == ("4053/UBND-NC", "CV", "11/08/2023")
    assert read["item-0-due"] == "31/08/2023"
    assert "dòng 2" in clerk.words
    assert "nghi ngờ" in clerk.words
    press(clerk, "issue", **settled())
    assert clerk.page.url.path.startswith("/register/entries/"), clerk.words
    assert "2 nhiệm vụ" in clerk.words
    assert "2108" in clerk.words
    digest = hashlib.sha256(data).hexdigest()
    assert digest in clerk.words
    kept = clerk.look(clerk.page.url.path.replace("entries", "documents"))
    assert kept.content == data
    assert kept.headers["content-type"].startswith("application/vnd.openxmlformats")
    assert kept.headers["content-disposition"].startswith('attachment; filename="4053_UBND-NC.docx"')
    assert kept.headers["x-content-type-options"] == "nosniff"
    with office.database.reading() as connection:
        assert verify(connection).verified


def test_edits_are_kept_over_faults_and_every_fault_stands_beside_its_field(clerk: Visitor) -> None:
    paste(clerk, 101)
    press(clerk, "issue", symbol="no symbol", issued_on="31/02/2023", item__0__lead="nobody at all", item__1__due="soon",
          subject="Trích yếu đã sửa")  # fmt: skip
    assert clerk.page.status_code == 422
    kept = form(clerk)
    assert (kept["symbol"], kept["issued_on"], kept["subject"]) == ("no symbol", "31/02/2023", "Trích yếu đã sửa")
    assert (kept["item-0-lead"], kept["item-1-due"]) == ("nobody at all", "soon")
    for field in ("symbol", "issued_on", "issuer", "item-0-lead", "item-1-due"):
        assert f'id="{field}-error"' in clerk.page.text, field
    clerk.look(clerk.page.url.path)
    assert form(clerk)["subject"] == "Trích yếu đã sửa"


def test_a_button_comes_back_with_one_more_row_and_another_leaves_one_out(clerk: Visitor) -> None:
    paste(clerk, 102)
    press(clerk, "add", item__0__text="Sửa trước khi thêm")
    assert form(clerk)["rows"] == "3"
    assert form(clerk)["item-0-text"] == "Sửa trước khi thêm"
    press(clerk, "remove-0")
    assert form(clerk)["rows"] == "2"
    assert form(clerk)["item-0-text"].startswith("Phổ biến")


def test_a_draft_outlives_its_session_and_is_nobody_elses(clerk: Visitor, address: str) -> None:
    paste(clerk, 103)
    press(clerk, "check", place="Đông Hà")
    path = clerk.page.url.path
    clerk.send("/sign-out", {})
    with someone(address, "leader") as other:
        assert other.look(path).status_code == 404
        assert other.look(f"{path}/original").status_code == 404
    clerk.sign_in("clerk")
    clerk.look(path)
    assert form(clerk)["place"] == "Đông Hà"
    press(clerk, "give-up")
    assert clerk.page.url.path == "/register"
    assert clerk.look(path).status_code == 404


def test_a_document_that_is_here_is_offered_for_attaching_and_is_issued_once(clerk: Visitor) -> None:
    for _ in range(2):
        paste(clerk, 104)
        press(clerk, "issue", **settled())
    assert "lần này không làm gì thêm" in clerk.words
    paste(clerk, 104)
    press(clerk, "issue", **settled(item__0__text="Nội dung khác"))
    assert clerk.page.status_code == 422
    assert "với nội dung khác" in clerk.words
    press(clerk, "another")
    assert clerk.page.url.path.startswith("/register/entries/"), clerk.words


def test_a_document_known_by_another_command_can_be_attached(clerk: Visitor, office: Runtime) -> None:
    desk = Desk(office, name="known")
    desk.issue("province", desk_item("department"), symbol="105/UBND-NC")
    paste(clerk, 105)
    press(clerk, "issue", **settled())
    assert "105/UBND-NC" in clerk.words
    assert "đã có trong sổ" in clerk.words
    press(clerk, "attach")
    assert clerk.page.url.path == f"/register/entries/{desk.cascade}/1"
    assert "liên kết" in clerk.words


def desk_item(*lead: str) -> ItemDraft:
    return ItemDraft("1", "Báo cáo", due=parse_instant("2023-08-31"), lead=lead)


def test_a_scan_is_kept_with_what_is_typed(clerk: Visitor) -> None:
    data = uploads.scan()
    hand_in(clerk, "scan.pdf", data)
    assert "bản quét" in clerk.words
    press(clerk, "issue", **settled(symbol="106/UBND-NC", type="CV", issued_on="11/08/2023", subject="Từ bản quét",
                                    workflow="government-notice", item__0__text="Báo cáo", item__0__due="31/08/2023",
                                    item__1__lead=""))  # fmt: skip
    assert clerk.page.url.path.startswith("/register/entries/"), clerk.words
    kept = clerk.look(clerk.page.url.path.replace("entries", "documents"))
    assert (kept.content, kept.headers["content-type"]) == (data, "application/pdf")


def test_hostile_files_are_answered_in_words_and_nothing_is_kept(clerk: Visitor, office: Runtime) -> None:
    before = tables(str(office.database.url), "document")
    for name, data, says in (
        ("a.docx", uploads.bomb(20), "lớn hơn rất nhiều"),
        ("a.pdf", word("Số: 1/A"), "nội dung là"),
        ("a.txt", b"", "rỗng"),
        ("../../../etc/passwd", b"\x00\x01", "NUL"),
        ("a.txt", "Số: 1/A\nMẬT\n".encode(), "MẬT"),
    ):
        hand_in(clerk, name, data)
        assert clerk.page.status_code == 422, name
        assert says in clerk.words, (says, clerk.words)
    clerk.look("/register/new")
    clerk.send("/register/new", {"text": "x"}, files={"file": ("a.txt", b"a" * (documents.SIZE_MAX + 1))})
    assert clerk.page.status_code == 413
    assert "25 MB" in clerk.words
    clerk.look("/register/new")
    clerk.send("/register/new", {}, files={"file": ("a.txt", b"a" * 26_100_000)})
    assert clerk.page.status_code == 413
    assert tables(str(office.database.url), "document") == before


def test_who_may_not_register_is_told_who_may(address: str) -> None:
    for name in ("officer", "reader", "keeper"):
        with someone(address, name) as one:
            assert one.look("/register/new").status_code == 403, name
    with someone(address, "keeper") as one:
        assert one.look("/register").status_code == 403
    with Visitor(address) as stranger:
        assert stranger.look("/register").url.path == "/sign-in"


def test_an_original_is_shown_only_to_who_sees_the_document(clerk: Visitor, address: str) -> None:
    hand_in(clerk, "a.docx", word(*(line.format(number=107) for line in LETTER)))
    press(clerk, "issue", **settled())
    way = clerk.page.url.path.replace("entries", "documents")
    with someone(address, "unit") as one:
        assert one.look(way).status_code == 404
    with someone(address, "reader") as one:
        assert one.look(way).status_code == 200


def test_the_unit_cannot_issue_for_the_department(address: str) -> None:
    with someone(address, "unit") as one:
        paste(one, 108)
        press(one, "issue", **settled(issuer=DEPARTMENT, item__0__lead="unit-1", item__1__lead="unit-1", arrived_on=""))
        assert one.page.status_code == 403


def test_the_filters_stand_in_the_address_and_what_is_mistyped_is_told(clerk: Visitor) -> None:
    paste(clerk, 109)
    press(clerk, "issue", **settled())
    assert "109/UBND-NC" in clerk.look("/register?text=trien+khai+109").text
    assert "109/UBND-NC" in clerk.look("/register?kind=incoming").text
    assert "109/UBND-NC" not in clerk.look("/register?kind=issued").text
    assert "109/UBND-NC" in clerk.look("/register?issuer=province&since=11/08/2023&until=11/08/2023&dated=with").text
    assert "109/UBND-NC" not in clerk.look("/register?until=10/08/2023").text
    assert "109/UBND-NC" not in clerk.look("/register?dated=without&text=109").text
    assert "Không có văn bản nào phù hợp" in clerk.look("/register?text=nosuchword").text
    assert "không phải là ngày" in clerk.look("/register?since=31/02/2023").text
    assert "Danh bạ không có" in clerk.look("/register?issuer=nobody").text
    assert clerk.look("/register?after=rubbish").status_code == 404


def test_an_obligation_is_passed_on_by_a_document_of_its_own(leader: Visitor, clerk: Visitor) -> None:
    paste(clerk, 110)
    press(clerk, "issue", **settled())
    way = clerk.page.url.path.removeprefix("/register/entries/").partition("/")[0]
    leader.look(f"/register/new?under={way}/1")
    assert "Giao tiếp nhiệm vụ 1" in leader.words
    leader.send("/register/new", {"under": f"{way}/1", "blank": "1"}, files={"file": ("", b"")})
    press(leader, "issue", symbol="70/SKHCN-VP", type="CV", issued_on="14/08/2023", subject="Giao các đơn vị",
          item__0__text="Báo cáo phần việc", item__0__lead="unit-1; Unit 2", item__0__due="25/08/2023")  # fmt: skip
    assert leader.page.url.path == f"/register/entries/{way}/2", leader.words
    assert "2 nhiệm vụ" in leader.words


def test_an_obligation_is_passed_on_by_a_direction_after_a_look(leader: Visitor, clerk: Visitor, address: str) -> None:
    paste(clerk, 111)
    press(clerk, "issue", **settled())
    way = clerk.page.url.path.removeprefix("/register/entries/").partition("/")[0]
    leader.look(f"/register/entries/{way}/1")
    assert f'href="/obligations/{way}/1/relay"' in leader.page.text
    leader.look(f"/obligations/{way}/1/relay")
    press(leader, "preview", **{"part-unit-3": "lead"})
    assert leader.page.status_code == 422
    press(leader, "preview", direction="Unit 3 tham mưu", **{"part-unit-3": "lead", "also-info": "Unit 2"})
    assert "Unit 3" in leader.words
    assert leader.words.count("được giao") >= 2
    press(leader, "carry-out")
    assert leader.page.url.path == f"/obligations/{way}/1", leader.words
    with someone(address, "unit") as one:
        assert one.look(f"/obligations/{way}/1/relay").status_code == 409, (
            "it sees what it was told of, and passes on its own"
        )


def test_a_document_is_amended_corrected_and_revoked_each_after_a_look(leader: Visitor, office: Runtime) -> None:
    desk = Desk(office, name="changes")
    desk.issue(DEPARTMENT, desk_item("unit-1", "unit-2"), symbol="71/SKHCN-VP")
    base = f"/register/change/{desk.cascade}/1"
    leader.look(f"{base}/amend")
    press(leader, "preview", document="72/SKHCN-VP", reason="thêm thời gian")
    assert leader.page.status_code == 422
    press(leader, "preview", due__1="15/09/2023")
    assert "đổi thành 15/09/2023" in leader.words
    assert desk.obligations()[0].due_at == desk.obligations()[1].due_at
    press(leader, "carry-out")
    assert "đã được sửa đổi" in leader.words
    leader.look(f"{base}/correct")
    press(leader, "carry-out", field="0.subject", new="Trích yếu đúng", reason="ghi nhầm")
    assert "Đã đính chính" in leader.words
    assert "Trích yếu đúng" in leader.words
    leader.look(f"{base}/revoke")
    press(leader, "preview", document="75/SKHCN-VP", reason="không còn cần")
    assert leader.words.count("dừng") >= 2
    assert all(one.open for one in desk.obligations())
    press(leader, "carry-out")
    assert "đã bị thu hồi" in leader.words
    assert not any(one.open for one in desk.obligations())
    leader.look(f"{base}/revoke")
    press(leader, "preview", document="75/SKHCN-VP", reason="lần nữa")
    assert leader.page.status_code == 422


def test_a_document_takes_the_place_of_another(leader: Visitor, office: Runtime) -> None:
    desk = Desk(office, name="replaced")
    desk.issue(DEPARTMENT, desk_item("unit-1"), symbol="80/SKHCN-VP")
    leader.look(f"/register/new?replaces={desk.cascade}/1")
    assert "Thay thế 80/SKHCN-VP" in leader.words
    leader.send("/register/new", {"replaces": f"{desk.cascade}/1", "blank": "1"}, files={"file": ("", b"")})
    press(leader, "issue", symbol="81/SKHCN-VP", type="CV", issued_on="14/08/2023", subject="Thay thế", issuer=DEPARTMENT,
          workflow="government-notice", item__0__text="Báo cáo", item__0__lead="unit-1", item__0__due="05/09/2023",
          open_work="repoint")  # fmt: skip
    assert leader.page.url.path == f"/register/entries/{desk.cascade}/2", leader.words
    [old, *_] = desk.obligations()
    assert (old.directive, old.open) == (2, True)


def test_an_empty_register_says_what_to_do_next(sqlite: SqliteFiles) -> None:
    with opened(create_installation(sqlite.empty()), channel=Silent()) as runtime:
        account(runtime, "clerk", (DEPARTMENT, "clerk"))
        with served(runtime) as at, someone(at, "clerk") as one:
            assert "Sổ chưa có văn bản nào" in one.look("/register").text
            assert 'href="/register/new"' in one.page.text
