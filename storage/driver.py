"""The database driver beneath SQLAlchemy: its connection, and its errors told as SQLAlchemy tells them."""

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


def driver(connection: Connection) -> Any:
    """The driver's own connection: a cursor of SQLAlchemy's costs more than most statements do."""
    return connection.connection.dbapi_connection


class told:  # noqa: N801  a context, written as one
    """Errors of the driver, told as SQLAlchemy tells them: whoever is above knows those alone."""

    __slots__ = ("_connection", "_sql")

    def __init__(self, connection: Connection, sql: str) -> None:
        self._connection, self._sql = connection, sql

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, _trace: object) -> None:
        dialect = self._connection.dialect
        base: Any = dialect.dbapi.Error if dialect.dbapi else ()
        if not isinstance(error, base):
            return
        raw = driver(self._connection)
        lost = dialect.is_disconnect(error, raw, None)
        told = DBAPIError.instance(self._sql, None, error, base, connection_invalidated=lost, dialect=dialect)
        if lost:
            self._connection.invalidate(error)
        raise told from error
