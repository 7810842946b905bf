"""What facts have changed in a cascade, written: states, entries and messages, together or not at all."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from storage import bulk, folding, journal, outbox
from storage.cascades import BASES, CASCADES, COMMANDS, DIRECTIVES, ITEMS, OBLIGATIONS, Done
from storage.rows import to_sqlite_instant, to_text
from workflows.directive import ROOT, Cascade, Directive, Item
from workflows.facts import Fact
from workflows.light import replace
from workflows.obligation import Obligation
from workflows.world import World

PART_MAX = 2000  # facts that are held before they are stored


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
        rows = [COMMANDS.to_row(one, self._sqlite, self._id) for one in done]
        bulk.insert(self._connection, "command", COMMANDS.columns, rows)
        if self._stored:
            head = CASCADES.picked(self._headed(), _HEAD, self._sqlite)
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
        bulk.settle(connection)  # the part before this one: a COPY waits for it
        if not self._opened:
            # Before anything else: on PostgreSQL two nodes that open the same cascade meet here, at its key.
            bulk.insert(connection, "cascade", CASCADES.columns, [CASCADES.to_row(self._headed(), sqlite)])
        self._opened = self._stored = True
        added = world.new_obligations
        changed = [_woken(world, one) for one in world.changed_obligations]
        self._moved |= bool(added or changed or world.changed_directives)
        if world.moves_documents:
            _store_documents(connection, world, key)
        if added:
            rows = list(_rows_of_new(world, added, sqlite))
            bulk.insert(connection, "obligation", OBLIGATIONS.columns, rows)
        moved = [(world.before(one.number), one) for one in changed]
        journal.append(connection, self._entries)
        outbox.add(connection, self._facts, self._entries)
        _update_obligations(connection, moved, key)  # last: the server works on it while the law goes on
        self._facts.clear()
        self._entries.clear()
        world.let_go(changed)


def _store_documents(connection: Connection, world: World, key: str) -> None:
    """Directives and items, and what the items rest on: what is new, and what has changed."""
    sqlite = connection.dialect.name == "sqlite"
    directives = [DIRECTIVES.to_row(one, sqlite, key) for one in world.new_directives]
    bulk.insert(connection, "directive", DIRECTIVES.columns, directives)
    bulk.insert(connection, "item", ITEMS.columns, [ITEMS.to_row(one, sqlite, key) for one in world.new_items])
    bulk.insert(connection, "basis", BASES.columns, list(_basis_rows(world.new_items, sqlite, key)))
    _update_items(connection, world.changed_items, key)
    _update_directives(connection, world.changed_directives, key)
    folding.add(connection, key, world.new_directives, world.new_items)
    folding.change(connection, key, world.changed_directives, world.changed_items)


def _basis_rows(items: Iterable[Item], sqlite: bool, key: str) -> Iterator[tuple[Any, ...]]:
    for item in items:
        for place, basis in enumerate(item.bases):
            yield BASES.to_row(basis, sqlite, key, item.directive, item.number, place)


def _update_items(connection: Connection, items: Sequence[Item], key: str) -> None:
    """Items that an amendment, a link, a correction or the day of an event has changed; their bases are few, and written
    anew."""
    sqlite = connection.dialect.name == "sqlite"
    rows = []
    for item in items:
        rows.append((*ITEMS.picked(item, _AMENDED, sqlite), key, item.directive, item.number))
        bulk.write(
            connection,
            "DELETE FROM basis WHERE cascade_id = ? AND directive = ? AND item = ?",
            key, item.directive, item.number,
        )  # fmt: skip
    columns = [ITEMS.names[place] for place in _AMENDED]
    bulk.update(connection, "item", ["cascade_id", "directive", "number"], columns, rows)
    bulk.insert(connection, "basis", BASES.columns, list(_basis_rows(items, sqlite, key)))


def _rows_of_new(world: World, added: Sequence[Obligation], sqlite: bool) -> Iterator[list[Any]]:
    """The rows of new obligations, each with its first waking."""
    for one, row in zip(added, OBLIGATIONS.to_rows(added, sqlite, world.opened.id), strict=True):
        at = _waking(world, one)
        row[_WAKE] = (to_sqlite_instant(at) if sqlite else to_text(at)) if at else None
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
_WAKE = OBLIGATIONS.columns.index("wake_at")
_HEAD = [place for place, name in enumerate(CASCADES.names) if name not in ("id", "wake_at")]
_HEADED = (
    f"UPDATE cascade SET {', '.join(f'{CASCADES.names[place]} = ?' for place in _HEAD)} WHERE id = ? RETURNING wake_at"
)
_HEADED_AND_WOKEN = _HEADED.replace(" WHERE", f", wake_at = ({_WAKES}) WHERE")
_AMENDED = [ITEMS.names.index(name) for name in ("label", "text", "due_at", "due_wording", "due_form", "event_on")]
_NUMBERED = [place for place, name in enumerate(DIRECTIVES.names) if name != "number"]


def _update_obligations(connection: Connection, moved: Iterable[tuple[Obligation, Obligation]], key: str) -> None:
    """Write what differs between what was read and what is so now: an index is touched only where its column changed."""
    sqlite = connection.dialect.name == "sqlite"
    alike: dict[tuple[int, ...], list[tuple[Any, ...]]] = {}
    for before, after in moved:
        places = OBLIGATIONS.differing(before, after)
        if places:
            alike.setdefault(places, []).append((*OBLIGATIONS.picked(after, places, sqlite), key, after.number))
    for places, rows in alike.items():
        columns = [OBLIGATIONS.names[place] for place in places]
        bulk.update(connection, "obligation", ["cascade_id", "number"], columns, rows, behind=True)


def _update_directives(connection: Connection, directives: Iterable[Directive], key: str) -> None:
    sqlite = connection.dialect.name == "sqlite"
    columns = [DIRECTIVES.names[place] for place in _NUMBERED]
    rows = [(*DIRECTIVES.picked(one, _NUMBERED, sqlite), key, one.number) for one in directives]
    bulk.update(connection, "directive", ["cascade_id", "number"], columns, rows)
