"""An auditor types: as it was known then, what changed since, and whether the law still says what was written."""

import sqlite3
from pathlib import Path

import pytest

from tests.acceptance.conftest import Typed

BEFORE = "16/08/2023 09:00"  # when the letter was issued


@pytest.fixture
def moved_on(issued: Typed) -> Typed:
    """Two days later obligation 1 was received and reported; the symbol of the report was wrong, and put right."""
    issued("round", "--at", "2023-08-18T09:00")
    issued("obligation", "do", "receive", "1", "--as", "vp/clerk")
    issued("obligation", "do", "report", "1", "--as", "vp/leader", "-a", "symbol=9/BC", "-a", "sent_on=18/8/2023")
    issued("round", "--at", "2023-08-21T09:00")
    sent = issued.json("journal", "show", "-o", "1")["entries"][-1]["seq"]
    cascade = issued.json("journal", "show")["cascade"]
    issued("journal", "correct", f"{cascade}/{sent}", "symbol", "10/BC", "--reason", "Misread", "--as", "vp/leader")
    issued("round", "--at", "2023-08-22T09:00")
    return issued


def test_the_tree_an_obligation_and_the_list_are_shown_as_they_were_known(moved_on: Typed) -> None:
    for words in (("directive", "tree"), ("obligation", "list"), ("obligation", "show", "1"), ("directive", "list"),
                  ("directive", "unreported", "72/SGTVT-VP")):  # fmt: skip
        said = moved_on(*words, "--as-of", BEFORE).data
        assert said.startswith(f"As it was known on {BEFORE}: what was recorded later is left out.\n\n"), words
        assert moved_on.json(*words, "--as-of", BEFORE)["as_of"]["instant"] == "2023-08-16T02:00:00Z"
        assert "as_of" not in moved_on.json(*words)
    assert "not received" in moved_on("obligation", "show", "1", "--as-of", BEFORE).data
    assert "OPEN NOW" not in moved_on("obligation", "show", "1", "--as-of", BEFORE).data
    assert "waiting for confirmation" in moved_on("obligation", "show", "1", "--as-of", "18/08/2023").data


def test_corrections_that_came_later_are_applied_where_that_is_asked(moved_on: Typed) -> None:
    known = moved_on.json("obligation", "show", "1", "--as-of", "20/08/2023")
    right = moved_on.json("obligation", "show", "1", "--as-of", "20/08/2023", "--as-corrected")
    assert (known["sent_as"], right["sent_as"]) == ("9/BC", "10/BC")
    assert right["as_of"]["corrections"] == 1
    said = moved_on("obligation", "list", "--as-of", "20/08/2023", "--as-corrected").data
    assert said.startswith("As entered by end of 20/08/2023, as corrected: 1 correction recorded since is applied.")
    said = moved_on("obligation", "list", "--as-of", BEFORE, "--as-corrected").data
    assert "nothing of it has been corrected since" in said


@pytest.mark.parametrize(
    ("asked", "ends", "says"),
    [
        (["--as-of", "nonsense"], 2, "'nonsense' is not a moment; write 31/08/2023, or 31/08/2023 16:00"),
        (["--as-of", "22/08/2023"], 2, "end of 22/08/2023 has not come yet: it is 22/08/2023 09:00"),
        (
            ["--as-of", "01/08/2023"],
            4,
            "Nothing was known on end of 01/08/2023: this installation was created on 16/08/2023",
        ),
        (["--as-corrected"], 2, "it goes with --as-of"),
    ],
)
def test_a_moment_that_cannot_be_looked_at_is_told(moved_on: Typed, asked: list[str], ends: int, says: str) -> None:
    for words in (("directive", "tree"), ("obligation", "list")):
        assert says in " ".join(moved_on(*words, *asked, ends=ends).talk.split())


def test_what_changed_is_told_with_totals_that_add_up(moved_on: Typed) -> None:
    said = moved_on("journal", "changes", "--from", BEFORE)
    assert said.data.startswith(f"From {BEFORE} to 22/08/2023 09:00: what was recorded by each.")
    assert "1  vp  72/SGTVT-VP, item 1: changed" in said.data
    assert "    state: not received -> waiting for confirmation" in said.data
    assert said.data.splitlines()[-1].split() == ["together", "35", "7", "0", "42"]  # a month opened for seven units
    found = moved_on.json("journal", "changes", "--from", BEFORE, "--to", "18/08/2023", "--office", "vp")
    assert found["kinds"] == {"new": 1, "ended": 0, "changed": 1, "gone": 0}
    assert (found["totals"]["before"]["total"], found["totals"]["after"]["total"]) == (5, 6)
    [one] = [each for each in found["changes"] if each["kind"] == "changed"]
    assert (one["before"]["state"], one["after"]["state"]) == ("assigned", "reported")
    assert "Nothing has changed." in moved_on("journal", "changes", "--from", "21/08/2023", "--office", "khtc").talk
    assert "goes first" in moved_on("journal", "changes", "--from", "21/08/2023", "--to", "18/08/2023", ends=2).talk
    assert "No office 'nobody'" in moved_on("journal", "changes", "--from", BEFORE, "--office", "nobody", ends=4).talk


def test_the_journal_is_replayed_through_the_present_law(moved_on: Typed, tmp_path: Path) -> None:
    said = moved_on("journal", "replay").data
    assert "in 1 cascade." in said
    assert "every stored state is what they give" in said
    found = moved_on.json("journal", "replay")
    assert found["same"] is True
    [one] = found["cascades"]
    assert one["differs"] is None
    assert one["entries"] == found["entries"] > found["decided"] > 0
    moved_on("journal", "replay", one["cascade"], one["cascade"])
    assert "No cascade begins with 'zzz'" in moved_on("journal", "replay", "zzz", ends=4).talk


def test_where_the_law_says_otherwise_it_ends_with_exit_code_6(moved_on: Typed, tmp_path: Path) -> None:
    with sqlite3.connect(moved_on.database) as file:
        file.execute("UPDATE obligation SET state = 'working' WHERE number = 1")
    file.close()
    said = moved_on("journal", "replay", ends=6)
    assert "obligation 1: state is stored as 'working', its entries give 'reported'" in said.data
    assert "1 cascade comes out otherwise; looking changed nothing." in said.talk
    assert moved_on.json("journal", "replay", ends=6)["same"] is False


def test_looking_back_leaves_nothing_behind(moved_on: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "room"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    before = sorted(tmp_path.iterdir())
    moved_on("obligation", "list", "--as-of", BEFORE)
    moved_on("journal", "changes", "--from", BEFORE, "--to", "18/08/2023")
    assert not list(folder.iterdir())
    assert sorted(tmp_path.iterdir()) == before
