"""What the entries of a cascade give, and whether it is what is stored. Values are compared as rows, which costs least."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from storage import bulk, cascades
from storage.cascades import OBLIGATIONS
from storage.rulebook import Rulebook
from workflows.calendar import VIETNAM, Calendar
from workflows.directive import Directive, Item
from workflows.encoding import to_data
from workflows.evolve import evolve
from workflows.facts import Fact, from_data
from workflows.ladder import wake_at
from workflows.obligation import Obligation
from workflows.offices import Offices
from workflows.text import say
from workflows.workflow import Workflows
from workflows.world import World

_PAGE = 2000  # rows in memory at a time
_WAKES = OBLIGATIONS.columns.index("wake_at")


class _Present(World):
    """A world that only keeps what is so: nobody asks what hangs under what, or what has changed."""

    def put(self, obligation: Obligation) -> None:
        self._obligations[obligation.number] = obligation


class Replay:
    """The states that facts give, one after another."""

    def __init__(self) -> None:
        self.world: World = _Present(None, Offices({}), Workflows({}), dict[str, Calendar]())
        self.fact: Fact | None = None  # the last one that was taken

    def take(self, data: Mapping[str, Any], *, states: bool = True) -> str | None:
        """Let one fact follow on those before it, or (not `states`) only read it. Says what is wrong with it."""
        self.fact = None
        try:
            self.fact = fact = from_data(data["kind"], data["fact"])
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            return say("its body cannot be read: {error}", error=type(error).__name__)
        if states:
            try:
                evolve(self.world, (fact,))
            except Exception as error:  # noqa: BLE001  an auditor wants the entry's number, whatever is wrong with it
                return say("it cannot follow on what came before: {error}", error=error)
        return None

    def difference(
        self, connection: Connection, chain: str, last_at: datetime | None, rules: Rulebook | None
    ) -> str | None:
        """The first stored value of a cascade that its entries do not give."""
        return difference(connection, chain, self.world, last_at, rules)


def difference(
    connection: Connection, chain: str, world: World, last_at: datetime | None, rules: Rulebook | None
) -> str | None:
    """The first stored value of a cascade that is not so in a world."""
    try:
        return _Comparison(connection, chain, world, rules).first(last_at)
    except (
        ValueError,
        TypeError,
        AttributeError,
    ) as error:  # SQLite keeps anything in any column, JSON is text on both
        return say("a stored value cannot be read: {error}", error=error)


class _Comparison:
    """The stored rows of one cascade beside the world that its entries give."""

    def __init__(self, connection: Connection, chain: str, world: World, rules: Rulebook | None) -> None:
        self._connection, self._chain, self._world, self._rules = connection, chain, world, rules
        self._sqlite = connection.dialect.name == "sqlite"
        self._least: datetime | None = None  # when the cascade has to wake
        self._asleep: str | None = None
        self._calendar = rules.calendars.get(world.cascade.calendar) if rules and world.cascade else None

    def first(self, last_at: datetime | None) -> str | None:
        """What differs first: a document, an item, an obligation, the cascade itself, or when something wakes."""
        world, stored = self._world, list(cascades.read_documents(self._connection, self._chain))
        directives = [one for one in stored if isinstance(one, Directive)]
        for one in directives:
            self._least = min(filter(None, (self._least, one.renew_at)), default=None)
        return (
            _difference("directive", world.all_directives, directives)
            or _difference("item", world.all_items, [one for one in stored if isinstance(one, Item)])
            or self._obligations()
            or self._cascade(last_at)
        )

    def _obligations(self) -> str | None:
        given = self._world.all_obligations
        [(count,)] = bulk.read(
            self._connection, "SELECT count(*) FROM obligation WHERE cascade_id = ?", self._chain
        )  # before anything is compared, and without holding the rows
        if count != len(given):
            return _counts("obligation", len(given), count)
        rest = iter(given)
        for rows in cascades.obligation_rows(self._connection, self._chain, _PAGE):
            for row, one in zip(rows, islice(rest, len(rows)), strict=True):
                said = self._obligation(tuple(row), one)
                if said:
                    return said
        return None

    def _obligation(self, row: tuple[Any, ...], given: Obligation) -> str | None:
        wanted = OBLIGATIONS.to_row(given, self._sqlite, self._chain)
        if wanted[:_WAKES] != row[:_WAKES] or wanted[_WAKES + 1 :] != row[_WAKES + 1 :]:
            # The same value may be written in another way; what is not even a value raises ValueError.
            stored = OBLIGATIONS.from_row(row, self._sqlite)
            said = next(_fields_that_differ("obligation", given, stored), None)
            if said:
                return said
        wakes = bulk.read_instant(self._connection, row[_WAKES])
        if self._rules and self._calendar:
            self._wakes(given, wakes, self._rules, self._calendar)
        return None

    def _wakes(self, given: Obligation, wakes: datetime | None, rules: Rulebook, calendar: Calendar) -> None:
        """Does it wake when its clocks say? If not, it is a deadline that nobody would hear of."""
        at = waking(given, rules, calendar)
        if at != wakes and self._asleep is None:
            self._asleep = say("obligation {number} is set to wake at {stored}, its clocks give {given}",
                               number=given.number, stored=_shown(wakes), given=_shown(at))  # fmt: skip
        if at and (self._least is None or at < self._least):
            self._least = at

    def _cascade(self, last_at: datetime | None) -> str | None:
        """The cascade's own columns but for its head, which was compared before; and what sleeps too long."""
        stored, given = cascades.find(self._connection, self._chain), self._world.cascade
        if stored is None or given is None:
            return say("the cascade itself is not what its entries give") if stored or given else None
        same = replace(stored, last_seq=0, last_hash="")
        said = next(_fields_that_differ("cascade", replace(given, last_at=last_at), same), None)
        if said or self._calendar is None:
            return said
        if self._asleep or self._least == stored.wake_at:
            return self._asleep
        return say("the cascade is set to wake at {stored}, its obligations give {given}",
                   stored=_shown(stored.wake_at), given=_shown(self._least))  # fmt: skip


def waking(obligation: Obligation, rules: Rulebook, calendar: Calendar) -> datetime | None:
    """When an obligation wakes by its clocks."""
    try:
        return wake_at(obligation, rules.workflows.get(obligation.workflow), calendar)
    except Exception:  # noqa: BLE001  its incident has said so, and it is tried again then
        return obligation.retry_at


def _difference(what: str, given: Sequence[Any], stored: Sequence[Any]) -> str | None:
    """The first way in which stored values are not the ones the entries give."""
    if len(given) != len(stored):
        return _counts(what, len(given), len(stored))
    for one, other in zip(given, stored, strict=True):
        said = next(_fields_that_differ(what, one, other), None)
        if said:
            return said
    return None


def _counts(what: str, given: int, stored: int) -> str:
    return say("{what}: its entries give {given}, and {stored} are stored", what=what, given=given, stored=stored)


def _fields_that_differ(what: str, given: Any, stored: Any) -> Iterator[str]:
    for field in fields(given):
        one, other = getattr(given, field.name), getattr(stored, field.name)
        if field.name != "wake_at" and one != other:
            name = f"{what} {getattr(stored, 'number', '')}".strip()
            yield say("{name}: {field} is stored as {stored}, its entries give {given}",
                      name=name, field=field.name, stored=_shown(other), given=_shown(one))  # fmt: skip


def _shown(value: Any) -> str:
    """A value as a person reads it."""
    if isinstance(value, datetime):
        return f"{value.astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}"
    return say("nothing") if value is None else repr(value if isinstance(value, bytes) else to_data(value))
