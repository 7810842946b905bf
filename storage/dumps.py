"""PostgreSQL's own pg_dump and pg_restore: found, of the right version, and run so that no secret is on a command line.

A dump is of one moment: it is made in a snapshot that a reading of ours holds, and what is in it is counted in that reading.
"""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import conninfo, sql
from sqlalchemy import Connection

from storage import bulk
from storage.backups import POSTGRESQL, Contents, contents
from storage.database import Database
from storage.errors import Unavailable, Unfinished
from workflows.text import Text, joined, say

DRILLS = "cascade_drill_"  # how the databases begin that a drill makes, and takes away again
_SECRETS = ("password", "sslpassword")
_OURS_ALONE = ("context", "prepare_threshold")  # what the driver takes and libpq does not know
_USUAL = (
    "/usr/lib/postgresql/{major}/bin",
    "/usr/pgsql-{major}/bin",
    "/usr/local/pgsql/bin",
)  # Debian, Red Hat, source
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
_SECONDS = 20  # that a program may take to say its version
_LINES_MAX = 5  # of what a program says when it fails


@dataclass(frozen=True, slots=True)
class Program:
    """One of PostgreSQL's programs, and its major version."""

    path: str
    major: int


def find(name: str, major: int, folder: Path | None = None) -> Program:
    """`name` of this major version: in `folder` where one is given, else on PATH or where packages put it.

    Raises Unavailable, naming what was found instead and what to install.
    """
    places = [str(folder)] if folder else [
        *os.get_exec_path(), *(place.format(major=major) for place in _USUAL)
    ]  # fmt: skip
    others, asked = list[str](), set[Path]()
    for place in places:
        path = shutil.which(name, path=place)
        if path is None or Path(path).resolve() in asked:
            continue
        asked.add(Path(path).resolve())
        found = _major(path)
        if found == major:
            return Program(path, found)
        others.append(say("{path} is of version {found}", path=path, found=found or "?"))
    seen = joined(others, "; ") if others else say("there is none in {place}", place=folder or "PATH")
    raise Unavailable(
        say("This needs {program} of PostgreSQL {major}, the server's own version; {seen}. Install it (Debian, Ubuntu:"
            " postgresql-client-{major}; Red Hat: postgresql{major}), or name its folder: --pg-bin DIR or CASCADE_PG_BIN.",
            program=name, major=major, seen=seen)
    )  # fmt: skip


