"""Operators, admins and clerks look: how the installation stands, what a workflow is, a year's days, who is behind."""

import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from engine.clock import SystemClock
from engine.entry_words import days_late
from engine.runtime import Runtime
from storage.queries import history
from storage.queries.sight import EVERYTHING
from tests.acceptance.conftest import Typed
from tests.support.desk import Desk, desk_on, task
from workflows.calendar import day_of


@pytest.fixture
def desk(database_url: str, open_node: Callable[[], Runtime]) -> Desk:
    """A desk on the database that is typed at, on Monday 14/08/2023 at nine."""
    return Desk(open_node()).at("2023-08-14T09:00")


# How the installation stands


def test_the_doctor_finds_a_sound_installation_well(office: Typed) -> None:
    said = office("doctor")
    lines = [line.split() for line in said.data.splitlines()]
    assert lines[0] == ["STATE", "LOOK", "FOUND"]
    assert {line[0] for line in lines[1:]} == {"ok"}
    assert len(lines) == 24
    found = office.json("doctor")
    assert found["healthy"] is True
    assert {"name", "state", "says", "hint"} == set(found["findings"][0])


def test_a_warning_ends_well_and_a_red_look_with_exit_code_1(issued: Typed, office: Typed, tmp_path: Path) -> None:
    issued("round", "--at", "2027-11-01T09:00")
    said = issued("doctor")
    assert "warning  calendar" in said.data
    assert "-> Publish a version that has 2028" in said.data
    with sqlite3.connect(tmp_path / "office.db") as file:
        file.execute("DROP TRIGGER journal_no_delete")
    file.close()
    said = office("doctor", ends=1)
    assert "RED    guards" in said.data
    assert "guard journal_no_delete is missing" in said.data
    assert "1 look is RED." in said.talk
    found = office.json("doctor", ends=1)
    assert [one["name"] for one in found["findings"] if one["state"] == "red"] == ["guards"]
    assert found["healthy"] is False


def test_the_doctor_says_what_to_do_where_there_is_no_database(typed: Typed) -> None:
    said = typed("doctor", ends=1)
    assert "There is no database cascade.db. Create it: cascade db create" in said.data
    assert "--database" in said.data
    assert [one["name"] for one in typed.json("doctor", ends=1)["findings"]] == ["database"]


# What a workflow is


def test_a_workflow_is_drawn_as_mermaid_text(typed: Typed) -> None:
    said = typed("workflow", "diagram", "government-notice")
    assert said.data.startswith("stateDiagram-v2\n")
    assert "[*] --> s_assigned" in said.data
    assert typed("workflow", "diagram", "government-notice@1", "--what", "levels").data.startswith("flowchart TB\n")
    found = typed.json("workflow", "diagram", "government-notice", "--what", "levels", "--format", "mermaid")
    assert (found["name"], found["version"], found["what"], found["format"]) == (
        "government-notice", 1, "levels", "mermaid",
    )  # fmt: skip
    assert found["text"].startswith("flowchart TB\n")


def test_a_diagram_speaks_the_language_that_is_asked_for(typed: Typed) -> None:
    assert '"not received"' in typed("workflow", "diagram", "government-notice").data
    assert '"Chưa tiếp nhận"' in typed("--lang", "vi", "workflow", "diagram", "government-notice").data


def test_a_diagram_of_what_is_not_there_is_refused(typed: Typed, office: Typed) -> None:
    words = ("workflow", "diagram", "government-notice")
    assert "write one of states, levels" in typed(*words, "--what", "ladder", ends=2).talk
    assert "write one of mermaid, svg" in typed(*words, "--format", "png", ends=2).talk
    assert "only an SVG has a width" in typed(*words, "--width", "100", ends=2).talk
    assert "cannot be written" in typed(*words, "--output", "nowhere/notice.mmd", ends=2).talk
    assert "leave one of the two out" in typed(*words, "--output", "notice.mmd", "--json", ends=2).talk
    assert "There is: " in office("workflow", "diagram", "flood-season", ends=4).talk
    assert "government-notice@9" in office("workflow", "diagram", "government-notice@9", ends=4).talk


