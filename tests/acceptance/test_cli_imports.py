"""An office takes its present list of open tasks in: 400 rows, twelve of them faulty, mended and imported again."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from engine.exchange.opening_heads import sample
from tests.acceptance.conftest import START, Typed
from tests.support.lists import HEADERS, workbook

CLERK = ("--as", "skhcn/clerk")
UNITS = ["vp", "thanhtra", "khtc", "qlkh", "qlcn", "cctdc", "ttut"]
ROWS = 400
# What is wrong in which row of the sheet: the cell that is changed, what is written there, the code it is told under.
FAULTY: Mapping[int, tuple[str, Any, str]] = {
    17: ("due", "31/02/2023", "I203"),
    44: ("lead", "Phòng Tổ chức", "I204"),
    71: ("symbol", "công văn tỉnh", "I202"),
    99: ("issued_on", "", "I201"),
    128: ("text", "", "I201"),
    150: ("lead", "Phòng Quản lý", "I205"),
    201: ("due", "thường xuyên", "I203"),
    202: ("support", "vp; vp", "I206"),
    256: ("due", "01/01/2023", "I208"),
    300: ("issuer", "Bộ Tư pháp", "I204"),
    333: ("progress", "Hoàn thành", "I213"),
    401: ("due", "=NOW()", "I212"),
}


def row(number: int, **changed: Any) -> list[Any]:
    """A good row: the province's documents of two tasks each, on paper since spring."""
    document = (number + 1) // 2
    cells = {
        "number": number,
        "symbol": f"{document}/UBND-NC",
        "issued_on": f"{1 + document % 28:02}/05/2023",
        "issuer": "UBND tỉnh",
        "text": f"Nhiệm vụ số {number}",
        "lead": UNITS[number % 7],
        "support": UNITS[(number + 1) % 7] if number % 5 == 0 else "",
        "due": "30/06/2023" if number % 4 == 0 else "" if number % 10 == 1 else "29/09/2023",
        "officer": "Chuyên viên",
        "progress": "Đang thực hiện" if number % 2 else "",
        "remark": "",
    }
    assert set(changed) <= set(cells)
    return list({**cells, **changed}.values())


def listed(faulty: Mapping[int, tuple[str, Any, str]], rows: int = ROWS) -> bytes:
    """The list as a spreadsheet: row 1 holds the headers, task n stands in row n + 1."""
    changes = {line - 1: {name: value} for line, (name, value, _) in faulty.items()}
    return workbook(HEADERS, *(row(number, **changes.get(number, {})) for number in range(1, rows + 1)))


def in_file(folder: Path, content: bytes | str, name: str = "tasks.xlsx") -> str:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return name


def csv_of(*rows: Sequence[Any]) -> str:
    return "\n".join(",".join(map(str, one)) for one in [HEADERS, *rows])


def test_twelve_faulty_rows_of_four_hundred_are_told_the_rest_stored_and_the_mended_added(
    office: Typed, tmp_path: Path
) -> None:
    file = in_file(tmp_path, listed(FAULTY))
    said = office("import", "tasks", file, *CLERK, ends=3)
    told = [line for line in said.talk.splitlines() if line.startswith("tasks.xlsx:") and " I2" in line]
    assert [int(line.split(":")[1]) for line in told] == sorted(FAULTY)
    assert [line.split()[1] for line in told] == [code for _, (_, _, code) in sorted(FAULTY.items())]
    assert "400 rows, 12 of them faulty" in said.talk
    assert "Nothing was stored." in said.data
    assert "--skip-faulty" in said.talk
    assert office.json("db", "status")["obligations"]["total"] == 0

    said = office("import", "tasks", file, *CLERK, "--skip-faulty", ends=3)
    # Each of the twelve rows keeps its document out, and the one without a symbol whatever it may belong to.
    assert "Stored: 182 documents" in said.data
    assert "Not whole, so left out: 8/UBND-NC (ubnd, 2023), lines 16, 17" in said.talk
    assert "Not whole, so left out: 63/UBND-NC (ubnd, 2023), lines 126, 127; of it may be line 71" in said.talk
    assert "182 documents were stored" in said.talk
    assert {len(lines) for lines in stored_lines(office)} == {2}

    mended = in_file(tmp_path, listed({}), "mended.xlsx")
    report = office.json("import", "tasks", mended, *CLERK)
    assert report["known"] == {"documents": 182, "tasks": 364}
    assert report["stored"]["documents"] == 18
    assert len(stored_lines(office)) == 200
    assert office.json("db", "status")["obligations"]["total"] == 480

    said = office("import", "tasks", mended, *CLERK)
    assert "0 new documents, 200 imported before" in said.talk
    assert office.json("db", "status")["obligations"]["total"] == 480
    office("journal", "verify")


