"""A database whose cascades are hash-partitioned: every part is guarded, every earlier schema comes forward, nothing is
lost unseen."""

from collections.abc import Iterator

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from engine import administration
from engine.clock import SystemClock
from engine.runtime import opened
from storage import bulk, guards, migrate, partitions
from storage.database import Database
from storage.errors import Unavailable
from storage.queries import cascades
from storage.tables import metadata
from tests.contract.test_journal_guards import AS_SEQ, COLUMNS
from tests.support.databases import PostgresServer, create_installation
from tests.support.desk import READY, Desk

PARTS = 5
KEYED = {"directive", "item", "basis", "obligation", "journal", "command", "outbox", "attempt", "folded", "pending"}
REVISIONS = sorted(script.revision for script in migrate._scripts().walk_revisions())


@pytest.fixture
def empty(postgres: PostgresServer) -> Iterator[Database]:
    url = postgres.empty()
    database = Database(url)
    yield database
    database.close()
    postgres.drop(url)


@pytest.fixture(scope="module")
def forty(postgres: PostgresServer) -> str:
    """A partitioned installation with forty cascades in it; only ever copied."""
    url = create_installation(postgres.empty(), partitions=PARTS)
    with opened(url) as runtime:
        Desk(runtime).at(READY)
        for one in range(40):
            Desk(runtime, name=f"office-{one}").order("2023-09-29", "unit-1")
    return url


@pytest.fixture
def office(postgres: PostgresServer, forty: str) -> Iterator[Desk]:
    """A desk at one of the forty cascades."""
    url = postgres.copy(forty)
    with opened(url) as runtime, runtime.database.reading() as connection:
        cascade = cascades.listed(connection, 1)[0].id
    with opened(url) as runtime:
        yield Desk(runtime, cascade)
    postgres.drop(url)


def part_of(connection: Connection, cascade: str) -> str:
    """The partition of the journal that a cascade's entries lie in."""
    sql = "SELECT DISTINCT tableoid::regclass::text FROM journal WHERE cascade_id = ?"
    [(found,)] = bulk.read(connection, sql, cascade)
    return str(found)


def test_every_table_that_a_cascade_leads_is_divided_and_each_part_is_used(office: Desk) -> None:
    assert {table.name for table in metadata.sorted_tables if partitions.is_keyed(table)} == KEYED
    with office.runtime.database.reading() as connection:
        for table in KEYED - {"basis", "attempt", "pending"}:
            parts = partitions.parts(connection, table)
            assert len(parts) == PARTS == partitions.count(connection)
            assert all(bulk.read(connection, f"SELECT 1 FROM {part} LIMIT 1") for part in parts), table
    assert office.verdict().verified


def test_no_part_of_the_journal_can_be_changed_when_it_is_addressed_itself(office: Desk) -> None:
    database = office.runtime.database
    with database.reading() as connection:
        part, head = part_of(connection, office.cascade), office.head().last_seq
    attacks = [
        f"UPDATE {part} SET body = '' WHERE seq = 2",
        f"DELETE FROM {part}",
        f"TRUNCATE {part}",
        f"TRUNCATE ONLY {part}",
        "TRUNCATE journal",
        "UPDATE journal SET cascade_id = 'elsewhere' WHERE seq = 2",
        f"MERGE INTO {part} USING (SELECT 1) AS one ON seq = 2 WHEN MATCHED THEN DELETE",
        *(
            f"INSERT INTO {part} ({COLUMNS}) {AS_SEQ.format(seq=head + offset, chain=office.cascade)}"
            for offset in (-1, 2, 100)
        ),
    ]
    for statement in attacks:
        with (
            pytest.raises(DBAPIError, match=r"append-only|next entry|already exists"),
            database.transaction() as connection,
        ):
            connection.exec_driver_sql(statement)
            pytest.fail(f"{statement} was not refused")
    assert office.verdict().verified