def test_a_live_cascade_is_drawn_with_what_is_owed_under_each_directive(desk: Desk, database_url: str) -> None:
    typed = Typed(database_url)
    desk.order("2023-08-31", "unit-1", "unit-2", "unit-3")
    desk.report(2)
    desk.accept(2)
    desk.live_until("2023-09-02T09:00")
    drawn = typed("directive", "diagram", desk.cascade).data
    assert drawn.startswith("flowchart TB\n")
    assert "d_1 --> d_2" in drawn
    assert "3 obligations#58; done on time 1, open overdue 2" in drawn
    assert "with all below#58; 4 obligations#58; done on time 1, open overdue 3" in drawn
    assert "class d_1,d_2 overdue" in drawn
    found = typed.json("directive", "diagram")
    assert (found["cascade"], found["total"], len(found["boxes"])) == (desk.cascade, 2, 2)
    assert found["text"] == drawn
    assert "1 of 2 directives shown" in typed("directive", "diagram", "--limit", "1").talk
    typed("directive", "diagram", "nowhere", ends=4)


def picture(text: str) -> ElementTree.Element:
    """A picture that was printed or written, as the XML that it has to be."""
    return ElementTree.fromstring(text.encode())


def written_in(root: ElementTree.Element) -> list[str]:
    return [one.text or "" for one in root.iter("{http://www.w3.org/2000/svg}tspan")]


def test_a_workflow_is_drawn_as_a_picture_in_either_language(typed: Typed) -> None:
    words = ("workflow", "diagram", "government-notice", "--format", "svg")
    said = written_in(picture(typed(*words).data))
    assert {"not received", "leader of the giver", "from any open state"} <= set(said)
    typed("--lang", "vi", *words, "--output", "notice.svg", "--width", "150")
    root = picture(Path("notice.svg").read_text(encoding="utf-8"))
    assert root.get("width") == "150mm"
    assert {"Chưa tiếp nhận", "lãnh đạo đơn vị giao"} <= set(written_in(root))
    assert "từ mọi trạng thái còn mở" in " ".join(written_in(root)), "over two lines"
    assert "Unit" in written_in(picture(typed(*words, "--what", "levels").data))
    assert typed.json(*words)["text"].startswith("<?xml")


def test_an_obligation_is_drawn_where_it_stands_with_the_path_it_took(desk: Desk, database_url: str) -> None:
    typed = Typed(database_url)
    desk.order("2023-08-31", "unit-1", "unit-2")
    desk.report(2)
    desk.accept(2)
    words = ("obligation", "diagram", "2")
    drawn = typed(*words).data
    assert "class s_accepted current" in drawn
    assert "Confirm done" in drawn
    found = typed.json(*words, "--format", "svg")
    assert found["state"] == "accepted"
    assert [step["number"] for step in found["steps"]] == [1, 2, 3]
    assert [step["action"] for step in found["steps"]] == ["receive", "report", "accept"]
    said = written_in(picture(found["text"]))
    assert "now" in said
    assert any(line.startswith("14/08/2023 09:00: Receive (clerk of Unit 1)") for line in said)
    cut = typed(*words, "--format", "svg", "--limit", "1")
    assert "1 of 3 steps shown" in cut.talk
    assert "The path taken, from step 3" in written_in(picture(cut.data))
    assert typed(f"{words[0]}", words[1], "99", ends=4).talk
    assert "is not a number" in typed("obligation", "diagram", "two", ends=2).talk
    tree = written_in(picture(typed("directive", "diagram", "--format", "svg").data))
    assert any("done on time 1" in line for line in tree)


# A year's days


def test_a_year_is_shown_month_by_month_with_its_days_off_and_what_decided_them(typed: Typed) -> None:
    said = typed("calendar", "show", "2026").data
    assert "2026, 249 working days (vn-public@1)" in said
    assert "01/2026: 21 working days" in said
    assert "  5   6   7   8   9  10+ 11 " in said, "the Saturday worked in place of 2 January"
    assert "              1*  2*  3   4 " in said
    [swapped] = [line for line in said.splitlines() if line.startswith("02/01/2026")]
    assert swapped.split()[:4] == ["02/01/2026", "Fr", "off", "12729/VPCP-KGVX"]
    assert [line.split()[2] for line in said.splitlines() if line.startswith("10/01/2026")] == ["works"]
    assert "The calendar covers 01/01/2020 to 31/12/2027." in said
    assert max(map(len, said.splitlines())) <= 100


