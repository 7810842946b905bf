"""Two workflows that an admin wrote from the guide alone: a flood season in hours and days, a budget report with figures.

Each goes the whole way: checked, simulated, tried, published, run, moved to a second version, compared and retired.
"""

import shutil
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Typed

WRITTEN = Path(__file__).parent / "from_the_guide"
PROVINCE = ("--as", "ubnd/leader")
PLAYS = {
    "flood-season": ("--from", "2026-09-11T14:00", "--until", "2026-09-14"),
    "budget-report": ("--from", "2026-01-05", "--until", "2026-02-20"),
}


@pytest.fixture(autouse=True)
def _written(tmp_path: Path) -> None:
    shutil.copytree(WRITTEN, tmp_path, dirs_exist_ok=True)


@pytest.fixture(params=list(PLAYS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def begun(name: str, at: str, letter: str) -> Typed:
    """An installation in which the workflow is published and its letter issued."""
    typed = Typed("run.db")
    typed("db", "create", "--simulated-from", at)
    typed("office", "import", "offices.yaml")
    typed("workflow", "publish", f"{name}.yaml", *PROVINCE, "--why", "Năm nay", "--strict")
    typed("directive", "issue", letter, *PROVINCE)
    return typed


def of_office(typed: Typed, office: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = typed.json("obligation", "list", "--office", office)["obligations"]
    return found


def second_version(typed: Typed, name: str, old: str, new: str) -> str:
    """Publish it with one date moved, retire the first; what the comparison says."""
    text = Path(f"{name}.yaml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    Path(f"{name}.yaml").write_text(text.replace(old, new), encoding="utf-8")
    typed("workflow", "publish", f"{name}.yaml", *PROVINCE, "--why", "Dời hạn")
    difference = typed("workflow", "diff", f"{name}@1", f"{name}@2")
    assert "open directives stay on their version" in difference.talk
    typed("workflow", "retire", f"{name}@1", "--why", "Thay bằng bản 2", *PROVINCE)
    versions = [one for one in typed.json("workflow", "list")["workflows"] if one["name"] == name]
    assert [one["state"] for one in versions] == ["retired", "in_use"]
    return difference.data


def test_it_checks_without_a_warning_and_its_scenarios_hold(typed: Typed, name: str) -> None:
    typed("workflow", "check", f"{name}.yaml", "--strict")
    assert "all is as they say" in typed("workflow", "test", f"{name}.yaml").talk


def test_both_plays_are_shown_and_drawn_and_who_is_diligent_misses_nothing(typed: Typed, name: str) -> None:
    play = ("workflow", "simulate", f"{name}.yaml", "--offices", "offices.yaml", "--issuer", "ubnd", *PLAYS[name])
    silent = typed(*play, "--svg", "silent.svg").data
    diligent = typed(*play, "--play", "diligent", "--svg", "diligent.svg").data
    assert "MISSED" in silent
    assert not [line for line in diligent.splitlines() if "MISSED" in line or "no answer" in line]
    for picture in ("silent.svg", "diligent.svg"):
        assert ET.parse(picture).getroot().tag.endswith("svg")
    if name == "flood-season":
        assert "due 11/09/2026 16:00" in Path("silent.svg").read_text(encoding="utf-8")
    else:
        assert "disbursed 0.0" in diligent
    assert typed.json(*play)["obligations"]


def test_a_flood_is_followed_hour_by_hour_and_day_by_day_until_it_is_revoked() -> None:
    typed = begun("flood-season", "2026-09-11T14:00", "flood-letter.yaml")
    typed("round", "--at", "2026-09-11T14:20")
    typed("obligation", "do", "receive", "2", "--as", "xabac/officer")
    page = typed("obligation", "show", "5").data  # what stands, of which each day opens one
    assert "2026-09-14 opens as an obligation of its own, and 108 more after it" in page
    assert "its year ends" in page
    typed("obligation", "do", "report", "2", "--as", "xabac/officer", "--ask", "symbol=1/BC-UBND", "--ask",
          "sent_on=2026-09-11")  # fmt: skip
    typed("obligation", "do", "accept", "2", "--as", "ubnd/officer")
    moved = second_version(typed, "flood-season", "8 hours before window_end", "7 hours before window_end")
    assert moved == (
        "~ undated items as periodic are due: 7 hours before window_end instead of 8 hours before window_end\n"
    )
    typed("round", "--at", "2026-09-13T08:00")
    days = {one["period"]: one["due_at"] for one in of_office(typed, "xabac") if one["period"]}
    assert [*days] == ["2026-09-11", "2026-09-12", "2026-09-13"]
    assert days["2026-09-13"].startswith("2026-09-13T09:00")  # 16:00 in Vietnam, still as version 1 says
    [cascade] = typed.json("directive", "list")["directives"]
    typed("directive", "revoke", cascade["cascade"], "1", "--document", "17/CĐ-UBND", "--reason", "Bão tan", *PROVINCE)
    typed("round", "--at", "2026-09-15T08:00")
    assert {one["state"] for one in of_office(typed, "so")} == {"stopped"}
    assert {one["period"] for one in of_office(typed, "xabac") if one["period"]} == set(days)
    assert "Verified" in typed("journal", "verify").data


def test_a_budget_is_added_up_the_tree_with_the_missing_named() -> None:
    typed = begun("budget-report", "2026-01-05T08:00", "budget-letter.yaml")
    typed("round", "--at", "2026-01-05T09:00")
    unit = next(one["number"] for one in of_office(typed, "thuyloi") if one["period"] == "2026-01")
    department = next(one["number"] for one in of_office(typed, "so") if one["period"] == "2026-01")

    def report(number: int, who: str, ends: int = 0, **figures: str) -> str:
        given = {"symbol": f"{number}/BC", "sent_on": "2026-01-15"} | figures
        asked = [word for field, value in given.items() for word in ("--ask", f"{field}={value}")]
        return typed("obligation", "do", "report", str(number), "--as", who, *asked, ends=ends).talk

    typed("obligation", "do", "receive", str(unit), "--as", "thuyloi/clerk")
    typed("round", "--at", "2026-01-15T09:00")
    typed("obligation", "do", "submit", str(unit), "--as", "thuyloi/officer", "--ask", "note=Đã đối chiếu")
    too_much = report(unit, "thuyloi/leader", 5, assigned="1.000,0", disbursed="1.200,5", late_projects="2")
    assert "Báo cáo, có giải trình" in too_much
    report(unit, "thuyloi/leader", assigned="1.000,0", disbursed="200,5", late_projects="2")
    report(department, "so/leader", assigned="500", disbursed="20,5", late_projects="0")
    figures = typed("obligation", "figures", str(department), "--number", "disbursed").data
    assert "reported: 221.0 triệu đồng, its own 20.5 triệu đồng, 1 of 2 below, missing: taichinh" in figures
    moved = second_version(typed, "budget-report", "2 working days after window_end", "4 working days after window_end")
    assert moved == (
        "~ undated items as periodic are due: 4 working days after window_end instead of 2 working days after window_end\n"
    )
    typed("round", "--at", "2026-02-02T08:00")
    february = next(one["due_at"] for one in of_office(typed, "taichinh") if one["period"] == "2026-02")
    assert february.startswith("2026-02-24T17:00")  # the end of 24/02 in Vietnam, as version 1 says
    assert "Verified" in typed("journal", "verify").data


def test_a_figure_is_named_by_the_group_it_is_known_under(typed: Typed) -> None:
    text = Path("budget-report.yaml").read_text(encoding="utf-8")
    for wrong in ("disbursed", "ask.disbursed"):
        Path("wrong.yaml").write_text(text.replace("number.disbursed <=", f"{wrong} <="), encoding="utf-8")
        assert "did you mean 'number.disbursed'?" in typed("workflow", "check", "wrong.yaml", ends=3).data


def test_a_name_that_is_neither_a_file_nor_ships_is_told_what_does(typed: Typed) -> None:
    for command in (("simulate", "flood", "--from", "2026-09-11"), ("test", "flood")):
        assert "there is annual-plan, government-notice" in typed("workflow", *command, ends=4).talk
