"""One document with a deadline of every form, as the page for admins writes it: issued, shown, explained in two languages."""

import re
from pathlib import Path

import pytest

from tests.acceptance.conftest import ROOT, Typed
from workflows.loading import check_text, shipped

PAGE = (ROOT / "workflows" / "catalog" / "README.md").read_text(encoding="utf-8")
DRAFT, DEADLINES = re.findall(r"```yaml\n(.*?)```", PAGE.split("\n## Dates\n")[1].split("\n## ")[0], re.DOTALL)
HEAD = """\
number: 91
notation: "SKHCN-VP"
type: "CV"
issued_on: 2023-08-16
subject: "Giao việc"
issuer: "Sở Khoa học và Công nghệ"
addressees: ["Văn phòng"]
issue: {workflow: government-notice, issuer: skhcn, to: [vp]}
"""
NOTICE = shipped()["government-notice"]

# By obligation: what `show` says of its date, in English and in Vietnamese. The office's policies are those of the page.
SHOWN = {
    1: ("14/09/2023: as written (trước ngày 15/9/2023); 'before' leaves the day itself out",
        "14/09/2023: đúng như ghi (trước ngày 15/9/2023); cơ quan này hiểu “trước ngày” là không tính chính ngày đó"),
    2: ("15/09/2023 10:30: as written (trước 10 giờ 30 ngày 15/9/2023)",
        "15/09/2023 10:30: đúng như ghi (trước 10 giờ 30 ngày 15/9/2023)"),
    3: ("30/09/2023: as written (trong tháng 9)", "30/09/2023: đúng như ghi (trong tháng 9)"),
    4: ("15/09/2023: as written (từ ngày 11/9 đến hết ngày 15/9)", "15/09/2023: đúng như ghi (từ ngày 11/9"),
    5: ("23/08/2023: 5 working days after receipt (trong 05 ngày làm việc), counted from 16/08/2023; counted from the last",
        "23/08/2023: 5 ngày làm việc sau tiếp nhận (trong 05 ngày làm việc), tính từ 16/08/2023"),
    6: ("no date yet; it waits for: kết thúc hội nghị (3 working days after event)",
        "chưa có thời hạn; chờ xác định ngày: kết thúc hội nghị (3 ngày làm việc sau sự kiện)"),
    7: ("no date yet; it waits for: hết đợt mưa lũ", "chưa có thời hạn; chờ xác định ngày: hết đợt mưa lũ"),
    8: ("every quarter", "Báo cáo định kỳ"),
    9: ("no date of its own; by the document that it follows", "không có thời hạn riêng; theo văn bản được dẫn chiếu"),
    10: ("29/09/2023: as written (dự kiến cuối tháng 9); the day is only planned: it is reminded of, and never missed",
         "29/09/2023: đúng như ghi (dự kiến cuối tháng 9); đây là ngày dự kiến: chỉ nhắc, không tính quá hạn"),
    11: ("16/08/2023 13:00: 4 hours after issue (ngay khi nhận được công điện này)",
         "16/08/2023 13:00: 4 giờ sau phát hành (ngay khi nhận được công điện này)"),
    12: ("30/08/2023: 10 working days after receipt", "30/08/2023: 10 ngày làm việc sau tiếp nhận"),
}  # fmt: skip


def with_the_policies_of_the_page() -> str:
    """The shipped notice with the deadlines that the page for admins shows."""
    before, rest = NOTICE.split("\ndeadlines:\n")
    kept = rest[rest.index("  later_than_parent:") :]
    return f"{before}\n{DEADLINES}{kept}"


@pytest.fixture(scope="module")
def _database(tmp_path_factory: pytest.TempPathFactory, _files: dict[str, Path]) -> bytes:
    """The twelve items issued once; every look has a copy."""
    folder = tmp_path_factory.mktemp("dates")
    database = folder / "office.db"
    database.write_bytes(_files["empty"].read_bytes())
    typed = Typed(str(database))
    (folder / "notice.yaml").write_text(with_the_policies_of_the_page(), encoding="utf-8")
    (folder / "draft.yaml").write_text(HEAD + DRAFT, encoding="utf-8")
    typed("workflow", "publish", str(folder / "notice.yaml"), "--as", "skhcn/leader")
    typed("directive", "issue", str(folder / "draft.yaml"), "--as", "skhcn/leader")
    return database.read_bytes()


