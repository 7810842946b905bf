"""`cascade workflow simulate`: what a workflow will do, before anything is published."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from engine.exchange.offices import sample
from tests.acceptance.conftest import Typed
from workflows.loading import shipped, shipped_scenarios

BEGIN = ("workflow", "simulate", "government-notice", "--from", "2026-03-02")
UNITS = ["vp", "thanhtra", "khtc", "qlkh", "qlcn", "cctdc", "ttut"]


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> None:
    Path("notice.yaml").write_text(shipped()["government-notice"], encoding="utf-8")
    Path("offices.yaml").write_text(sample(), encoding="utf-8")
    Path("play.yaml").write_text(shipped_scenarios()["government-notice"], encoding="utf-8")


def test_without_a_script_the_whole_ladder_is_shown_and_the_first_lines_say_what_is_played(typed: Typed) -> None:
    said = typed("workflow", "simulate", "notice.yaml", "--offices", "offices.yaml", "--from", "2026-03-02",
                 "--issuer", "skhcn", "--until", "2026-06-30").data  # fmt: skip
    first, second, *_ = said.splitlines()
    assert first == (
        "government-notice@1, tried in memory from 02/03/2026 07:30 to end of 30/06/2026; nothing was stored."
    )
    assert second.startswith("No script was given, so this is what happens: skhcn issues 1/TB on 02/03/2026")
    assert second.endswith("to vp, thanhtra, khtc, qlkh, qlcn, cctdc, ttut; then nobody does anything.")
    of_vp = said.split("\n\n1  vp (Office): item 1 of 1/TB\n")[1].split("\n\n2  ")[0]
    assert [" ".join(line.split()) for line in of_vp.splitlines() if line] == [
        "what an item with a date",
        "followed up dated",
        "due 30/03/2026: as written in the document (calendar vn-public@1)",
        "in the end not received: open overdue",
        "02/03/2026 07:30 assigned to vp as lead, due 30/03/2026",
        "end of 03/03/2026 not received by end of 03/03/2026 -> vp/clerk, vp/leader",
        "25/03/2026 07:30 rung 1, remind -> vp/officer, vp/leader",
        "30/03/2026 07:30 rung 2, urge -> vp/leader, skhcn/clerk",
        "end of 30/03/2026 MISSED its date, 30/03/2026",
        "01/04/2026 07:30 rung 3, report to the leader -> skhcn/leader",
        "08/04/2026 07:30 rung 3, report to the leader (time 2) -> skhcn/leader",
        "08/04/2026 07:30 rung 4, report above -> skhcn/clerk (letter to ubnd); task 4.1: letter to ubnd, by skhcn/clerk",
        "15/04/2026 07:30 rung 3, report to the leader (time 3) -> skhcn/leader",
    ]


def test_the_diligent_play_goes_down_four_levels_and_everything_ends_in_time(typed: Typed) -> None:
    found = typed.json(*BEGIN, "--play", "diligent", "--until", "2026-12-31")
    assert found["incidents"] == []
    assert found["totals"]["done_late"] == found["totals"]["open_overdue"] == 0
    dated = [one for one in found["obligations"] if one["mode"] == "dated"]
    assert {one["level"] for one in dated} == {"province", "department", "unit"}
    assert {one["state"] for one in dated} == {"accepted"}
    units = [one for one in dated if one["level"] == "unit"]
    assert [one["holder"] for one in units[:7]] == UNITS
    assert "3 working days before" in units[0]["why"]
    periods = [one["period"] for one in found["obligations"] if one["period"]]
    assert periods == ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]
    rung = next(one for one in found["messages"] if one["kind"] == "RungReached")
    assert rung["to"] == "vp/officer"
    assert rung["at"].endswith("Z")


def test_a_scenario_is_played_with_what_the_command_line_says_instead(typed: Typed) -> None:
    found = typed.json("workflow", "simulate", "notice.yaml", "--script", "play.yaml", "--scenario", "2")
    assert [one["holder"] for one in found["obligations"]] == ["skhcn", "vp", "ttut"]
    assert found["failures"] == []
    assert found["totals"]["open_overdue"] == 3
    later = typed.json("workflow", "simulate", "notice.yaml", "--script", "play.yaml", "--scenario", "2",
                       "--from", "2026-03-20", ends=1)  # fmt: skip
    assert "lies before" in later["failures"][-1]["says"]
    refused = typed("workflow", "simulate", "notice.yaml", "--script", "play.yaml", "--scenario", "5")
    assert "REFUSED, as it had to be" in refused.data
    assert "no office 'sogtvt' in the directory" in refused.data


def test_the_picture_is_an_svg_in_the_readers_language_with_every_obligation_and_its_date(typed: Typed) -> None:
    said = typed("--lang", "vi", "workflow", "simulate", "notice.yaml", "--script", "play.yaml", "--scenario", "2",
                 "--svg", "timeline.svg")  # fmt: skip
    assert "Sơ đồ dòng thời gian ở timeline.svg." in said.talk
    texts = [" ".join(one.itertext()) for one in ET.parse("timeline.svg").iter("{http://www.w3.org/2000/svg}text")]
    assert texts[0] == "Triển khai thông báo của Chính phủ"
    assert texts[1] == "government-notice@1, chạy thử từ 02/03/2026 đến 30/06/2026"
    assert {"1. Department", "2. Office", "3. Information Centre"} <= set(texts)
    assert texts.count("thời hạn 17/03/2026") == 2
    assert {"quá hạn", "Nhắc việc", "Đôn đốc", "Báo cáo lãnh đạo", "Báo cáo cấp trên"} <= set(texts)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("workflow", "simulate", "notice.yaml"), "say when it begins: --from 2026-03-02"),
        ((*BEGIN[:-1], "soon"), "'soon' is not a moment"),
        ((*BEGIN, "--until", "2026-03-01"), "it ends before it begins"),
        ((*BEGIN, "--play", "lazy"), "'lazy' is not known here; write one of silent, diligent"),
        ((*BEGIN[:3], "--script", "play.yaml", "--scenario", "99"), "play.yaml has 11 scenarios: 1 "),
    ],
)  # fmt: skip
def test_what_the_command_line_gets_wrong_is_said(words: tuple[str, ...], says: str, typed: Typed) -> None:
    said = " ".join(typed(*words, ends=2).talk.split())
    assert says in said


def test_offices_that_do_not_fit_the_workflow_are_refused_by_name(typed: Typed) -> None:
    said = typed(*BEGIN, "--issuer", "vp", ends=5).talk
    assert "under vp there is no office at a level that the workflow has below" in said
    assert "No office 'nowhere'" in typed(*BEGIN, "--issuer", "nowhere", ends=4).talk
    assert "There is no file gone.yaml" in typed(*BEGIN, "--offices", "gone.yaml", ends=4).talk
    assert typed(*BEGIN, "--svg", "no/folder.svg", ends=3).talk.startswith("no/folder.svg cannot be written")


def test_a_play_that_is_made_up_gives_the_figures_that_reports_ask(typed: Typed) -> None:
    words = ("--from", "2026-03-02", "--until", "2026-04-30", "--issuer", "skhcn", "--play", "diligent")
    said = typed("workflow", "simulate", "index-commitments", *words).data
    assert "par_index 0.00; sipas 0.00; papi 0.00" in said
    assert "vp/officer: submit: working -> submitted" in said
    assert "open overdue 0" in said