def test_an_entry_of_another_part_is_taken_by_none(office: Desk) -> None:
    database = office.runtime.database
    with database.reading() as connection:
        own = part_of(connection, office.cascade)
        other = next(part for part in partitions.parts(connection) if part != own)
    entry = AS_SEQ.format(seq=office.head().last_seq + 1, chain=office.cascade)
    with pytest.raises(DBAPIError, match="partition constraint"), database.transaction() as connection:
        connection.exec_driver_sql(f"INSERT INTO {other} ({COLUMNS}) {entry}")


@pytest.mark.parametrize(
    ("attack", "says"),
    [
        ("DROP TRIGGER journal_no_change ON {part}", "guard journal_no_change is missing"),
        ("ALTER TABLE {part} DISABLE TRIGGER journal_next_only", "guard journal_next_only is switched off"),
        (
            "DROP TRIGGER journal_no_change ON {part}; CREATE TRIGGER journal_no_change BEFORE UPDATE ON {part}"
            " FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()",
            "guard journal_no_change is changed",
        ),
    ],
)
def test_a_guard_that_one_part_lacks_is_named_with_the_part(office: Desk, attack: str, says: str) -> None:
    database = office.runtime.database
    with database.transaction() as connection:
        part = part_of(connection, office.cascade)
        for statement in attack.format(part=part).split("; "):
            connection.exec_driver_sql(statement)
    assert [fault.says for fault in office.verdict().faults] == [f"{says} on {part}"]


def test_a_part_that_was_taken_out_is_missed(office: Desk) -> None:
    with office.runtime.database.transaction() as connection:
        part = part_of(connection, office.cascade)
        connection.exec_driver_sql(f"ALTER TABLE journal DETACH PARTITION {part}")
    missed = {fault.chain: fault.seq for fault in office.verdict().faults}
    assert missed[office.cascade] == 1


def test_a_message_of_any_part_is_delivered_and_what_is_due_in_any_part_is_carried_out(office: Desk) -> None:
    office.at("2023-09-30T08:00")
    report = office.round()
    assert (report.cascades, report.incidents) == (40, 0)
    assert office.runtime.delivery.run().failed == 0
    with office.runtime.database.reading() as connection:
        assert bulk.read(connection, "SELECT count(*) FROM outbox WHERE sent_at IS NULL") == [(0,)]
    assert office.verdict().verified


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_partitioned_database_of_every_earlier_schema_comes_forward(empty: Database, revision: str) -> None:
    with empty.transaction() as connection:
        command.upgrade(migrate._config(connection, PARTS), revision)
    with empty.transaction() as connection:
        migrate.upgrade(connection)
    with empty.reading() as connection:
        divided = {table: partitions.parts(connection, table) for table in metadata.tables}
        assert {table: len(parts) for table, parts in divided.items() if parts} == dict.fromkeys(KEYED, PARTS)
        parts = {part for found in divided.values() for part in found}
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_name": lambda name, kind, _: kind != "table" or name not in parts,
            },
        )
        assert compare_metadata(context, metadata) == []
        assert guards.faults(connection) == []


@pytest.mark.parametrize("parts", [0, PARTS])
def test_the_guards_of_an_earlier_schema_get_the_functions_of_this_one(empty: Database, parts: int) -> None:
    with empty.transaction() as connection:
        command.upgrade(migrate._config(connection, parts), "0007")
        connection.exec_driver_sql(
            "CREATE OR REPLACE FUNCTION journal_check_next() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
        )
        of_the_journal = [one for one in guards.faults(connection) if "guard journal" in one]  # others came later
        assert of_the_journal == ["guard journal_next_only is changed"]
        migrate.upgrade(connection)
        assert guards.faults(connection) == []


def test_a_database_that_is_whole_stays_whole(empty: Database) -> None:
    administration.create(empty, SystemClock())
    with empty.transaction() as connection:
        migrate.upgrade(connection, PARTS)
        assert partitions.count(connection) == 0


def test_more_parts_than_the_server_has_room_for_are_refused_before_anything_is_made(empty: Database) -> None:
    with pytest.raises(Unavailable, match=r"Set max_locks_per_transaction to \d+ or more"):
        administration.create(empty, SystemClock(), partitions=partitions.MOST)
    with empty.reading() as connection:
        assert migrate.current(connection) is None
