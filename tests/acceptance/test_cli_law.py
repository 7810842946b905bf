"""An admin keeps workflows and the directory; anybody asks why a date is what it is."""

from pathlib import Path

import pytest

from engine.exchange.offices import read_offices, sample
from tests.acceptance.conftest import TRANSPORT, Typed
from workflows.errors import InvalidDefinition
from workflows.loading import shipped

NOTICE = shipped()["government-notice"]


def test_a_sound_workflow_passes_the_check(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "notice.yaml").write_text(NOTICE, encoding="utf-8")
    assert "1 file checked: no error" in typed("workflow", "check", "notice.yaml").talk
    assert typed.json("workflow", "check", "notice.yaml")["valid"] is True


def test_every_problem_of_every_file_is_named_with_its_place(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(NOTICE.replace("by: holder.clerk", "by: king.clerk"), encoding="utf-8")
    (tmp_path / "two.yaml").write_text("workflow: [", encoding="utf-8")
    said = typed("workflow", "check", "one.yaml", "two.yaml", ends=3)
    assert "'king.clerk' is not a party" in said.data
    assert any(line.startswith("two.yaml:") for line in said.data.splitlines())
    problems = typed.json("workflow", "check", "one.yaml", ends=3)["problems"]
    assert {"source", "line", "column", "code", "message", "warning"} == set(problems[0])


def test_a_workflow_file_that_is_not_there_is_not_found(typed: Typed) -> None:
    typed("workflow", "check", "nowhere.yaml", ends=4)


def test_workflows_can_be_read_before_there_is_a_database(typed: Typed) -> None:
    said = typed("workflow", "list")
    assert "government-notice@1" in said.data
    assert "what ships with cascade" in said.talk
    shown = typed("workflow", "show", "government-notice").data
    for part in ("LEVELS", "Government", "receive (Receive)", "holder.clerk", "3 working days before due", "remind"):
        assert part in shown
    assert "Chính phủ" in typed("workflow", "show", "government-notice", "--lang", "vi").data
    assert typed("workflow", "show", "government-notice@1", "--yaml").data.strip() == NOTICE.strip()
    assert typed.json("workflow", "show", "government-notice")["definition"]["workflow"] == "government-notice"
    assert "government-notice@1, index-commitments@1" in typed("workflow", "show", "flood-season", ends=4).talk


def test_every_word_of_the_language_is_explained(typed: Typed) -> None:
    said = typed("workflow", "words").data
    for word in ("mark_received", "holder", "working day", "acknowledge", "on_event"):
        assert f"  {word} " in said
    assert typed.json("workflow", "words")["roles"]["clerk"]


def test_publishing_gives_the_next_version(office: Typed, tmp_path: Path) -> None:
    (tmp_path / "notice.yaml").write_text(NOTICE, encoding="utf-8")
    words = ("workflow", "publish", "notice.yaml", "--as", "skhcn/leader")
    assert "very same text" in office(*words, ends=5).talk
    (tmp_path / "notice.yaml").write_text(f"{NOTICE}# changed\n", encoding="utf-8")
    assert "government-notice@2 is published" in office(*words).talk
    listed = office.json("workflow", "list")["workflows"]
    assert [one["version"] for one in listed if one["name"] == "government-notice"] == [1, 2]
    (tmp_path / "notice.yaml").write_text(NOTICE.replace("first: assigned", "first: nowhere"), encoding="utf-8")
    assert "notice.yaml cannot be used" in office(*words, ends=3).talk
    assert "--as" in office(*words[:3], ends=2).talk


def test_the_sample_directory_reads() -> None:
    offices = {one.id: one for one in read_offices(sample(), "sample")}
    assert len(offices) == 10
    assert offices["skhcn"].host
    assert offices["vpcp"].outside
    assert all(one.people.keys() == {"clerk", "officer", "leader"} for one in offices.values() if not one.outside)


def test_a_directory_is_imported_and_shown(office: Typed, tmp_path: Path) -> None:
    assert "owes" in office("office", "show", "skhcn").data
    assert office.json("office", "show", "skhcn")["below"][0] == "vp"
    assert [one["id"] for one in office.json("office", "list")["offices"]][:3] == ["vpcp", "ubnd", "skhcn"]
    (tmp_path / "more.yaml").write_text(
        f'{TRANSPORT}  ks:\n    name: "Phòng Kiểm soát"\n    level: unit\n    above: skhcn\n', encoding="utf-8"
    )
    assert "11 offices" in office("office", "import", "more.yaml").talk


def test_an_office_that_owes_something_cannot_be_lost(issued: Typed, tmp_path: Path) -> None:
    (tmp_path / "less.yaml").write_text(TRANSPORT.split("  ttut:")[0], encoding="utf-8")
    assert "ttut would be lost" in issued("office", "import", "less.yaml", ends=5).talk


def test_an_import_says_which_of_file_and_sample_it_wants(office: Typed) -> None:
    office("office", "import", ends=2)
    office("office", "import", "x.yaml", "--sample", ends=2)
    office("office", "import", "x.yaml", ends=4)


def _standing(entries: str, key: str = "deputies") -> str:
    """A directory of a host and an outside office, with these entries under the host."""
    return f"offices:\n  a: {{name: A, level: u, host: true, {key}: [{entries}]}}\n  b: {{name: B, level: u, outside: true}}\n"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", {"E112"}),
        ("offices: []\n", {"O101"}),
        ("offices:\n  a: {name: A, level: u, host: true}\ncolour: red\n", {"O102"}),
        ("offices:\n  a: {name: A, level: u, host: true, colour: red}\n", {"O102"}),
        ("offices:\n  A: {name: A, level: u, host: true}\n", {"O104"}),
        ("offices:\n  a: text\n", {"O105"}),
        ("offices:\n  a: {name: 1, level: u, outside: maybe}\n  b: {level: ''}\n", {"O106", "O107"}),
        ("offices:\n  a: {name: A, level: u, host: true, people: {king: K, clerk: 1}}\n", {"O106", "O108"}),
        ("offices:\n  a: {name: A, level: u, host: true, above: z}\n", {"O109"}),
        (_standing('{role: king, deputy: "X", since: 2023-08-21}, text'), {"O108", "O105"}),
        (_standing('{role: leader, colour: red, since: 2023-08-21}'), {"O102", "O107"}),
        (_standing('{role: leader, deputy: 1, since: 2023-08-21}, {role: leader, deputy: ""}'), {"O106", "O107"}),
        (_standing('{role: leader, deputy: "X", since: tomorrow}'), {"O113"}),
        (_standing('{role: leader, deputy: "X", since: 2023-08-21, until: 20/08/2023}'), {"O114"}),
        (_standing('{role: leader, deputy: "z/leader", since: 2023-08-21}'), {"O115"}),
        (_standing('{role: leader, deputy: "a/king", since: 2023-08-21}'), {"O115"}),
        (_standing('{role: leader, deputy: "b/leader", since: 2023-08-21}'), {"O115"}),
        (_standing('{role: leader, deputy: "a/leader", since: 2023-08-21}'), {"O116"}),
        (_standing('{role: leader, deputy: "X", since: 2023-08-21, only: [Accept]}'), {"O118"}),
        (_standing('{role: leader, deputy: "X", since: 2023-08-21, only: []}'), {"O118"}),
        (_standing('{role: leader, since: 2023-08-21, until: 2023-08-20}', "absent"), {"O114"}),
        (_standing('{role: king, since: never}', "absent"), {"O108", "O113"}),
        (_standing('{role: leader}', "absent"), {"O107"}),
        ("offices:\n  a: {name: A, level: u, host: true, deputies: leader, absent: 1}\n", {"O106"}),
        ("offices:\n  a: {name: A, level: u, host: true}\n  b: {name: B, level: u, outside: true,"
         " absent: [{role: leader, since: 2023-08-21}]}\n", {"O117"}),
        ("offices:\n  a: {name: A, level: u, host: true, above: b}\n  b: {name: B, level: u, above: a}\n", {"O110"}),
        ("offices:\n  a: {name: A, level: u}\n", {"O111"}),
        ("offices:\n  a: {name: A, level: u, host: true}\n  b: {name: B, level: u, host: true}\n", {"O111"}),
        ("offices:\n  a: {name: A, level: u, host: true, outside: true}\n", {"O112"}),
        ("offices:\n  a: {name: A, level: u, host: true}\n  a: {name: B, level: u}\n", {"E109"}),
    ],
)  # fmt: skip
def test_a_directory_with_faults_is_refused_naming_them_all(text: str, codes: set[str]) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        read_offices(text, "offices.yaml")
    assert {problem.code for problem in refused.value.problems} == codes
    assert all(problem.line >= 1 and problem.column >= 1 for problem in refused.value.problems)


