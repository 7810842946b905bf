"""A cascade in the database: locked, read as a world, saved whole."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from storage import bulk, journal, outbox
from storage.tables import BasisRow, CascadeRow, CommandRow, DirectiveRow, ItemRow, ObligationRow
from workflows.commands import Actor
from workflows.directive import ROOT, Basis, Cascade, Directive, Item
from workflows.facts import Fact
from workflows.ladder import wake_at
from workflows.obligation import Obligation
from workflows.world import Recorded, World

_CASCADES = bulk.RowMap(Cascade, CascadeRow)
_DIRECTIVES = bulk.RowMap(Directive, DirectiveRow, ["cascade_id"])
_ITEMS = bulk.RowMap(Item, ItemRow, ["cascade_id"], apart=("bases",))
_BASES = bulk.RowMap(Basis, BasisRow, ["cascade_id", "directive", "item", "place"])
_OBLIGATIONS = bulk.RowMap(Obligation, ObligationRow, ["cascade_id"])
# An obligation keeps these from its first entry to its last; an update leaves them alone.
_FIXED = {"level", "holder", "giver", "part", "mode", "workflow", "assigned_at", "parent", "counted",
          "standing", "period", "data_from", "data_to", "receive_by"}  # fmt: skip
_CHUNK = 500  # numbers in one IN list
LOCK_SECONDS = 5  # how long a command waits on PostgreSQL for a cascade that somebody else holds


@dataclass(frozen=True, slots=True)
class Done:
    """A command that was carried out before: its digest, and what it answered."""

    command_id: str
    digest: str
    answer: str
    first_seq: int
    last_seq: int
    at: datetime


_COMMANDS = bulk.RowMap(Done, CommandRow, ["cascade_id"])


def lock(connection: Connection, cascade_id: str, *, wait: bool = True) -> Cascade | None:
    """The cascade, held until the transaction ends. None where it is not there, or (not `wait`) another node holds it.

    Raises Held (when the statement ends, from the transaction) where it is not given within `LOCK_SECONDS`."""
    sqlite = connection.dialect.name == "sqlite"
    # Set where the row is found, before it is waited for: it needs no round trip, and ends with the transaction.
    bound = f" AND set_config('lock_timeout', '{LOCK_SECONDS}s', true) IS NOT NULL FOR UPDATE"
    clause = "" if sqlite else bound if wait else " FOR UPDATE SKIP LOCKED"
    rows = bulk.read(connection, f"{_CASCADES.select} WHERE id = ?{clause}", cascade_id)
    return _CASCADES.from_row(rows[0], sqlite) if rows else None


def take(connection: Connection, ids: Sequence[str], now: datetime) -> Cascade | None:
    """The first of these cascades that is still awake and that no other node holds, held until the transaction ends."""
    sqlite = connection.dialect.name == "sqlite"
    rows = bulk.read(
        connection,
        f"{_CASCADES.select} WHERE id IN ({bulk.marks(len(ids))}) AND wake_at <= ?"
        f" LIMIT 1{'' if sqlite else ' FOR UPDATE SKIP LOCKED'}",
        *ids,
        bulk.instant(connection, now),
    )
    return _CASCADES.from_row(rows[0], sqlite) if rows else None


@dataclass(frozen=True, slots=True)
class Awake:
    """A cascade that has something due, and since when."""

    id: str
    since: datetime


def awake(connection: Connection, now: datetime, limit: int, after: Awake | None = None) -> list[Awake]:
    """The cascades that have something due, the longest due first, behind `after`; nothing is locked."""
    at = bulk.instant(connection, now)
    since = [bulk.instant(connection, after.since), after.id] if after else []
    behind = " AND (wake_at, id) > (?, ?)" if after else ""
    rows = bulk.read(
        connection,
        f"SELECT id, wake_at FROM cascade WHERE wake_at <= ?{behind} ORDER BY wake_at, id LIMIT {limit}",
        at,
        *since,
    )
    return [Awake(id_, bulk.read_instant(connection, wakes) or now) for id_, wakes in rows]


def holder(connection: Connection, cascade_id: str) -> tuple[str, timedelta] | None:
    """Who holds a cascade now, as its connection is named, and for how long; None where nobody does, or on SQLite."""
    if connection.dialect.name == "sqlite":
        return None
    rows = bulk.read(
        connection,
        "SELECT concat_ws(' @ ', nullif(application_name, ''), host(client_addr)), clock_timestamp() - xact_start"
        " FROM cascade AS one JOIN pg_stat_activity ON backend_xid = one.xmax WHERE one.id = ?",
        cascade_id,
    )
    return (rows[0][0], rows[0][1]) if rows and rows[0][1] is not None else None


def awake_obligations(connection: Connection, cascade_id: str, now: datetime, limit: int) -> list[int]:
    """The obligations of a cascade that have something due, the longest due first."""
    at = bulk.instant(connection, now)
    rows = bulk.read(
        connection,
        f"SELECT number FROM obligation WHERE cascade_id = ? AND wake_at <= ? ORDER BY wake_at, number LIMIT {limit}",
        cascade_id,
        at,
    )
    return [row[0] for row in rows]


def renews(connection: Connection, cascade_id: str, now: datetime) -> bool:
    """Is a cascade due to open anew? The directive that opened it knows: one look-up by its key."""
    at = bulk.instant(connection, now)
    sql = "SELECT 1 FROM directive WHERE cascade_id = ? AND number = ? AND renew_at <= ?"
    return bool(bulk.read(connection, sql, cascade_id, ROOT, at))


def find_command(connection: Connection, cascade_id: str, command_id: str) -> Done | None:
    """What a command answered when it was carried out, or None."""
    rows = bulk.read(connection, f"{_COMMANDS.select} WHERE cascade_id = ? AND command_id = ?", cascade_id, command_id)
    return _COMMANDS.from_row(rows[0], connection.dialect.name == "sqlite") if rows else None


class Stored:
    """The source of a world: reads the rows of one locked cascade."""

    def __init__(self, connection: Connection, cascade_id: str) -> None:
        self._connection, self._id = connection, cascade_id
        self._sqlite = connection.dialect.name == "sqlite"

    def obligations(self, numbers: Sequence[int]) -> list[Obligation]:
        found: list[Obligation] = []
        for start in range(0, len(numbers), _CHUNK):
            chunk = numbers[start : start + _CHUNK]
            found += self._obligations(f"number IN ({bulk.marks(len(chunk))})", *chunk)
        return found

    def children(self, number: int) -> list[Obligation]:
        return self._hanging("parent", number)

    def children_of(self, numbers: Sequence[int]) -> list[Obligation]:
        found: list[Obligation] = []
        for start in range(0, len(numbers), _CHUNK):
            chunk = numbers[start : start + _CHUNK]
            below = f"SELECT number FROM obligation WHERE cascade_id = ? AND parent IN ({bulk.marks(len(chunk))})"
            found += self._obligations(f"number IN ({below})", self._id, *chunk)
        return found

    def standing_under(self, number: int) -> list[Obligation]:
        return self._hanging("standing", number)

    def under(self, directive: int) -> list[Obligation]:
        return self._hanging("directive", directive)

    def held(self, directive: int, holder: str) -> list[Obligation]:
        found = "SELECT number FROM obligation WHERE cascade_id = ? AND directive = ? AND holder = ?"
        return self._obligations(f"number IN ({found})", self._id, directive, holder)

    def directives(self, numbers: Sequence[int]) -> list[Directive]:
        rows = bulk.read(
            self._connection,
            f"{_DIRECTIVES.select} WHERE cascade_id = ? AND number IN ({bulk.marks(len(numbers))})",
            self._id,
            *numbers,
        )
        return [_DIRECTIVES.from_row(row, self._sqlite) for row in rows]

    def items(self, keys: Sequence[tuple[int, int]]) -> list[Item]:
        rows = [
            row
            for directive, number in keys
            for row in bulk.read(
                self._connection,
                f"{_ITEMS.select} WHERE cascade_id = ? AND directive = ? AND number = ?",
                self._id,
                directive,
                number,
            )
        ]
        items = [_ITEMS.from_row(row, self._sqlite) for row in rows]
        return [replace(one, bases=self._bases(one)) for one in items]

    def recorded(self, seq: int) -> Recorded | None:
        found = next(journal.walk(self._connection, self._id, seq - 1, page=1), None)
        if found is None or found.seq != seq:
            return None
        by = found.data["by"]
        actor = Actor(by["office"], by["role"], by.get("known_by", "claimed"))
        corrected = tuple(journal.corrections(self._connection, self._id, seq))
        return Recorded(found.fact, actor, found.recorded_at, corrected)

    def _bases(self, item: Item) -> tuple[Basis, ...]:
        rows = bulk.read(
            self._connection,
            f"{_BASES.select} WHERE cascade_id = ? AND directive = ? AND item = ? ORDER BY place",
            self._id,
            item.directive,
            item.number,
        )
        return tuple(_BASES.from_row(row, self._sqlite) for row in rows)

    def _hanging(self, column: str, number: int) -> list[Obligation]:
        """By an index: asked for every column at once, SQLite would rather walk the whole cascade."""
        found = f"SELECT number FROM obligation WHERE cascade_id = ? AND {column} = ?"
        return self._obligations(f"number IN ({found})", self._id, number)

    def _obligations(self, where: str, *values: int | str) -> list[Obligation]:
        rows = bulk.read(
            self._connection,
            f"{_OBLIGATIONS.select} WHERE cascade_id = ? AND {where} ORDER BY number",
            self._id,
            *values,
        )
        return [_OBLIGATIONS.from_row(row, self._sqlite) for row in rows]


def save(
    connection: Connection,
    world: World,
    facts: Sequence[Fact],
    made: Sequence[journal.Entry],
    done: Sequence[Done],
    *,
    new: bool,
) -> Cascade:
    """Write what facts have changed: states, entries, messages and answered commands, together or not at all.

    `made` are the entries of `facts`, in order; `new` says that the cascade itself is. Returns the cascade with its new head.
    """
    sqlite = connection.dialect.name == "sqlite"
    cascade = world.opened
    if made:
        cascade = replace(cascade, last_seq=made[-1].seq, last_hash=made[-1].hash, last_at=made[-1].recorded_at)
    added = [_woken(world, one) for one in world.new_obligations]
    changed = [_woken(world, one) for one in world.changed_obligations]
    if new:
        # Before anything else: on PostgreSQL two nodes that open the same cascade meet here, at its key.
        bulk.insert(connection, "cascade", _CASCADES.columns, [_CASCADES.to_row(cascade, sqlite)])
    key = cascade.id
    directives = [_DIRECTIVES.to_row(one, sqlite, key) for one in world.new_directives]
    bulk.insert(connection, "directive", _DIRECTIVES.columns, directives)
    bulk.insert(connection, "item", _ITEMS.columns, [_ITEMS.to_row(one, sqlite, key) for one in world.new_items])
    bulk.insert(connection, "basis", _BASES.columns, list(_basis_rows(world.new_items, sqlite, key)))
    _update_items(connection, world.changed_items, key)
    bulk.insert(
        connection, "obligation", _OBLIGATIONS.columns, [_OBLIGATIONS.to_row(one, sqlite, key) for one in added]
    )
    _update(connection, "obligation", _OBLIGATIONS, ["number"], changed, key, _FIXED)
    _update(connection, "directive", _DIRECTIVES, ["number"], world.changed_directives, key, set())
    journal.append(connection, made)
    outbox.add(connection, facts, made)
    bulk.insert(connection, "command", _COMMANDS.columns, [_COMMANDS.to_row(one, sqlite, key) for one in done])
    cascade = replace(
        cascade, wake_at=_cascade_wakes(connection, cascade, added, changed, bool(world.changed_directives))
    )
    if not new or cascade.wake_at:
        columns = [name for name in _CASCADES.columns if name != "id"]
        row = _CASCADES.to_row(cascade, sqlite)
        bulk.update(connection, "cascade", ["id"], columns, [(*row[1:], row[0])])
    return cascade


def _basis_rows(items: Iterable[Item], sqlite: bool, key: str) -> Iterator[tuple[Any, ...]]:
    for item in items:
        for place, basis in enumerate(item.bases):
            yield _BASES.to_row(basis, sqlite, key, item.directive, item.number, place)


def _update_items(connection: Connection, items: Sequence[Item], key: str) -> None:
    """Items that an amendment, a link, a correction or the day of an event has changed; their bases are few, and written
    anew."""
    sqlite = connection.dialect.name == "sqlite"
    columns = ["label", "text", "due_at", "due_wording", "due_form", "event_on"]
    places = [_ITEMS.columns.index(column) for column in columns]
    rows = []
    for item in items:
        row = _ITEMS.to_row(item, sqlite, key)
        rows.append((*(row[place] for place in places), key, item.directive, item.number))
        bulk.write(
            connection,
            "DELETE FROM basis WHERE cascade_id = ? AND directive = ? AND item = ?",
            key, item.directive, item.number,
        )  # fmt: skip
    bulk.update(connection, "item", ["cascade_id", "directive", "number"], columns, rows)
    bulk.insert(connection, "basis", _BASES.columns, list(_basis_rows(items, sqlite, key)))


def _woken(world: World, obligation: Obligation) -> Obligation:
    try:
        at = wake_at(obligation, world.workflow_of(obligation), world.calendar)
    except Exception:
        if obligation.retry_at is None:
            raise
        at = obligation.retry_at  # its clocks cannot be derived: the incident that says so is tried again then
    return obligation if at == obligation.wake_at else obligation.but(wake_at=at)


def _update(connection, table, rows, keys, values, cascade_id, fixed) -> None:  # type: ignore[no-untyped-def]
    """Write all but the fixed columns of values that are in the table already."""
    sqlite = connection.dialect.name == "sqlite"
    left_out = {"cascade_id", *keys, *fixed}
    places = [place for place, name in enumerate(rows.columns) if name not in left_out]
    columns = [rows.columns[place] for place in places]
    written = []
    for value in values:
        row = rows.to_row(value, sqlite, cascade_id)
        written.append((*(row[place] for place in places), cascade_id, value.number))
    bulk.update(connection, table, ["cascade_id", *keys], columns, written)


def _cascade_wakes(
    connection: Connection, cascade: Cascade, added: Sequence[Obligation], changed: Sequence[Obligation], moved: bool
) -> datetime | None:
    """The least waking of all its obligations, one look-up in the index, after they were written; or the day on which
    the cascade opens anew, where that comes before."""
    if not added and not changed and not moved:
        return cascade.wake_at
    [(least, renewal)] = bulk.read(
        connection,
        "SELECT (SELECT min(wake_at) FROM obligation WHERE cascade_id = ? AND wake_at IS NOT NULL),"
        " (SELECT renew_at FROM directive WHERE cascade_id = ? AND number = ?)",
        cascade.id, cascade.id, ROOT,
    )  # fmt: skip
    found = (bulk.read_instant(connection, at) for at in (least, renewal))
    return min((at for at in found if at), default=None)


def read_all(connection: Connection, cascade_id: str) -> Iterator[Directive | Item | Obligation]:
    """Every stored value of a cascade, for comparing with what its entries give."""
    sqlite = connection.dialect.name == "sqlite"
    for row in bulk.read(connection, f"{_DIRECTIVES.select} WHERE cascade_id = ? ORDER BY number", cascade_id):
        yield _DIRECTIVES.from_row(row, sqlite)
    bases: dict[tuple[int, int], list[Basis]] = {}
    rows = bulk.read(connection, f"{_BASES.select} WHERE cascade_id = ? ORDER BY directive, item, place", cascade_id)
    for row in rows:
        bases.setdefault((row[1], row[2]), []).append(_BASES.from_row(row, sqlite))
    for row in bulk.read(connection, f"{_ITEMS.select} WHERE cascade_id = ? ORDER BY directive, number", cascade_id):
        item = _ITEMS.from_row(row, sqlite)
        yield replace(item, bases=tuple(bases.get((item.directive, item.number), ())))
    for row in bulk.read(connection, f"{_OBLIGATIONS.select} WHERE cascade_id = ? ORDER BY number", cascade_id):
        yield _OBLIGATIONS.from_row(row, sqlite)


def find_directive(connection: Connection, cascade_id: str, number: int) -> Directive | None:
    """A directive of a cascade, not locked."""
    sqlite = connection.dialect.name == "sqlite"
    rows = bulk.read(connection, f"{_DIRECTIVES.select} WHERE cascade_id = ? AND number = ?", cascade_id, number)
    return _DIRECTIVES.from_row(rows[0], sqlite) if rows else None


def given(connection: Connection, cascade_id: str, directive: int) -> tuple[list[Item], list[Obligation]]:
    """The items of a directive and the obligations that it gave, not locked."""
    source = Stored(connection, cascade_id)
    numbers = "SELECT number FROM item WHERE cascade_id = ? AND directive = ? ORDER BY number"
    keys = [(directive, row[0]) for row in bulk.read(connection, numbers, cascade_id, directive)]
    return source.items(keys), source.under(directive)


def find(connection: Connection, cascade_id: str) -> Cascade | None:
    """The cascade with this id, not locked."""
    rows = bulk.read(connection, f"{_CASCADES.select} WHERE id = ?", cascade_id)
    return _CASCADES.from_row(rows[0], connection.dialect.name == "sqlite") if rows else None