def stored_lines(office: Typed) -> list[list[str]]:
    """What stands in the database: for each document the labels of its tasks that somebody leads."""
    found: dict[str, list[str]] = {}
    for one in office.json("obligation", "list", "--limit", "1000")["obligations"]:
        if one["part"] == "lead":
            found.setdefault(one["cascade"], []).append(str(one["item"]))
    return list(found.values())


def test_what_was_imported_is_received_and_marked_and_late_where_its_date_is_past(
    office: Typed, tmp_path: Path
) -> None:
    rows = [row(1, due="29/09/2023", lead="vp"), row(2, due="30/06/2023", lead="khtc", support="vp")]
    report = office.json("import", "tasks", in_file(tmp_path, workbook(HEADERS, *rows)), *CLERK)
    assert report["stored"] == {"documents": 1, "obligations": 3, "cascades": report["stored"]["cascades"]}
    found = {one["number"]: one for one in office.json("obligation", "list")["obligations"]}
    assert {one["state"] for one in found.values()} == {"working"}
    assert [found[number]["holder"] for number in (1, 2, 3)] == ["vp", "khtc", "vp"]
    assert "Chuyên viên" in office("obligation", "show", "1").data
    late = office.json("obligation", "list", "--group", "open_overdue")["obligations"]
    assert 2 in [one["number"] for one in late]


def test_the_sample_is_a_list_that_can_be_imported(typed: Typed, tmp_path: Path) -> None:
    typed("db", "create", "--simulated-from", START)
    typed("office", "import", "--sample")
    assert typed("import", "tasks", "--print-sample").data == sample() + "\n"
    said = typed("import", "tasks", in_file(tmp_path, sample(), "tasks.csv"), *CLERK)
    assert said.data.startswith("Stored: 2 documents, 4 obligations.")


def test_a_dry_run_says_what_would_be_stored_and_stores_nothing(office: Typed, tmp_path: Path) -> None:
    file = in_file(tmp_path, csv_of(row(1), row(2)), "tasks.csv")
    said = office("import", "tasks", file, *CLERK, "--dry-run")
    assert "2 rows, 0 of them faulty; 1 new document, 0 imported before" in said.talk
    assert "Nothing was stored: --dry-run." in said.talk
    assert office.json("db", "status")["cascades"] == 0


def test_a_list_is_taken_from_standard_input(office: Typed) -> None:
    assert "1 document," in office("import", "tasks", "-", *CLERK, text=csv_of(row(1))).data


def test_what_the_law_refuses_is_told_with_its_lines_before_anything_is_stored(office: Typed, tmp_path: Path) -> None:
    rows = [row(1), row(2), row(3, issued_on="01/12/2023", due="31/12/2023"), row(5, lead="ubnd")]
    file = in_file(tmp_path, csv_of(*rows), "tasks.csv")
    said = office("import", "tasks", file, *CLERK, ends=3)
    assert "tasks.csv:4:1 I301 Cannot issue 2/UBND-NC: its date 01/12/2023 has not come yet" in said.talk
    assert "tasks.csv:5:1 I301" in said.talk
    assert office.json("db", "status")["cascades"] == 0
    assert "1 document was stored" in office("import", "tasks", file, *CLERK, "--skip-faulty", ends=3).talk


