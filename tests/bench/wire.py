"""Statements and round trips of one event, counted from outside: at the wire of PostgreSQL, by SQLite's own trace.

Whatever the product does within, it cannot pass this by: a proxy reads the messages of the protocol between the two.
"""

import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from storage.driver import driver
from tests.bench.ground import Ground, plain
from tests.bench.scenes import at_work, only_cascade, receipts

_ASKED = {
    b"Q": "statements",
    b"E": "statements",
    b"H": "round_trips",
}  # a query, an execution, an answer asked for midway
_ANSWERED = {b"Z": "round_trips"}  # ready for the next: all that was sent before has been answered


def of_one_event(ground: Ground, template: str, size: int) -> dict[str, Any]:
    """The statements of a single event on a connection that has seen others before, and on PostgreSQL its round trips."""
    with ground.copy(template) as url, (_traced if ground.sqlite else _proxied)(url) as (through, counted):
        with at_work(through) as runtime:
            if ground.sqlite:
                with runtime.database.reading() as connection:  # it is kept for those that come
                    driver(connection).set_trace_callback(counted.heard)
            commands = receipts(8, size, only_cascade(runtime))
            for command in commands[:-1]:  # statements that come again and again are prepared by now
                runtime.executor.execute([command])
            counted.clear()
            runtime.executor.execute([commands[-1]])
            return dict(counted)


class _Counted(Counter[str]):
    """Counts, and hears the statements of SQLite."""

    def heard(self, sql: str) -> None:
        if not sql.startswith("--"):  # a statement of a trigger
            self["statements"] += 1


@contextmanager
def _traced(url: str) -> Iterator[tuple[str, _Counted]]:
    yield url, _Counted()


@contextmanager
def _proxied(url: str) -> Iterator[tuple[str, _Counted]]:
    """A URL that leads to the same database past a counter."""
    with psycopg.connect(plain(url)) as connection:
        host, port = connection.info.host, connection.info.port
    counted, door = _Counted(), socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_serve, args=(door, host, port, counted), daemon=True).start()
    here = make_url(url).set(host="127.0.0.1", port=door.getsockname()[1], query={"sslmode": "disable"})
    here = here.update_query_dict({"gssencmode": "disable"})
    try:
        yield here.render_as_string(hide_password=False), counted
    finally:
        door.close()


def _serve(door: socket.socket, host: str, port: int, counted: _Counted) -> None:
    while True:
        try:
            client, _ = door.accept()
        except OSError:  # the door was closed
            return
        if host.startswith("/"):
            server = socket.socket(socket.AF_UNIX)
            server.connect(f"{host}/.s.PGSQL.{port}")
        else:
            server = socket.create_connection((host, port))
        for source, target, names, begins in ((client, server, _ASKED, True), (server, client, _ANSWERED, False)):
            threading.Thread(target=_pass_on, args=(source, target, names, counted, begins), daemon=True).start()


def _pass_on(
    source: socket.socket, target: socket.socket, names: dict[bytes, str], counted: _Counted, begins: bool
) -> None:
    """Hand on every byte; each message is a letter, its length in four bytes, and the rest. The first has no letter."""
    kept, before = b"", b""
    try:
        while chunk := source.recv(65536):
            kept += chunk
            while len(kept) >= 5:
                letter = 0 if begins else 1
                length = letter + int.from_bytes(kept[letter : letter + 4], "big")
                if len(kept) < length:
                    break
                said = b"" if begins else kept[:1]
                if said in names and (said, before) != (b"H", b"S"):  # a sync asks for all the answers as well
                    counted[names[said]] += 1
                kept, before, begins = kept[length:], said, False
            target.sendall(chunk)
    except OSError:  # either side went away
        pass
    finally:
        target.close()
