"""An office looks at what it owes, acts on it, and time passes."""

from pathlib import Path

import pytest

from tests.acceptance.conftest import Typed

REPORT = ("--ask", "symbol=15/BC-VP", "--ask", "sent_on=16/8/2023")


def test_the_list_adds_up(issued: Typed) -> None:
    said = issued.json("obligation", "list")
    assert said["total"] == said["shown"] == 35
    totals = dict(said["totals"])
    assert totals.pop("total") == sum(totals.values()) == 35
    assert said["obligations"][0]["due_at"] == "2023-08-31T17:00:00Z"
    assert issued("obligation", "list").data.splitlines()[-1].endswith("= 35")


def test_the_list_is_narrowed_by_office_group_and_state(issued: Typed) -> None:
    assert {one["holder"] for one in issued.json("obligation", "list", "--office", "vp")["obligations"]} == {"vp"}
    assert issued.json("obligation", "list", "--group", "open_in_time")["total"] == 7
    assert issued.json("obligation", "list", "--state", "working")["total"] == 0
    assert "No such obligation" in issued("obligation", "list", "--group", "void").talk
    assert "groups are done_on_time" in issued("obligation", "list", "--group", "late", ends=2).talk
    assert "No office 'nobody'" in issued("obligation", "list", "--office", "nobody", ends=4).talk


def test_a_long_list_says_how_much_it_shows(issued: Typed) -> None:
    said = issued("obligation", "list", "--limit", "5")
    assert "5 of 35 obligations shown" in said.talk
    assert len(said.data.splitlines()) == 7


def test_an_obligation_is_shown_in_full(issued: Typed) -> None:
    said = issued("obligation", "show", "6").data
    for part in (
        "cctdc (Standards Branch)",
        "item 1 of 72/SGTVT-VP, 16/08/2023",
        "not received: open in time",
        "31/08/2023: 10 working days after receipt, counted from 17/08/2023",
        "calendar vn-public@1",
        "to be received by end of 17/08/2023",
        "28/08/2023 07:30  1 remind: not yet",
        "it is not received: cctdc/clerk, cctdc/leader are told",
        "cctdc/clerk   receive",
    ):
        assert part in said
    shown = issued.json("obligation", "show", "6")
    assert shown["labels"]["state"] == {"vi": "Chưa tiếp nhận", "en": "not received"}
    assert shown["open_to"]["cctdc/clerk"] == ["receive"]
    assert shown["ladder"][0]["told_at"] is None
    assert shown["now"] == "2023-08-16T02:00:00Z"


def test_what_is_open_is_shown_for_one_seat(issued: Typed) -> None:
    assert issued.json("obligation", "show", "6", "--as", "cctdc/leader")["open_to"] == {
        "cctdc/leader": ["dispute", "request_extension", "name_officer"]
    }
    assert "nothing, to vp/leader" in issued("obligation", "show", "6", "--as", "vp/leader").data


def test_an_action_says_what_happened_and_what_is_open_next(issued: Typed) -> None:
    said = issued("obligation", "do", "receive", "1", "--as", "vp/clerk")
    assert "receive: assigned -> working" in said.data
    assert "is working now, due 30/08/2023" in said.talk
    assert "vp/leader: relay, report" in said.talk
    assert (
        issued.json("obligation", "do", "update", "1", "--as", "vp/officer", "-a", "note=một nửa")["state"] == "working"
    )


def test_a_refused_action_says_who_may_and_stores_nothing(issued: Typed) -> None:
    before = issued.json("db", "status")["entries"]
    said = issued("obligation", "do", "receive", "1", "--as", "thanhtra/clerk", ends=5)
    assert said.talk.strip() == (
        "Cannot 'receive' obligation 1: that is for vp/clerk (holder.clerk), and you are thanhtra/clerk."
    )
    said = issued("obligation", "do", "accept", "1", "--as", "skhcn/leader", ends=5)
    assert "it is 'assigned'" in said.talk
    assert "Open to you now: stop" in said.talk
    assert "did you mean 'receive'" in issued("obligation", "do", "recieve", "1", "--as", "vp/clerk", ends=5).talk
    assert issued.json("db", "status")["entries"] == before


