"""Verification finds whatever was changed behind the program's back, and names the first entry where it shows."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import orjson
import pytest
from sqlalchemy import Boolean, Column, Date, Integer

from engine import administration
from storage import verification
from storage.journal import chain_hash
from storage.tables import metadata
from storage.verification import Fault, verify
from tests.support.databases import Databases
from tests.support.desk import Desk, desk_on, task
from tests.support.offices import DIRECTOR, directory
from tests.support.tampering import tampered
from workflows.directive import ADMINISTRATION
from workflows.offices import Absence, Deputy

ON_PARTITIONS = "long"

BAD = 5  # the entry that is tampered with


@pytest.fixture(scope="module")
def office(databases: Databases, template: str) -> Iterator[Desk]:
    """A cascade in which nearly every column of an obligation has a value. One for all tests: none changes it."""
    url = databases.copy(template)
    with desk_on(url) as desk:
        _work(desk)
        yield desk
    databases.drop(url)


def _work(desk: Desk) -> None:
    more = {"officer": "Officer", "controller": "department", "recipient": "department"}
    desk.issue("province", task("2023-09-29", "department"))
    desk.issue(
        "department", task("2023-09-08", "unit-1", "unit-2", under=1, **more), task(None, "unit-3", mode="periodic")
    )
    desk.act("unit-1/clerk", 2, "receive")
    desk.act("unit-1/leader", 2, "request_extension", until="2023-09-15", reason="Staff are away")
    desk.report(3)
    desk.live_until("2023-08-16T09:00")
    assert desk.head().last_seq > BAD + 2
    assert desk.verdict().verified


def entry(desk: Desk, seq: int) -> str:
    return f"cascade_id = '{desk.cascade}' AND seq = {seq}"


def bad_entry(desk: Desk, faults: list[Fault]) -> int | None:
    """The entry that verification blames, where it blames this cascade alone."""
    assert [fault.chain for fault in faults] == [desk.cascade], faults
    return faults[0].seq


def test_an_untouched_journal_verifies_to_its_last_entry(office: Desk) -> None:
    verdict = office.verdict()
    assert verdict.verified
    assert verdict.chains == 2
    assert verdict.entries > office.head().last_seq


def test_one_changed_byte_of_a_body_is_found_in_every_entry(office: Desk) -> None:
    for one in office.entries():
        place = len(one.body) // 2
        changed = one.body[:place] + ("a" if one.body[place] != "a" else "b") + one.body[place + 1 :]
        escaped = changed.replace("'", "''").replace("%", "%%")
        with tampered(office, f"UPDATE journal SET body = '{escaped}' WHERE {entry(office, one.seq)}") as faults:
            assert bad_entry(office, faults) == one.seq


def test_a_changed_hash_is_found(office: Desk) -> None:
    with tampered(office, f"UPDATE journal SET hash = '{'0' * 64}' WHERE {entry(office, BAD)}") as faults:
        assert bad_entry(office, faults) == BAD


def test_of_two_bad_entries_the_first_is_named(office: Desk) -> None:
    with tampered(
        office,
        f"UPDATE journal SET hash = 'x' WHERE {entry(office, BAD + 2)}",
        f"UPDATE journal SET body = '' WHERE {entry(office, BAD)}",
    ) as faults:
        assert bad_entry(office, faults) == BAD


COLUMNS = [column for column in metadata.tables["journal"].columns if column.name not in ("cascade_id", "body", "hash")]


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_every_column_of_an_entry_must_repeat_its_body(office: Desk, column: Column[Any]) -> None:
    seq = next(one.seq for one in office.entries("Assigned"))  # it is about an obligation and a directive
    sqlite = office.runtime.database.is_sqlite
    new = str(office.head().last_seq + 7) if column.name == "seq" else other_value(column, sqlite)
    with tampered(office, f"UPDATE journal SET {column.name} = {new} WHERE {entry(office, seq)}") as faults:
        assert bad_entry(office, faults) == (seq + 1 if column.name == "seq" else seq), column.name
    if column.nullable:
        with tampered(office, f"UPDATE journal SET {column.name} = NULL WHERE {entry(office, seq)}") as faults:
            assert bad_entry(office, faults) == seq, column.name


def test_an_entry_moved_to_another_chain_is_missed_in_its_own(office: Desk) -> None:
    with tampered(office, f"UPDATE journal SET cascade_id = 'elsewhere' WHERE {entry(office, BAD)}") as faults:
        assert {fault.chain: fault.seq for fault in faults} == {office.cascade: BAD + 1, "elsewhere": BAD}


def test_a_removed_entry_is_missed(office: Desk) -> None:
    with tampered(office, f"DELETE FROM journal WHERE {entry(office, BAD)}") as faults:
        assert bad_entry(office, faults) == BAD + 1
        assert f"entry {BAD} is missing" in faults[0].says


def test_swapped_entries_are_found_at_the_first_of_them(office: Desk) -> None:
    first, second = entry(office, BAD), entry(office, BAD + 1)
    swap = [
        f"UPDATE journal SET seq = -1 WHERE {first}",
        f"UPDATE journal SET seq = {BAD} WHERE {second}",
        f"UPDATE journal SET seq = {BAD + 1} WHERE {entry(office, -1)}",
    ]
    with tampered(office, *swap) as faults:
        assert bad_entry(office, faults) == BAD


def test_without_states_the_chains_are_checked_and_nothing_is_replayed(office: Desk) -> None:
    def checked(*statements: str) -> list[int | None]:
        with tampered(office, *statements, states=False) as faults:
            return [fault.seq for fault in faults]

    assert checked(f"UPDATE journal SET office = 'x' WHERE {entry(office, BAD)}") == [BAD]
    assert checked(f"UPDATE obligation SET state = 'x' WHERE cascade_id = '{office.cascade}' AND number = 2") == []


@pytest.mark.parametrize("written", ["2023-08-31T17:00:00.0+07:00", "2023-08-31T10:00:00.000000+00:00"])
def test_an_instant_that_a_body_writes_otherwise_is_found_though_it_is_the_same_moment(
    office: Desk, written: str
) -> None:
    last = office.entries()[-1]
    body = orjson.loads(last.body) | {"happened_at": written}
    forged, sqlite = orjson.dumps(body, option=orjson.OPT_SORT_KEYS).decode(), office.runtime.database.is_sqlite
    at = "2023-08-31 10:00:00.000000" if sqlite else "2023-08-31 10:00:00Z"
    hash_ = chain_hash(office.entries()[-2].hash, forged)
    escaped = forged.replace("'", "''").replace("%", "%%")
    statements = [
        f"UPDATE journal SET body = '{escaped}', hash = '{hash_}', happened_at = '{at}' WHERE {entry(office, last.seq)}",
        f"UPDATE cascade SET last_hash = '{hash_}' WHERE id = '{office.cascade}'",
    ]
    with tampered(office, *statements) as faults:
        assert bad_entry(office, faults) == last.seq
        assert "column happened_at" in faults[0].says


def test_a_stored_value_that_is_only_written_otherwise_is_no_fault(office: Desk) -> None:
    """Rows are compared as they lie; what differs there is compared as a value before it is blamed."""
    spaced = "UPDATE obligation SET because = replace(because, '\":\"', '\" : \"') WHERE because IS NOT NULL"
    with tampered(office, spaced) as faults:
        assert faults == []


def test_a_cut_tail_is_found(office: Desk) -> None:
    last = office.head().last_seq
    with tampered(office, f"DELETE FROM journal WHERE cascade_id = '{office.cascade}' AND seq >= {last - 1}") as faults:
        assert bad_entry(office, faults) == last - 1
    with tampered(office, f"DELETE FROM journal WHERE cascade_id = '{office.cascade}'") as faults:
        assert bad_entry(office, faults) == 1


def test_a_tail_cut_together_with_the_head_is_found_in_the_state(office: Desk) -> None:
    last = office.entries()[-1]
    cut = [
        f"DELETE FROM journal WHERE {entry(office, last.seq)}",
        f"UPDATE cascade SET last_seq = {last.seq - 1}, last_hash = '{office.entries()[-2].hash}'"
        f" WHERE id = '{office.cascade}'",
    ]
    with tampered(office, *cut) as faults:
        assert len(faults) == 1


def test_a_rewritten_history_is_found_where_only_the_entries_were_rewritten(office: Desk) -> None:
    """The forger computes every hash anew: the head tells; and where the head is forged too, the state tells."""
    written, previous, statements = office.entries(), "", []
    for one in written:
        body = one.body.replace('"until":"2023-09-15', '"until":"2023-09-22')
        previous = chain_hash(previous, body)
        statements.append(f"UPDATE journal SET body = '{body}', hash = '{previous}' WHERE {entry(office, one.seq)}")
    statements = [statement.replace("%", "%%") for statement in statements]
    with tampered(office, *statements) as faults:
        assert bad_entry(office, faults) == written[-1].seq
    head = f"UPDATE cascade SET last_hash = '{previous}' WHERE id = '{office.cascade}'"
    with tampered(office, *statements, head) as faults:
        assert "request" in faults[0].says


def test_entries_of_a_cascade_that_is_gone_are_found(office: Desk) -> None:
    with tampered(office, f"DELETE FROM cascade WHERE id = '{office.cascade}'") as faults:
        assert bad_entry(office, faults) == 1


def test_the_chain_of_the_administration_is_verified_too(office: Desk) -> None:
    with tampered(office, "UPDATE journal SET office = 'x' WHERE cascade_id = 'administration' AND seq = 2") as faults:
        assert [(fault.chain, fault.seq) for fault in faults] == [("administration", 2)]
    with tampered(office, "UPDATE installation SET admin_hash = 'x'") as faults:
        assert [fault.chain for fault in faults] == ["administration"]


STATES = [
    column
    for table in ("cascade", "directive", "item", "obligation")
    for column in metadata.tables[table].columns
    if column.name != "wake_at"  # a cache: the next round computes it anew
]


@pytest.mark.parametrize("column", STATES, ids=lambda column: f"{column.table.name}.{column.name}")
def test_every_stored_column_must_be_what_the_entries_give(office: Desk, column: Column[Any]) -> None:
    where = {"obligation": "number = 2", "cascade": "1 = 1"}.get(column.table.name, "number = 1")
    changed = f"UPDATE {column.table.name} SET {column.name} = {other_value(column, office.runtime.database.is_sqlite)}"
    with tampered(office, f"{changed} WHERE {where}") as faults:
        assert faults, f"a changed {column} was not found"
        assert office.cascade in [fault.chain for fault in faults]


def test_a_removed_or_an_invented_obligation_is_found(office: Desk) -> None:
    with tampered(office, "DELETE FROM obligation WHERE number = 3") as faults:
        assert bad_entry(office, faults) is None
    with tampered(office, "UPDATE obligation SET number = 99 WHERE number = 3") as faults:
        assert bad_entry(office, faults) is None


GARBAGE = ("because", "request", "fired", "due_at", "leads_open")


@pytest.mark.parametrize("name", GARBAGE)
def test_a_stored_value_that_cannot_even_be_read_is_a_fault_and_no_crash(office: Desk, name: str) -> None:
    column = metadata.tables["obligation"].columns[name]
    if not office.runtime.database.is_sqlite and "TEXT" not in str(column.type).upper():
        return  # PostgreSQL itself refuses a word in a column of instants or numbers
    with tampered(office, f"UPDATE obligation SET {name} = 'garbage' WHERE number = 2") as faults:
        assert office.cascade in [fault.chain for fault in faults]


def test_an_instant_that_cannot_be_read_is_named_with_its_entry(office: Desk) -> None:
    if not office.runtime.database.is_sqlite:
        return  # PostgreSQL itself refuses a word in a column of instants
    with tampered(office, f"UPDATE journal SET happened_at = 'garbage' WHERE {entry(office, BAD)}") as faults:
        assert bad_entry(office, faults) == BAD


def other_value(column: Column[Any], sqlite: bool) -> str:
    """SQL for a value of the column's kind that it does not have now."""
    name = column.name
    if isinstance(column.type, Boolean):
        return f"NOT {name}"
    if isinstance(column.type, Integer):
        return f"coalesce({name}, 0) + 7"
    if isinstance(column.type, Date):
        return "'2001-01-01'"
    if "UTC" in type(column.type).__name__:
        return "'2001-01-01 00:00:00.000000'" if sqlite else "'2001-01-01 00:00:00Z'"
    json = {
        "because": '{"rule":"as written","result_on":"2001-01-01","calendar":"vn-public@1"}',
        "request": '{"until":"2001-01-01T00:00:00Z","reason":"x","asked_at":"2001-01-01T00:00:00Z","asked_by":"x"}',
        "fired": '["receive","rung:9"]',
        "bases": '[{"kind":"cites","symbol":"1/CV"}]',
    }
    return f"'{json[name]}'" if name in json and column.table.name != "journal" else f"coalesce({name}, '') || 'x'"


