"""Commands in, one transaction, facts out: the heart. Every person, file and clock that wakes us comes through here."""

import gc
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from engine.clock import Clock
from engine.fold import Answer, Fold, Known, Told, digest_of
from storage import cascades, directory, installation
from storage.cascades import LOCK_SECONDS
from storage.database import TRIES, Database, pause
from storage.errors import Away, Held, Met, Unavailable
from storage.rulebook import Rulebook, read_rules
from workflows.commands import Act, Command, Issue
from workflows.directive import cascade_id_of
from workflows.errors import Conflict, NotFound, Refused
from workflows.facts import Incident
from workflows.text import say

__all__ = ["SWEEP_MAX", "Answer", "Check", "Executor", "Known", "Swept", "Told"]
SWEEP_MAX = 1000  # obligations that one transaction of a round takes
Check = Callable[[Connection], None]


@dataclass(frozen=True, slots=True)
class Swept:
    """What one transaction of a round did to a cascade; `more` says that something is still due in it."""

    cascade: str
    obligations: int
    kinds: Counter[str]
    incidents: tuple[Incident, ...] = ()
    more: bool = False


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
            fold = Fold(connection, known, held, cascade_id, self.clock, told)
            if held.installation and held.installation.campaign:
                fold.catch_up()
            answers = [fold.take(command) for command in commands]
            fold.save()
            return answers

    def carried_out(self, connection: Connection, command: Issue) -> bool:
        """Was the cascade that this command opens opened by it before? Raises Conflict where its id was used otherwise."""
        done = cascades.find_command(connection, cascade_id_of(command.id), command.id)
        if done and done.digest != digest_of(command):
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
            fold = Fold(connection, self._known_as(connection, held.installation), held, cascade_id, self.clock)
            if held.installation and held.installation.campaign:
                fold.catch_up()
            numbers = cascades.awake_obligations(connection, cascade_id, fold.now, limit)
            incidents = fold.elapse(numbers)
            if cascades.renews(connection, cascade_id, fold.now):
                fold.renew()
            wakes = fold.save()
            more = bool(wakes and wakes <= fold.now)
            return Swept(cascade_id, len(numbers), fold.kinds, tuple(incidents), more)

    def catch_up(self, cascade_id: str) -> Swept | None:
        """One transaction of a round: let a cascade follow what waits for it. None where another node holds it."""
        return self.database.insist(lambda: self._catch_up(cascade_id))

    def _catch_up(self, cascade_id: str) -> Swept | None:
        with self.database.transaction() as connection:
            held = cascades.take(connection, [cascade_id])
            if held.cascade is None:
                return None
            fold = Fold(connection, self._known_as(connection, held.installation), held, cascade_id, self.clock)
            fold.catch_up()
            fold.save()
            return Swept(cascade_id, 0, fold.kinds)

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


def _one_cascade(commands: Sequence[Command]) -> str:
    """The cascade that a batch is about. Raises ValueError where it is about none or several: that is a caller's fault."""
    found = {
        cascade_id_of(command.id) if isinstance(command, Issue) and command.cascade is None else command.cascade
        for command in commands
    }
    if len(found) != 1:
        raise ValueError(f"a batch is about one cascade, not {len(found)}")
    return str(found.pop())


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
