"""The schema's version: creating, upgrading, and refusing what this program does not know. The only user of Alembic."""

from collections.abc import Callable
from functools import cache
from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from storage import guards, partitions
from storage.errors import WrongSchema
from storage.tables import metadata
from workflows.text import say


def _config(connection: Connection | None = None, parts: int = 0, told: Callable[[], None] = lambda: None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("storage") / "migrations"))
    config.attributes["connection"] = connection
    config.attributes["partitions"] = parts
    config.attributes["told"] = told
    return config


@cache
def _scripts() -> ScriptDirectory:
    """The migrations travel with the program, so they are read once."""
    return ScriptDirectory.from_config(_config())


def head() -> str:
    """The newest schema this program knows."""
    found = _scripts().get_current_head()
    assert found is not None  # the migrations travel in the wheel
    return found


def current(connection: Connection) -> str | None:
    """The schema of a database; None where it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def known(revision: str) -> bool:
    return any(script.revision == revision for script in _scripts().walk_revisions())


def versions_to_come(connection: Connection) -> int:
    """How many versions of the schema lie between a database and this program."""
    return len(list(_scripts().iterate_revisions("head", refuse_foreign(connection) or "base")))


def upgrade(connection: Connection, parts: int = 0, told: Callable[[], None] = lambda: None) -> None:
    """Bring a database to the newest schema, in the transaction of `connection`. Raises WrongSchema for a newer one.

    An empty one gets the tables of a cascade in so many `parts`; one with tables keeps to the parts it has. `told`
    hears of each version that is reached.
    """
    if refuse_foreign(connection) is not None:
        parts = partitions.count(connection)
    elif parts:
        partitions.check_room(connection, parts)
    command.upgrade(_config(connection, parts, told), "head")


def check(connection: Connection, shown: str) -> None:
    """Raises WrongSchema, saying what to do, unless the database has exactly the schema of this program."""
    found = refuse_foreign(connection)
    if found == head():
        return
    if found is None:
        raise WrongSchema(
            say("{database} is empty. Create it: cascade db create --database {database}", database=shown)
        )
    said = say("{database} has schema {found}, this program wants {wanted}. Upgrade it: cascade db upgrade",
               database=shown, found=found, wanted=head())  # fmt: skip
    raise WrongSchema(said)


def refuse_foreign(connection: Connection) -> str | None:
    """The schema of a database. Raises WrongSchema for one of another program, or of a newer version of this one."""
    found = current(connection)
    # Another program may number its schemas as we do: a schema of ours has our first table.
    others = not inspect(connection).has_table("installation") if found else inspect(connection).get_table_names()
    if others and (found is None or known(found)):
        raise WrongSchema(say("This database holds tables of something else; give an empty one."))
    if found is not None and not known(found):
        raise WrongSchema(
            say("The database has schema {found}, which this program ({known}) does not know: it was written by a newer one."
                " Install that newer version of directive-cascade; nothing was changed.", found=found, known=head())
        )  # fmt: skip
    return found


def drop(connection: Connection) -> None:
    """Take every table of this program out of a database; for demonstrations, which start fresh."""
    connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
    metadata.drop_all(connection)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {', '.join(guards.functions())}")
