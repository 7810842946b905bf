"""Keys follow each other on the record: the old one signs the new one, both sign for a time, and a wrong file is refused."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from engine import seal_key_file
from engine.archiving.whole import Asked, write_archive
from engine.runtime import Runtime
from storage import bulk, journal, notes, seal_keys, verify_archive
from storage.errors import Unavailable
from storage.journal import Context
from storage.seals import installation_id
from storage.verification import verify
from tests.support.desk import Desk
from tests.support.sealing import faults, last, sealed, sealer, something_happens, with_key
from tests.support.tampering import tampered
from workflows.commands import Actor
from workflows.errors import Conflict
from workflows.facts import SealKeySet

DAY = timedelta(days=1)


def signing(runtime: Runtime) -> list[str]:
    """The numbers of the keys on the newest seal."""
    return [one.rpartition("/")[2] for one in notes.numbers_named(notes.read(last(runtime).note))]


def test_both_keys_sign_until_the_overlap_is_over(desk: Desk, tmp_path: Path) -> None:
    desk.at("2023-08-14T09:00")
    made = with_key(desk.runtime, tmp_path)
    sealed(made)
    made.rotate(2 * DAY)
    sealed(made)
    assert signing(desk.runtime) == ["1", "2"]
    desk.at("2023-08-16T08:00")
    something_happens(desk.runtime)
    sealed(made)
    assert signing(desk.runtime) == ["1", "2"]
    desk.at("2023-08-16T09:00")
    something_happens(desk.runtime)
    sealed(made)
    assert signing(desk.runtime) == ["2"]
    assert made.rotate(timedelta(0)).number == 3, "an old key that signs no more is let go"
    with desk.runtime.database.reading() as connection:
        assert sorted(seal_key_file.read(tmp_path / "seal.key", installation_id(connection) or "")) == [2, 3]
    sealed(made)
    assert signing(desk.runtime) == ["3"]
    assert faults(desk.runtime) == []


def test_a_key_that_is_lost_or_known_to_others_ends_all_before_it_whatever_overlaps_go_on(
    desk: Desk, tmp_path: Path
) -> None:
    made = with_key(desk.runtime, tmp_path)
    made.rotate(7 * DAY)
    made.rotate(7 * DAY)
    sealed(made)
    assert signing(desk.runtime) == ["1", "2", "3"]
    (tmp_path / "seal.key").unlink()
    again = sealer(desk.runtime, tmp_path, "new.key")
    again.replace_lost()
    sealed(again)
    assert signing(desk.runtime) == ["4"]
    again.rotate(7 * DAY)
    again.rotate(timedelta(0))
    sealed(again)
    assert signing(desk.runtime) == ["6"]
    assert faults(desk.runtime) == []
    with desk.runtime.database.reading() as connection:
        write_archive(connection, tmp_path / "audit", Asked("the tests"), desk.runtime.now())
    checked = verify_archive.Check(verify_archive.Place(str(tmp_path / "audit"))).run()
    assert (checked.seals, checked.faults) == (3, [])


def test_a_key_that_its_predecessor_did_not_sign_is_found(desk: Desk, tmp_path: Path) -> None:
    made = with_key(desk.runtime, tmp_path)
    sealed(made)
    forged = seal_keys.Key(2, notes.public_of(notes.new_key()), 0, 1, bytes(64))
    with desk.runtime.database.transaction() as connection:
        context = Context(Actor("-", "installer"), "", desk.runtime.now(), simulated=True)
        journal.append_administration(connection, [seal_keys.fact_of(forged)], context)
    [fault] = faults(desk.runtime)
    assert (fault.chain, "key 2 is not signed by key 1" in fault.says) == ("administration", True)


def test_a_lost_key_is_replaced_and_everybody_is_told(desk: Desk, tmp_path: Path) -> None:
    made = with_key(desk.runtime, tmp_path)
    sealed(made)
    (tmp_path / "seal.key").unlink()
    something_happens(desk.runtime)
    with pytest.raises(Unavailable, match="rotate --lost"):
        made.seal()
    again = sealer(desk.runtime, tmp_path, "new.key")
    assert again.replace_lost().number == 2
    sealed(again)
    with desk.runtime.database.reading() as connection:
        verdict = verify(connection)
    assert (verdict.verified, verdict.unsigned, signing(desk.runtime)) == (True, (2,), ["2"])


def test_a_seal_that_the_wrong_keys_signed_is_found(desk: Desk, tmp_path: Path) -> None:
    """Whoever owns the database can make a key and sign with it; the journal does not know it."""
    seal = sealed(with_key(desk.runtime, tmp_path))
    note = notes.read(seal.note)
    stranger = notes.signed(note.text, note.installation, {1: notes.new_key()})
    other = notes.signed(note.text, note.installation, {2: notes.new_key()})
    for forged, said in ((stranger, "does not hold"), (other, "other keys")):
        with tampered(desk, f"UPDATE seal SET note = '{forged}'") as found:
            assert [one.chain for one in found] == ["seals"]
            assert said in found[0].says


def test_a_key_file_that_is_open_missing_or_of_another_installation_is_refused(
    desk: Desk, tmp_path: Path, open_node: Callable[[], Runtime]
) -> None:
    made, path = with_key(desk.runtime, tmp_path), tmp_path / "seal.key"
    whole = path.read_text()
    path.chmod(0o640)
    with pytest.raises(Unavailable, match="chmod 600"):
        made.seal()
    path.chmod(0o600)
    for content, said in (
        ("", "no file of seal keys"),
        ("x\n" * 5, "no file of seal keys"),
        (whole.replace("installation ", "installation 00"), "of another installation"),
        (whole.replace("key 1", "key 2"), "does not hold key 1"),
        (whole[: whole.index("key 1")], "no file of seal keys"),
    ):
        path.write_text(content)
        with pytest.raises(Unavailable, match=said):
            made.seal()
    path.unlink()
    with pytest.raises(Unavailable, match="There is no seal key"):
        made.seal()
    path.write_text(whole)
    path.chmod(0o600)
    sealed(made)


def test_a_file_that_is_there_is_never_overwritten(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "seal.key").write_text("precious")
    with pytest.raises(Conflict, match="never overwritten"):
        sealer(desk.runtime, tmp_path).init()
    assert (tmp_path / "seal.key").read_text() == "precious"
    with desk.runtime.database.reading() as connection:
        assert seal_keys.read(connection) == []


def test_what_was_cut_short_after_the_file_is_taken_up_again(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is on the disk, and the entry is not: the same key goes on the record with the next try."""
    made = sealer(desk.runtime, tmp_path)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    for step in (made.init, lambda: made.rotate(DAY)):
        with monkeypatch.context() as cut:
            name = "create" if step == made.init else "replace"
            whole = getattr(seal_key_file, name)
            cut.setattr(seal_key_file, name, lambda *given, whole=whole: (whole(*given), die()))
            with pytest.raises(KeyboardInterrupt):
                step()
        there = (tmp_path / "seal.key").read_text()
        step()
        assert (tmp_path / "seal.key").read_text() == there
        sealed(made)
    assert faults(desk.runtime) == []


