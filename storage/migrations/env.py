"""Alembic's entry: runs the migrations on the connection it is given."""

from alembic import context

from storage import partitions
from storage.tables import metadata

connection, told = context.config.attributes["connection"], context.config.attributes["told"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
    compare_type=True,
    on_version_apply=lambda **_: told(),
)
with context.begin_transaction(), partitions.making(context.config.attributes["partitions"]):
    context.run_migrations()