def _major(path: str) -> int | None:
    try:
        done = subprocess.run([path, "--version"], check=False, capture_output=True, text=True, timeout=_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = _VERSION.search(done.stdout)
    return int(found[1]) if found else None


def server_major(connection: Connection) -> int:
    [(number,)] = bulk.read(connection, "SELECT current_setting('server_version_num')")
    return int(number) // 10_000


class PostgresCopying:
    """A dump in PostgreSQL's custom format. Nobody who writes waits for it."""

    kind = POSTGRESQL

    def __init__(self, database: Database, folder: Path | None = None) -> None:
        self._database = database
        with database.reading() as connection:
            self._program = find("pg_dump", server_major(connection), folder)
        self._running = Running()

    def size(self) -> int:
        return 0  # a dump is packed: nobody knows before

    def run(self, path: Path) -> Contents:
        """Fill `path`, an empty file, which keeps its mode."""
        with self._database.reading() as connection:
            # A server may end who is idle in a transaction; this one holds the snapshot while the program works.
            bulk.read(connection, "SELECT set_config('idle_in_transaction_session_timeout', '0', true)")
            [(snapshot,)] = bulk.read(connection, "SELECT pg_export_snapshot()")
            found = contents(connection)
            options = ["--format=custom", "--compress=1", f"--snapshot={snapshot}", f"--file={path}"]
            self._running.run(self._program, options, self._database)
        return found

    def stop(self) -> None:
        self._running.stop()


class Running:
    """A program of PostgreSQL's at work on a database, which another thread may stop."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._stopped = False

    def run(self, program: Program, options: Sequence[str], database: Database) -> None:
        """Run it to its end. Raises Unfinished with what it said, where it failed or was stopped."""
        with _knowing(database) as (known, environment, handles):
            if self._stopped:
                raise Unfinished(say("it was stopped"))
            self._process = subprocess.Popen(
                [program.path, *options, f"--dbname={known}", "--no-password"], env=environment, pass_fds=handles,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace",
            )  # fmt: skip
            try:
                _, said = self._process.communicate()
            except BaseException:
                self._process.kill()
                self._process.wait()
                raise
            if self._stopped:
                raise Unfinished(say("it was stopped"))
            if self._process.returncode:
                raise Unfinished(_failure(program, self._process.returncode, said, database))

    def stop(self) -> None:
        self._stopped = True
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.terminate()


def _failure(program: Program, code: int, said: str, database: Database) -> Text:
    """What a program said before it gave up; a secret is in it in no case."""
    for name in _SECRETS:
        secret = _arguments(database).get(name)
        said = said.replace(str(secret), "***") if secret else said
    name, lines = Path(program.path).name, [line.strip() for line in said.splitlines() if line.strip()]
    if code < 0:
        return say("{program} was ended by signal {number}", program=name, number=_signal(-code))
    return say("{program} says: {lines}", program=name, lines=joined(lines[:_LINES_MAX] or [str(code)], "; "))


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def _arguments(database: Database) -> dict[str, Any]:
    """What libpq is to be told of a database."""
    given = database.connections.dialect.create_connect_args(database.url.difference_update_query(["pool"]))[1]
    return {name: value for name, value in given.items() if name not in _OURS_ALONE}


@contextmanager
def _knowing(database: Database) -> Iterator[tuple[str, dict[str, str], tuple[int, ...]]]:
    """How a program reaches a database: what stands on its command line, its environment, and the files it inherits.

    A password is in a file without a name, which ends with those that hold it; others may see command lines."""
    arguments, environment, handles = _arguments(database), dict(os.environ), list[int]()
    secrets = {name: arguments.pop(name) for name in _SECRETS if name in arguments}
    with tempfile.TemporaryDirectory(prefix="cascade-") as folder:
        try:
            if "password" in secrets:
                escaped = str(secrets["password"]).replace("\\", "\\\\").replace(":", "\\:")
                environment.pop("PGPASSWORD", None)  # it would go before the file
                environment["PGPASSFILE"] = _kept(f"*:*:*:*:{escaped}\n", Path(folder) / "passwords", handles)
            if "sslpassword" in secrets:
                text = f"[cascade]\nsslpassword={secrets['sslpassword']}\n"
                environment["PGSERVICEFILE"] = _kept(text, Path(folder) / "services", handles)
                arguments["service"] = "cascade"
            yield conninfo.make_conninfo("", **arguments), environment, tuple(handles)
        finally:
            for handle in handles:
                os.close(handle)


def _kept(text: str, path: Path, handles: list[int]) -> str:
    """A file that only we read: one in memory that has no name, where there is such a thing."""
    if hasattr(os, "memfd_create"):
        handle = os.memfd_create("cascade")
        os.fchmod(handle, 0o600)  # libpq reads no file of passwords that others may read
        handles.append(handle)
        os.write(handle, text.encode())
        return f"/proc/self/fd/{handle}"
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    return str(path)


def restore(dump: Path, database: Database, running: Running, folder: Path | None = None) -> None:
    """Bring a dump into an empty database, whole or not at all. Raises Unfinished with what pg_restore says."""
    with database.reading() as connection:
        program = find("pg_restore", server_major(connection), folder)
    # Owners and grants are of the server the dump came from: here all belongs to whoever restores.
    options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", str(dump)]
    running.run(program, options, database)
    with database.transaction() as connection:  # of tables filled a moment ago the planner knows nothing
        bulk.write(connection, "ANALYZE")


_EVERYTHING = """
SELECT format('DROP TABLE IF EXISTS %%I.%%I CASCADE', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n
  ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND NOT c.relispartition
UNION ALL
SELECT format('DROP FUNCTION IF EXISTS %%s CASCADE', p.oid::regprocedure) FROM pg_proc p JOIN pg_namespace n
  ON n.oid = p.pronamespace WHERE n.nspname = current_schema()
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"""


def clear(database: Database) -> None:
    """Take everything out of a database again that was empty before it was restored into."""
    with database.transaction() as connection:
        for (statement,) in bulk.read(connection, _EVERYTHING):
            bulk.write(connection, statement)


@contextmanager
def for_a_drill(server: Database) -> Iterator[str]:
    """The URL of a database of its own on the same server; it is gone afterwards. Raises Unavailable where none may be made."""
    name = f"{DRILLS}{uuid4().hex[:12]}"
    with _administering(server) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    try:
        yield server.url.set(database=name).render_as_string(hide_password=False)
    finally:
        with _administering(server) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def left_by_drills(server: Database) -> list[str]:
    """Databases of drills that were killed, so that nobody took them away."""
    with _administering(server) as connection:
        rows = connection.execute(
            "SELECT datname FROM pg_database d WHERE starts_with(datname, %s)"
            " AND NOT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.datid = d.oid) ORDER BY 1",
            (DRILLS,),
        )
        return [str(row[0]) for row in rows.fetchall()]


@contextmanager
def _administering(server: Database) -> Iterator["psycopg.Connection[Any]"]:
    """A connection that makes and drops databases, which no transaction may."""
    try:
        with psycopg.connect(conninfo.make_conninfo("", **_arguments(server)), autocommit=True) as connection:
            yield connection
    except psycopg.Error as error:
        why = str(error).strip().splitlines()[0]
        raise Unavailable(
            say("No database for a drill can be made beside {database}: {why}. Give an empty one: --to URL",
                database=server.shown, why=why)
        ) from error  # fmt: skip
