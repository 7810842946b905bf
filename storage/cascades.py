"""A cascade in the database: locked, and read as the source of a world."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection

from storage import bulk, installation, journal
from storage.installation import Installation
from storage.rows import RowMap
from workflows.commands import Actor, Command
from workflows.directive import ROOT, Basis, Cascade, Directive, Item
from workflows.light import replace
from workflows.obligation import Obligation
from workflows.world import Recorded

CASCADES = RowMap(Cascade, "cascade")
DIRECTIVES = RowMap(Directive, "directive", ["cascade_id"])
ITEMS = RowMap(Item, "item", ["cascade_id"], apart=("bases",))
BASES = RowMap(Basis, "basis", ["cascade_id", "directive", "item", "place"])
OBLIGATIONS = RowMap(Obligation, "obligation", ["cascade_id"])
_BOTH = (  # in one statement: who asks for a cascade has to know under which rules
    f"SELECT {', '.join([*installation.COLUMNS, *(f'cascade.{column}' for column in CASCADES.columns)])}"
    " FROM installation, cascade WHERE installation.id = 1 AND cascade.id = ?"
)
_OBLIGATION = OBLIGATIONS.select
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


COMMANDS = RowMap(Done, "command", ["cascade_id"])


@dataclass(frozen=True, slots=True)
class Locked:
    """A cascade that is held until the transaction ends, and what was read with it in the same breath."""

    installation: Installation | None
    cascade: Cascade | None
    done: dict[str, Done]
    obligations: list[Obligation]


def lock(connection: Connection, cascade_id: str, commands: Sequence[Command] = (), *, look_up: bool = True) -> Locked:
    """The cascade, held, and what these commands will ask for first. There is no cascade where none has this id.

    `look_up` asks also which of them were carried out before. Raises Held (when the statement ends, from the transaction)
    where it is not given within `LOCK_SECONDS`."""
    sqlite = connection.dialect.name == "sqlite"
    numbers = [number for one in commands if (number := getattr(one, "obligation", None))]
    answered = [_answered(cascade_id, some) for some in _chunks([one.id for one in commands])] if look_up else []
    # Where it costs no round trip, what is above is read when it is asked for: most acts never do.
    wanted = [(_numbered if sqlite else _with_those_above)(cascade_id, some) for some in _chunks(numbers)]
    # Set where the row is found, before it is waited for: it needs no round trip, and ends with the transaction.
    bound = (
        "" if sqlite else f" AND set_config('lock_timeout', '{LOCK_SECONDS}s', true) IS NOT NULL FOR UPDATE OF cascade"
    )
    found = bulk.read_together(connection, [(_BOTH + bound, (cascade_id,)), *answered, *wanted])
    rows = found[0]
    return Locked(
        installation.from_rows(connection, rows) if rows else installation.read(connection),
        CASCADES.from_row(rows[0][len(installation.COLUMNS) :], sqlite) if rows else None,
        {row[1]: COMMANDS.from_row(row, sqlite) for rows in found[1 : 1 + len(answered)] for row in rows},
        [OBLIGATIONS.from_row(row, sqlite) for rows in found[1 + len(answered) :] for row in rows],
    )


def take(connection: Connection, ids: Sequence[str], now: datetime | None = None) -> Locked:
    """The first of these cascades that no other node holds, held; with `now`, the first that is still awake then."""
    sqlite = connection.dialect.name == "sqlite"
    awake, at = (" AND wake_at <= ?", [bulk.instant(connection, now)]) if now else ("", [])
    free = "" if sqlite else " FOR UPDATE SKIP LOCKED"
    sql = f"{CASCADES.select} WHERE id IN ({bulk.marks(len(ids))}){awake} LIMIT 1{free}"
    found = bulk.read_together(connection, [(installation.READ, ()), (sql, (*ids, *at))])
    cascade = CASCADES.from_row(found[1][0], sqlite) if found[1] else None
    return Locked(installation.from_rows(connection, found[0]), cascade, {}, [])


def _chunks(values: Sequence[T]) -> list[Sequence[T]]:
    return [values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK)]


def _answered(cascade_id: str, ids: Sequence[str]) -> bulk.Query:
    return (
        f"{COMMANDS.select} WHERE cascade_id = ? AND command_id IN ({bulk.marks(len(ids))})",
        (cascade_id, *ids),
    )


def _numbered(cascade_id: str, numbers: Sequence[int]) -> bulk.Query:
    return f"{_OBLIGATION} WHERE cascade_id = ? AND number IN ({bulk.marks(len(numbers))})", (cascade_id, *numbers)


def _with_those_above(cascade_id: str, numbers: Sequence[int]) -> bulk.Query:
    """Obligations and, of each, the one it hangs under: every one by its key, whatever a planner thinks of the table."""
    values = (value for number in numbers for value in (number, cascade_id, number))
    return _above_sql(len(numbers)), (cascade_id, *values)


@cache
def _above_sql(count: int) -> str:
    parent = "(SELECT parent FROM obligation WHERE cascade_id = ? AND number = ?)"
    return f"{_OBLIGATION} WHERE cascade_id = ? AND number IN ({', '.join(['?', parent] * count)})"


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
    rows = bulk.read(connection, f"{COMMANDS.select} WHERE cascade_id = ? AND command_id = ?", cascade_id, command_id)
    return COMMANDS.from_row(rows[0], connection.dialect.name == "sqlite") if rows else None


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
            f"{DIRECTIVES.select} WHERE cascade_id = ? AND number IN ({bulk.marks(len(numbers))})",
            self._id,
            *numbers,
        )
        return [DIRECTIVES.from_row(row, self._sqlite) for row in rows]

    def items(self, keys: Sequence[tuple[int, int]]) -> list[Item]:
        """With what they rest on: however many there are, few statements and on PostgreSQL as few round trips."""
        found: list[Item] = []
        for some in _chunks(keys):
            of_items = (self._wanted("item", ITEMS.columns, "number", "number", len(some)), self._with(some))
            of_bases = (self._wanted("basis", BASES.columns, "item", "place", len(some)), self._with(some))
            items, bases = bulk.read_together(self._connection, [of_items, of_bases])
            resting: dict[tuple[int, int], list[Basis]] = {}
            for row in bases:
                resting.setdefault((row[1], row[2]), []).append(BASES.from_row(row, self._sqlite))
            for row in items:
                item = ITEMS.from_row(row, self._sqlite)
                found.append(replace(item, bases=tuple(resting.get((item.directive, item.number), ()))))
        return found

    def _with(self, keys: Sequence[tuple[int, int]]) -> tuple[Any, ...]:
        return (*(value for key in keys for value in key), self._id)

    @staticmethod
    def _wanted(table: str, columns: Sequence[str], number: str, order: str, count: int) -> str:
        """Rows by their keys, each looked up: SQLite would walk the whole cascade for an IN of pairs."""
        return (
            f"SELECT {', '.join(f'{table}.{column}' for column in columns)}"
            f" FROM (VALUES {', '.join(['(?, ?)'] * count)}) AS wanted CROSS JOIN {table} WHERE cascade_id = ?"
            f" AND directive = wanted.column1 AND {table}.{number} = wanted.column2 ORDER BY {table}.{order}"
        )

    def recorded(self, seq: int) -> Recorded | None:
        found = next(journal.walk(self._connection, self._id, seq - 1, page=1), None)
        if found is None or found.seq != seq:
            return None
        by = found.data["by"]
        actor = Actor(by["office"], by["role"], by.get("known_by", "claimed"))
        corrected = tuple(journal.corrections(self._connection, self._id, seq))
        return Recorded(found.fact, actor, found.recorded_at, corrected)

    def _hanging(self, column: str, number: int) -> list[Obligation]:
        return self._obligations(f"{column} = ?", number, by=f"obligation_{column}")

    def _obligations(self, where: str, *values: int | str, by: str | None = None) -> list[Obligation]:
        """By the index that is named: asked for every column at once, SQLite would rather walk the whole cascade."""
        indexed = f" INDEXED BY {by}" if by and self._sqlite else ""
        rows = bulk.read(
            self._connection,
            f"{OBLIGATIONS.select}{indexed} WHERE cascade_id = ? AND {where} ORDER BY number",
            self._id,
            *values,
        )
        return [OBLIGATIONS.from_row(row, self._sqlite) for row in rows]


def read_all(connection: Connection, cascade_id: str) -> Iterator[Directive | Item | Obligation]:
    """Every stored value of a cascade."""
    yield from read_documents(connection, cascade_id)
    sqlite = connection.dialect.name == "sqlite"
    for rows in obligation_rows(connection, cascade_id, _CHUNK):
        yield from (OBLIGATIONS.from_row(row, sqlite) for row in rows)


def read_documents(connection: Connection, cascade_id: str) -> Iterator[Directive | Item]:
    """Every stored directive and item of a cascade, for comparing with what its entries give."""
    sqlite = connection.dialect.name == "sqlite"
    for row in bulk.read(connection, f"{DIRECTIVES.select} WHERE cascade_id = ? ORDER BY number", cascade_id):
        yield DIRECTIVES.from_row(row, sqlite)
    bases: dict[tuple[int, int], list[Basis]] = {}
    rows = bulk.read(connection, f"{BASES.select} WHERE cascade_id = ? ORDER BY directive, item, place", cascade_id)
    for row in rows:
        bases.setdefault((row[1], row[2]), []).append(BASES.from_row(row, sqlite))
    for row in bulk.read(connection, f"{ITEMS.select} WHERE cascade_id = ? ORDER BY directive, number", cascade_id):
        item = ITEMS.from_row(row, sqlite)
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
    rows = bulk.read(connection, f"{DIRECTIVES.select} WHERE cascade_id = ? AND number = ?", cascade_id, number)
    return DIRECTIVES.from_row(rows[0], sqlite) if rows else None


def given(connection: Connection, cascade_id: str, directive: int) -> tuple[list[Item], list[Obligation]]:
    """The items of a directive and the obligations that it gave, not locked."""
    source = Stored(connection, cascade_id)
    numbers = "SELECT number FROM item WHERE cascade_id = ? AND directive = ? ORDER BY number"
    keys = [(directive, row[0]) for row in bulk.read(connection, numbers, cascade_id, directive)]
    return source.items(keys), source.under(directive)


def find(connection: Connection, cascade_id: str) -> Cascade | None:
    """The cascade with this id, not locked."""
    rows = bulk.read(connection, f"{CASCADES.select} WHERE id = ?", cascade_id)
    return CASCADES.from_row(rows[0], connection.dialect.name == "sqlite") if rows else None
