"""Tells a played story in words: who ordered whom, what the items became, what happened, what it came to, the proof."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from textwrap import fill

from engine.demo.outcome import Outcome
from engine.demo.play import Kill, Played
from storage.journal import Entry
from workflows import facts as f
from workflows.calendar import VIETNAM, last_day
from workflows.calendar_text import shipped_calendar
from workflows.causes import Cause, cause_words
from workflows.deadlines import sentence
from workflows.directive import Directive, Item
from workflows.fields import parse_day, show_day
from workflows.obligation import GROUPS, Obligation
from workflows.offices import Addressee, Office, Offices
from workflows.workflow import Workflow

WIDTH = 110


class Teller:
    """Puts the entries of one cascade into lines of a story."""

    def __init__(self, outcome: Outcome, played: Played, offices: Offices, workflow: Workflow) -> None:
        self._outcome, self._played, self._offices, self._workflow = outcome, played, offices, workflow
        self._obligations = {one.number: one for one in outcome.obligations}
        issued = [entry.fact for entry in outcome.entries if entry.kind == "Issued"]
        self._issued = [fact for fact in issued if isinstance(fact, f.Issued)]
        self._items = {(item.directive, item.number): item for fact in self._issued for item in fact.items}

    def who_ordered_whom(self) -> Iterator[str]:
        """The chain of directives, each with what it rests on."""
        for depth, fact in enumerate(self._issued):
            directive, office = fact.directive, self._offices.get(fact.directive.issuer)
            branch = "  " * (depth - 1) + "└ " if depth else ""
            notes = ["outside" if office.outside else self._spread(directive, fact.items)]
            if depth:
                days = (directive.issued_on - self._issued[depth - 1].directive.issued_on).days
                notes.append(f"{days} days later")
            yield f"{branch + directive.symbol:<19}{office.label:<24}{directive.issued_on:%d/%m/%Y}  {', '.join(notes)}"
            links = [f"{basis.symbol} (item {item.label})" for item in fact.items for basis in item.bases if depth > 1]
            if links:
                yield f"{'  ' * depth}  also serves {', '.join(links)}"

    def _spread(self, directive: Directive, items: Sequence[Item]) -> str:
        holders = {one.holder for one in self._outcome.obligations if one.directive == directive.number}
        dated = sum(1 for item in items if item.due_at)
        dates = f"{dated} dated" if dated else "no date in any"
        return f"{len(items)} items, {dates}, {len(holders)} units"

    def what_items_became(self) -> Iterator[str]:
        """How the items without a date of the last directive are followed up."""
        fact = self._issued[-1]
        for item in fact.items:
            own = [
                one for one in self._outcome.obligations if (one.directive, one.item) == (item.directive, item.number)
            ]
            first = [one for one in own if one.standing is None]
            opened = [one for one in own if one.standing is not None]
            label = self._workflow.definition.english.modes.get(item.mode, item.mode)
            yield f"{item.label} {_short(item.text, 46):<47}{label:<15}{len(first):>2}  {self._followed(item, first, opened)}"

    def _followed(self, item: Item, first: Sequence[Obligation], opened: Sequence[Obligation]) -> str:
        dated = next((one for one in first if one.first_due_at and one.because), None)
        if dated and dated.first_due_at and item.mode == "once" and "once" in self._workflow.definition.undated_items:
            mode = self._workflow.definition.undated_items["once"]
            return f"by {last_day(dated.first_due_at):%d/%m}: {mode.due}"
        if item.mode == "periodic":
            ends = sorted({last_day(one.first_due_at) for one in opened if one.first_due_at})
            return f"{len(opened)} forms, due {' and '.join(f'{day:%d/%m}' for day in ends)}"
        if item.mode == "on_event":
            events = [one for one in opened if one.period]
            return (
                f"{len(events)} event{'' if len(events) == 1 else 's'}, each with a date of its own"
                if events
                else "silent: no event"
            )
        if item.mode == "linked":
            return f"follows {', '.join(basis.symbol for basis in item.bases)}"
        return ""

    def story(self, full: bool) -> Iterator[str]:
        """The lines of the story in order; without `full`, only those that turn it."""
        told = [(entry.recorded_at, line, turns) for entry, line, turns in self._lines()]
        told += [(one.at, _line(one.at, "refused", f"{one.by}: {one.says}"), True) for one in self._played.refusals]
        told += [(one.at, line, True) for one in self._played.kills for line in self._kill_lines(one)]
        told.sort(key=lambda one: one[0])
        shown = [line for _, line, turns in told if full or turns]
        yield from shown
        if len(told) > len(shown):
            yield f"...      ({len(told) - len(shown)} more lines: cascade demo --full)"

    def _kill_lines(self, kill: Kill) -> Iterator[str]:
        died = f"the service, in mid-round (exit {kill.exit_code}), {kill.due} clocks due; it left {kill.kept} entries"
        restarted = f"{kill.restarted_at.astimezone(VIETNAM):%H:%M}"
        after = f"started again {restarted}: {kill.fired} fired, {kill.lost} lost, {kill.twice} twice"
        yield _line(kill.at, "killed", f"{died}; {after}")

    def _lines(self) -> Iterator[tuple[Entry, str, bool]]:
        """Each entry as a line, and whether it turns the story. Entries of one batch and kind share a line."""
        batch: list[tuple[Entry, f.Fact]] = []
        for entry in self._outcome.entries:
            fact = entry.fact
            if isinstance(fact, f.Assigned) and _kind(fact.cause) == "period":
                continue  # the period's opening has said it
            if batch and not _together(batch[-1], (entry, fact)):
                yield from self._told(batch)
                batch = []
            batch.append((entry, fact))
        if batch:
            yield from self._told(batch)

    def _told(self, batch: Sequence[tuple[Entry, f.Fact]]) -> Iterator[tuple[Entry, str, bool]]:
        entry, fact = batch[0]
        numbers = [number for _, one in batch if (number := f.obligation_of(one))]
        said = self._said(entry, fact, numbers)
        if said:
            verb, words, turns = said
            yield entry, _line(entry.recorded_at, verb, words), turns

    def _said(self, entry: Entry, fact: f.Fact, numbers: Sequence[int]) -> tuple[str, str, bool] | None:
        match fact:
            case f.Issued():
                return self._said_issued(entry, fact)
            case f.Assigned(cause=None):
                return (
                    "assign",
                    f"{len(numbers)} obligation{'s' if len(numbers) > 1 else ''} in one transaction",
                    len(numbers) > 9,
                )
            case f.Assigned():
                new = fact.obligation
                return (
                    "assign",
                    f"{self._office(new.holder)}, obligation {new.number}: {cause_words(fact.cause)}",
                    _kind(fact.cause) == "given",
                )
            case f.Acted():
                return self._said_acted(fact, numbers)
            case f.DueSet(cause="extension" | "rest"):
                return "due", f"{self._what(fact.number)}: {sentence(fact.because)}", True
            case f.ExtensionRequested():
                until = f"{last_day(fact.request.until):%d/%m}"
                return "ask", f"{self._what(fact.number)}: another date, {until}: {fact.request.reason}", False
            case f.ExtensionGranted():
                return (
                    "grant",
                    f"{self._what(fact.number)}: to {last_day(fact.until):%d/%m}, within the date above it",
                    True,
                )
            case f.ExtensionRefused():
                return "keep", f"{self._what(fact.number)}: not to {last_day(fact.until):%d/%m}: {fact.reason}", True
            case f.RungReached():
                return self._said_rung(fact, numbers)
            case f.ReceiptMissed():
                return "late", f"{self._holders(numbers)}: not received in time", len(numbers) > 1
            case f.DeadlineMissed():
                return (
                    "MISSED",
                    f"{self._what(fact.number)}: {last_day(fact.due_at):%d/%m} has passed",
                    fact.number == self._worst,
                )
            case f.AnswerMissed():
                return "wait", f"{self._whats(numbers)}: the giver has not answered ({fact.about})", False
            case f.PeriodOpened():
                return (
                    "period",
                    f"{fact.period} opens for {len(numbers)} units",
                    len(numbers) > 1 and "Q4" in fact.period,
                )
            case f.Acknowledged():
                held = f"{last_day(fact.held_until):%d/%m}" if fact.held_until else "-"
                return "ack", f"{entry.office}/{entry.role}, {self._what(fact.number)}: next rung held to {held}", True
            case f.Joined():
                return "join", f"{self._what(fact.number)}: every lead below is done, it may report upward", True
        return None

    def _said_issued(self, entry: Entry, fact: f.Issued) -> tuple[str, str, bool]:
        directive = fact.directive
        if directive.recorded_by:
            days = (entry.recorded_at.astimezone(VIETNAM).date() - directive.issued_on).days
            words = f"{directive.symbol} of {directive.issued_on:%d/%m}: recorded {days} days after its date, from the paper"
            return "enter", words, True
        return "issue", f"{directive.symbol}: {_short(directive.subject, 60)}", True

    def _said_acted(self, fact: f.Acted, numbers: Sequence[int]) -> tuple[str, str, bool] | None:
        what, fields = self._whats(numbers), dict(fact.fields)
        if fact.received_at:
            late = self._days_late(fact)
            return "receive", f"{what}{f', {late} working days late' if late else ''}", bool(late)
        if fact.sent_at and fact.rests == "starts":
            after = f" ({fields['cause']})" if "cause" in fields else ""
            return (
                "report",
                f"{what}: {fields.get('symbol', '')}{after}",
                fact.number == self._worst or fact.number == 2,
            )
        if fact.rests == "starts":
            return "dispute", f"{what}: {fields.get('reason', '')}", True
        if fact.outcome == "fulfilled":
            paper = (
                f", recorded from {fields['document']} of {show_day(parse_day(fields['happened_on']))}"
                if "document" in fields
                else ""
            )
            return "accept", f"{what}{paper}", bool(paper) or fact.number == self._worst
        if fact.rests == "ends":
            return fact.action, f"{what}: {fields.get('reason') or fields.get('new_holder', '')}", True
        if fact.action == "update":
            return "note", f"{what}: {fields.get('note', '')}", False
        return fact.action, f"{what}: {cause_words(fact.cause)}", False

    def _said_rung(self, fact: f.RungReached, numbers: Sequence[int]) -> tuple[str, str, bool]:
        told = ", ".join(self._addressee(one) for one in fact.told)
        english = self._workflow.definition.english.rungs
        label = english[fact.rung - 1] if len(english) >= fact.rung else fact.label
        verb = "ESCALATE" if fact.rung > 2 else ("remind" if fact.rung == 1 else "urge")
        skipped = f", passing over {len(fact.skipped)}" if fact.skipped else ""
        who = f" -> {told}" if len(numbers) == 1 else ""
        return verb, f"{self._whats(numbers)}: {label}{skipped}{who}", self._worst in numbers

    def count(self) -> str:
        """The totals that add up."""
        words = " + ".join(f"{group.replace('_', ' ')} {self._outcome.groups[group]}" for group in GROUPS)
        return f"{words} = {self._outcome.total}"

    @property
    def _worst(self) -> int:
        """The obligation whose ladder rose highest: the one the story follows."""
        rungs = [
            (one["rung"], -one["obligation"]) for one in self._outcome.escalations if one["obligation"] in self._closed
        ]
        return -max(rungs, default=(0, 0))[1]

    @property
    def _closed(self) -> set[int]:
        return {
            number for number, one in self._obligations.items() if one.outcome == "fulfilled" and one.standing is None
        }

    def _days_late(self, fact: f.Acted) -> int:
        by = self._obligations[fact.number].receive_by
        if by is None or fact.received_at is None or fact.received_at <= by:
            return 0
        return self._calendar_between(by, fact.received_at)

    def _calendar_between(self, by: datetime, at: datetime) -> int:
        return shipped_calendar(self._workflow.definition.calendar).between(last_day(by), last_day(at))

    def _office(self, office: str) -> str:
        found: Office | None = self._offices.find(office)
        return found.label if found else office

    def _addressee(self, one: Addressee) -> str:
        letter = f", to draft a letter to the {self._office(one.letter_to)}" if one.letter_to else ""
        return f"{self._office(one.office)} {one.role}{letter}"

    def _what(self, number: int) -> str:
        one = self._obligations[number]
        item = self._items[one.directive, one.item]
        period = f" {one.period}" if one.period else ""
        above = (
            ""
            if one.directive == self._issued[-1].directive.number
            else f" of {self._issued[one.directive - 1].directive.symbol}"
        )
        return f"{self._office(one.holder)}, item {item.label}{above}{period}"

    def _whats(self, numbers: Sequence[int]) -> str:
        if len(numbers) == 1:
            return self._what(numbers[0])
        holders = {self._obligations[number].holder for number in numbers}
        if len(holders) == 1:
            return f"{self._office(holders.pop())}, {len(numbers)} obligations"
        return f"{len(numbers)} obligations of {len(holders)} offices"

    def _holders(self, numbers: Sequence[int]) -> str:
        return ", ".join(dict.fromkeys(self._office(self._obligations[number].holder) for number in numbers))


def _together(one: tuple[Entry, f.Fact], other: tuple[Entry, f.Fact]) -> bool:
    """May two neighbouring entries share a line? Same instant, same kind, same step."""
    (first, fact), (second, next_fact) = one, other
    if first.recorded_at != second.recorded_at or type(fact) is not type(next_fact) or first.role != second.role:
        return False
    if isinstance(fact, f.Acted) and isinstance(next_fact, f.Acted):
        return fact.action == next_fact.action and fact.cause == next_fact.cause
    if isinstance(fact, f.RungReached) and isinstance(next_fact, f.RungReached):
        return fact.rung == next_fact.rung
    return isinstance(fact, f.ReceiptMissed | f.AnswerMissed | f.PeriodOpened) or (
        isinstance(fact, f.Assigned)
        and isinstance(next_fact, f.Assigned)
        and fact.cause is None
        and next_fact.cause is None
    )


def _kind(cause: Cause | str | None) -> str:
    return cause.kind if isinstance(cause, Cause) else ""


def _line(at: datetime, verb: str, words: str) -> str:
    return fill(f"{at.astimezone(VIETNAM):%d/%m} {verb:<9} {words}", WIDTH, subsequent_indent=" " * 16)


def _short(text: str, size: int) -> str:
    return text if len(text) <= size else text[: size - 1].rstrip() + "…"
