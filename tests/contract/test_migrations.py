"""The schema that the migrations make is the one the program reads and writes; any other database is left alone."""

import sqlite3
from importlib import import_module

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from engine import administration
from engine.clock import SystemClock
from engine.runtime import opened
from storage import entry_texts, guards, migrate, schema
from storage.database import Database
from storage.errors import Unavailable, WrongSchema
from storage.tables import metadata
from tests.support.databases import create_installation, tables
from tests.support.desk import Desk
from workflows.errors import Conflict


def run(url: str, *statements: str) -> None:
    """Statements of somebody else's program."""
    if "://" in url:
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            for statement in statements:
                connection.execute(statement)
        return
    file = sqlite3.connect(url, isolation_level=None)
    for statement in statements:
        file.execute(statement)
    file.close()


def upgrade(url: str) -> tuple[str | None, str]:
    database = Database(url)
    try:
        done = administration.upgrade(database, SystemClock())
        return done.before, done.after
    finally:
        database.close()


def test_the_migrations_make_exactly_the_tables_of_the_models(database_url: str) -> None:
    database = Database(database_url)
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    database.close()


def test_a_migrated_database_has_its_guards(database_url: str) -> None:
    database = Database(database_url)
    with database.reading() as connection:
        assert guards.faults(connection) == []
        assert migrate.current(connection) == migrate.head()
    database.close()


def test_whether_a_schema_fits_is_known_without_alembic_and_said_alike(database_url: str) -> None:
    assert schema.newest() == migrate.head()
    database = Database(database_url)
    with database.reading() as connection:
        assert schema.fits(connection)
    for changed in ("UPDATE alembic_version SET version_num = '0001'", "DROP TABLE alembic_version"):
        run(database_url, changed)
        with database.reading() as connection:
            assert not schema.fits(connection)
            with pytest.raises(WrongSchema):
                migrate.check(connection, database.shown)
    database.close()


def test_upgrading_a_database_that_is_up_to_date_changes_nothing(database_url: str) -> None:
    before = tables(database_url)
    assert upgrade(database_url) == (migrate.head(), migrate.head())
    assert tables(database_url) == before


def test_upgrading_an_empty_database_makes_it_an_installation(empty_url: str) -> None:
    assert upgrade(empty_url) == (None, migrate.head())
    with opened(empty_url) as runtime:
        assert Desk(runtime).verdict().verified
        assert not runtime.simulated


def test_a_database_of_the_first_schema_is_brought_up_to_date_with_what_it_holds(empty_url: str) -> None:
    database = Database(empty_url)
    with database.transaction() as connection:
        command.upgrade(migrate._config(connection), "0001")
        moment, numbers = (
            "2023-08-14 02:00:00+00:00",
            ("counted", "leads_open", "leads_done", "leads_void", "extensions"),
        )
        false = "0" if connection.dialect.name == "sqlite" else "false"
        columns = (
            "cascade_id, number, directive, item, level, holder, giver, part, mode, workflow, state, assigned_at, rung"
        )
        connection.exec_driver_sql(
            f"INSERT INTO obligation ({columns}, failures, fired, {', '.join(numbers)}) VALUES"
            f" ('c', 1, 1, 1, 'unit', 'a', 'b', 'lead', 'once', 'w@1', 's', '{moment}', 0, 0, '[]', {false}, 0, 0, 0, 0)"
        )
    with database.transaction() as connection:
        migrate.upgrade(connection)
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT number, tasks FROM obligation").fetchall() == [(1, "[]")]
        assert (migrate.current(connection), guards.faults(connection)) == (migrate.head(), [])
    database.close()


def test_an_installation_cannot_be_created_twice(database_url: str) -> None:
    before = tables(database_url)
    with pytest.raises(Conflict):
        create_installation(database_url)
    assert tables(database_url) == before


def test_a_newer_schema_is_refused_and_nothing_is_changed(database_url: str) -> None:
    run(database_url, "UPDATE alembic_version SET version_num = '9999'", "CREATE TABLE novelty (id INTEGER)")
    before = tables(database_url)
    for attempt in (upgrade, _open):
        with pytest.raises(WrongSchema, match="9999"):
            attempt(database_url)
    assert tables(database_url) == before


def test_the_database_of_another_program_is_refused_and_left_alone(empty_url: str) -> None:
    run(empty_url, "CREATE TABLE invoice (id INTEGER)", "INSERT INTO invoice VALUES (7)")
    for attempt in (upgrade, create_installation, _open):
        with pytest.raises(WrongSchema, match="something else"):
            attempt(empty_url)
    assert tables(empty_url, "invoice") == {"invoice": [(7,)]}


@pytest.mark.parametrize("revision", ["ab12", "0001"])
def test_the_database_of_another_program_that_uses_alembic_is_refused(empty_url: str, revision: str) -> None:
    """Even where it numbers its schemas as we do."""
    run(
        empty_url,
        "CREATE TABLE alembic_version (version_num VARCHAR(32))",
        f"INSERT INTO alembic_version VALUES ('{revision}')",
    )
    for attempt in (upgrade, create_installation, _open):
        with pytest.raises(WrongSchema):
            attempt(empty_url)


def test_an_empty_database_is_not_opened_and_the_person_is_told_what_to_do(empty_url: str) -> None:
    with pytest.raises((WrongSchema, Unavailable), match="cascade db create"):
        _open(empty_url)


def _open(url: str) -> None:
    with opened(url):
        pytest.fail("it was opened")


def test_the_newest_expressions_of_indexes_are_those_that_queries_ask_by() -> None:
    """SQLite's cannot be read back to be compared; a query that says another one walks the whole journal."""
    texts = import_module("storage.migrations.versions.0016_reading")._TEXTS
    for dialect, said in texts.items():
        assert said == {
            "late": entry_texts.late(dialect),
            "claimed": entry_texts.claimed(dialect),
            "person": entry_texts.acted_by(dialect),
            "for_whom": entry_texts.for_whom(dialect),
            "action": entry_texts.action(dialect),
        }
