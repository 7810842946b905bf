"""The database driver beneath SQLAlchemy: its connection, and its errors told as SQLAlchemy tells them."""

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

COMMIT = "COMMIT"  # an error told of it: what was written may be stored nevertheless


def driver(connection: Connection) -> Any:
    """The driver's own connection: a cursor of SQLAlchemy's costs more than most statements do."""
    return connection.connection.dbapi_connection


def tell(connection: Connection, sql: str, error: BaseException) -> None:
    """Raise an error of the driver's as SQLAlchemy tells it: whoever is above knows those alone. Any other is left alone."""
    dialect = connection.dialect
    base: Any = dialect.dbapi.Error if dialect.dbapi else ()
    if not isinstance(error, base):
        return
    raw = driver(connection)
    lost = dialect.is_disconnect(error, raw, None)
    told = DBAPIError.instance(sql, None, error, base, connection_invalidated=lost, dialect=dialect)
    if lost:
        connection.invalidate(error)
    raise told from error


class told:  # noqa: N801  a context, written as one
    """The same for a stretch of work. A statement on its own is dearer in it than with `except`."""

    __slots__ = ("_connection", "_sql")

    def __init__(self, connection: Connection, sql: str) -> None:
        self._connection, self._sql = connection, sql

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, _trace: object) -> None:
        if error is not None:
            tell(self._connection, self._sql, error)
