"""An office at work, in the trade's words: documents come in and go out, people act, days pass, messages arrive."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from engine import administration
from engine.execute import Answer
from engine.runtime import Runtime, opened
from engine.scheduler.elapse import RoundReport
from storage import bulk, cascades, journal
from storage.journal import Entry
from storage.queries import places
from storage.verification import Verdict, verify
from tests.support.offices import DEPARTMENT, DIRECTOR, GOVERNMENT, HOST_CLERK, PROVINCE, seat
from workflows.calendar import VIETNAM, day_of, last_day
from workflows.commands import Act, Actor, Amend, Correct, End, Issue, ItemChange, ItemDraft, Link
from workflows.directive import Basis, Cascade, Directive, Item
from workflows.fields import parse_day, parse_instant
from workflows.loading import shipped
from workflows.obligation import Obligation
from workflows.offices import Office

WORKFLOW = "government-notice"
HOUR = timedelta(hours=1)
READY = "2023-08-14T09:00"  # a Monday; 1 and 4 September are days off that year


class Desk:
    """Works on one cascade of an opened installation. Command ids count up, so every run gives the same."""

    def __init__(self, runtime: Runtime, cascade: str = "", name: str = "command") -> None:
        self.runtime, self.cascade, self._name, self._asked = runtime, cascade, name, 0

    # Time

    def at(self, when: str) -> "Desk":
        """Move time to an instant of Vietnam; no round is made."""
        self.runtime.move_to(parse_instant(when))
        return self

    def round(self) -> RoundReport:
        return self.runtime.elapse.run()

    def live_until(self, when: str) -> "Desk":
        """Let days pass with the service up: a round every hour of the day from now to `when`.

        The hours at which nothing is due are passed over: a round looks at nothing else."""
        end, now = parse_instant(when), self.runtime.now()
        while now < end:
            with self.runtime.database.reading() as connection:
                waking = places.next_waking(connection) or end
            now = min(max(now + HOUR, now - (now - waking) // HOUR * HOUR), end)  # the first hour at or after it
            self.runtime.move_to(now)
            self.round()
        return self

    # Papers

    def next_id(self) -> str:
        self._asked += 1
        return f"{self._name}-{self._asked}"

    def draft(self, issuer: str, *items: ItemDraft, symbol: str = "", by: Actor | None = None, id: str = "") -> Issue:
        """A directive dated today. An outside issuer's is recorded by the host's clerk."""
        outside = issuer in (GOVERNMENT, PROVINCE)
        actor = by or (HOST_CLERK if outside else Actor(issuer, "leader"))
        today, ask = day_of(self.runtime.now()), id or self.next_id()
        name = symbol or f"{self._asked}/{'TB' if outside else 'CV'}"
        return Issue(ask, actor, name, "CV", issuer, today, "Tasks", items, WORKFLOW, self.cascade or None)

    def issue(self, issuer: str, *items: ItemDraft, symbol: str = "", by: Actor | None = None) -> tuple[int, ...]:
        """Issue a directive; the numbers of its obligations. The first one opens the cascade."""
        [answer] = self.runtime.executor.execute([self.draft(issuer, *items, symbol=symbol, by=by)])
        self.cascade = answer.cascade
        return answer.obligations

    def order(self, due: str, *holders: str) -> tuple[int, ...]:
        """The province orders the department (obligation 1), and the department its units, all by `due`."""
        self.issue(PROVINCE, task(due, DEPARTMENT))
        return self.issue(DEPARTMENT, task(due, *holders, under=1))

    def endorse(self, who: str, number: int, *holders: str, due: str | None = None, direction: str = "Do it") -> Answer:
        """The leader writes a direction on the slip of an obligation: it goes on to these offices, without a document."""
        draft = task(due, *holders, under=number)
        asked = replace(self.draft(seat(who).office, replace(draft, text=direction), by=seat(who)), means="endorsement")
        [answer] = self.runtime.executor.execute([asked])
        return answer

    def replacing(
        self, old: int, issuer: str, *items: ItemDraft, symbol: str = "", open_work: str | None = None
    ) -> Answer:
        """A directive takes the place of directive `old`."""
        asked = replace(self.draft(issuer, *items, symbol=symbol), replaces=old, open_work=open_work)
        [answer] = self.runtime.executor.execute([asked])
        return answer

    # The installation

    def publish(self, *edits: tuple[str, str]) -> "Desk":
        """Publish the shipped notice with each (old, new) applied, as its next version; old has to stand in it once."""
        text = shipped()[WORKFLOW]
        for old, new in edits:
            assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the shipped notice"
            text = text.replace(old, new)
        with self.runtime.database.transaction() as connection:
            host = self.runtime.executor.known(connection).offices.host
            by = Actor(host.id, "leader") if host else DIRECTOR
            administration.publish_workflow(connection, text, "edited.yaml", self.runtime.now(), by)
        return self

    def staff(self, offices: Sequence[Office]) -> "Desk":
        """Another directory in the place of the present one."""
        with self.runtime.database.transaction() as connection:
            administration.import_offices(connection, offices, self.runtime.now(), DIRECTOR)
        return self

    def deliver(self) -> None:
        """Send what waits: messages to people, and commands to other cascades."""
        self.runtime.delivery.run()

    # People

    def asks(self, who: str, number: int, action: str, /, **fields: str) -> Act:
        return Act(self.next_id(), seat(who), self.cascade, number, action, fields)

    def act(self, who: str, number: int, action: str, /, **fields: str) -> Answer:
        [answer] = self.runtime.executor.execute([self.asks(who, number, action, **fields)])
        return answer

    def report(self, number: int, **fields: str) -> Answer:
        """The holder's leader reports today; it receives the obligation first, where it has not."""
        holder, today = self[number].holder, f"{day_of(self.runtime.now())}"
        if self[number].state == "assigned":
            self.act(f"{holder}/clerk", number, "receive")
        return self.act(f"{holder}/leader", number, "report", **{"symbol": f"{number}/BC", "sent_on": today} | fields)

    def accept(self, number: int) -> Answer:
        return self.act(f"{self[number].giver}/leader", number, "accept")

    def revoke(
        self, directive: int, open_work: str | None = None, by: Actor = DIRECTOR, happened_on: str | None = None
    ) -> End:
        on = parse_day(happened_on) if happened_on else None
        return End(self.next_id(), by, self.cascade, directive, "9/CV", "No longer needed", open_work, on)

    def amend(
        self, directive: int, *changes: ItemChange, by: Actor = DIRECTOR, happened_on: str | None = None
    ) -> Answer:
        on = parse_day(happened_on) if happened_on else None
        asked = Amend(self.next_id(), by, self.cascade, directive, "70/CV", changes, "Things have changed", on)
        [answer] = self.runtime.executor.execute([asked])
        return answer

    def link(self, who: str, directive: int, basis: Basis, item: int = 1) -> Answer:
        [answer] = self.runtime.executor.execute(
            [Link(self.next_id(), seat(who), self.cascade, directive, item, basis)]
        )
        return answer

    def correct(self, who: str, seq: int, field: str, new: str, item: int | None = None) -> Answer:
        asked = Correct(self.next_id(), seat(who), self.cascade, seq, field, new, "Read from the wrong line", item)
        [answer] = self.runtime.executor.execute([asked])
        return answer

    # What there is

    def __getitem__(self, number: int) -> Obligation:
        return next(one for one in self.obligations() if one.number == number)

    def obligations(self) -> list[Obligation]:
        return [one for one in self._stored() if isinstance(one, Obligation)]

    def items(self) -> list[Item]:
        return [one for one in self._stored() if isinstance(one, Item)]

    def directives(self) -> list[Directive]:
        return [one for one in self._stored() if isinstance(one, Directive)]

    def _stored(self) -> list[object]:
        with self.runtime.database.reading() as connection:
            return list(cascades.read_all(connection, self.cascade))

    def head(self) -> Cascade:
        with self.runtime.database.reading() as connection:
            found = cascades.find(connection, self.cascade)
        assert found is not None
        return found

    def entries(self, *kinds: str, about: int | None = None) -> list[Entry]:
        """The journal of the cascade, of these kinds and about this obligation where they are named."""
        with self.runtime.database.reading() as connection:
            found = list(journal.walk(connection, self.cascade))
        return [one for one in found if (not kinds or one.kind in kinds) and about in (None, one.obligation)]

    def rungs(self, number: int, of: str = "holder") -> list[str]:
        """The rungs of a ladder that an obligation heard, in order: `14/08 09:00 rung:1`."""
        heard = self.entries("RungReached", about=number)
        return [f"{local(one.recorded_at)} {one.fact.key}" for one in heard if one.fact.of == of]

    def messages(self, kind: str, about: int) -> list[str]:
        """Who was told, of this kind of entry about this obligation."""
        with self.runtime.database.reading() as connection:
            rows = bulk.read(
                connection,
                "SELECT office, role, letter_to FROM outbox WHERE cascade_id = ? AND kind = ? AND obligation = ?"
                " ORDER BY seq, place",
                self.cascade, kind, about,
            )  # fmt: skip
        return [f"{office}/{role}" + (f" letter to {to}" if to else "") for office, role, to in rows]

    def verdict(self) -> Verdict:
        with self.runtime.database.reading() as connection:
            return verify(connection)


@contextmanager
def desk_on(url: str) -> Iterator[Desk]:
    """The desk of an installation on Monday 14/08/2023 at nine, ready to issue."""
    with opened(url) as runtime:
        yield Desk(runtime).at(READY)


def task(due: str | None, *lead: str, under: int | None = None, mode: str | None = None, **more: object) -> ItemDraft:
    """One item for these leads; `due` is a day or an instant."""
    at = parse_instant(due) if due else None
    return ItemDraft("1", "Do what the notice says", mode, at, lead=lead, parent=under, **more)  # type: ignore[arg-type]


def local(instant: datetime) -> str:
    return f"{instant.astimezone(VIETNAM):%d/%m %H:%M}"


def day(instant: datetime | None) -> str:
    """The day a deadline belongs to, as people write it."""
    return f"{last_day(instant):%d/%m/%Y}" if instant else "no date"
