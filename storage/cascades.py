"""A cascade in the database: locked, read as a world, saved whole."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection

from storage import bulk, installation, journal, outbox
from storage.installation import Installation
from workflows.commands import Actor, Command
from workflows.directive import ROOT, Basis, Cascade, Directive, Item
from workflows.facts import Fact
from workflows.light import replace
from workflows.obligation import Obligation
from workflows.world import Recorded, World

_CASCADES = bulk.RowMap(Cascade, "cascade")
_DIRECTIVES = bulk.RowMap(Directive, "directive", ["cascade_id"])
_ITEMS = bulk.RowMap(Item, "item", ["cascade_id"], apart=("bases",))
_BASES = bulk.RowMap(Basis, "basis", ["cascade_id", "directive", "item", "place"])
_OBLIGATIONS = OBLIGATIONS = bulk.RowMap(Obligation, "obligation", ["cascade_id"])
PART_MAX = 2000  # facts that are held before they are stored
T = TypeVar("T")
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


_COMMANDS = bulk.RowMap(Done, "command", ["cascade_id"])


@dataclass(frozen=True, slots=True)
class Locked:
    """A cascade that is held until the transaction ends, and what was read with it in the same breath."""

    installation: Installation | None
    cascade: Cascade | None
    done: dict[str, Done]
    obligations: list[Obligation]


def lock(connection: Connection, cascade_id: str, commands: Sequence[Command] = ()) -> Locked:
    """The cascade, held, and what these commands will ask for first. There is no cascade where none has this id.

    Raises Held (when the statement ends, from the transaction) where it is not given within `LOCK_SECONDS`."""
    sqlite = connection.dialect.name == "sqlite"
    # Set where the row is found, before it is waited for: it needs no round trip, and ends with the transaction.
    bound = f" AND set_config('lock_timeout', '{LOCK_SECONDS}s', true) IS NOT NULL FOR UPDATE"
    ids = [one.id for one in commands]
    numbers = [number for one in commands if (number := getattr(one, "obligation", None))]
    answered = [_answered(cascade_id, some) for some in _chunks(ids)]
    above = [_with_those_above(cascade_id, some) for some in _chunks(numbers)]
    cascade = (f"{_CASCADES.select} WHERE id = ?{'' if sqlite else bound}", (cascade_id,))
    found = bulk.read_together(connection, [(installation.READ, ()), cascade, *answered, *above])
    return Locked(
        installation.from_rows(connection, found[0]),
        _CASCADES.from_row(found[1][0], sqlite) if found[1] else None,
        {row[1]: _COMMANDS.from_row(row, sqlite) for rows in found[2 : 2 + len(answered)] for row in rows},
        [_OBLIGATIONS.from_row(row, sqlite) for rows in found[2 + len(answered) :] for row in rows],
    )


def take(connection: Connection, ids: Sequence[str], now: datetime | None = None) -> Locked:
    """The first of these cascades that no other node holds, held; with `now`, the first that is still awake then."""
    sqlite = connection.dialect.name == "sqlite"
    awake, at = (" AND wake_at <= ?", [bulk.instant(connection, now)]) if now else ("", [])
    free = "" if sqlite else " FOR UPDATE SKIP LOCKED"
    sql = f"{_CASCADES.select} WHERE id IN ({bulk.marks(len(ids))}){awake} LIMIT 1{free}"
    found = bulk.read_together(connection, [(installation.READ, ()), (sql, (*ids, *at))])
    cascade = _CASCADES.from_row(found[1][0], sqlite) if found[1] else None
    return Locked(installation.from_rows(connection, found[0]), cascade, {}, [])


def _chunks(values: Sequence[T]) -> list[Sequence[T]]:
    return [values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK)]


def _answered(cascade_id: str, ids: Sequence[str]) -> bulk.Query:
    return (
        f"{_COMMANDS.select} WHERE cascade_id = ? AND command_id IN ({bulk.marks(len(ids))})",
        (cascade_id, *ids),
    )


def _with_those_above(cascade_id: str, numbers: Sequence[int]) -> bulk.Query:
    """Obligations and, of each, the one it hangs under: every one by its key, whatever a planner thinks of the table."""
    parent = "(SELECT parent FROM obligation WHERE cascade_id = ? AND number = ?)"
    wanted = ", ".join(["?", parent] * len(numbers))
    values = (value for number in numbers for value in (number, cascade_id, number))
    return f"{_OBLIGATIONS.select} WHERE cascade_id = ? AND number IN ({wanted})", (cascade_id, *values)


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
        for some in _chunks(numbers):
            found += self._obligations(f"number IN ({bulk.marks(len(some))})", *some)
        return found

    def children(self, number: int) -> list[Obligation]:
        return self._hanging("parent", number)

    def children_of(self, numbers: Sequence[int]) -> list[Obligation]:
        found: list[Obligation] = []
        for some in _chunks(numbers):
            found += self._obligations(f"parent IN ({bulk.marks(len(some))})", *some, by="obligation_parent")
        return found

    def standing_under(self, number: int) -> list[Obligation]:
        return self._hanging("standing", number)

    def under(self, directive: int) -> list[Obligation]:
        return self._hanging("directive", directive)

    def held(self, directive: int, holder: str) -> list[Obligation]:
        return self._obligations("directive = ? AND holder = ?", directive, holder, by="obligation_directive")

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
        return self._obligations(f"{column} = ?", number, by=f"obligation_{column}")

    def _obligations(self, where: str, *values: int | str, by: str | None = None) -> list[Obligation]:
        """By the index that is named: asked for every column at once, SQLite would rather walk the whole cascade."""
        indexed = f" INDEXED BY {by}" if by and self._sqlite else ""
        rows = bulk.read(
            self._connection,
            f"{_OBLIGATIONS.select}{indexed} WHERE cascade_id = ? AND {where} ORDER BY number",
            self._id,
            *values,
        )
        return [_OBLIGATIONS.from_row(row, self._sqlite) for row in rows]


class Writer:
    """Writes what facts change in one cascade: states, entries and messages, together or not at all.

    What is many is written in parts of the same transaction, so that memory stays bounded.
    """

    def __init__(self, connection: Connection, world: World, cascade_id: str, *, new: bool) -> None:
        self._connection, self._world, self._id, self._new = connection, world, cascade_id, new
        self._sqlite = connection.dialect.name == "sqlite"
        head = world.cascade
        self._seq, self._hash, self._at = (head.last_seq, head.last_hash, head.last_at) if head else (0, "", None)
        self._facts: list[Fact] = []
        self._entries: list[journal.Entry] = []
        self._opened, self._stored, self._moved = not new, False, False

    @property
    def last_seq(self) -> int:
        return self._seq

    def take(self, facts: Sequence[Fact], context: journal.Context) -> None:
        """Facts that the world has followed; they become entries now, and are stored when they are many."""
        made = journal.entries(self._id, self._seq, self._hash, facts, context)
        self._seq, self._hash, self._at = made[-1].seq, made[-1].hash, made[-1].recorded_at
        self._facts += facts
        self._entries += made
        if len(self._entries) >= PART_MAX:
            self._store()

    def close(self, done: Sequence[Done]) -> datetime | None:
        """Store what is left, the answered commands, and the cascade with its new head; and commit. Returns when the
        cascade has to be looked at next."""
        if len(self._entries) >= bulk.FEW:
            self._store()
        with bulk.together(self._connection):
            woken = self._close(done)
        rows = woken()
        return bulk.read_instant(self._connection, rows[0][0]) if rows else self._world.opened.wake_at

    def _close(self, done: Sequence[Done]) -> Callable[[], bulk.Rows]:
        if self._entries or self._world.changed_obligations:
            self._store()
        rows = [_COMMANDS.to_row(one, self._sqlite, self._id) for one in done]
        bulk.insert(self._connection, "command", _COMMANDS.columns, rows)
        if self._stored:
            head = _CASCADES.picked(self._headed(), _HEAD, self._sqlite)
            waking = (self._id, self._id, ROOT) if self._moved else ()
            return bulk.write_returning(
                self._connection, _HEADED_AND_WOKEN if self._moved else _HEADED, *head, *waking, self._id
            )
        return lambda: ()

    def _headed(self) -> Cascade:
        if self._at is None:
            return self._world.opened
        return replace(self._world.opened, last_seq=self._seq, last_hash=self._hash, last_at=self._at)

    def _store(self) -> None:
        connection, world, sqlite, key = self._connection, self._world, self._sqlite, self._id
        if not self._opened:
            # Before anything else: on PostgreSQL two nodes that open the same cascade meet here, at its key.
            bulk.insert(connection, "cascade", _CASCADES.columns, [_CASCADES.to_row(self._headed(), sqlite)])
        self._opened = self._stored = True
        added = world.new_obligations
        changed = [_woken(world, one) for one in world.changed_obligations]
        self._moved |= bool(added or changed or world.changed_directives)
        directives = [_DIRECTIVES.to_row(one, sqlite, key) for one in world.new_directives]
        bulk.insert(connection, "directive", _DIRECTIVES.columns, directives)
        bulk.insert(connection, "item", _ITEMS.columns, [_ITEMS.to_row(one, sqlite, key) for one in world.new_items])
        bulk.insert(connection, "basis", _BASES.columns, list(_basis_rows(world.new_items, sqlite, key)))
        _update_items(connection, world.changed_items, key)
        rows = list(_rows_of_new(world, added, sqlite))
        bulk.insert(connection, "obligation", _OBLIGATIONS.columns, rows)
        _update_obligations(connection, [(world.before(one.number), one) for one in changed], key)
        _update_directives(connection, world.changed_directives, key)
        journal.append(connection, self._entries)
        outbox.add(connection, self._facts, self._entries)
        self._facts.clear()
        self._entries.clear()
        world.let_go(changed)


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


def _rows_of_new(world: World, added: Sequence[Obligation], sqlite: bool) -> Iterator[list[Any]]:
    """The rows of new obligations, each with its first waking."""
    for one, row in zip(added, _OBLIGATIONS.to_rows(added, sqlite, world.opened.id), strict=True):
        at = _waking(world, one)
        row[_WAKE] = bulk.to_sqlite_instant(at) if at and sqlite else at
        yield row


def _woken(world: World, obligation: Obligation) -> Obligation:
    at = _waking(world, obligation)
    return obligation if at == obligation.wake_at else obligation.but(wake_at=at)


def _waking(world: World, obligation: Obligation) -> datetime | None:
    try:
        return world.wake_at(obligation)
    except Exception:
        if obligation.retry_at is None:
            raise
        return obligation.retry_at  # its clocks cannot be derived: the incident that says so is tried again then


# The least waking of all its obligations, one look-up in the index; or the day on which the cascade opens anew, where
# that comes before.
_WAKES = (
    "SELECT min(at) FROM (SELECT min(wake_at) AS at FROM obligation WHERE cascade_id = ? AND wake_at IS NOT NULL"
    " UNION ALL SELECT renew_at FROM directive WHERE cascade_id = ? AND number = ?) AS waking"
)
_WAKE = _OBLIGATIONS.columns.index("wake_at")
_HEAD = [place for place, name in enumerate(_CASCADES.names) if name not in ("id", "wake_at")]
_HEADED = (
    f"UPDATE cascade SET {', '.join(f'{_CASCADES.names[place]} = ?' for place in _HEAD)} WHERE id = ? RETURNING wake_at"
)
_HEADED_AND_WOKEN = _HEADED.replace(" WHERE", f", wake_at = ({_WAKES}) WHERE")
_NUMBERED = [place for place, name in enumerate(_DIRECTIVES.names) if name != "number"]


def _update_obligations(connection: Connection, moved: Iterable[tuple[Obligation, Obligation]], key: str) -> None:
    """Write what differs between what was read and what is so now: an index is touched only where its column changed."""
    sqlite = connection.dialect.name == "sqlite"
    alike: dict[tuple[int, ...], list[tuple[Any, ...]]] = {}
    for before, after in moved:
        places = _OBLIGATIONS.differing(before, after)
        if places:
            alike.setdefault(places, []).append((*_OBLIGATIONS.picked(after, places, sqlite), key, after.number))
    for places, rows in alike.items():
        columns = [_OBLIGATIONS.names[place] for place in places]
        bulk.update(connection, "obligation", ["cascade_id", "number"], columns, rows)


def _update_directives(connection: Connection, directives: Iterable[Directive], key: str) -> None:
    sqlite = connection.dialect.name == "sqlite"
    columns = [_DIRECTIVES.names[place] for place in _NUMBERED]
    rows = [(*_DIRECTIVES.picked(one, _NUMBERED, sqlite), key, one.number) for one in directives]
    bulk.update(connection, "directive", ["cascade_id", "number"], columns, rows)


def read_all(connection: Connection, cascade_id: str) -> Iterator[Directive | Item | Obligation]:
    """Every stored value of a cascade."""
    yield from read_documents(connection, cascade_id)
    sqlite = connection.dialect.name == "sqlite"
    for rows in obligation_rows(connection, cascade_id, _CHUNK):
        yield from (OBLIGATIONS.from_row(row, sqlite) for row in rows)


def read_documents(connection: Connection, cascade_id: str) -> Iterator[Directive | Item]:
    """Every stored directive and item of a cascade, for comparing with what its entries give."""
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


def obligation_rows(connection: Connection, cascade_id: str, page: int) -> Iterator[Sequence[Sequence[Any]]]:
    """The rows of every obligation of a cascade as they lie, in order of their numbers, a page at a time."""
    sql, after = f"{OBLIGATIONS.select} WHERE cascade_id = ? AND number > ? ORDER BY number LIMIT {page}", -(1 << 62)
    while rows := bulk.read(connection, sql, cascade_id, after):
        yield rows
        after = rows[-1][1]


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
