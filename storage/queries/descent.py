"""Which directive carries which one further: the arrows of a cascade's tree."""

from sqlalchemy import Connection

from storage import bulk


def carried_further(connection: Connection, cascade: str) -> dict[int, tuple[int, ...]]:
    """For each directive that passes on obligations, the directives that gave those, lowest number first."""
    rows = bulk.read(
        connection,
        "SELECT DISTINCT i.directive, above.directive FROM item AS i"
        " JOIN obligation AS above ON above.cascade_id = i.cascade_id AND above.number = i.parent"
        " WHERE i.cascade_id = ? AND above.directive <> i.directive ORDER BY 1, 2",
        cascade,
    )
    found: dict[int, tuple[int, ...]] = {}
    for directive, above in rows:
        found[directive] = (*found.get(directive, ()), above)
    return found
