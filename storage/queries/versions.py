"""What runs under each version of each workflow."""

from sqlalchemy import Connection

from storage import bulk


def open_directives(connection: Connection) -> dict[str, int]:
    """How many directives are open under each version, by its key: issued, and something is still owed under them."""
    rows = bulk.read(
        connection,
        "SELECT workflow, count(*) FROM directive WHERE state = 'issued' AND EXISTS (SELECT 1 FROM obligation"
        " WHERE obligation.cascade_id = directive.cascade_id AND obligation.directive = directive.number"
        " AND outcome IS NULL AND part <> 'info' AND mode <> 'info') GROUP BY workflow",
    )
    return {str(row[0]): int(row[1]) for row in rows}
