"""One transaction's commands on one cascade, folded: each is decided on what the one before it did, and written down."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from itertools import islice
from typing import get_args

import orjson
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from engine.clock import LEAP, Clock
from storage import campaigns, cascades, journal, saving, uploads
from storage.cascades import Done, Stored
from storage.errors import Unavailable
from workflows import parties
from workflows.calendar import Calendar, day_of
from workflows.commands import Actor, Command, Elapse, FollowCalendar, Renew
from workflows.decide import decide, deciding, happened_at
from workflows.directive import ADMINISTRATION, ROOT
from workflows.elapsing import incident, waiting_time
from workflows.errors import Conflict
from workflows.evolve import evolve
from workflows.facts import Administered, Assigned, Attached, Fact, Incident, Issued, RenewalRefused, kind_of
from workflows.offices import Offices
from workflows.recalendaring import open_work
from workflows.text import say
from workflows.workflow import Workflows
from workflows.world import World

_RENEWED_AGAIN = timedelta(days=1)  # until a next year that could not be opened is tried again
Told = Callable[[int], None]


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
class Known:
    """The directory and the published definitions at one version: read once, used until the version moves."""

    version: int
    simulated: bool
    offices: Offices
    workflows: Workflows
    calendars: dict[str, Calendar]


class Fold:
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
        digest = digest_of(command)
        before = self._done.get(command.id) or self._before.get(command.id)
        if before:
            if before.digest != digest:
                asked = say("carry out command {id}", id=command.id)
                raise Conflict(asked, say("that id was used for something else"))
            return _again(before)
        answer = self._carry(command, deciding(self.world, command, self.now))
        self._done[command.id] = Done(command.id, digest, _kept(answer), answer.first_seq, answer.last_seq, self.now)
        return answer

    def catch_up(self) -> None:
        """Let the cascade follow what waits for it, before anything else. What cannot be followed is tried again later, and
        keeps nobody from working."""
        waits = campaigns.of(self._connection, self._id)
        decided = next(journal.walk(self._connection, ADMINISTRATION, waits.entry - 1, page=1), None) if waits else None
        if waits is None or decided is None or self.world.cascade is None:
            return
        command = following(self._id, waits, decided)
        try:
            facts = decide(self.world, command, self.now)
        except DBAPIError:
            raise
        except Exception as error:  # noqa: BLE001  whatever it is, the cascade goes on by the calendar that it has
            again_at = self.now + waiting_time(waits.failures)
            campaigns.failed(self._connection, self._id, f"{type(error).__name__}: {error}", again_at)
            return
        self.kinds.update(map(kind_of, facts))
        answer = self._carry(command, facts)
        for one in open_work(self.world) if facts else ():
            self.world.put(one)  # its clocks are reckoned by the new calendar
        if facts:
            self._done[command.id] = Done(command.id, digest_of(command), _kept(answer), answer.first_seq, answer.last_seq,
                                          self.now)  # fmt: skip
        campaigns.followed(self._connection, self._id, waits.entry)

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
                if isinstance(fact, Attached | Issued):
                    self._take_up(fact, str(command.by))
            journaling = journaling or self._journaling(command)
            self._write(part, journaling)
            if self._told:
                self._told(self.writer.last_seq - self._from)
        last_seq = self.writer.last_seq
        if last_seq < first_seq:
            return Answer(self._id, 0, 0)
        return Answer(self._id, first_seq, last_seq, directive, tuple(assigned))

    def _take_up(self, fact: Attached | Issued, by: str) -> None:
        """The files that an entry names are kept with it, or neither is."""
        if isinstance(fact, Attached):
            uploads.take_up(self._connection, [one.digest for one in fact.files], by, self.now)
        elif fact.original:
            uploads.take_up(self._connection, [fact.original], by, self.now)

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


def following(cascade_id: str, waits: campaigns.Pending, decided: journal.Entry) -> FollowCalendar:
    """The command by which a cascade follows what an entry of the administration has decided: in the name of who did."""
    fact = decided.fact
    details = fact.details if isinstance(fact, Administered) else ()
    documents = [value for name, value in details if name == "basis"]
    return FollowCalendar(f"calendar:{waits.entry}", Actor(**decided.data["by"]), cascade_id, waits.calendar,
                          "; ".join(documents) or None, dict(details).get("why"))  # fmt: skip


# What a kind of command asks, beside who asks it. Which copy of a paper was kept with it makes it no other paper.
_BESIDE = ("by", "original")
_ASKED = {kind: [one.name for one in fields(kind) if one.name not in _BESIDE] for kind in get_args(Command)}


def digest_of(command: Command) -> str:
    """What is asked, whoever asks: the same paper entered by a colleague is the same paper."""
    content = {name: getattr(command, name) for name in _ASKED[type(command)]}
    if not content.get("attachments", True):  # as it was asked before acts took files
        del content["attachments"]
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