@pytest.fixture
def dated(_database: bytes, tmp_path: Path) -> Typed:
    (tmp_path / "dated.db").write_bytes(_database)
    return Typed(str(tmp_path / "dated.db"))


def flat(text: str) -> str:
    return " ".join(text.split())


def test_the_workflow_of_the_page_has_no_fault() -> None:
    assert [problem for problem in check_text(with_the_policies_of_the_page()) if not problem.warning] == []


def test_a_date_of_every_form_is_shown_and_explained_in_both_languages(dated: Typed) -> None:
    for number, (english, vietnamese) in SHOWN.items():
        assert english in flat(dated("obligation", "show", f"{number}").data), number
        assert vietnamese in flat(dated("obligation", "show", f"{number}", "--lang", "vi").data), number


def test_the_words_of_the_document_are_kept_shown_and_printed(dated: Typed) -> None:
    shown = dated.json("obligation", "show", "4")
    assert (shown["item"]["due_form"], shown["item"]["due_from"]) == ("interval", "2023-09-11")
    assert shown["item"]["due_wording"] == "từ ngày 11/9 đến hết ngày 15/9"
    assert "“dự kiến cuối tháng 9”" in flat(dated("obligation", "slip", "10").data)
    assert "dự kiến 29/09/2023" in flat(dated("obligation", "slip", "10").data)
    assert "10 giờ 30 ngày 15/09/2023" in flat(dated("obligation", "slip", "2").data)
    assert "chưa xác định ngày; tính từ: kết thúc hội nghị" in flat(dated("obligation", "slip", "6").data)


def test_lists_the_tree_and_the_journal_say_what_it_waits_for_and_what_is_planned(dated: Typed) -> None:
    rows = dated.json("obligation", "list")["obligations"]
    assert [(row["number"], row["waits_for"]) for row in rows if row["waits_for"]] == [
        (6, "kết thúc hội nghị"),
        (7, "hết đợt mưa lũ"),
    ]
    groups = {row["number"]: row["group"] for row in rows}
    assert {number for number, group in groups.items() if group == "no_deadline"} == {6, 7, 8, 9, 10}
    assert "waits for: kết thúc hội nghị" in flat(dated("obligation", "list").data)
    for looked in (("directive", "tree", rows[0]["cascade"]), ("journal", "show")):
        said = flat(dated(*looked, "--lang", "vi").data)
        assert "hết đợt mưa lũ" in said, looked
        assert "dự kiến 29/09/2023" in said, looked


def test_the_day_of_an_event_is_entered_corrected_and_written_down(dated: Typed) -> None:
    said = dated("obligation", "do", "set_event_day", "6", "--as", "vp/clerk", "--ask", "event_on=20/9/2023")
    assert "the day of kết thúc hội nghị is 20/09/2023" in said.data
    assert "25/09/2023: 3 working days after event (kết thúc hội nghị), counted from 20/09/2023" in flat(
        dated("obligation", "show", "6").data
    )
    again = ("obligation", "do", "set_event_day", "6", "--ask", "event_on=21/9/2023", "--ask", "reason=Hoãn một ngày")
    assert "that is for skhcn/leader" in dated(*again, "--as", "vp/clerk", ends=5).talk
    said = dated(*again, "--as", "skhcn/leader")
    assert "21/09/2023 now, not 20/09/2023 (item 6): Hoãn một ngày" in said.data
    assert "không phải 20/09/2023" in dated("journal", "show", "--obligation", "6", "--lang", "vi").data
    assert dated("journal", "verify").code == 0


def test_at_once_is_refused_where_the_workflow_does_not_say_what_it_means(office: Typed, tmp_path: Path) -> None:
    item = '  - {number: "11", text: "Che chắn vật tư", due: at_once}\n'
    (tmp_path / "draft.yaml").write_text(f"{HEAD}items:\n{item}", encoding="utf-8")
    said = office("directive", "issue", "draft.yaml", "--as", "skhcn/leader", "--lang", "vi", ends=5).talk
    assert "không có dòng `when: at_once`" in said


def test_what_the_office_makes_of_dates_is_shown_with_its_workflow(dated: Typed) -> None:
    said = flat(dated("workflow", "show", "government-notice").data)
    assert "'before day X': the day before X is the last day" in said
    assert "asked for every 5 working days" in said
    assert "ngày liền trước ngày X là ngày cuối cùng" in flat(
        dated("workflow", "show", "government-notice", "--lang", "vi").data
    )
