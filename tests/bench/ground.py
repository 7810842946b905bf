"""Where the bench takes place: one kind of database on a real disk, made to be durable, and templates that are copied."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import psycopg

from storage.database import parse_url
from tests.support.databases import SERVER_VARIABLE, Databases, PostgresServer, SqliteFiles

T = TypeVar("T")
KINDS = ("sqlite", "postgresql")


class Ground:
    """Databases of one kind. A template is built once by its name and only ever copied."""

    def __init__(self, kind: str, databases: Databases, partitions: int = 0) -> None:
        self.kind, self._databases, self.partitions = kind, databases, partitions
        self._templates: dict[str, str] = {}

    @property
    def sqlite(self) -> bool:
        return self.kind == "sqlite"

    def template(self, name: str, build: Callable[[str], object], on: str | None = None) -> str:
        """The database of this name, built in an empty one or in a copy of `on` when it is first asked for."""
        if name not in self._templates:
            url = self._databases.copy(on) if on else self._databases.empty()
            build(url)
            settle(url, analyse=True)
            self._templates[name] = url
        return self._templates[name]

    @contextmanager
    def copy(self, template: str) -> Iterator[str]:
        """A copy that is on the disk before anything is measured, and gone afterwards."""
        url = self._databases.copy(template)
        settle(url)
        try:
            yield url
        finally:
            self._databases.drop(url)

    @contextmanager
    def empty(self) -> Iterator[str]:
        url = self._databases.empty()
        try:
            yield url
        finally:
            self._databases.drop(url)

    def close(self) -> None:
        for url in self._templates.values():
            self._databases.drop(url)


class _Careless:
    """A PostgreSQL server that does not wait for the disk while databases are made, and does while they are measured.

    A database is three hundred files, and each copy would wait for each of them."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._main = server.empty()
        self._admin = psycopg.connect(plain(self._main), autocommit=True)
        self._durable(True)  # the other tests switch it off for good

    def empty(self) -> str:
        return self._made(self._server.empty)

    def copy(self, url: str) -> str:
        return self._made(lambda: self._server.copy(url))

    def drop(self, url: str) -> None:
        self._made(lambda: self._server.drop(url))

    def stop(self) -> None:
        self._admin.close()
        self._server.drop(self._main)
        self._server.stop()

    def _made(self, make: Callable[[], T]) -> T:
        self._durable(False)
        try:
            return make()
        finally:
            self._durable(True)

    def _durable(self, wanted: bool) -> None:
        self._admin.execute(f"ALTER SYSTEM SET fsync = {'on' if wanted else 'off'}")
        self._admin.execute("SELECT pg_reload_conf()")
        while self._admin.execute("SHOW fsync").fetchone() != ("on" if wanted else "off",):
            time.sleep(0.001)


def settle(url: str, analyse: bool = False) -> None:
    """Write out what the set-up left behind, so that no measured commit pays for it."""
    if "://" not in url:
        file = sqlite3.connect(url)
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        file.close()
        os.sync()
        return
    with psycopg.connect(plain(url), autocommit=True) as connection:
        if analyse:  # as autovacuum has done long before a database is this full
            connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
    os.sync()


def plain(url: str) -> str:
    """The URL as psycopg itself takes it."""
    return url.replace("+psycopg", "")


@contextmanager
def grounds(given: str | None = None, kinds: tuple[str, ...] = KINDS, partitions: int = 0) -> Iterator[list[Ground]]:
    """Both kinds of database in a temporary folder; or the one given: a file that is not there yet, whose folder is used,
    or a PostgreSQL server, on which databases are created and dropped; there the tables of cascades are made in
    `partitions`, where some are asked for. Raises FileExistsError for a file with something in
    it."""
    with ExitStack() as stack:
        beside = None
        if given:
            url = parse_url(given)
            kinds = (url.get_backend_name(),)
            if kinds == ("sqlite",):
                path = Path(url.database or "")
                if path.exists():
                    raise FileExistsError(f"{path} is there already; the bench works only in databases of its own")
                beside = path.parent
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="bench-", dir=beside, ignore_cleanup_errors=True)))
        found = []
        for kind in kinds:
            databases = _sqlite(folder) if kind == "sqlite" else _postgres(folder, given, stack)
            found.append(Ground(kind, databases, 0 if kind == "sqlite" else partitions))
            stack.callback(found[-1].close)
        yield found


def _sqlite(folder: Path) -> Databases:
    return SqliteFiles(folder)


def _postgres(folder: Path, given: str | None, stack: ExitStack) -> Databases:
    if given:
        os.environ[SERVER_VARIABLE] = given
    server = PostgresServer(folder / "postgres")
    if given:  # a server of somebody's own stays as it is
        stack.callback(server.stop)
        return server
    careless = _Careless(server)
    stack.callback(careless.stop)
    return careless
