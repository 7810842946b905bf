"""A different cascade than the demonstration's, entered word for word at the prompt: a telegram before a storm, 2025.

A dispatch of the province with a date to the hour goes through the department to two units. One asks for more time and gets
it, one leaves it silent until somebody above acknowledges; the paper comes back; the department reports.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.conftest import Typed
from tests.support.databases import Databases

PROVINCE = """
number: 12
notation: "CĐ-UBND"
issued_on: "2025-08-28"
type: "CĐ"
issuer: "Ủy ban nhân dân tỉnh"
subject: "Ứng phó bão"
place: "Quảng Trị"
items:
  - {number: "1", text: "Kiểm tra an toàn hồ chứa, báo cáo trước 17 giờ ngày 05/9/2025", due: "2025-09-05T17:00"}
issue: {workflow: government-notice, issuer: ubnd, under: null, to: [skhcn]}
"""

DEPARTMENT = """
number: 90
notation: "SKHCN-VP"
issued_on: "2025-08-28"
type: "CV"
issuer: "Sở Khoa học và Công nghệ"
subject: "Kiểm tra an toàn hồ chứa"
place: "Quảng Trị"
items:
  - {number: "1", text: "Kiểm tra thiết bị quan trắc", due: "2025-09-03", lead: [qlcn, ttut], support: [vp]}
issue: {workflow: government-notice, issuer: skhcn, under: 1, to: []}
"""


@pytest.fixture
def prompt(databases: Databases, tmp_path: Path) -> Iterator[Typed]:
    """The sample offices on Thursday 28 August 2025, a simulated time."""
    (tmp_path / "province.yaml").write_text(PROVINCE, encoding="utf-8")
    (tmp_path / "department.yaml").write_text(DEPARTMENT, encoding="utf-8")
    url = databases.empty()
    typed = Typed(url)
    typed("db", "create", "--simulated-from", "2025-08-28T08:00")
    typed("office", "import", "--sample")
    yield typed
    databases.drop(url)


def issue_both(prompt: Typed) -> None:
    prompt("directive", "issue", "province.yaml", "--as", "skhcn/clerk")
    prompt("obligation", "do", "receive", "1", "--as", "skhcn/clerk")
    prompt("directive", "issue", "department.yaml", "--as", "skhcn/leader")


def test_a_storm_telegram_from_the_province_to_the_report(prompt: Typed) -> None:
    issue_both(prompt)
    do = ("obligation", "do")
    assert prompt.json("obligation", "show", "1")["state"] == "relayed"

    # A date to the hour is refused where the one below would pass it; a date within it is granted.
    for unit, number in (("qlcn", "2"), ("ttut", "3")):
        prompt(*do, "receive", number, "--as", f"{unit}/clerk")
    late = ("--ask", "until=2025-09-06", "--ask", "reason=thiếu người")
    assert "05/09/2025" in prompt(*do, "request_extension", "2", "--as", "qlcn/leader", *late, ends=5).talk
    within = ("--ask", "until=2025-09-04", "--ask", "reason=chờ thiết bị")
    prompt(*do, "request_extension", "2", "--as", "qlcn/leader", *within)
    prompt(*do, "grant_extension", "2", "--as", "skhcn/leader")

    # 1 and 2 September are that year's holiday: three working days before Friday the 5th is 29 August, for the department.
    fired = prompt.json("round", "--at", "2025-09-03T07:30")["fired"]
    assert sorted(one["obligation"] for one in fired if one["kind"] == "RungReached") == [1, 3, 4]
    prompt(*do, "report", "2", "--as", "qlcn/leader", "--ask", "symbol=7/BC-QLCN", "--ask", "sent_on=03/09/2025")
    prompt("round", "--at", "2025-09-04T10:00")
    prompt(*do, "accept", "2", "--as", "skhcn/leader")
    early = ("--ask", "symbol=33/BC-SKHCN", "--ask", "sent_on=04/09/2025")
    assert "3 (ttut)" in prompt(*do, "report", "1", "--as", "skhcn/leader", *early, ends=5).talk

    # The silent one rises: two working days after the 3rd the director hears, acknowledges, and the next rung waits.
    assert "obligation 3: rung 3, Báo cáo lãnh đạo -> skhcn/leader" in prompt("round", "--at", "2025-09-05T07:30").data
    prompt(*do, "acknowledge", "3", "--as", "skhcn/leader")
    shown = prompt("obligation", "show", "3").data
    assert "12/09/2025" in shown
    report = ("--ask", "symbol=4/BC-TTUT", "--ask", "sent_on=05/09/2025")
    assert "cause" in prompt(*do, "report", "3", "--as", "ttut/leader", *report, ends=5).talk
    prompt(*do, "report", "3", "--as", "ttut/leader", *report, "--ask", "cause=mất điện")
    prompt(*do, "accept", "3", "--as", "skhcn/leader")

    # Every lead below is done, the support is not waited for: the department reports, and the province's paper comes back.
    prompt(*do, "report", "1", "--as", "skhcn/leader", "--ask", "symbol=33/BC-SKHCN", "--ask", "sent_on=05/09/2025")
    prompt("round", "--at", "2025-09-08T09:00")
    missing = prompt(*do, "accept", "1", "--as", "skhcn/clerk", ends=5).talk
    assert "document" in missing
    assert "happened_on" in missing
    paper = ("--ask", "document=201/UBND-NC", "--ask", "happened_on=05/09/2025")
    prompt(*do, "accept", "1", "--as", "skhcn/clerk", *paper)

    totals = prompt.json("obligation", "list")["totals"]
    assert {group: count for group, count in totals.items() if count} == {
        "total": 4,
        "done_on_time": 2,
        "done_late": 1,
        "open_overdue": 1,
    }
    assert prompt.json("journal", "verify")["verified"] is True


def test_the_department_takes_its_letter_back_and_what_is_below_stops(prompt: Typed) -> None:
    issue_both(prompt)
    cascade = prompt.json("directive", "list")["directives"][0]["cascade"]
    revoke = ("directive", "revoke", cascade, "2", "--document", "91/SKHCN-VP", "--reason", "ban hành nhầm")
    assert "skhcn/leader" in prompt(*revoke, "--as", "qlcn/leader", ends=5).talk
    prompt(*revoke, "--as", "skhcn/leader")
    assert prompt.json("obligation", "list")["totals"]["void"] == 3
    fired = prompt.json("round", "--at", "2025-09-04T12:00")["fired"]
    assert {one["obligation"] for one in fired} == {1}, "only the department's own obligation still has clocks"
    assert prompt.json("journal", "verify")["verified"] is True
