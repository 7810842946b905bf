"""An admin publishes workflows, compares versions, takes them out of use, and begins new ones."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Typed
from workflows.loading import shipped

NOTICE = shipped()["government-notice"]
LATER = NOTICE.replace("confirm: 3 working days after reported", "confirm: 5 working days after reported")
LEADER = ("--as", "skhcn/leader")


@pytest.fixture
def later(tmp_path: Path) -> str:
    """A file with a moved date."""
    (tmp_path / "later.yaml").write_text(LATER, encoding="utf-8")
    return "later.yaml"


def notices(office: Typed) -> list[dict[str, Any]]:
    """The versions of the notice in the list, in their order."""
    return [one for one in office.json("workflow", "list")["workflows"] if one["name"] == "government-notice"]


def test_a_publication_says_who_why_and_on_what_basis(issued: Typed, later: str) -> None:
    basis = ("--basis", "QĐ 42/2014/QĐ-TTg", "--basis", "05/QC-SKHCN")
    said = issued("workflow", "publish", later, *LEADER, "--author", "skhcn/officer", "--why", "More time", *basis).talk
    assert "government-notice@2 is published" in said
    assert "1 directive is open under an earlier version and stays there (government-notice@1: 1)." in said
    first, second = notices(issued)
    assert (first["state"], first["author"], first["open_directives"]) == ("superseded", "shipped with the program", 1)
    assert (second["state"], second["author"], second["open_directives"]) == ("in_use", "skhcn/officer", 0)
    lines = [line for line in issued("workflow", "list").data.splitlines() if line.startswith("government-notice")]
    assert [line.split()[0] for line in lines] == ["government-notice@1", "government-notice@2"]
    assert "superseded" in lines[0]
    page = issued("workflow", "show", "government-notice").data
    for words in ("16/08/2023 09:00 by skhcn/leader", "skhcn/officer", "More time", *basis[1::2], "sha256 "):
        assert words in page
    shown = issued.json("workflow", "show", "government-notice")
    assert (shown["why"], shown["basis"], shown["digest"]) == ("More time", list(basis[1::2]), second["digest"])
    journal = issued("journal", "show", "--cascade", "administration").data.splitlines()[-1]
    assert "Published workflow government-notice@2 [author skhcn/officer; basis QĐ 42/2014/QĐ-TTg; basis" in journal
    issued("journal", "verify")
    assert "Cơ sở" not in page
    assert "người soạn" in issued("--lang", "vi", "workflow", "show", "government-notice").data


def test_two_versions_are_compared_in_words(issued: Typed, later: str) -> None:
    issued("workflow", "publish", later, *LEADER)
    sentence = (
        "the day by which the giver answers: 5 working days after reported instead of 3 working days after reported"
    )
    said = issued("workflow", "diff", "government-notice@1", "government-notice@2")
    assert said.data == f"~ {sentence}\n"
    assert "1 difference" in said.talk
    assert "open directives stay on their version (government-notice@1: 1)" in said.talk
    found = issued.json("workflow", "diff", "government-notice@1", later)
    assert [(one["code"], one["kind"], one["path"], one["text"]) for one in found["changes"]] == [
        ("date_moved", "changed", ["deadlines", "confirm"], sentence)
    ]
    assert found["open_directives"] == {"government-notice@1": 1}
    assert "no difference" in issued("workflow", "diff", "government-notice", later).talk
    assert issued.json("workflow", "diff", later, "shipped:government-notice")["changes"]
    assert "người giao" in issued("--lang", "vi", "workflow", "diff", "government-notice@1", later).data
    assert "There is: " in issued("workflow", "diff", "government-notice@9", later, ends=4).talk
    assert "no-such.yaml" in issued("workflow", "diff", "government-notice", "no-such.yaml", ends=4).talk
    Path("wrong.yaml").write_text("workflow: [", encoding="utf-8")
    assert "wrong.yaml" in issued("workflow", "diff", "government-notice", "wrong.yaml", ends=3).talk


def test_two_files_are_compared_without_a_database(typed: Typed, later: str) -> None:
    Path("first.yaml").write_text(NOTICE, encoding="utf-8")
    assert "1 difference" in typed("workflow", "diff", "first.yaml", later).talk
    assert "5 working days" in typed("workflow", "diff", "government-notice", later).data
    assert not Path("cascade.db").exists()


def test_a_retired_workflow_takes_no_new_directive(office: Typed, later: str, draft: Path) -> None:
    issue = ("directive", "issue", str(draft), *LEADER, "--number", "72", "--date", "16/8/2023")
    office("workflow", "publish", later, *LEADER)
    assert "--why" in office("workflow", "retire", "government-notice@1", *LEADER, ends=5).talk
    said = office("workflow", "retire", "government-notice@1", *LEADER, "--why", "Replaced by 2").talk
    assert "New directives under government-notice come under government-notice@2." in said
    refused = office(*issue, "--workflow", "government-notice@1", ends=5).talk
    assert "government-notice@1 is retired (Replaced by 2); in use is government-notice@2" in refused
    again = office("workflow", "retire", "government-notice@1", *LEADER, "--why", "x", ends=5).talk
    assert "was retired on 16/08/2023 by skhcn/leader (Replaced by 2)" in again
    assert "There is: " in office("workflow", "retire", "flood-season", *LEADER, "--why", "x", ends=4).talk
    others = {one["name"] for one in office.json("workflow", "list")["workflows"]} - {"government-notice"}
    office("workflow", "retire", "government-notice", *LEADER, "--why", "No more")
    refused = office(*issue, ends=5).talk
    assert "no workflow is suggested for it" in refused
    assert all(f"{name} (" in refused for name in others)
    for name in others:
        office("workflow", "retire", name, *LEADER, "--why", "No more")
    assert "no workflow is in use" in office(*issue, ends=5).talk
    assert {one["state"] for one in office.json("workflow", "list")["workflows"]} == {"retired"}
    assert "No more" in office("workflow", "show", "government-notice").data
    office("workflow", "unretire", "government-notice@2", *LEADER, "--why", "Needed again")
    office(*issue)
    assert notices(office)[1]["open_directives"] == 1
    office("journal", "verify")


def test_an_office_may_want_two_persons(office: Typed, later: str) -> None:
    publish = ("workflow", "publish", later, *LEADER)
    assert office.json("workflow", "two-persons") == {"two_persons": "not_required"}
    office("workflow", "two-persons", "required", *LEADER, "--why", "05/QC-SKHCN")
    assert "required" in office("workflow", "two-persons").data
    assert "--author OFFICE/ROLE" in office(*publish, ends=5).talk
    assert "somebody else publishes it" in office(*publish, "--author", "skhcn/leader", ends=5).talk
    assert "required" in office("workflow", "two-persons", "perhaps", *LEADER, ends=2).talk
    office("workflow", "two-persons", "required", *LEADER, ends=5)
    office(*publish, "--author", "vp/officer")
    journal = office("journal", "show", "--cascade", "administration").data
    assert "Settled the rule of two persons [value required; why 05/QC-SKHCN]" in journal


def test_warnings_are_shown_and_refuse_where_that_is_asked(office: Typed, tmp_path: Path) -> None:
    text = NOTICE.replace("{at: due,                       label", "{at: 6 working days after due,  label")
    (tmp_path / "odd.yaml").write_text(text, encoding="utf-8")
    assert " warning: " in office("workflow", "publish", "odd.yaml", *LEADER, "--strict", ends=3).talk
    said = office("workflow", "publish", "odd.yaml", *LEADER).talk
    assert " warning: " in said
    assert "government-notice@2 is published" in said
    assert notices(office)[1]["warnings"] > 0


def test_a_newer_text_of_the_program_is_named_and_published_only_by_people(office: Typed, tmp_path: Path) -> None:
    """As after an update of the program: what the database has is another text than what ships."""
    assert office.json("workflow", "shipped")["shipped"][0].keys() == {"name", "published_as", "newest_here", "title"}
    assert "published as government-notice@1" in office("workflow", "shipped").data
    file = sqlite3.connect(office.database)
    file.execute("UPDATE workflow SET text = replace(text, 'granted_at_most: 2', 'granted_at_most: 1'), digest = 'x'")
    file.execute("DELETE FROM workflow WHERE name <> 'government-notice'")
    file.commit()
    file.close()
    told = office("db", "upgrade").talk
    assert "This program ships another text of government-notice" in told
    assert len([one for one in office.json("workflow", "list")["workflows"] if one["name"] == "government-notice"]) == 1
    assert "another text than government-notice@1" in office("workflow", "shipped").data
    assert office("workflow", "show", "government-notice", "--shipped", "--yaml").data.strip() == NOTICE.strip()
    assert "granted at most" in office("workflow", "diff", "government-notice", "shipped:government-notice").data
    assert "ships with this program" in office("workflow", "show", "flood", "--shipped", ends=4).talk
    office("workflow", "publish", "government-notice", "--shipped", *LEADER, "--author", "vp/officer", ends=2)
    office("workflow", "publish", "government-notice", "--shipped", *LEADER)
    found = [one for one in office.json("workflow", "list")["workflows"] if one["name"] == "government-notice"]
    assert [(one["author"], one["published_by"]) for one in found][1] == ("shipped with the program", "skhcn/leader")
    assert "published as government-notice@2" in office("workflow", "shipped").data


def test_a_file_of_ones_own_begins_as_a_copy(office: Typed, later: str) -> None:
    made = office("workflow", "new", "flood-season", "--like", "government-notice", "--title", "Mùa mưa bão").data
    Path("flood.yaml").write_text(made, encoding="utf-8")
    assert "no error" in office("workflow", "check", "flood.yaml").talk
    assert "flood-season@1 is published" in office("workflow", "publish", "flood.yaml", *LEADER).talk
    assert office("workflow", "list").data.count("Mùa mưa bão") == 1
    assert "two workflows" in office("workflow", "diff", "government-notice", "flood-season").talk
    office("workflow", "publish", later, *LEADER)
    assert "confirm: 3 " in office("workflow", "new", "storms", "--like", "government-notice@1").data
    assert "confirm: 5 " in office("workflow", "new", "storms", "--like", "government-notice").data
    assert "confirm: 3 " in office("workflow", "new", "storms", "--like", "shipped:government-notice").data
    refused = office("workflow", "new", "Flood Season", "--like", "government-notice", ends=5).talk
    assert "small letters, digits and hyphens" in refused
    assert (
        "there is one of that name" in office("workflow", "new", "flood-season", "--like", "flood-season", ends=5).talk
    )
    assert "There is: " in office("workflow", "new", "storms", "--like", "nothing", ends=4).talk


def test_a_file_is_shown_and_drawn_as_it_stands_before_it_is_published(issued: Typed, later: str) -> None:
    assert issued("workflow", "show", later).data.splitlines()[0].startswith("government-notice  ")
    assert "confirm: 5 working days" in issued("workflow", "show", later, "--yaml").data
    assert issued("workflow", "diagram", later).data.startswith("stateDiagram-v2")
    assert "There is no file nowhere.yaml" in issued("workflow", "diagram", "nowhere.yaml", ends=4).talk