def test_what_an_action_asks_for_is_named_with_how_to_give_it(issued: Typed) -> None:
    issued("obligation", "do", "receive", "1", "--as", "vp/clerk")
    said = issued("obligation", "do", "report", "1", "--as", "vp/leader", ends=5)
    assert "symbol (" in said.talk
    assert "--ask NAME=VALUE" in said.talk
    wrong = issued(
        "obligation", "do", "report", "1", "--as", "vp/leader", "--ask", "symbol=x", "--ask", "sent_on=never", ends=5
    )
    assert "'x' is not a document symbol" in wrong.talk
    assert "'never' is not a day" in wrong.talk
    issued("obligation", "do", "report", "1", "--as", "vp/leader", "--ask", "symbol", ends=2)
    issued("obligation", "do", "report", "1", "--as", "vp/leader", *REPORT, *REPORT, ends=2)


def test_the_same_command_id_is_carried_out_once(issued: Typed) -> None:
    words = ("obligation", "do", "receive", "1", "--as", "vp/clerk", "--command-id", "once")
    first = issued.json(*words)
    again = issued.json(*words)
    assert (first["again"], again["again"]) == (False, True)
    assert again["last_seq"] == first["last_seq"]
    other = ("obligation", "do", "receive", "2", "--as", "thanhtra/clerk", "--command-id", "once")
    assert "something else" in issued(*other, ends=5).talk


@pytest.mark.parametrize(("number", "code"), [("99", 4), ("zero", 2), ("nosuch/1", 4), ("-1", 2), ("", 2)], ids=repr)
def test_an_obligation_that_is_not_there_says_so(issued: Typed, number: str, code: int) -> None:
    issued("obligation", "show", number, ends=code)


def test_a_cascade_may_be_named_by_how_it_begins(issued: Typed) -> None:
    [directive] = issued.json("directive", "list")["directives"]
    cascade = directive["cascade"]
    assert issued.json("obligation", "show", f"{cascade[:3]}/6")["cascade"] == cascade
    assert issued.json("obligation", "show", "6", "--cascade", cascade)["number"] == 6
    issued("obligation", "show", f"{cascade}/6", "--cascade", "other", ends=2)


def test_several_cascades_have_to_be_told_apart(issued: Typed, draft: object) -> None:
    issued("directive", "issue", str(draft), "--as", "skhcn/leader", "--number", "73", "--date", "16/8/2023")
    said = issued("obligation", "show", "1", ends=2)
    for directive in issued.json("directive", "list")["directives"]:
        assert directive["cascade"] in said.talk
        issued("obligation", "show", f"{directive['cascade']}/1")
    assert issued.json("obligation", "list")["total"] == 70
    assert "CASCADE" in issued("obligation", "list").data


def test_an_office_without_a_directive_says_what_to_do(office: Typed) -> None:
    assert "directive list" in office("obligation", "list").talk
    assert "cascade directive issue" in office("obligation", "show", "1", ends=4).talk


def test_time_passes_on_a_simulated_database(issued: Typed) -> None:
    said = issued("round", "--at", "2023-08-28T08:00")
    assert "obligation 1: rung 1, Nhắc việc -> vp/officer, vp/leader" in said.data
    assert "messages sent" in said.talk
    assert '"kind":"RungReached"' in said.talk
    shown = issued.json("obligation", "show", "1")
    assert shown["ladder"][0]["told"] == ["vp/officer", "vp/leader"]
    later = issued.json("round", "--at", "2023-09-14")
    assert {"RungReached", "DeadlineMissed"} <= {entry["kind"] for entry in later["fired"]}
    assert later["elapse"]["incidents"] == 0
    assert issued.json("obligation", "list", "--group", "open_overdue")["total"] == 7
    assert "passed over" in issued("obligation", "show", "1").data
    assert "OVERDUE" in issued("directive", "tree").data
    assert "nothing was due" in issued("round").talk


def test_time_does_not_run_backwards(issued: Typed) -> None:
    assert "does not run backwards" in issued("round", "--at", "2023-08-01", ends=5).talk
    issued("round", "--at", "yesterday", ends=2)


def test_nobody_sets_the_time_of_a_real_office(typed: Typed) -> None:
    typed("db", "create")
    assert "lives in real time" in typed("round", "--at", "2030-01-01", ends=5).talk
    assert "nothing was due" in typed("round").talk


