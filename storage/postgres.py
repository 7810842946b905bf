"""Connections to PostgreSQL: they need nothing of their session, so that a pooler in transaction mode may stand between."""

import select
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import InvalidatePoolError

from storage.errors import Unavailable
from workflows.text import say

_CONNECTIONS_MAX = 10  # of one process, unless the URL says ?pool=N
_POOL_SECONDS = 10  # how long one waits for a connection of a pool that is all in use
_PREPARED_FROM = 5  # times that a statement comes on one connection
# A server that does not answer is given up within these, so that a service sees it go and come back.
_PATIENCE = {
    "connect_timeout": 3,
    "keepalives_idle": 3,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": 5000,
}


def connections(url: URL, name: str) -> Engine:
    """Connections that need nothing of their session, give up a server that is silent, and are looked at before use."""
    query = dict(url.query)
    arguments: dict[str, Any] = {key: value for key, value in _PATIENCE.items() if key not in query}
    arguments |= {"application_name": name[:63]} if "application_name" not in query else {}
    told = query.pop("prepare_threshold", None)
    arguments["prepare_threshold"] = _count(told, "prepare_threshold") if told else None
    size = _count(query.pop("pool", str(_CONNECTIONS_MAX)), "pool") or _CONNECTIONS_MAX
    engine = create_engine(
        url.set(query=query), connect_args=arguments, pool_size=size, max_overflow=0, pool_timeout=_POOL_SECONDS,
        pool_use_lifo=True,
    )  # fmt: skip
    _check_options(engine)
    if not told:
        event.listen(engine, "connect", _prepare_where_it_lasts)

    def look(connection: Any, _record: Any, _proxy: Any) -> None:
        if not has_something_to_say(connection):
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error  # as old as this one, the others are gone as well

    event.listen(engine, "checkout", look)
    return engine


def _check_options(engine: Engine) -> None:
    """Raises Unavailable where the URL names an option that no connection has."""
    from psycopg import ProgrammingError, conninfo  # whoever works on SQLite is spared it

    try:
        options = engine.dialect.create_connect_args(engine.url)[1]
        conninfo.make_conninfo("", **{name: value for name, value in options.items() if name != "context"})
    except ProgrammingError as error:
        raise not_understood(engine.url, error) from error


def not_understood(url: URL, error: Exception) -> Unavailable:
    shown = url.render_as_string(hide_password=True)
    return Unavailable(say("the URL {database} cannot be used: {why}", database=shown, why=str(error).strip()))


def has_something_to_say(connection: Any) -> bool:
    """Did something come while nobody asked? Nearly always the server's farewell: it is seen without a round trip."""
    asked = select.poll()
    asked.register(connection.fileno(), select.POLLIN)
    return bool(asked.poll(0))


def _count(text: Any, option: str) -> int | None:
    """A count among the options of a URL, or `none`."""
    if str(text).lower() == "none":
        return None
    if not str(text).isdecimal():
        raise Unavailable(say("{option}={text} in the database's URL is no number", option=option, text=text))
    return int(text)


def _prepare_where_it_lasts(connection: Any, _record: Any) -> None:
    """Let statements be prepared, unless a pooler gives each transaction another session, in which they are not there.

    A pooler has to answer for the session itself: the process it names is not the one that answers."""
    connection.autocommit = True
    [process] = connection.execute("SELECT pg_backend_pid()").fetchone()
    connection.autocommit = False
    connection.prepare_threshold = _PREPARED_FROM if process == connection.info.backend_pid else None