def test_a_deadline_that_was_put_to_sleep_is_found(office: Desk) -> None:
    """Nobody would hear of it: the rounds look for what is awake, and the journal says nothing of it."""
    asleep = "UPDATE obligation SET wake_at = NULL WHERE cascade_id = '{}' AND number = 2"
    with tampered(office, asleep.format(office.cascade)) as faults:
        assert "obligation 2 is set to wake at nothing" in faults[0].says
    with tampered(office, f"UPDATE cascade SET wake_at = NULL WHERE id = '{office.cascade}'") as faults:
        assert "the cascade is set to wake at nothing" in faults[0].says


@pytest.mark.parametrize("kind", ["workflow", "calendar"])
def test_a_published_text_that_was_changed_or_taken_away_is_found(office: Desk, kind: str) -> None:
    with tampered(office, f"UPDATE {kind} SET text = replace(text, '2026', '2062') || ' '") as faults:
        assert any("is not the text that was published" in fault.says for fault in faults)
    with tampered(office, f"DELETE FROM {kind}") as faults:
        assert any("was published and is gone" in fault.says for fault in faults)


def test_it_is_told_how_far_a_verification_is(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "STRIDE", 4)
    told: list[int] = []
    with office.runtime.database.reading() as connection:
        verdict = verify(connection, progressed=told.append)
        total = verification.count_entries(connection)
        parts = [verification.count_entries(connection, chain) for chain in (office.cascade, ADMINISTRATION)]
    assert told == sorted(told)
    assert told[-1] == verdict.entries == total == sum(parts)
    assert len(told) > verdict.chains + 2, "nothing was told within a long chain"


