"""Commands in, one transaction, facts out: the heart. Every person, file and clock that wakes us comes through here."""

import gc
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from itertools import islice
from typing import get_args

import orjson
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError

from engine.clock import LEAP, Clock
from storage import cascades, directory, installation, journal, saving
from storage.cascades import LOCK_SECONDS, Done, Stored
from storage.database import TRIES, Database, pause
from storage.errors import Away, Held, Met, Unavailable
from storage.rulebook import Rulebook, read_rules
from workflows import parties
from workflows.calendar import Calendar, day_of
from workflows.commands import Act, Command, Elapse, Issue, Renew
from workflows.decide import decide, deciding, happened_at
from workflows.directive import ROOT, cascade_id_of
from workflows.elapsing import incident
from workflows.errors import Conflict, NotFound, Refused
from workflows.evolve import evolve
from workflows.facts import Assigned, Fact, Incident, Issued, RenewalRefused, kind_of
from workflows.offices import Offices
from workflows.text import say
from workflows.workflow import Workflows
from workflows.world import World

SWEEP_MAX = 1000  # obligations that one transaction of a round takes
_RENEWED_AGAIN = timedelta(days=1)  # until a next year that could not be opened is tried again
Told = Callable[[int], None]
Check = Callable[[Connection], None]


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

    cascade: str
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

    def execute(
        self, commands: Sequence[Command], told: Told | None = None, check: Check | None = None
    ) -> list[Answer]:
        """Carry out a batch on one cascade: all of it or nothing. Raises Refused, NotFound or Unavailable.

        `told` hears after each part how many entries are written so far; from none again where it is tried again. `check`
        looks at the cascade once it is held, before anything is decided, and may refuse: for whoever asks on condition that
        nothing has changed. What was carried out before is answered without it.
        """
        cascade_id, unsure = _one_cascade(commands), False
        # Whether one act was carried out before is looked up only when something stands in its way: the key of the answered
        # commands, at the latest. Nearly every act comes once, and a person waits for it.
        look_up = len(commands) > 1 or not isinstance(commands[0], Act)
        for attempt in range(1, TRIES + 1):
            try:
                return self._execute(cascade_id, commands, told, look_up, check)
            except (Refused, NotFound):
                if look_up:
                    raise
            except Held as held:
                if unsure:  # who holds it may be our own transaction, of which the server has not seen the end
                    raise _unsure(commands[0].id, held) from held
                raise self._held(cascade_id) from held
            except Away as lost:
                if unsure:
                    raise _unsure(commands[0].id, lost) from lost
                unsure = lost.unsure
                if not unsure:
                    raise
                if attempt == TRIES:
                    raise _unsure(commands[0].id, lost) from lost
                pause(attempt)
            except (Met, IntegrityError) as error:  # the other one's commit decides, and we look again
                if attempt == TRIES or (look_up and not _worth_another_try(error)):
                    raise
                pause(attempt)
            look_up = True
        raise AssertionError("the last try returns or raises")

    def _held(self, cascade_id: str) -> Held:
        """Who was waited for in vain, in words."""
        with self.database.reading() as connection:
            found = cascades.holder(connection, cascade_id)
        who = say("{who}, for {seconds} s", who=found[0], seconds=f"{found[1].total_seconds():.0f}") if found \
            else say("somebody who has let it go just now")  # fmt: skip
        return Held(say("Cascade {cascade} is being written by another one: {who}. It was waited for for {seconds} s, and"
                        " nothing was stored; try again.", cascade=cascade_id, who=who, seconds=LOCK_SECONDS))  # fmt: skip

    def _execute(
        self, cascade_id: str, commands: Sequence[Command], told: Told | None, look_up: bool, check: Check | None
    ) -> list[Answer]:
        with self.database.transaction() as connection:
            held = cascades.lock(connection, cascade_id, commands, look_up=look_up)
            known, cascade = self._known_as(connection, held.installation), held.cascade
            if cascade is None and not (isinstance(commands[0], Issue) and commands[0].cascade is None):
                raise NotFound(say("No cascade {cascade!r} in this database", cascade=cascade_id))
            if check and not all(command.id in held.done for command in commands):
                check(connection)
            fold = _Fold(connection, known, held, cascade_id, self.clock, told)
            answers = [fold.take(command) for command in commands]
            fold.save()
            return answers

    def carried_out(self, connection: Connection, command: Issue) -> bool:
        """Was the cascade that this command opens opened by it before? Raises Conflict where its id was used otherwise."""
        done = cascades.find_command(connection, cascade_id_of(command.id), command.id)
        if done and done.digest != _digest(command):
            raise Conflict(say("carry out command {id}", id=command.id), say("that id was used for something else"))
        return done is not None

    def sweep(self, one_of: str | Sequence[str], limit: int = SWEEP_MAX) -> Swept | None:
        """One transaction of a round: let time pass for what is due in a cascade; of several, in the first that is awake and
        that no other node holds. None where there is none.

        A command that raises becomes an Incident and backs off; it never blocks its cascade.
        """
        return self.database.insist(lambda: self._sweep(one_of, limit))

    def _sweep(self, one_of: str | Sequence[str], limit: int) -> Swept | None:
        with self.database.transaction() as connection:
            if isinstance(one_of, str):
                held = cascades.take(connection, [one_of])
            else:
                held = cascades.take(connection, one_of, self.clock.now())
            if held.cascade is None:
                return None
            cascade_id = held.cascade.id
            fold = _Fold(connection, self._known_as(connection, held.installation), held, cascade_id, self.clock)
            numbers = cascades.awake_obligations(connection, cascade_id, fold.now, limit)
            incidents = fold.elapse(numbers)
            if cascades.renews(connection, cascade_id, fold.now):
                fold.renew()
            wakes = fold.save()
            more = bool(wakes and wakes <= fold.now)
            return Swept(cascade_id, len(numbers), fold.kinds, tuple(incidents), more)

    def known(self, connection: Connection) -> Known:
        """The directory and definitions as they are now; read again only when something in them changed."""
        return self._known_as(connection, installation.read(connection))

    def _known_as(self, connection: Connection, found: installation.Installation | None) -> Known:
        if found is None:
            raise Unavailable(say("This database was not created by cascade db create"))
        if self._known is None or self._known.version != found.directory_version:
            self._known = _read_known(connection, found, self._known)
            gc.freeze()  # rules stay: looking through them for garbage again and again costs an event a twentieth
        return self._known


