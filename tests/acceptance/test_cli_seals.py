"""An operator seals the journal, and an auditor checks it with what was kept outside."""

import json
from pathlib import Path

import pytest

from tests.acceptance.conftest import Typed
from tests.acceptance.test_cli_journal import tampered


@pytest.fixture
def sealing(office: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """An office with a key, and a folder outside."""
    (tmp_path / "outside").mkdir()
    monkeypatch.setenv("CASCADE_SEAL_KEY", str(tmp_path / "seal.key"))
    monkeypatch.setenv("CASCADE_SEAL_FOLDERS", str(tmp_path / "outside"))
    said = office("seal", "init")
    assert said.data.startswith("Key 1 is in use: ")
    assert "Keep a copy" in said.talk
    return office


def test_without_a_key_it_is_said_what_to_do(office: Typed, tmp_path: Path) -> None:
    assert "CASCADE_SEAL_KEY" in office("seal", "now", ends=2).talk
    key = str(tmp_path / "other.key")
    assert "cascade seal init" in office("seal", "now", "--key", key, ends=5).talk
    status = office("seal", "status").data
    assert "none: cascade seal init" in status
    assert office.json("seal", "status")["last"] is None


def test_a_key_is_made_once_and_replaced_with_an_overlap(sealing: Typed) -> None:
    assert "cascade seal rotate" in sealing("seal", "init", ends=5).talk
    said = sealing("seal", "rotate", "--overlap", "3").data
    assert "Key 2 is in use" in said
    assert "signs as well until" in said
    keys = sealing.json("seal", "status")["keys"]
    assert [(one["number"], one["signed_by"]) for one in keys] == [(1, None), (2, 1)]
    assert "signed by key 1" in sealing("journal", "show", "--cascade", "administration").data


def test_what_is_sealed_is_outside_and_verifies_with_it(sealing: Typed, tmp_path: Path) -> None:
    made = sealing("seal", "now").data.splitlines()
    assert made[0].startswith("Seal 1: ")
    assert made[1] == "1 copy written outside."
    assert sealing("seal", "now").data.splitlines()[0] == "Everything is sealed already."
    assert sealing.json("round")["seals"] == {"made": 0, "copied": 0, "failed": 0}
    verified = sealing("journal", "verify", "--seals", "outside")
    assert "1 seal holds." in verified.data
    assert "could be cut off unseen" in verified.talk
    status = sealing.json("seal", "status")
    assert (status["last"]["number"], status["outside"]["number"], status["not_sealed"]["entries"]) == (1, 1, 0)
    assert "There is no folder" in sealing("journal", "verify", "--seals", "nowhere", ends=4).talk


def test_a_rewritten_database_is_found_by_what_is_outside(sealing: Typed, tmp_path: Path) -> None:
    sealing("seal", "now")
    tampered(sealing.database, "DELETE FROM seal", "DELETE FROM seal_leaf")
    said = sealing("journal", "verify", "--seals", "outside", ends=6)
    assert "seal 1 was kept outside" in said.data


def test_a_witness_that_is_away_ends_with_one_and_is_shown(sealing: Typed, tmp_path: Path) -> None:
    (tmp_path / "outside").rmdir()
    assert "did not take a seal" in sealing("seal", "now", ends=1).talk
    assert "is its disk mounted" in sealing("seal", "status").data


def test_an_entry_is_proved_and_a_changed_proof_does_not_hold(sealing: Typed, tmp_path: Path) -> None:
    assert "cascade seal now" in sealing("journal", "prove", "administration/2", ends=1).talk
    sealing("seal", "now")
    told = sealing("journal", "prove", "administration/2", "--output", "proof.json").talk
    assert "check-proof proof.json" in told
    assert "is there already" in sealing("journal", "prove", "administration/2", "--output", "proof.json", ends=3).talk
    [key] = sealing.json("seal", "status")["keys"]
    assert "The proof holds." in sealing("journal", "check-proof", "proof.json", "--key", key["public_key"]).data
    assert "compare it" in sealing("journal", "check-proof", "proof.json").data
    assert "another key" in sealing("journal", "check-proof", "proof.json", "--key", "AAAA", ends=6).talk
    proof = json.loads((tmp_path / "proof.json").read_text())
    proof["entry"]["body"] = proof["entry"]["body"].replace("installer", "director")
    (tmp_path / "changed.json").write_text(json.dumps(proof))
    assert "does NOT hold" in sealing("journal", "check-proof", "changed.json", ends=6).talk
    assert sealing("journal", "check-proof", "nothing.json", ends=4).talk


def test_a_verification_is_kept_and_taken_up_again(sealing: Typed, tmp_path: Path) -> None:
    sealing("journal", "verify", "--resume", "kept.txt")
    again = sealing("journal", "verify", "--resume", "kept.txt", "--jobs", "1")
    assert "Not read again" in again.data
    assert "were not compared" in sealing("journal", "verify", "--no-states").data
    assert (
        "looked at states otherwise" in sealing("journal", "verify", "--no-states", "--resume", "kept.txt", ends=3).talk
    )
