"""An admin writes a workflow with a guard and two approvals; the office works by it."""

from pathlib import Path

from tests.acceptance.conftest import Typed
from workflows.loading import shipped

# The officer submits, the head of the performing office reports, the giver confirms: three persons.
TWO_APPROVALS = (
    ('    reported:   "Chờ xác nhận"\n', '    submitted:  "Chờ lãnh đạo duyệt"\n    reported:   "Chờ xác nhận"\n'),
    ("    report:   {", """\
    submit:   {label: "Trình kết quả", from: [working, relayed], to: submitted, by: [holder.officer, holder.leader],
               ask: {people: number}, if: "ask.people >= 20 or part is support", refusal: "Chưa đủ 20 người được tập huấn"}
    return:   {label: "Trả lại", from: submitted, to: working, by: holder.leader, ask: {reason: text}}
    report:   {"""),
    ('"Báo cáo kết quả",       from: [working, relayed],', '"Báo cáo kết quả", not_same_person: submit, from: submitted,'),
    ("not_same_person: report}", 'not_same_person: [submit, report], if: "received and not stands"}'),
)  # fmt: skip
REPORT = ("--ask", "symbol=15/BC-VP", "--ask", "sent_on=16/8/2023")


def test_the_office_works_by_a_guard_and_two_approvals(office: Typed, draft: Path, tmp_path: Path) -> None:
    text = shipped()["government-notice"]
    for old, new in TWO_APPROVALS:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (tmp_path / "two.yaml").write_text(text, encoding="utf-8")
    assert "1 file checked: no error" in office("workflow", "check", "two.yaml").talk
    office("workflow", "publish", "two.yaml", "--as", "skhcn/leader")
    shown = office("workflow", "show", "government-notice").data
    assert "only where people as given is at least 20, or the part in it is support" in shown
    assert "another person than for submit, report" in shown
    office("directive", "issue", str(draft), "--as", "skhcn/leader", "--number", "72", "--date", "16/8/2023")

    one = office.json("obligation", "list", "--office", "vp")["obligations"][0]
    number = str(one["number"])

    def do(action: str, who: str, *words: str, ends: int = 0) -> str:
        said = office("obligation", "do", action, number, "--as", who, *words, ends=ends)
        return said.talk if ends else said.data

    do("receive", "vp/clerk")
    refused = do("submit", "vp/leader", "--ask", "people=19", ends=5)
    assert "Chưa đủ 20 người được tập huấn" in refused
    assert "Open to you now: " in refused
    do("submit", "vp/leader", "--ask", "people=20")
    refused = do("report", "vp/leader", *REPORT, ends=5)
    assert "vp/leader took 'submit' on it, and this has to be another person" in refused
    do("return", "vp/leader", "--ask", "reason=Another person submits")
    do("submit", "vp/officer", "--ask", "people=21")
    do("report", "vp/leader", *REPORT)
    do("accept", "skhcn/leader")
    assert office.json("obligation", "show", number)["state"] == "accepted"
    office("journal", "verify")
