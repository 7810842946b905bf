"""A budget report whose numbers are summed up the tree, typed at the prompt: asked, missing, shown, aimed at."""

from pathlib import Path

import pytest

from tests.acceptance.conftest import Typed
from tests.support.law import edited_notice
from tests.support.numbers import JOIN

BUDGET = """
numbers:
  spent: {label: "Đã chi", unit: "triệu đồng", decimals: 1, at_least: 0}
  par_index: {label: "Chỉ số CCHC", decimals: 2, at_most: 100, total: own, in: dated}
join: {wait_for: all_leads, until_then: allow"""
ENGLISH = ('  modes: {once: "once"', '  numbers: {spent: "Spent", par_index: "PAR index"}\n  modes: {once: "once"')

PROVINCE = """
number: 12
notation: "KH-UBND"
issued_on: "2023-08-16"
type: "KH"
issuer: "Ủy ban nhân dân tỉnh"
subject: "Cam kết chỉ số và chi ngân sách"
items:
  - {number: "1", text: "Nâng chỉ số", due: "2023-09-29", targets: {par_index: "85,5", spent: "20"}}
  - {number: "2", text: "Báo cáo chi ngân sách hằng quý", mode: periodic}
issue: {workflow: government-notice, issuer: ubnd, under: null, to: [skhcn]}
"""

DEPARTMENT = """
number: 90
notation: "SKHCN-VP"
issued_on: "2023-08-16"
type: "CV"
issuer: "Sở Giao thông vận tải"
subject: "Chi ngân sách"
items:
  - {number: "1", text: "Nâng chỉ số", due: "2023-09-22", lead: [vp, qlcn], support: [ttut], parent: 1}
  - {number: "2", text: "Báo cáo chi hằng quý", mode: periodic, lead: [vp, qlcn], parent: 2}
issue: {workflow: government-notice, issuer: skhcn, under: 1, to: []}
"""


@pytest.fixture
def budget(office: Typed, tmp_path: Path) -> Typed:
    """The department (1 and 2) has passed both items on: 3, 4 and 5 under the first, 6 and 7 under the second."""
    (tmp_path / "budget.yaml").write_text(edited_notice((JOIN, BUDGET), ENGLISH), encoding="utf-8")
    (tmp_path / "province.yaml").write_text(PROVINCE, encoding="utf-8")
    (tmp_path / "department.yaml").write_text(DEPARTMENT, encoding="utf-8")
    office("workflow", "publish", "budget.yaml", "--as", "skhcn/leader")
    office("directive", "issue", "province.yaml", "--as", "skhcn/clerk", "--workflow", "government-notice")
    office("directive", "issue", "department.yaml", "--as", "skhcn/leader")
    return office


def report(typed: Typed, number: int, who: str, *asks: str, ends: int = 0) -> str:
    if typed.json("obligation", "show", str(number))["state"] == "assigned":
        typed("obligation", "do", "receive", str(number), "--as", f"{who}/clerk")
    words = [word for ask in ("symbol=1/BC", "sent_on=16/8/2023", *asks) for word in ("--ask", ask)]
    said = typed("obligation", "do", "report", str(number), "--as", f"{who}/leader", *words, ends=ends)
    return said.talk if ends else said.data


def test_figures_go_up_the_tree_with_the_missing_named(budget: Typed, tmp_path: Path) -> None:
    refused = report(budget, 3, "vp", "spent=1.234", ends=5)
    assert (
        "spent (Đã chi, triệu đồng): '1.234' can be read as 1234 or as 1.234; write 1234, or a comma before decimals"
        in refused
    )
    assert "par_index (Chỉ số CCHC) is missing" in refused
    assert "[symbol 1/BC; sent_on 16/8/2023; spent 10.5; par_index 90.00]" in report(
        budget, 3, "vp", "spent=10,5", "par_index=90"
    )
    report(budget, 5, "ttut", "spent=2", "par_index=70")
    sent = report(budget, 1, "skhcn", "par_index=84,9")
    assert "spent 12.5 from 2 of 3 below, missing: qlcn" in sent
    shown = budget("obligation", "show", "1").data
    assert "reported: 12.5 triệu đồng, its own none, 2 of 3 below, missing: qlcn" in shown
    assert "target: 20.0 triệu đồng, not reached" in shown
    assert "target: 85.50, not reached" in shown
    report(budget, 4, "qlcn", "spent=100", "par_index=80")
    said = budget("obligation", "figures", "1", "--number", "spent").data
    lines = [" ".join(line.split()) for line in said.splitlines()]
    assert "Spent (triệu đồng) reported: 12.5 triệu đồng, its own none, 2 of 3 below, missing: qlcn" in lines
    assert "now: 112.5 triệu đồng, 3 of 3 below" in lines
    assert "skhcn 1 - 12.5 112.5 reported 16/08/2023; 3 of 3 below" in lines
    assert "ttut, support 5 2.0 2.0 2.0 reported 16/08/2023" in lines
    found = budget.json("obligation", "figures", "1")
    spent, index = found["numbers"]
    assert (spent["reported"]["total"], spent["now"]["total"], spent["reached"]) == ("12.5", "112.5", False)
    assert (index["target"], index["now"]["own"], index["now"]["of"]) == ("85.50", "84.90", 0)
    assert [one["figures"]["spent"]["now"]["total"] for one in found["tree"]["below"]] == ["10.5", "100.0", "2.0"]
    budget("journal", "verify")
    assert "NUMBERS that reports give" in budget("workflow", "show", "government-notice").data
    wrong = PROVINCE.replace("number: 12", "number: 13").replace('par_index: "85,5"', 'pra_index: "101"')
    (tmp_path / "wrong.yaml").write_text(wrong, encoding="utf-8")
    said = budget("directive", "issue", "wrong.yaml", "--as", "skhcn/clerk", ends=5).talk
    assert "target 'pra_index': the workflow has no such number; it has spent, par_index" in said


def test_a_period_is_summed_up_from_the_same_period_below(budget: Typed) -> None:
    budget("round")
    numbers = {
        (one["holder"], one["period"]): one["number"] for one in budget.json("obligation", "list")["obligations"]
    }
    shown = budget("obligation", "figures", "2").data
    assert "2023-Q3" in shown.splitlines()[0]
    assert "not reported yet; so far: none, 0 of 2 below, missing: vp, qlcn" in shown
    form = budget("obligation", "form", "vp", "2023-Q3")
    assert "spent_2  Spent (triệu đồng), item 2" in form.data
    report(budget, numbers["vp", "2023-Q3"], "vp", "spent_2=7")
    report(budget, numbers["skhcn", "2023-Q3"], "skhcn", "spent_2=1")
    [spent] = budget.json("obligation", "figures", "2", "--period", "2023-Q3")["numbers"]
    assert spent["reported"] == {"own": "1.0", "total": "8.0", "of": 2, "missing": ["qlcn"]}
    assert (
        "no such period. Its periods: 2023-Q3"
        in budget("obligation", "figures", "2", "--period", "2022-Q1", ends=4).talk
    )
    assert "There is no number 'x' here" in budget("obligation", "figures", "1", "--number", "x", ends=4).talk
