"""The five points of a letter without any date, each followed up in its own way, beside the documents that three of them name.

The guide beside the catalog shows how; here it is typed, with the workflows that ship, each found by the program itself.
"""

from pathlib import Path

import pytest

from tests.acceptance.conftest import ROOT, Typed

HEAD = """\
type: "{type}"
symbol: "{symbol}"
issued_on: {day}
subject: "{subject}"
issuer: "Sở Khoa học và Công nghệ"
issue: {{issuer: skhcn, to: []}}
items:
"""
PLAN = (
    HEAD.format(type="KH", symbol="05/KH-SKHCN", day="2023-08-01", subject="Cải cách hành chính năm 2023")
    + """\
  - {number: "1", text: "Rà soát thủ tục hành chính", due: 2023-09-29, lead: [vp]}
  - {number: "2", text: "Báo cáo cải cách hành chính", mode: periodic, lead: [vp]}
"""
)
PLEDGE = (
    HEAD.format(type="CV", symbol="999/CK-BCĐCCHC", day="2023-08-04", subject="Cam kết về chỉ số PAR INDEX")
    + """\
  - {number: "1", text: "Nâng chỉ số cải cách hành chính", due: 2023-12-15, targets: {par_index: "85,50"}, lead: [vp]}
"""
)
FILES = (
    HEAD.format(type="CV", symbol="66/SKHCN-VP", day="2023-08-04", subject="Hồ sơ trễ hẹn tại bộ phận một cửa")
    + """\
  - {number: "1", text: "Khi có hồ sơ trễ hẹn", mode: on_event, lead: [ttut]}
"""
)
TITLE = "triển khai Thông báo số 304/TB-VPCP"


def items_of_the_guide() -> str:
    page = (ROOT / "workflows" / "catalog" / "README.md").read_text(encoding="utf-8")
    return page.split("\n## The seed\n")[1].split("```yaml\nitems:\n")[1].split("```")[0]


@pytest.fixture
def prompt(tmp_path: Path) -> Typed:
    """The sample offices on 16 August 2023, with the documents that the letter names already issued."""
    typed = Typed(str(tmp_path / "seed.db"))
    typed("db", "create", "--simulated-from", "2023-08-04T09:00")
    typed("office", "import", "--sample")
    for text, workflow in ((PLAN, "annual-plan"), (PLEDGE, "index-commitments"), (FILES, "one-stop-files")):
        (tmp_path / "draft.yaml").write_text(text, encoding="utf-8")
        assert f"workflow {workflow} is taken" in typed("directive", "issue", "draft.yaml", "--as", "skhcn/leader").talk
    typed("round", "--at", "2023-08-16T09:00")
    return typed


def test_the_letter_of_the_guide_is_issued_and_every_point_is_followed_up(prompt: Typed, tmp_path: Path) -> None:
    letter = HEAD.format(type="CV", symbol="72/SKHCN-VP", day="2023-08-16", subject=TITLE) + items_of_the_guide()
    (tmp_path / "letter.yaml").write_text(letter, encoding="utf-8")
    assert (
        "workflow government-notice is taken"
        in prompt("directive", "issue", "letter.yaml", "--as", "skhcn/leader").talk
    )
    cascades = {one["symbol"]: one["cascade"] for one in prompt.json("directive", "list")["directives"]}
    owed = [
        one for one in prompt.json("obligation", "list")["obligations"] if one["cascade"] == cascades["72/SKHCN-VP"]
    ]
    assert [(one["item"], one["holder"], one["mode"]) for one in owed] == [
        (item, unit, mode)
        for item, mode in enumerate(("once", "linked", "info", "on_event", "linked"), 1)
        for unit in ("vp", "ttut")
    ]
    assert "implements 05/KH-SKHCN" in prompt("obligation", "show", f"{cascades['72/SKHCN-VP']}/3").data
    assert "implements 999/CK-BCĐCCHC" in prompt("obligation", "show", f"{cascades['72/SKHCN-VP']}/9").data

    # A late file: a clock of its own under the letter, or, in an office that counts files, under the document on files.
    for symbol, number, due in (("72/SKHCN-VP", 8, "23/08/2023"), ("66/SKHCN-VP", 1, "18/08/2023")):
        on = f"{cascades[symbol]}/{number}"
        prompt("obligation", "do", "receive", on, "--as", "ttut/clerk")
        late = ("--ask", "event_on=2023-08-16", "--ask", "note=Hồ sơ 0123")
        said = prompt("obligation", "do", "open_event", on, "--as", "ttut/officer", *late)
        assert f"due {due}" in said.data + said.talk

    # What the plan and the pledge ask is owed there, each with its date or its periods; nothing is lost, nothing twice.
    totals = prompt.json("obligation", "list")["totals"]
    assert totals.pop("total") == sum(totals.values())
    assert (
        {group: count for group, count in totals.items() if count}
        == {
            "open_in_time": 8,  # point 1 twice, two late files, the plan's dated task, its nine months and its year, the pledge
            "no_deadline": 8,  # what stands: points 2, 4 and 5 of two units, the plan's reports, the files
            "info": 2,
        }
    )
    assert prompt.json("journal", "verify")["verified"] is True
