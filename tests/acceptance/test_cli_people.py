"""Whoever is away, stands in, calls or writes a letter, at the prompt."""

from pathlib import Path

import pytest

from tests.acceptance.conftest import TRANSPORT, Typed

AWAY = """\
    absent: [{role: leader, since: 2023-08-21, until: 2023-08-25}]
    deputies:
      - {role: leader, deputy: "vp/leader", since: 2023-08-16, until: 2023-09-30, only: [accept, redo], document: "70/QĐ-SGTVT"}
      - {role: leader, deputy: "Phó Giám đốc", since: 2023-08-01}
"""
HOST = "    host: true\n"
REPORT = ("--ask", "symbol=15/BC", "--ask", "sent_on=16/8/2023")


@pytest.fixture
def staffed(issued: Typed, tmp_path: Path) -> Typed:
    """The same office, with two deputies of its director, who is away for a week."""
    assert TRANSPORT.count(HOST) == 1
    (tmp_path / "offices.yaml").write_text(TRANSPORT.replace(HOST, HOST + AWAY), encoding="utf-8")
    issued("office", "import", "offices.yaml")
    return issued


def act(typed: Typed, action: str, number: str, who: str, *more: str, ends: int = 0) -> str:
    said = typed("obligation", "do", action, number, "--as", who, *more, ends=ends)
    return said.data + said.talk


def test_an_office_shows_who_stands_in_and_who_is_away(staffed: Typed) -> None:
    said = staffed("office", "show", "skhcn").data
    assert "leader: vp/leader, 16/08/2023 to 30/09/2023: only accept, redo (70/QĐ-SGTVT), today too" in said
    assert "leader: Phó Giám đốc, from 01/08/2023 on, today too" in said
    assert "leader: 21/08/2023 to 25/08/2023\n" in said
    shown = staffed.json("office", "show", "skhcn")
    assert shown["absent"] == [{"role": "leader", "since": "2023-08-21", "until": "2023-08-25"}]
    assert [one["deputy"] for one in shown["deputies"]] == ["vp/leader", "Phó Giám đốc"]


def test_a_deputy_acts_and_the_journal_shows_both(staffed: Typed) -> None:
    act(staffed, "receive", "2", "thanhtra/clerk")
    act(staffed, "report", "2", "thanhtra/leader", *REPORT)
    act(staffed, "accept", "2", "skhcn/leader", "--deputy", "vp/leader")
    said = staffed("journal", "show", "--obligation", "2").data
    assert "of Văn phòng Sở), Giám đốc Sở" in said
    assert "[Chánh Văn phòng for Giám đốc Sở]" in said
    entry = staffed.json("journal", "show", "--obligation", "2", "--kind", "Acted")["entries"][-1]
    assert entry["by"] == "skhcn/leader (vp/leader)"
    assert (entry["body"]["by"]["person"], entry["body"]["by"]["deputy_person"]) == ("Giám đốc Sở", "Chánh Văn phòng")
    assert "skhcn/leader (vp/leader)  accept" in staffed("obligation", "show", "2").data
    staffed("journal", "verify")


def test_a_deputy_is_refused_what_is_not_covered_and_what_is_their_own(staffed: Typed) -> None:
    stop = ("--ask", "document=9/CV", "--ask", "reason=thôi")
    said = act(staffed, "stop", "1", "skhcn/leader", "--deputy", "vp/leader", *stop, ends=5)
    assert "vp/leader stands in for skhcn/leader, but not to stop: Phó Giám đốc (until further notice)" in said
    act(staffed, "receive", "1", "vp/clerk")
    act(staffed, "report", "1", "vp/leader", *REPORT)
    said = act(staffed, "accept", "1", "skhcn/leader", "--deputy", "vp/leader", ends=5)
    assert "vp/leader sent the report, and nobody decides on a report of their own" in said
    act(staffed, "accept", "1", "skhcn/leader", "--deputy", "Phó Giám đốc")


def test_a_deputy_issues_and_revokes(staffed: Typed, draft: Path) -> None:
    words = ("--as", "skhcn/leader", "--deputy")
    issue = ("directive", "issue", str(draft), "--number", "73", "--date", "16/8/2023", *words)
    assert "but not to issue" in staffed(*issue, "vp/leader", ends=5).talk
    assert "is issued" in staffed(*issue, "Phó Giám đốc").data
    cascade = staffed.json("directive", "list")["directives"][-1]["cascade"]
    revoke = ("directive", "revoke", cascade, "1", "--document", "9/CV", "--reason", "thôi", *words)
    assert "but not to revoke" in staffed(*revoke, "vp/leader", ends=5).talk
    staffed(*revoke, "Phó Giám đốc")


def test_what_the_ladder_asks_of_persons_is_listed_written_and_recorded(issued: Typed) -> None:
    assert "No task waits" in issued("task", "list").talk
    issued("round", "--at", "2023-09-14T09:00")
    listed = issued.json("task", "list")
    assert listed["total"] == listed["shown"] == len(listed["tasks"]) > 0
    first = listed["tasks"][0]
    number, task = str(first["number"]), first["task"]
    assert (task["kind"], task["office"], task["role"], task["to"]) == ("letter", "skhcn", "clerk", "ubnd")
    assert f"{number}/{task['id']}" in issued("task", "list", "--office", "skhcn").data
    assert issued.json("task", "list", "--office", "vp")["total"] == 0
    assert f"1 of {listed['total']} tasks shown" in issued("task", "list", "--limit", "1").talk
    assert f"{task['id']}  letter to ubnd, by skhcn/clerk" in issued("obligation", "show", number).data

    letter = issued("task", "letter", f"{number}/{task['id']}")
    assert "SỞ GIAO THÔNG VẬN TẢI" in letter.data
    assert "Số:      /SGTVT-VP" in letter.data
    assert "Kính gửi: Ủy ban nhân dân tỉnh." in letter.data
    assert "đã quá hạn 14 ngày" in " ".join(letter.data.split())
    assert f"record_task {number} --as skhcn/clerk --ask task={task['id']}" in letter.talk
    assert issued.json("task", "letter", number)["letter"] + "\n" == letter.data

    recorded = (
        "--ask",
        f"task={task['id']}",
        "--ask",
        "done_on=14/9/2023",
        "--ask",
        "note=đã gửi",
        "--ask",
        "document=80/SGTVT-VP",
    )
    said = act(issued, "record_task", number, "skhcn/clerk", *recorded)
    assert f"task {task['id']} (letter) done on 14/09/2023 by 80/SGTVT-VP: đã gửi" in said
    assert issued.json("task", "list")["total"] == listed["total"] - 1
    assert "no such letter" in issued("task", "letter", f"{number}/{task['id']}", ends=4).talk


@pytest.mark.parametrize(("reference", "code"), [("1", 4), ("1/4.1", 4), ("99", 4), ("x", 2), ("1/x", 2), ("", 2)])
def test_a_letter_that_is_not_there_says_so(issued: Typed, reference: str, code: int) -> None:
    issued("task", "letter", reference, ends=code)


def test_an_officer_is_named(issued: Typed) -> None:
    act(issued, "name_officer", "1", "vp/leader", "--ask", "officer=Chuyên viên tổng hợp")
    assert "officer      Chuyên viên tổng hợp" in issued("obligation", "show", "1").data