class _Fold:
    """One transaction's commands, each seeing what the one before it did."""

    def __init__(
        self,
        connection: Connection,
        known: Known,
        held: cascades.Locked,
        cascade_id: str,
        clock: Clock,
        told: Told | None = None,
    ) -> None:
        cascade = held.cascade
        self._connection, self._known, self._id = connection, known, cascade_id
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
            Stored(connection, cascade_id),
            known.simulated,
        )
        self.kinds: Counter[str] = Counter()
        self.writer = saving.Writer(connection, self.world, cascade_id, new=cascade is None)
        self.world.keep(held.obligations)
        self._before, self._done = held.done, dict[str, Done]()
        self._told, self._from = told, self.writer.last_seq

    def take(self, command: Command) -> Answer:
        digest = _digest(command)
        before = self._done.get(command.id) or self._before.get(command.id)
        if before:
            if before.digest != digest:
                asked = say("carry out command {id}", id=command.id)
                raise Conflict(asked, say("that id was used for something else"))
            return _again(before)
        answer = self._carry(command, deciding(self.world, command, self.now))
        self._done[command.id] = Done(command.id, digest, _kept(answer), answer.first_seq, answer.last_seq, self.now)
        return answer

    def elapse(self, numbers: Sequence[int]) -> list[Incident]:
        self.world.fetch(numbers)
        said: list[Fact] = []
        incidents = []
        for number in numbers:
            try:
                facts = decide(self.world, Elapse(self._id, number), self.now)
            except DBAPIError:
                raise  # the database failed, not this obligation: nothing of it belongs into the journal
            except Exception as error:  # noqa: BLE001  whatever it is, the rest of the cascade goes on
                failed = incident(self.world.obligation(number), f"{type(error).__name__}: {error}", self.now)
                incidents.append(failed)
                facts = [failed]
            evolve(self.world, facts)
            self.world.put(self.world.obligation(number))  # its waking is computed anew even where nothing was due
            said += facts
        self.kinds.update(map(kind_of, said))
        self._write(said, self._journaling(Elapse(self._id, ROOT)))
        return incidents

    def renew(self) -> None:
        """The cascade is due to open anew. What that does here is a fact; the next one is opened by delivery."""
        command = Renew(self._id, ROOT)
        try:
            facts = decide(self.world, command, self.now)
        except DBAPIError:
            raise
        except Exception as error:  # noqa: BLE001  whatever it is, the rest of the cascade goes on
            facts = [RenewalRefused(ROOT, f"{type(error).__name__}: {error}", self.now + _RENEWED_AGAIN)]
        self.kinds.update(map(kind_of, facts))
        self._carry(command, facts)

    def _carry(self, command: Command, facts: Iterable[Fact]) -> Answer:
        """Let facts be so, and write them down: each as the law says it, and what is many in parts."""
        said = iter(facts)
        journaling: journal.Context | None = None
        first_seq, directive, assigned = self.writer.last_seq + 1, None, []
        while part := list(islice(said, saving.PART_MAX)):
            evolve(self.world, part)
            for fact in part:
                if isinstance(fact, Assigned):
                    assigned.append(fact.obligation.number)
                elif isinstance(fact, Issued) and directive is None:
                    directive = fact.directive.number
            journaling = journaling or self._journaling(command)
            self._write(part, journaling)
            if self._told:
                self._told(self.writer.last_seq - self._from)
        last_seq = self.writer.last_seq
        if last_seq < first_seq:
            return Answer(self._id, 0, 0)
        return Answer(self._id, first_seq, last_seq, directive, tuple(assigned))

    def _write(self, facts: Sequence[Fact], journaling: journal.Context) -> None:
        """Write down facts that the world has followed."""
        if facts:
            self.writer.take(facts, journaling)

    def save(self) -> datetime | None:
        """Store it all, and commit. Returns when the cascade has to be looked at next."""
        return self.writer.close(list(self._done.values()))

    def _journaling(self, command: Command) -> journal.Context:
        return journal.Context(
            parties.named(self.world.offices, command.by),
            command.id,
            self.now,
            self.world.opened.workflow,
            self._known.simulated,
            getattr(command, "reason", None),
            happened_at(command, self.now),
        )