def test_a_list_that_somebody_else_brings_is_refused(office: Typed, tmp_path: Path) -> None:
    file = in_file(tmp_path, csv_of(row(1)), "tasks.csv")
    assert "that is for skhcn/clerk" in office("import", "tasks", file, "--as", "vp/leader", ends=3).talk
    assert "--as" in office("import", "tasks", file, ends=2).talk


def test_a_document_with_other_content_is_a_conflict_that_changes_nothing(office: Typed, tmp_path: Path) -> None:
    office("import", "tasks", in_file(tmp_path, csv_of(row(1), row(2)), "old.csv"), *CLERK)
    file = in_file(tmp_path, csv_of(row(1), row(2, progress="Đã trình"), row(3)), "tasks.csv")
    said = office("import", "tasks", file, *CLERK, ends=5)
    assert "tasks.csv:2:1 I302 1/UBND-NC was imported before with other content; nothing was changed" in said.talk
    assert "(lines 2, 3)" in said.talk
    assert "Stored: 1 document" in office("import", "tasks", file, *CLERK, "--skip-faulty", ends=5).data
    assert len(office.json("obligation", "list")["obligations"]) == 3


def test_a_document_that_was_issued_already_is_not_imported_beside_it(office: Typed, tmp_path: Path) -> None:
    draft = (
        'number: 1\nnotation: "UBND-NC"\ntype: "CV"\nissued_on: 2023-05-02\nsubject: "Việc"\nissuer: "UBND tỉnh"\n'
        'issue: {issuer: ubnd}\nitems:\n  - {number: "1", text: "Nhiệm vụ", due: 2023-09-29, lead: [skhcn]}\n'
    )
    office("directive", "issue", in_file(tmp_path, draft, "draft.yaml"), *CLERK)
    said = office("import", "tasks", in_file(tmp_path, csv_of(row(1)), "tasks.csv"), *CLERK, ends=5)
    assert "I303 1/UBND-NC is registered already, as directive 1 of cascade" in said.talk


def test_the_report_is_one_json_document(office: Typed, tmp_path: Path) -> None:
    file = in_file(tmp_path, csv_of(row(1), row(2, lead="nobody"), row(3)), "tasks.csv")
    report = office.json("import", "tasks", file, *CLERK, "--skip-faulty", ends=3)
    assert (report["rows"], report["faulty_rows"]) == (3, 1)
    assert report["left_out"] == [{"document": "1/UBND-NC (ubnd, 2023)", "lines": [2, 3], "doubtful_lines": []}]
    assert [(one["line"], one["column"], one["code"]) for one in report["problems"]] == [(3, 6, "I204")]
    assert report["stored"]["documents"] == 1
    assert report["columns_not_read"] == ["TT"]


def test_rows_with_nothing_in_the_columns_that_are_read_are_named(office: Typed, tmp_path: Path) -> None:
    file = in_file(tmp_path, csv_of(["I. Năm 2023", *[""] * 10], row(1), ["Cộng: 1", *[""] * 10]), "tasks.csv")
    assert "Nothing in the columns that are read: lines 2, 4." in office("import", "tasks", file, *CLERK).talk


@pytest.mark.parametrize(
    ("words", "ends", "says"),
    [
        ((), 2, "give a FILE, or --print-sample"),
        (("gone.xlsx", *CLERK), 4, "There is no file gone.xlsx"),
        ((".", *CLERK), 3, ". cannot be read"),
        (("tasks.csv", *CLERK, "--mode", "never"), 2, "there are once, periodic"),
        (("tasks.csv", *CLERK, "--workflow", "other"), 3, "I214 No workflow 'other'"),
        (("tasks.csv", *CLERK, "--sheet", "2023"), 3, "T102 a CSV file has no sheets"),
        (("empty.csv", *CLERK), 3, "T109 none of the first 20 rows holds the headers"),
    ],
)
def test_what_cannot_be_done_is_said(
    office: Typed, tmp_path: Path, words: tuple[str, ...], ends: int, says: str
) -> None:
    in_file(tmp_path, csv_of(row(1)), "tasks.csv")
    in_file(tmp_path, "", "empty.csv")
    assert says in office("import", "tasks", *words, ends=ends).talk
