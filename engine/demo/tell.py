"""Tells a played story in words: who ordered whom, what the items became, what happened, what it came to, the proof."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from textwrap import fill

from engine.demo.outcome import Outcome
from engine.demo.play import Kill, Played
from engine.labels import ROLE_WORDS, labelled
from engine.language import in_use, told
from storage.journal import Entry
from workflows import facts as f
from workflows.calendar import VIETNAM, last_day
from workflows.calendar_text import shipped_calendar
from workflows.causes import Cause, cause_words
from workflows.deadlines import rule_words, sentence
from workflows.directive import Directive, Item
from workflows.fields import parse_day, show_day
from workflows.obligation import Obligation
from workflows.offices import Addressee, Office, Offices
from workflows.text import Text, joined, say, say_count
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
            notes = [say("outside") if office.outside else self._spread(directive, fact.items)]
            if depth:
                days = (directive.issued_on - self._issued[depth - 1].directive.issued_on).days
                notes.append(say_count("{count} day later", "{count} days later", days))
            line = f"{branch + directive.symbol:<19}{_short(self._office(office.id), 23):<24}{directive.issued_on:%d/%m/%Y}  "
            yield joined([line, joined(notes)], "")
            links = [
                say("{symbol} (item {label})", symbol=basis.symbol, label=item.label)
                for item in fact.items for basis in item.bases if depth > 1
            ]  # fmt: skip
            if links:
                yield joined(["  " * depth, say("also serves {documents}", documents=links)], "  ")

    def _spread(self, directive: Directive, items: Sequence[Item]) -> Text:
        holders = {one.holder for one in self._outcome.obligations if one.directive == directive.number}
        dated = sum(1 for item in items if item.due_at)
        return joined([
            say_count("{count} item", "{count} items", len(items)),
            say_count("{count} dated", "{count} dated", dated) if dated else say("no date in any"),
            say_count("{count} unit", "{count} units", len(holders)),
        ])  # fmt: skip

    def what_items_became(self) -> Iterator[str]:
        """How the items without a date of the last directive are followed up."""
        fact, definition = self._issued[-1], self._workflow.definition
        modes = {
            name: labelled(mode.label, definition.english.modes.get(name))
            for name, mode in definition.undated_items.items()
        }
        width = max(map(len, modes.values()), default=0) + 1
        for item in fact.items:
            own = [
                one for one in self._outcome.obligations if (one.directive, one.item) == (item.directive, item.number)
            ]
            first = [one for one in own if one.standing is None]
            opened = [one for one in own if one.standing is not None]
            line = (
                f"{item.label} {_short(item.text, 46):<47}{modes.get(item.mode, item.mode):<{width}}{len(first):>2}  "
            )
            yield joined([line, self._followed(item, first, opened)], "")

    def _followed(self, item: Item, first: Sequence[Obligation], opened: Sequence[Obligation]) -> str:
        dated = next((one for one in first if one.first_due_at and one.because), None)
        if dated and dated.first_due_at and item.mode == "once" and "once" in self._workflow.definition.undated_items:
            mode = self._workflow.definition.undated_items["once"]
            rule = rule_words(mode.due) if mode.due else ""
            return say("by {day}: {rule}", day=f"{last_day(dated.first_due_at):%d/%m}", rule=rule)
        if item.mode == "periodic":
            ends = sorted({last_day(one.first_due_at) for one in opened if one.first_due_at})
            forms = say_count("{count} form", "{count} forms", len(opened))
            return say("{forms}, due {days}", forms=forms, days=[f"{day:%d/%m}" for day in ends])
        if item.mode == "on_event":
            events = [one for one in opened if one.period]
            if not events:
                return say("silent: no event")
            return say_count(
                "{count} event, with a date of its own", "{count} events, each with a date of its own", len(events)
            )
        if item.mode == "linked":
            return say("follows {documents}", documents=[basis.symbol for basis in item.bases])
        return ""

    def story(self, full: bool) -> Iterator[str]:
        """The lines of the story in order; without `full`, only those that turn it."""
        lines = [(entry.recorded_at, line, turns) for entry, line, turns in self._lines()]
        lines += [
            (one.at, _line(one.at, say("refused"), joined([one.by, one.says], ": ")), True)
            for one in self._played.refusals
        ]
        lines += [(kill.at, line, True) for kill in self._played.kills for line in self._kill_lines(kill)]
        lines.sort(key=lambda one: one[0])
        shown = [line for _, line, turns in lines if full or turns]
        yield from shown
        if len(lines) > len(shown):
            more = say_count(
                "({count} more line: cascade demo --full)",
                "({count} more lines: cascade demo --full)",
                len(lines) - len(shown),
            )
            yield joined(["...", more], "      ")

    def _kill_lines(self, kill: Kill) -> Iterator[str]:
        died = say("the service, in mid-round (exit {code}), {due} clocks due; it left {kept} entries",
                   code=kill.exit_code, due=kill.due, kept=kill.kept)  # fmt: skip
        again = say("started again {time}: {fired} fired, {lost} lost, {twice} twice",
                    time=f"{kill.restarted_at.astimezone(VIETNAM):%H:%M}", fired=kill.fired, lost=kill.lost,
                    twice=kill.twice)  # fmt: skip
        yield _line(kill.at, say("killed"), joined([died, again], "; "))

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
        """A verb, what it was about, and whether it turns the story."""
        match fact:
            case f.Issued():
                return self._said_issued(entry, fact)
            case f.Assigned(cause=None):
                words = say_count(
                    "{count} obligation in one transaction", "{count} obligations in one transaction", len(numbers)
                )
                return say("assign"), words, len(numbers) > 9
            case f.Assigned():
                new = fact.obligation
                words = say("{office}, obligation {number}: {cause}",
                            office=self._office(new.holder), number=new.number, cause=cause_words(fact.cause))  # fmt: skip
                return say("assign"), words, _kind(fact.cause) == "given"
            case f.Acted():
                return self._said_acted(fact, numbers)
            case f.DueSet(cause="extension" | "rest"):
                return say("due"), joined([self._what(fact.number), sentence(fact.because)], ": "), True
            case f.ExtensionRequested():
                until, reason = f"{last_day(fact.request.until):%d/%m}", fact.request.reason
                words = say(
                    "{what}: another date, {day}: {reason}", what=self._what(fact.number), day=until, reason=reason
                )
                return say("ask"), words, False
            case f.ExtensionGranted():
                until = f"{last_day(fact.until):%d/%m}"
                words = say("{what}: to {day}, within the date above it", what=self._what(fact.number), day=until)
                return say("grant"), words, True
            case f.ExtensionRefused():
                until = f"{last_day(fact.until):%d/%m}"
                words = say(
                    "{what}: not to {day}: {reason}", what=self._what(fact.number), day=until, reason=fact.reason
                )
                return say("keep"), words, True
            case f.RungReached():
                return self._said_rung(fact, numbers)
            case f.ReceiptMissed():
                return (
                    say("late"),
                    say("{offices}: not received in time", offices=self._holders(numbers)),
                    len(numbers) > 1,
                )
            case f.DeadlineMissed():
                on = f"{last_day(fact.due_at):%d/%m}"
                words = say("{what}: {day} has passed", what=self._what(fact.number), day=on)
                return say("MISSED"), words, fact.number == self._worst
            case f.AnswerMissed():
                words = say("{what}: the giver has not answered ({about})", what=self._whats(numbers), about=fact.about)
                return say("wait"), words, False
            case f.PeriodOpened():
                units = say_count("{count} unit", "{count} units", len(numbers))
                words = say("{period} opens for {units}", period=fact.period, units=units)
                return say("period"), words, len(numbers) > 1 and "Q4" in fact.period
            case f.Acknowledged():
                held = f"{last_day(fact.held_until):%d/%m}" if fact.held_until else "-"
                words = say("{seat}, {what}: next rung held to {day}",
                            seat=f"{entry.office}/{entry.role}", what=self._what(fact.number), day=held)  # fmt: skip
                return say("ack"), words, True
            case f.Joined():
                words = say("{what}: every lead below is done, it may report upward", what=self._what(fact.number))
                return say("join"), words, True
        return None

    def _said_issued(self, entry: Entry, fact: f.Issued) -> tuple[str, str, bool]:
        directive = fact.directive
        if directive.recorded_by:
            days = (entry.recorded_at.astimezone(VIETNAM).date() - directive.issued_on).days
            words = say_count(
                "{symbol} of {day}: recorded {count} day after its date, from the paper",
                "{symbol} of {day}: recorded {count} days after its date, from the paper",
                days, symbol=directive.symbol, day=f"{directive.issued_on:%d/%m}",
            )  # fmt: skip
            return say("enter"), words, True
        return say("issue"), f"{directive.symbol}: {_short(directive.subject, 60)}", True

    def _said_acted(self, fact: f.Acted, numbers: Sequence[int]) -> tuple[str, str, bool] | None:
        what, fields = self._whats(numbers), dict(fact.fields)
        if fact.received_at:
            days = self._days_late(fact)
            late = say_count(", {count} working day late", ", {count} working days late", days) if days else ""
            return say("receive"), joined([what, late], ""), bool(days)
        if fact.sent_at and fact.rests == "starts":
            after = f" ({fields['cause']})" if "cause" in fields else ""
            turns = fact.number == self._worst or fact.number == 2
            return say("report"), joined([what, f"{fields.get('symbol', '')}{after}"], ": "), turns
        if fact.rests == "starts":
            return say("dispute"), joined([what, fields.get("reason", "")], ": "), True
        if fact.outcome == "fulfilled":
            if "document" not in fields:
                return say("accept"), what, fact.number == self._worst
            on = show_day(parse_day(fields["happened_on"]))
            paper = say(", recorded from {document} of {day}", document=fields["document"], day=on)
            return say("accept"), joined([what, paper], ""), True
        if fact.rests == "ends":
            return fact.action, joined([what, fields.get("reason") or fields.get("new_holder", "")], ": "), True
        if fact.action == "update":
            return say("note"), joined([what, fields.get("note", "")], ": "), False
        return fact.action, joined([what, cause_words(fact.cause)], ": "), False

    def _said_rung(self, fact: f.RungReached, numbers: Sequence[int]) -> tuple[str, str, bool]:
        english = self._workflow.definition.english.rungs
        label = labelled(fact.label, english[fact.rung - 1] if len(english) >= fact.rung else None)
        verb = say("ESCALATE") if fact.rung > 2 else say("remind") if fact.rung == 1 else say("urge")
        skipped = say(", passing over {count}", count=len(fact.skipped)) if fact.skipped else ""
        words = joined([joined([self._whats(numbers), label], ": "), skipped], "")
        if len(numbers) == 1:
            words = joined([words, joined([self._addressee(one) for one in fact.told])], " -> ")
        return verb, words, self._worst in numbers

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
        if found is None:
            return office
        return found.label if in_use() == "en" else found.name  # the sample's labels are the offices' English names

    def _addressee(self, one: Addressee) -> Text:
        seat = joined([self._office(one.office), ROLE_WORDS.get(one.role, one.role)], " ")
        if one.letter_to:
            return say("{seat}, to draft a letter to the {office}", seat=seat, office=self._office(one.letter_to))
        return seat

    def _what(self, number: int) -> Text:
        one = self._obligations[number]
        item = self._items[one.directive, one.item]
        period = f" {one.period}" if one.period else ""
        parts = {"office": self._office(one.holder), "label": item.label, "period": period}
        if one.directive == self._issued[-1].directive.number:
            return say("{office}, item {label}{period}", **parts)
        symbol = self._issued[one.directive - 1].directive.symbol
        return say("{office}, item {label} of {symbol}{period}", **parts, symbol=symbol)

    def _whats(self, numbers: Sequence[int]) -> Text:
        if len(numbers) == 1:
            return self._what(numbers[0])
        holders = {self._obligations[number].holder for number in numbers}
        obligations = say_count("{count} obligation", "{count} obligations", len(numbers))
        if len(holders) == 1:
            return joined([self._office(holders.pop()), obligations])
        offices = say_count("{count} office", "{count} offices", len(holders))
        return say("{obligations} of {offices}", obligations=obligations, offices=offices)

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
    """A line said in the language in use, since it is wrapped here."""
    return fill(f"{at.astimezone(VIETNAM):%d/%m} {told(verb):<9} {told(words)}", WIDTH, subsequent_indent=" " * 16)


def _short(text: str, size: int) -> str:
    return text if len(text) <= size else text[: size - 1].rstrip() + "…"