def _one_cascade(commands: Sequence[Command]) -> str:
    """The cascade that a batch is about. Raises ValueError where it is about none or several: that is a caller's fault."""
    found = {
        cascade_id_of(command.id) if isinstance(command, Issue) and command.cascade is None else command.cascade
        for command in commands
    }
    if len(found) != 1:
        raise ValueError(f"a batch is about one cascade, not {len(found)}")
    return str(found.pop())


# What a kind of command asks, beside who asks it. Which copy of a paper was kept with it makes it no other paper.
_BESIDE = ("by", "original")
_ASKED = {kind: [one.name for one in fields(kind) if one.name not in _BESIDE] for kind in get_args(Command)}


def _digest(command: Command) -> str:
    """What is asked, whoever asks: the same paper entered by a colleague is the same paper."""
    content = {name: getattr(command, name) for name in _ASKED[type(command)]}
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _kept(answer: Answer) -> str:
    """An answer as it is stored: the numbers of obligations, most often one after another, as runs of a first and a last."""
    runs: list[list[int]] = []
    for number in answer.obligations:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    kept = {"cascade": answer.cascade, "first_seq": answer.first_seq, "last_seq": answer.last_seq,
            "directive": answer.directive, "obligations": runs}  # fmt: skip
    return orjson.dumps(kept).decode()


def _again(done: Done) -> Answer:
    kept = orjson.loads(done.answer)
    numbers = (
        number
        for run in kept["obligations"]
        for number in ([run] if isinstance(run, int) else range(run[0], run[1] + 1))  # one by one before 0.2
    )
    return Answer(kept["cascade"], kept["first_seq"], kept["last_seq"], kept["directive"], tuple(numbers), again=True)


def _worth_another_try(error: Met | IntegrityError) -> bool:
    """Two transactions met; or both wrote the same unique key (23505), such as the one cascade of two nodes' command."""
    return isinstance(error, Met) or getattr(error.orig, "sqlstate", None) == "23505"


def _unsure(command_id: str, lost: Away | Held) -> Away:
    said = Away(say("The connection was lost while command {id} was being stored, and the database is still away ({why})."
                    " Whether it was carried out is not known: give it again under the same id (--command-id {id}), and it"
                    " is carried out once.", id=command_id, why=lost.text))  # fmt: skip
    said.unsure = True
    return said


def _read_known(connection: Connection, found: installation.Installation, old: Known | None) -> Known:
    """Read what changed. Published versions never change, so those that were read before are kept."""
    rules = read_rules(connection, Rulebook(old.workflows, old.calendars) if old else None)
    offices = directory.read_offices(connection)
    return Known(found.directory_version, found.simulated, offices, rules.workflows, rules.calendars)
