"""The database itself refuses every change of the journal but the next entry, and a guard that is gone is named."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from storage import guards, journal
from storage.database import Database
from tests.support.desk import Desk

ON_PARTITIONS = True

COLUMNS = ", ".join(journal.ROWS.columns)
REST = ", ".join(journal.ROWS.columns[2:])
AS_SEQ = f"SELECT cascade_id, {{seq}}, {REST} FROM journal WHERE cascade_id = '{{chain}}' AND seq = 2"
APPEND_ONLY = {
    "an update": "UPDATE journal SET body = '' WHERE cascade_id = '{chain}' AND seq = 2",
    "an update of one column": "UPDATE journal SET office = 'x' WHERE seq = 2",
    "a deletion of one entry": "DELETE FROM journal WHERE cascade_id = '{chain}' AND seq = 2",
    "a deletion of everything": "DELETE FROM journal",
    "an insert that updates": "INSERT INTO journal ({columns}) {as_two} ON CONFLICT (cascade_id, seq) DO UPDATE SET body = ''",
}
ON_SQLITE = {
    "INSERT OR REPLACE": "INSERT OR REPLACE INTO journal ({columns}) {as_two}",
    "REPLACE": "REPLACE INTO journal ({columns}) {as_two}",
    "UPDATE OR REPLACE": "UPDATE OR REPLACE journal SET seq = 3 WHERE cascade_id = '{chain}' AND seq = 2",
}
ON_POSTGRESQL = {
    "TRUNCATE": "TRUNCATE journal",
    "MERGE": "MERGE INTO journal USING (SELECT 1) AS one ON seq = 2 WHEN MATCHED THEN DELETE",
    "an empty update": "UPDATE journal SET body = '' WHERE false",
}


def kind(database: Database) -> str:
    return "sqlite" if database.is_sqlite else "postgresql"


@contextmanager
def rolled_back(database: Database) -> Iterator[Connection]:
    """A transaction that never happened."""
    with pytest.raises(_Enough), database.transaction() as connection:
        yield connection
        raise _Enough


class _Enough(Exception): ...


@pytest.fixture
def office(desk: Desk) -> Desk:
    desk.order("2023-09-29", "unit-1")
    assert desk.head().last_seq > 3
    return desk


def test_an_entry_can_be_neither_changed_nor_removed_nor_replaced(office: Desk) -> None:
    database = office.runtime.database
    attacks = APPEND_ONLY | (ON_SQLITE if database.is_sqlite else ON_POSTGRESQL)
    for name, sql in attacks.items():
        as_two = AS_SEQ.format(seq=2, chain=office.cascade)
        statement = sql.format(chain=office.cascade, columns=COLUMNS, as_two=as_two)
        with pytest.raises(DBAPIError, match="journal"), database.transaction() as connection:
            connection.exec_driver_sql(statement)
            pytest.fail(f"{name} was not refused")
    assert office.verdict().verified


@pytest.mark.parametrize(
    ("where", "offset"), [("twice", 0), ("before the head", -1), ("far ahead", 100), ("with a gap", 2)]
)
def test_an_entry_is_refused_anywhere_but_at_the_head(office: Desk, where: str, offset: int) -> None:
    seq = office.head().last_seq + offset
    insert = f"INSERT INTO journal ({COLUMNS}) {AS_SEQ.format(seq=seq, chain=office.cascade)}"
    with pytest.raises(DBAPIError, match="journal"), office.runtime.database.transaction() as connection:
        connection.exec_driver_sql(insert)
    assert office.verdict().verified


def test_entries_zero_and_less_and_a_first_entry_that_is_not_the_first_are_refused(office: Desk) -> None:
    for chain, seq in ((office.cascade, 0), (office.cascade, -1), ("another", 2)):
        row = AS_SEQ.format(seq=seq, chain=office.cascade).replace("cascade_id,", f"'{chain}',", 1)
        with pytest.raises(DBAPIError, match="next entry"), office.runtime.database.transaction() as connection:
            connection.exec_driver_sql(f"INSERT INTO journal ({COLUMNS}) {row}")


def test_a_batch_of_entries_with_a_hole_in_it_is_refused(office: Desk) -> None:
    head = office.head().last_seq
    rows = " UNION ALL ".join(AS_SEQ.format(seq=seq, chain=office.cascade) for seq in (head + 1, head + 3))
    with pytest.raises(DBAPIError, match="next entry"), office.runtime.database.transaction() as connection:
        connection.exec_driver_sql(f"INSERT INTO journal ({COLUMNS}) {rows}")


def test_the_guards_of_a_fresh_installation_are_whole(desk: Desk) -> None:
    with desk.runtime.database.reading() as connection:
        assert guards.faults(connection) == []


GUARDS = {
    "sqlite": ["journal_no_update", "journal_no_delete", "journal_next_only"],
    "postgresql": ["journal_no_change", "journal_next_only"],
}


def test_a_guard_that_is_missing_is_named(desk: Desk) -> None:
    database = desk.runtime.database
    for guard in GUARDS[kind(database)]:
        with rolled_back(database) as connection:
            connection.exec_driver_sql(f"DROP TRIGGER {guard}" + ("" if database.is_sqlite else " ON journal"))
            assert guards.faults(connection) == [f"guard {guard} is missing"]


SAY_NOTHING = "BEGIN SELECT 1; END"
CHANGED = {
    "sqlite": {
        "journal_no_update": [
            f"BEFORE UPDATE ON journal {SAY_NOTHING}",
            "BEFORE UPDATE OF office ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
            "BEFORE UPDATE ON journal WHEN 0 BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
        ],
        "journal_no_delete": [f"BEFORE DELETE ON journal {SAY_NOTHING}"],
        "journal_next_only": [f"BEFORE INSERT ON journal {SAY_NOTHING}"],
    },
    "postgresql": {
        "journal_no_change": [
            "BEFORE UPDATE OR DELETE ON journal FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()",
            "AFTER UPDATE OR DELETE OR TRUNCATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()",
            "BEFORE UPDATE OF office OR DELETE OR TRUNCATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()",
            "BEFORE UPDATE OR DELETE OR TRUNCATE ON journal FOR EACH STATEMENT WHEN (false) EXECUTE FUNCTION journal_refuse()",
        ],
        "journal_next_only": [
            "AFTER INSERT ON journal REFERENCING NEW TABLE AS added FOR EACH STATEMENT WHEN (false)"
            " EXECUTE FUNCTION journal_check_next()",
        ],
    },
}


def test_a_guard_that_was_changed_is_named(desk: Desk) -> None:
    database = desk.runtime.database
    for guard, bodies in CHANGED[kind(database)].items():
        for body in bodies:
            with rolled_back(database) as connection:
                connection.exec_driver_sql(f"DROP TRIGGER {guard}" + ("" if database.is_sqlite else " ON journal"))
                connection.exec_driver_sql(f"CREATE TRIGGER {guard} {body}")
                assert guards.faults(connection) == [f"guard {guard} is changed"], body


def test_a_guard_that_is_switched_off_or_emptied_is_named_on_postgresql(desk: Desk) -> None:
    database = desk.runtime.database
    if database.is_sqlite:
        return  # SQLite can drop a trigger, never switch one off
    for guard, function in (("journal_no_change", "journal_refuse"), ("journal_next_only", "journal_check_next")):
        for off in ("DISABLE TRIGGER", "ENABLE REPLICA TRIGGER"):
            with rolled_back(database) as connection:
                connection.exec_driver_sql(f"ALTER TABLE journal {off} {guard}")
                assert guards.faults(connection) == [f"guard {guard} is switched off"], off
        with rolled_back(database) as connection:
            connection.exec_driver_sql(
                f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
            )
            assert guards.faults(connection) == [f"guard {guard} is changed"]


def test_an_auditor_is_told_of_a_missing_guard(office: Desk) -> None:
    database = office.runtime.database
    guard = GUARDS[kind(database)][0]
    with database.transaction() as connection:
        connection.exec_driver_sql(f"DROP TRIGGER {guard}" + ("" if database.is_sqlite else " ON journal"))
    assert [fault.says for fault in office.verdict().faults] == [f"guard {guard} is missing"]
