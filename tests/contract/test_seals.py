"""Seals cover every head that changed, once, in order, signed; and whatever is changed of them afterwards is found."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from engine.runtime import Runtime
from engine.sealing import Sealer
from storage import bulk, merkle, notes, seal_keys, seals
from storage.journal import chain_hash
from storage.seals import Seal
from tests.support.desk import Desk
from tests.support.sealing import faults, last, outside, round_with, sealed, sealer, something_happens, with_key
from tests.support.tampering import tampered
from workflows.directive import ADMINISTRATION
from workflows.errors import Conflict, Unmet

ON_PARTITIONS = True
OWN = 2  # the obligation of the unit


@pytest.fixture
def office(desk: Desk) -> Desk:
    desk.order("2023-09-29", "unit-1")
    return desk


def test_the_first_seal_covers_every_chain_and_the_next_what_changed_since(office: Desk, tmp_path: Path) -> None:
    runtime = office.runtime
    made = with_key(runtime, tmp_path)
    first = sealed(made)
    with runtime.database.reading() as connection:
        assert [one.chain for one in seals.heads_of(connection, 1)] == sorted([office.cascade, ADMINISTRATION])
    assert made.seal() == (None, False), "nothing changed"
    office.act("unit-1/clerk", OWN, "receive")
    second = sealed(made)
    with runtime.database.reading() as connection:
        [head] = seals.heads_of(connection, 2)
    assert (head.chain, head.seq, head.hash) == (office.cascade, office.head().last_seq, office.head().last_hash)
    assert notes.read(second.note).previous == notes.digest_of(first.note)
    assert faults(runtime) == []


def test_a_seal_is_what_its_page_says(office: Desk, tmp_path: Path) -> None:
    """The formats, worked out once more from what storage/README.md says."""
    made = with_key(office.runtime, tmp_path)
    seal = sealed(made)
    with office.runtime.database.reading() as connection:
        heads = seals.heads_of(connection, 1)
        [(first_hash,)] = bulk.read(
            connection, "SELECT hash FROM journal WHERE cascade_id = 'administration' AND seq = 1"
        )
        [key] = seal_keys.read(connection)
    leaves = [b'{"note":"","seal":0}'] + [
        f'{{"chain":"{one.chain}","hash":"{one.hash}","seq":{one.seq}}}'.encode() for one in heads
    ]
    root = merkle.root(merkle.leaf_hash(one) for one in leaves)
    origin, count, _, number, previous, at, empty, signature, end = seal.note.split("\n")
    assert (origin, count, number, previous, empty, end) == (
        f"directive-cascade/{first_hash[:32]}", "3", "seal 1", "previous -", "", "",
    )  # fmt: skip
    assert notes.read(seal.note).root == root
    assert at == f"at {seal.at:%Y-%m-%dT%H:%M:%S.%f}Z"
    assert signature.startswith(f"— {origin}/1 ")
    assert notes.signers(notes.read(seal.note), {1: key.public}) == [1]


def test_only_what_happened_since_is_looked_at_and_an_hour_later_everything(office: Desk, tmp_path: Path) -> None:
    """A window of time finds what changed; a chain that a clock set back has hidden from it is found by the next sweep."""
    made = with_key(office.runtime, tmp_path)
    first = sealed(made)
    office.act("unit-1/clerk", OWN, "receive")
    hidden, _ = made.seal(first.at.replace(year=first.at.year + 1))
    assert hidden is None
    found, _ = made.seal(first.at)
    assert found is not None


def test_a_seal_holds_so_many_chains_and_the_next_one_the_rest(
    office: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.sealing.LEAVES_MAX", 1)
    monkeypatch.setattr(seals.changed, "__defaults__", (1,))
    made = with_key(office.runtime, tmp_path)
    report = round_with(office.runtime, made, []).run()
    assert report.made >= 1
    with office.runtime.database.reading() as connection:
        assert seals.changed(connection, None) == []
    assert faults(office.runtime) == []


APPEND_ONLY = {
    "an update": "UPDATE seal SET note = note",
    "a deletion": "DELETE FROM seal WHERE number = 1",
    "a further leaf": "INSERT INTO seal_leaf (number, place, chain, seq, hash) VALUES (1, 3, 'x', 1, 'x')",
    "a leaf of a seal that is not there": "INSERT INTO seal_leaf (number, place, chain, seq, hash) VALUES (9, 1, 'x', 1, 'x')",
    "a changed leaf": "UPDATE seal_leaf SET hash = 'x'",
    "a removed leaf": "DELETE FROM seal_leaf",
    "a seal with a hole before it": "INSERT INTO seal SELECT 9, at, leaves, root, note FROM seal WHERE number = 1",
    "a seal before the first": "INSERT INTO seal SELECT 0, at, leaves, root, note FROM seal WHERE number = 1",
    "a changed log of copies": "UPDATE seal_copy SET outcome = 'sent'",
    "a removed log of copies": "DELETE FROM seal_copy",
}


def test_a_seal_can_be_neither_changed_nor_removed_nor_put_in_between(office: Desk, tmp_path: Path) -> None:
    made = with_key(office.runtime, tmp_path)
    round_with(office.runtime, made, [outside(tmp_path / "outside")]).run()
    attacks = APPEND_ONLY | (
        {"REPLACE": "INSERT OR REPLACE INTO seal SELECT number, at, leaves, 'x', note FROM seal"}
        if office.runtime.database.is_sqlite
        else {"TRUNCATE": "TRUNCATE seal, seal_leaf, seal_copy"}
    )
    for name, statement in attacks.items():
        with pytest.raises(DBAPIError, match="seal|copies"), office.runtime.database.transaction() as connection:
            connection.exec_driver_sql(statement)
            pytest.fail(f"{name} was not refused")
    assert faults(office.runtime) == []


def at_once(nodes: Sequence[Sealer]) -> list[Seal | None]:
    """What nodes that all seal at the same moment have made."""
    start = threading.Barrier(len(nodes))

    def run(one: Sealer) -> Seal | None:
        start.wait()
        return one.seal()[0]

    with ThreadPoolExecutor(len(nodes)) as pool:
        return list(pool.map(run, nodes))


def test_nodes_that_seal_at_once_make_each_number_once(
    office: Desk, tmp_path: Path, open_node: Callable[[], Runtime]
) -> None:
    with_key(office.runtime, tmp_path)
    nodes = [sealer(open_node(), tmp_path) for _ in range(3)]
    for _ in range(4):
        something_happens(office.runtime)
        assert len([one for one in at_once(nodes) if one]) == 1
    assert last(office.runtime).number == 4
    assert faults(office.runtime) == []


def test_a_cut_tail_and_a_rewritten_history_are_found_though_their_heads_were_forged(
    office: Desk, tmp_path: Path
) -> None:
    sealed(with_key(office.runtime, tmp_path))
    *_, before, end = office.entries()
    cut = [
        f"DELETE FROM journal WHERE cascade_id = '{office.cascade}' AND seq = {end.seq}",
        f"UPDATE cascade SET last_seq = {before.seq}, last_hash = '{before.hash}' WHERE id = '{office.cascade}'",
    ]
    with tampered(office, *cut) as found:
        assert [(one.chain, one.seq) for one in found] == [(office.cascade, end.seq)]
        assert "cut off" in found[0].says
    body = end.body.replace('"by":', '"by" :')
    forged = chain_hash(before.hash, body)
    rewritten = [
        f"UPDATE journal SET body = '{body}', hash = '{forged}'"
        f" WHERE cascade_id = '{office.cascade}' AND seq = {end.seq}".replace("%", "%%"),
        f"UPDATE cascade SET last_hash = '{forged}' WHERE id = '{office.cascade}'",
    ]
    with tampered(office, *rewritten) as found:
        assert [(one.chain, one.seq) for one in found] == [(office.cascade, end.seq)]
        assert "rewritten" in found[0].says
    with tampered(
        office, *rewritten, f"UPDATE seal_leaf SET hash = '{forged}' WHERE chain = '{office.cascade}'"
    ) as found:
        # The message of that entry still has its old body.
        assert [(one.chain, one.seq) for one in found] == [("seals", None), (office.cascade, None)]
        assert "root" in found[0].says


def test_without_a_key_in_use_nothing_is_sealed_and_what_to_do_is_said(office: Desk, tmp_path: Path) -> None:
    with pytest.raises(Unmet, match="cascade seal init"):
        sealer(office.runtime, tmp_path).seal()
    with pytest.raises(Unmet, match="cascade seal init"):
        sealer(office.runtime, tmp_path).rotate(timedelta(days=1))


def test_a_first_key_is_made_once(office: Desk, tmp_path: Path) -> None:
    made = with_key(office.runtime, tmp_path)
    with pytest.raises(Conflict, match="cascade seal rotate"):
        made.init()
    assert (tmp_path / "seal.key").stat().st_mode & 0o777 == 0o600


def test_a_look_at_what_changed_reads_no_more_than_what_was_recorded_since(
    office: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not office.runtime.database.is_sqlite:
        return  # PostgreSQL knows its numbers; the bench `sealing` shows what a look costs there
    asked: list[str] = []
    read = bulk.read
    with office.runtime.database.reading() as connection, monkeypatch.context() as watched:
        watched.setattr(bulk, "read", lambda given, sql, *values: asked.append(sql) or read(given, sql, *values))
        for look in (seals.changed, seals.count_changed, seals.oldest_unsealed):
            look(connection, office.runtime.now())
    with office.runtime.database.reading() as connection:
        windows = [sql for sql in asked if "recorded_at >=" in sql]
        assert len(windows) == 3
        for sql in windows:
            plan = " | ".join(str(row[3]) for row in read(connection, f"EXPLAIN QUERY PLAN {sql}", "2023"))
            assert "COVERING INDEX journal_time (recorded_at>?)" in plan
            assert "SCAN journal" not in plan
            assert "SCAN c " not in plan