def test_of_two_who_rotate_at_once_one_is_refused_and_the_file_stays_right(desk: Desk, tmp_path: Path) -> None:
    made = with_key(desk.runtime, tmp_path)

    def meanwhile(*_: object) -> None:
        """Somebody else is faster: after we looked at the keys, and before our transaction."""
        slow.undo()
        sealer(desk.runtime, tmp_path).rotate(DAY)

    with pytest.MonkeyPatch.context() as slow:
        slow.setattr(made, "_signing", meanwhile)
        with pytest.raises(Conflict, match="at the same time"):
            made.rotate(DAY)
    sealed(made)
    assert signing(desk.runtime) == ["1", "2"]
    assert faults(desk.runtime) == []


def test_the_entry_of_a_key_says_what_was_done(desk: Desk, tmp_path: Path) -> None:
    made = with_key(desk.runtime, tmp_path)
    made.rotate(DAY)
    with desk.runtime.database.reading() as connection:
        rows = bulk.read(connection, "SELECT seq FROM journal WHERE kind = 'SealKeySet' ORDER BY seq")
        first, second = [
            one.fact for one in journal.walk(connection, "administration") if one.seq in {row[0] for row in rows}
        ]
    assert isinstance(first, SealKeySet)
    assert isinstance(second, SealKeySet)
    assert (first.key, first.signed_by, second.key, second.signed_by) == (1, None, 2, 1)
