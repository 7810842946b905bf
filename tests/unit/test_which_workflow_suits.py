"""A clerk is offered the workflow that suits a document: the most particular one, by what each says it is for."""

import pytest

from engine.exchange.offices import read_offices, sample
from engine.exchange.suggesting import Suited, suitable_workflow
from workflows.errors import Incomplete
from workflows.loading import load_workflow, shipped
from workflows.workflow import Workflows

OFFICES = {one.id: one for one in read_offices(sample(), "sample")}


def workflows(**suggestions: str) -> Workflows:
    """The government notice under other names, each with a `suggest_for` of its own."""
    notice = shipped()["government-notice"]
    [line] = [one for one in notice.splitlines() if one.startswith("suggest_for")]
    texts = {
        name: notice.replace(line, f"suggest_for: {wanted}").replace("workflow: government-notice", f"workflow: {name}")
        for name, wanted in suggestions.items()
    }
    return Workflows({f"{name}@1": load_workflow(text, 1) for name, text in texts.items()})


def suits(known: Workflows, issuer: str, kind: str, subject: str = "-", urgency: str | None = None) -> str:
    return suitable_workflow(Suited(kind, OFFICES[issuer], subject, urgency), known, None, "issue it")


def test_everything_that_a_workflow_names_has_to_hold_and_who_names_most_is_offered() -> None:
    known = workflows(
        notice="{types: [TB, CV], issued_at: government}",
        meeting='{types: TB, subject_has: ["kết luận", "giao ban"]}',
        storm="{types: [CĐ, CV], urgency: [hỏa tốc]}",
        files='{subject_has: ["một cửa"]}',
    )
    assert suits(known, "vpcp", "TB", "về chuyển đổi số") == "notice"
    assert suits(known, "skhcn", "TB", "Kết luận giao ban tháng 3") == "meeting"
    assert suits(known, "ubnd", "CV", urgency="hỏa tốc") == "storm"
    assert suits(known, "skhcn", "BC", "Tổ chức lại bộ phận một cửa") == "files"


def test_a_letter_under_a_notice_that_nobody_entered_goes_by_the_workflow_of_such_letters() -> None:
    known = workflows(notice="{types: [TB, CV], issued_at: government}", plan="{types: KH}")
    assert suits(known, "skhcn", "CV", "triển khai Thông báo số 304/TB-VPCP") == "notice"


def test_where_several_suit_equally_or_none_does_a_person_chooses() -> None:
    known = workflows(one="{types: CV}", other="{types: CV}")
    for kind in ("CV", "QĐ"):
        with pytest.raises(Incomplete, match="give --workflow with one of one, other"):
            suits(known, "skhcn", kind)
    assert suits(workflows(one="{types: CV}"), "skhcn", "QĐ") == "one"


@pytest.mark.parametrize(
    ("issuer", "kind", "subject", "name"),
    [
        ("vpcp", "TB", "Kết luận phiên họp của Ban Chỉ đạo", "government-notice"),
        ("skhcn", "CV", "triển khai Thông báo số 304/TB-VPCP", "government-notice"),
        ("ubnd", "CĐ", "Ứng phó bão", "urgent-telegram"),
        ("skhcn", "TB", "Kết luận giao ban tháng 3", "meeting-conclusion"),
    ],
)
def test_what_ships_is_offered_for_what_it_is_meant_for(issuer: str, kind: str, subject: str, name: str) -> None:
    known = Workflows({f"{name}@1": load_workflow(text, 1) for name, text in shipped().items()})
    assert suits(known, issuer, kind, subject) == name
