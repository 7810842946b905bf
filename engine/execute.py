"""Commands in, one transaction, facts out: the heart. Every person, file and clock that wakes us comes through here."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import timedelta

import orjson
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from engine.clock import LEAP, Clock
from storage import cascades, directory, installation, journal
from storage.cascades import Done, Stored
from storage.database import MET, Database
from storage.errors import Unavailable
from storage.rulebook import Rulebook, read_rules
from workflows import parties
from workflows.calendar import Calendar, day_of
from workflows.commands import Command, Elapse, Issue, Renew
from workflows.decide import decide, happened_at
from workflows.directive import ROOT, Cascade, cascade_id_of
from workflows.elapsing import incident
from workflows.errors import Conflict, NotFound
from workflows.evolve import evolve
from workflows.facts import Assigned, Fact, Incident, Issued, RenewalRefused, kind_of
from workflows.offices import Offices
from workflows.text import say
from workflows.workflow import Workflows
from workflows.world import World

SWEEP_MAX = 1000  # obligations that one transaction of a round takes
_TRIES = 5
_RENEWED_AGAIN = timedelta(days=1)  # until a next year that could not be opened is tried again


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a command: the cascade, its entries, the directive and obligations it made.

    `again` says that it had been carried out before, and nothing was done now.
    """

    cascade: str
    first_seq: int
    last_seq: int
    directive: int | None = None
    obligations: tuple[int, ...] = ()
    again: bool = False