def test_a_years_working_days_are_those_of_its_months(typed: Typed) -> None:
    found = typed.json("calendar", "show", "2023")
    assert found["working_days"] == sum(month["working_days"] for month in found["months"])
    assert [month["month"] for month in found["months"]] == list(range(1, 13))
    weekdays = sum(date.fromordinal(date(2023, 1, 1).toordinal() + day).weekday() < 5 for day in range(365))
    off = sum(not day["working"] for day in found["days"])
    assert found["working_days"] == weekdays - off + sum(day["working"] for day in found["days"])
    assert found["covered"] is True
    assert {"on", "working", "name", "document"} == set(found["days"][0])


def test_a_year_that_the_calendar_does_not_know_says_so(typed: Typed) -> None:
    said = typed("calendar", "show", "2030")
    assert "does not know the whole of 2030" in said.talk
    assert typed.json("calendar", "show", "2030")["covered"] is False


def test_without_a_year_the_present_one_of_the_database_is_shown(office: Typed, typed: Typed) -> None:
    assert office.json("calendar", "show")["year"] == 2023
    assert typed.json("calendar", "show")["year"] == day_of(SystemClock().now()).year


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("x",), 2),
        (("0",), 2),
        (("10000",), 2),
        (("2026", "--calendar", "moon"), 4),
        (("2026", "--database", "no.db"), 7),
    ],
)
def test_a_year_that_cannot_be_shown_is_refused(typed: Typed, words: tuple[str, ...], code: int) -> None:
    typed("calendar", "show", *words, ends=code)


# What was recorded late


def test_what_was_recorded_late_is_listed_over_all_cascades_newest_first(database_url: str, desk: Desk) -> None:
    desk.issue("province", task("2023-09-29", "department"))
    first = desk.cascade
    other = Desk(desk.runtime, name="other")
    other.issue("province", task("2023-09-29", "department"))
    desk.act("department/clerk", 1, "receive")
    desk.at("2023-08-16T09:00").report(1, sent_on="2023-08-14")
    other.report(1, sent_on="2023-08-15")
    typed = Typed(database_url)
    found = typed.json("journal", "show", "--late")
    listed = [(one["cascade"], one["kind"], one["days_late"]) for one in found["entries"]]
    assert sorted(listed) == sorted([(first, "Acted", 2), (other.cascade, "Acted", 1)])
    recorded = [one["recorded_at"] for one in found["entries"]]
    assert recorded == sorted(recorded, reverse=True)
    assert (found["cascade"], found["total"]) == (None, 2)
    said = typed("journal", "show", "--late").data
    assert said.splitlines()[0].split()[:4] == ["ENTRY", "HAPPENED", "RECORDED", "DAYS"]
    assert "14/08/2023" in said
    [alone] = typed.json("journal", "show", "--late", "-c", first)["entries"]
    assert alone["cascade"] == first
    assert typed.json("journal", "show", "--late", "--kind", "RungReached")["entries"] == []
    assert "1 of 2 entries shown" in typed("journal", "show", "--late", "-n", "1").talk
    [reported] = typed.json("journal", "show", "--late", "-o", f"{first}/1")["entries"]
    assert reported["obligation"] == 1
    assert "name one" in typed("journal", "show", "--late", "-o", "1", ends=2).talk
    assert '"kind":"Acted"' in typed("journal", "show", "--late", "--raw").data


def test_late_is_judged_by_the_day_in_vietnam_on_both_databases(desk: Desk) -> None:
    """Every entry that the list holds is late by the law's own days, and no other is."""
    desk.order("2023-08-16", "unit-1", "unit-2")
    for moment in (
        "2023-08-14T23:59:59.999999",
        "2023-08-15T00:00:00",
        "2023-08-15T00:00:00.000001",
        "2023-08-17T06:59",
    ):
        desk.at(moment).round()
    desk.report(2, sent_on="2023-08-15")
    with desk.runtime.database.reading() as connection:
        found = history.first(connection, EVERYTHING, history.Wanted(desk.cascade, late=True), 1000)
    wanted = [one.seq for one in reversed(desk.entries()) if days_late(one) > 0]
    assert [one.seq for one in found] == wanted
    assert wanted


def test_nothing_late_and_wrong_words_say_so(office: Typed) -> None:
    assert "Nothing was recorded on a later day" in office("journal", "show", "--late").talk
    assert "leave --after out" in office("journal", "show", "--late", "--after", "1", ends=2).talk
    office("journal", "show", "--late", "--kind", "Rain", ends=2)
    office("journal", "show", "--late", "-c", "zzz", ends=4)