def test_a_bad_directory_ends_with_exit_code_3_and_changes_nothing(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "offices.yaml").write_text("offices:\n  a: {name: A}\n", encoding="utf-8")
    assert "offices.yaml:2:3 O107" in typed("db", "create", "--offices", "offices.yaml", ends=3).talk
    assert not (tmp_path / "cascade.db").exists()
    typed("db", "create")
    typed("office", "import", "offices.yaml", ends=3)
    (tmp_path / "offices.yaml").write_bytes("offices: Sở".encode("utf-16"))
    typed("office", "import", "offices.yaml", ends=3)


def test_a_date_is_explained_across_a_holiday(typed: Typed) -> None:
    said = typed("calendar", "explain", "2 working days after receipt", "--from", "31/08/2023").data
    assert said.startswith("06/09/2023: 2 working days after receipt, counted from 31/08/2023; passing over 01/09")
    assert "(calendar vn-public@1)" in said
    found = typed.json("calendar", "explain", "2 working days after receipt", "--from", "2023-08-31")
    assert (found["result_on"], found["at"]) == ("2023-09-06", "2023-09-06T17:00:00Z")


def test_a_date_is_explained_by_the_databases_own_calendar(office: Typed, typed: Typed) -> None:
    words = ("calendar", "explain", "1 day after event", "--from", "2023-08-18")
    assert "21/08/2023" in office(*words).data
    assert "No calendar 'moon'" in office(*words, "--calendar", "moon", ends=4).talk
    assert "No calendar 'moon'" in typed(*words, "--calendar", "moon", ends=4).talk
    typed(*words, "--database", "gone.db", ends=7)


@pytest.mark.parametrize(
    ("rule", "start"), [("two days later", "2023-08-31"), ("1 day after rain", "2023-08-31"), ("due", "x")]
)
def test_a_rule_that_cannot_be_read_is_a_usage_error(typed: Typed, rule: str, start: str) -> None:
    typed("calendar", "explain", rule, "--from", start, ends=2)