@dataclass(frozen=True, slots=True)
class Swept:
    """What one transaction of a round did to a cascade; `more` says that something is still due in it."""

    obligations: int
    kinds: Counter[str]
    incidents: tuple[Incident, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """The directory and the published definitions at one version: read once, used until the version moves."""

    version: int
    simulated: bool
    offices: Offices
    workflows: Workflows
    calendars: dict[str, Calendar]


class Executor:
    """Carries commands through the law into the memory. Thread-safe."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock = database, clock
        self._known: Known | None = None

    def execute(self, commands: Sequence[Command]) -> list[Answer]:
        """Carry out a batch on one cascade: all of it or nothing. Raises Refused, NotFound or Unavailable."""
        cascade_id = _one_cascade(commands)
        for attempt in range(1, _TRIES + 1):
            try:
                return self._execute(cascade_id, commands)
            except DBAPIError as error:  # two nodes met: the other one's commit decides, and we look again
                if attempt == _TRIES or not _worth_another_try(error):
                    raise
        raise AssertionError("the last try returns or raises")

    def _execute(self, cascade_id: str, commands: Sequence[Command]) -> list[Answer]:
        with self.database.transaction() as connection:
            known = self.known(connection)
            cascade = cascades.lock(connection, cascade_id)
            if cascade is None and not (isinstance(commands[0], Issue) and commands[0].cascade is None):
                raise NotFound(say("No cascade {cascade!r} in this database", cascade=cascade_id))
            fold = _Fold(connection, known, cascade, cascade_id, self.clock)
            answers = [fold.take(command) for command in commands]
            fold.save()
            return answers

    def carried_out(self, connection: Connection, command: Issue) -> bool:
        """Was the cascade that this command opens opened by it before? Raises Conflict where its id was used otherwise."""
        done = cascades.find_command(connection, cascade_id_of(command.id), command.id)
        if done and done.digest != _digest(command):
            raise Conflict(say("carry out command {id}", id=command.id), say("that id was used for something else"))
        return done is not None

    def sweep(self, cascade_id: str, limit: int = SWEEP_MAX) -> Swept | None:
        """One transaction of a round: let time pass for what is due in a cascade. None where another node holds it.

        A command that raises becomes an Incident and backs off; it never blocks its cascade.
        """
        with self.database.transaction() as connection:
            known = self.known(connection)
            cascade = cascades.lock(connection, cascade_id, wait=False)
            if cascade is None:
                return None
            fold = _Fold(connection, known, cascade, cascade_id, self.clock)
            numbers = cascades.awake_obligations(connection, cascade_id, fold.now, limit)
            incidents = fold.elapse(numbers)
            if cascades.renews(connection, cascade_id, fold.now):
                fold.renew()
            kinds = Counter(kind_of(fact) for fact in fold.facts)
            saved = fold.save()
            more = bool(saved.wake_at and saved.wake_at <= fold.now)
            return Swept(len(numbers), kinds, tuple(incidents), more)

    def known(self, connection: Connection) -> Known:
        """The directory and definitions as they are now; read again only when something in them changed."""
        found = installation.read(connection)
        if found is None:
            raise Unavailable(say("This database was not created by cascade db create"))
        if self._known is None or self._known.version != found.directory_version:
            self._known = _read_known(connection, found, self._known)
        return self._known


class _Fold:
    """One transaction's commands, each seeing what the one before it did."""

    def __init__(
        self, connection: Connection, known: Known, cascade: Cascade | None, cascade_id: str, clock: Clock
    ) -> None:
        self._connection, self._known, self._cascade, self._id = connection, known, cascade, cascade_id
        self._database_errors = (DBAPIError, connection.dialect.loaded_dbapi.Error)
        last_at, now = cascade.last_at if cascade else None, clock.now()
        if last_at and last_at - now > LEAP:
            raise Unavailable(
                say("The newest entry of cascade {cascade} is of {entry}, and this machine's clock says {now}: one of them is"
                    " wrong. Check the clock; nothing was stored.",
                    cascade=cascade_id, entry=f"{last_at:%d/%m/%Y}", now=f"{now:%d/%m/%Y}")
            )  # fmt: skip
        # Read after the lock: time never runs backwards along a chain.
        self.now = max(now, last_at) if last_at else now
        self.world = World(
            cascade,
            known.offices.on(day_of(self.now)),
            known.workflows,
            known.calendars,
            Stored(connection, cascade_id) if cascade else None,
            known.simulated,
        )
        self.facts: list[Fact] = []
        self._entries: list[journal.Entry] = []
        self._done: dict[str, Done] = {}

    def take(self, command: Command) -> Answer:
        digest = _digest(command)
        before = self._done.get(command.id) or (
            cascades.find_command(self._connection, self._id, command.id) if self._cascade else None
        )
        if before:
            if before.digest != digest:
                asked = say("carry out command {id}", id=command.id)
                raise Conflict(asked, say("that id was used for something else"))
            return _again(before)
        facts = decide(self.world, command, self.now)
        evolve(self.world, facts)
        made = self._record(command, facts)
        answer = _answer(self._id, made, facts)
        kept = orjson.dumps(answer).decode()
        self._done[command.id] = Done(command.id, digest, kept, answer.first_seq, answer.last_seq, self.now)
        return answer

    def elapse(self, numbers: Sequence[int]) -> list[Incident]:
        self.world.fetch(numbers)
        incidents = []
        for number in numbers:
            command = Elapse(self._id, number)
            try:
                facts = decide(self.world, command, self.now)
            except self._database_errors:
                raise  # the database failed, not this obligation: nothing of it belongs into the journal
            except Exception as error:  # noqa: BLE001  whatever it is, the rest of the cascade goes on
                failed = incident(self.world.obligation(number), f"{type(error).__name__}: {error}", self.now)
                incidents.append(failed)
                facts = [failed]
            evolve(self.world, facts)
            self.world.put(self.world.obligation(number))  # its waking is computed anew even where nothing was due
            self._record(command, facts)
        return incidents

    def renew(self) -> None:
        """The cascade is due to open anew. What that does here is a fact; the next one is opened by delivery."""
        command = Renew(self._id, ROOT)
        try:
            facts = decide(self.world, command, self.now)
        except self._database_errors:
            raise
        except Exception as error:  # noqa: BLE001  whatever it is, the rest of the cascade goes on
            facts = [RenewalRefused(ROOT, f"{type(error).__name__}: {error}", self.now + _RENEWED_AGAIN)]
        evolve(self.world, facts)
        self._record(command, facts)

    def save(self) -> Cascade:
        return (
            cascades.save(
                self._connection,
                self.world,
                self.facts,
                self._entries,
                list(self._done.values()),
                new=self._cascade is None,
            )
            if self._entries or self.world.changed_obligations
            else self.world.opened
        )

    def _record(self, command: Command, facts: Sequence[Fact]) -> list[journal.Entry]:
        head = self._entries[-1] if self._entries else None
        seq, last_hash = (head.seq, head.hash) if head else (self._head.last_seq, self._head.last_hash)
        context = journal.Context(
            parties.named(self.world.offices, command.by),
            command.id,
            self.now,
            self.world.opened.workflow,
            self._known.simulated,
            getattr(command, "reason", None),
        )
        stamped = [(fact, happened_at(command, fact, self.now)) for fact in facts]
        made = journal.entries(self._id, seq, last_hash, stamped, context)
        self.facts += facts
        self._entries += made
        return made

    @property
    def _head(self) -> Cascade:
        return self.world.opened


def _one_cascade(commands: Sequence[Command]) -> str:
    """The cascade that a batch is about. Raises ValueError where it is about none or several: that is a caller's fault."""
    found = {
        cascade_id_of(command.id) if isinstance(command, Issue) and command.cascade is None else command.cascade
        for command in commands
    }
    if len(found) != 1:
        raise ValueError(f"a batch is about one cascade, not {len(found)}")
    return str(found.pop())


def _digest(command: Command) -> str:
    """What is asked, whoever asks: the same paper entered by a colleague is the same paper."""
    content = {field.name: getattr(command, field.name) for field in fields(command) if field.name != "by"}
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _answer(cascade_id: str, made: Sequence[journal.Entry], facts: Sequence[Fact]) -> Answer:
    directive = next((fact.directive.number for fact in facts if isinstance(fact, Issued)), None)
    assigned = tuple(fact.obligation.number for fact in facts if isinstance(fact, Assigned))
    first, last = (made[0].seq, made[-1].seq) if made else (0, 0)
    return Answer(cascade_id, first, last, directive, assigned)


def _again(done: Done) -> Answer:
    kept = orjson.loads(done.answer)
    return Answer(
        kept["cascade"], kept["first_seq"], kept["last_seq"], kept["directive"], tuple(kept["obligations"]), again=True
    )


def _worth_another_try(error: DBAPIError) -> bool:
    """Two transactions met: a unique key (23505), a serialization failure (40001) or a deadlock (40P01)."""
    return getattr(error.orig, "sqlstate", None) in ("23505", *MET)


def _read_known(connection: Connection, found: installation.Installation, old: Known | None) -> Known:
    """Read what changed. Published versions never change, so those that were read before are kept."""
    rules = read_rules(connection, Rulebook(old.workflows, old.calendars) if old else None)
    offices = directory.read_offices(connection)
    return Known(found.directory_version, found.simulated, offices, rules.workflows, rules.calendars)