class Undone(Exception): ...


def test_offices_with_everything_that_a_file_can_say_are_as_they_were_imported(office: Desk) -> None:
    """Deputies, absences, addresses and languages; one that was added since; and a seat that was given past the journal."""
    runtime = office.runtime
    some = directory()
    full = replace(
        some[3],
        people={"leader": "Leader", "clerk": "Clerk"},
        deputies=(Deputy("leader", "Deputy", date(2023, 1, 1), None, ("report",), "1/QĐ"),),
        absent=(Absence("clerk", date(2023, 8, 1), date(2023, 8, 9)),),
        email={"office": "unit@example.org"},
        language="en",
    )
    with pytest.raises(Undone), runtime.database.transaction() as connection:
        administration.import_offices(connection, [*some[:3], full, *some[4:]], runtime.now(), DIRECTOR)
        block = {"name": "Late", "level": "unit", "above": "department"}
        administration.add_office(connection, "late", block, runtime.now(), DIRECTOR)
        assert [one for one in verify(connection).faults if one.chain == "offices"] == []
        connection.exec_driver_sql("UPDATE deputy SET deputy = 'Other'")
        assert [one.chain for one in verify(connection).faults] == ["offices"]
        raise Undone


def test_rows_of_no_cascade_are_found_and_named_once(office: Desk) -> None:
    invented = "INSERT INTO folded (cascade_id, directive, item, text) VALUES ('nowhere', 1, 0, 'x')"
    with tampered(office, invented) as faults:
        assert [(fault.chain, fault.seq) for fault in faults] == [("nowhere", None)]


def test_a_message_or_an_answered_command_that_was_taken_away_is_found(office: Desk) -> None:
    for table, what in (("outbox", "message"), ("command", "command")):
        with tampered(office, f"DELETE FROM {table} WHERE cascade_id = '{office.cascade}'") as faults:
            assert bad_entry(office, faults) is None
            assert what in faults[0].says