# Who has not reported


@pytest.fixture
def urged(database_url: str, desk: Desk) -> tuple[Typed, Desk]:
    """Five units under 2/CV, due 31/08, seen on Wednesday 06/09: 1 and 4 September are off."""
    desk.order("2023-08-31", *(f"unit-{number}" for number in range(1, 6)))
    desk.report(2)  # waits for the giver
    desk.report(3)
    desk.accept(3)
    desk.act("unit-3/leader", 4, "dispute", reason="Not ours")
    desk.report(5)
    desk.act("department/leader", 5, "redo", reason="Once more")
    return Typed(database_url), desk.at("2023-09-06T09:00")


def test_who_has_not_yet_reported_is_named_for_an_urging_letter(urged: tuple[Typed, Desk]) -> None:
    typed, desk = urged
    found = typed.json("directive", "unreported", "2/CV")
    assert [(one["office"], one["number"], one["working_days_overdue"]) for one in found["unreported"]] == [
        ("Unit 4", 5, 2), ("Unit 5", 6, 2),
    ]  # fmt: skip
    assert {one["officer"] for one in found["unreported"]} == {"Officer"}
    assert (found["total"], found["resting"], found["directive"]["symbol"]) == (2, 1, "2/CV")
    said = typed("directive", "unreported", "2/CV")
    assert "2 reports are missing." in said.data
    assert "31/08/2023" in said.data
    assert "1 more rests" in said.talk
    assert typed.json("directive", "unreported", f"{desk.cascade}/2")["unreported"] == found["unreported"]
    assert typed.json("directive", "unreported", f"{desk.cascade[:4]}/2")["total"] == 2
    assert typed.json("directive", "unreported", "2")["total"] == 2
    assert typed.json("directive", "unreported", " 02/cv ")["total"] == 2, "a symbol as people also write it"
    assert "1 of 2 obligations shown" in typed("directive", "unreported", "2/CV", "-n", "1").talk


def test_the_next_working_day_is_the_first_one_overdue(urged: tuple[Typed, Desk]) -> None:
    typed, desk = urged
    asked = ("directive", "unreported", "2/CV")
    by_day = []
    for moment in ("2023-09-06T09:00", "2023-09-07T09:00", "2023-09-10T09:00"):
        desk.at(moment)
        by_day.append(typed.json(*asked)["unreported"][0]["working_days_overdue"])
    assert by_day == [2, 3, 4]


def test_what_stands_or_is_followed_elsewhere_is_not_urged(database_url: str, desk: Desk) -> None:
    modes = ("on_event", "periodic", "linked", "info", "once")
    desk.issue("province", task("2023-12-29", "department"))
    desk.issue("department", *(task(None, f"unit-{place}", mode=mode) for place, mode in enumerate(modes, 1)))
    desk.at("2023-09-18T09:00").round()
    found = Typed(database_url).json("directive", "unreported", "2/CV")["unreported"]
    assert [one["holder"] for one in found if one["period"] is None] == ["unit-5"]
    assert {one["holder"] for one in found if one["period"]} <= {"unit-2"}


def test_a_document_that_is_not_known_or_not_the_only_one(urged: tuple[Typed, Desk], office: Typed) -> None:
    typed, desk = urged
    assert "'99/CV'" in typed("directive", "unreported", "99/CV", ends=4).talk
    typed("directive", "unreported", f"{desk.cascade}/9", ends=4)
    typed("directive", "unreported", "zzz/1", ends=4)
    typed("directive", "unreported", "not a symbol", ends=4)
    typed("directive", "unreported", ends=2)
    office("directive", "unreported", "3", ends=4)
    other = Desk(desk.runtime, name="another")
    other.issue("province", task("2023-09-29", "department"), symbol="2/CV")
    said = typed("directive", "unreported", "2/CV", ends=2).talk
    assert f"{other.cascade}/1" in said.replace("\n", "")
    assert f"{desk.cascade}/2" in said.replace("\n", "")


def test_nobody_is_left_to_be_urged(database_url: str) -> None:
    with desk_on(database_url) as desk:
        desk.order("2023-08-31", "unit-1")
        desk.report(2)
        desk.accept(2)
    assert "Nobody owes a report under 2/CV now" in Typed(database_url)("directive", "unreported", "2/CV").talk