def test_messages_may_go_to_a_file(issued: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASCADE_MESSAGES", str(tmp_path / "messages.jsonl"))
    sent = issued.json("round")["delivery"]["sent"]
    assert sent >= 35
    assert len((tmp_path / "messages.jsonl").read_text(encoding="utf-8").splitlines()) == sent
    assert issued.json("db", "status")["messages_waiting"] == 0


def test_an_extension_is_asked_for_and_decided(issued: Typed) -> None:
    issued("obligation", "do", "receive", "1", "--as", "vp/clerk")
    asked = ("--ask", "until=15/9/2023", "--ask", "reason=Chờ số liệu")
    issued("obligation", "do", "request_extension", "1", "--as", "vp/leader", *asked)
    said = issued("obligation", "show", "1").data
    assert "asks for 15/09/2023: Chờ số liệu" in said
    assert "waits for an answer" in said
    issued("obligation", "do", "grant_extension", "1", "--as", "skhcn/leader")
    said = issued("obligation", "show", "1").data
    assert "15/09/2023: extended" in said
    assert "first date   31/08/2023" in said


def test_a_state_is_named_by_its_word_or_by_either_label(issued: Typed) -> None:
    for named in ("assigned", "not received", "Chưa tiếp nhận"):
        assert len(issued.json("obligation", "list", "--state", named)["obligations"]) == 35
    assert "states are assigned, working" in issued("obligation", "list", "--state", "zzz", ends=2).talk


def test_a_form_shows_what_one_report_has_to_answer(issued: Typed) -> None:
    """Of the five items of vp one is reported every quarter, and two are silent."""
    known = issued.json("obligation", "list", "--office", "vp")["obligations"]
    [periodic], silent = ([one["number"] for one in known if one["mode"] == mode] for mode in ("periodic", "on_event"))
    issued("obligation", "do", "receive", str(silent[0]), "--as", "vp/clerk")
    event = ("--ask", "event_on=16/8/2023", "--ask", "note=Một hồ sơ trả chậm")
    issued("obligation", "do", "open_event", str(silent[0]), "--as", "vp/officer", *event)
    assert "Its periods: none has opened yet" in issued("obligation", "form", "vp", "2023-Q3", ends=4).talk
    issued("round")
    [form] = issued.json("obligation", "form", "vp", "2023-Q3")["forms"]
    assert (form["data_from"], form["data_to"]) == ("2023-06-15", "2023-09-14")
    [item] = form["items"]
    assert (item["due_at"], item["state"]) == ("2023-09-18T17:00:00Z", "assigned")
    assert [(one["obligation"], len(one["events"])) for one in form["returns"]] == [(silent[0], 1), (silent[1], 0)]
    said = issued("obligation", "form", "vp", "2023-Q3").data
    assert "2023-Q3 under 72/SGTVT-VP, data of 15/06/2023 to 14/09/2023" in said
    assert f"events_3: 1 event entered of item 3, obligation {silent[0]} (16/08/2023)" in said
    number = str(item["obligation"])
    issued("obligation", "do", "receive", number, "--as", "vp/clerk")
    shown = issued("obligation", "show", number).data
    assert "report (symbol, sent_on, events_3, events_4)" in shown
    wrong = issued("obligation", "do", "report", number, "--as", "vp/leader", *REPORT, ends=5).talk
    assert "events_3 (a whole number, zero or more) is missing" in wrong
    counts = ("--ask", "events_3=2", "--ask", "events_4=0")
    wrong = issued("obligation", "do", "report", number, "--as", "vp/leader", *REPORT, *counts, ends=5).talk
    assert f"enter each that is missing: cascade obligation do open_event {silent[0]}" in wrong
    counts = ("--ask", "events_3=1", "--ask", "events_4=0")
    done = issued("obligation", "do", "report", number, "--as", "vp/leader", *REPORT, *counts)
    assert f"obligation {silent[1]}: return for 2023-Q3: 0 events (15/BC-VP)" in done.data
    assert "a return is made: 1 event" in issued("obligation", "form", "vp", "2023-Q3").data
    assert "stands until  31/12/2023" in issued("obligation", "show", str(periodic)).data
