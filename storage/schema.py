"""Does a database have the schema of this program? The everyday answer, without Alembic; `migrate` says what is wrong."""

from functools import cache
from pathlib import Path

from sqlalchemy import Connection

from storage import bulk

_VERSIONS = Path(__file__).parent / "migrations" / "versions"
_TABLES = ("alembic_version", "installation")  # where the schema is kept, and the table that makes it one of ours
_ARE_THERE = {
    "sqlite": "SELECT count(*) = 2 FROM sqlite_master WHERE type = 'table' AND name IN (?, ?)",
    "postgresql": "SELECT to_regclass(?) IS NOT NULL AND to_regclass(?) IS NOT NULL",
}


@cache
def newest() -> str:
    """The newest schema, as the files of the migrations are named."""
    return max(path.name for path in _VERSIONS.glob("[0-9]*.py")).split("_")[0]


def fits(connection: Connection) -> bool:
    """Is it exactly this program's? Where it is not, `migrate.check` says what is there instead and what to do."""
    [(there,)] = bulk.read(connection, _ARE_THERE[connection.dialect.name], *_TABLES)
    if not there:
        return False
    return [row[0] for row in bulk.read(connection, "SELECT version_num FROM alembic_version")] == [newest()]
