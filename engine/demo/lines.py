"""The entries of one cascade as lines of a story: a day, a verb, what it was about, and whether it turns the story."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from textwrap import fill

from engine.demo.naming import Names
from engine.demo.outcome import Tale
from engine.labels import labelled
from engine.language import told
from storage.journal import Entry
from workflows import facts as f
from workflows.calendar import VIETNAM, last_day
from workflows.calendar_text import shipped_calendar
from workflows.causes import Cause, cause_words
from workflows.deadlines import sentence
from workflows.fields import parse_day, show_day
from workflows.obligation import Offer
from workflows.text import joined, mark, say, say_count
from workflows.workflow import Workflow

WIDTH = 110
_ANSWERS = {"redo": mark("redo"), "reassign": mark("reassign"), "insist": mark("insist"), "resume": mark("go on")}
_MANY = 3  # acts in one batch that are worth a line of the short story

Told = tuple[Entry, f.Fact]
Said = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a story; in the short one only those that turn it are told."""

    at: datetime
    verb: str
    words: str
    turns: bool

    def text(self) -> str:
        """The line in the language in use, since it is wrapped here."""
        day = f"{self.at.astimezone(VIETNAM):%d/%m}"
        return fill(f"{day} {told(self.verb):<9} {told(self.words)}", WIDTH, subsequent_indent=" " * 16)


class Lines:
    """Puts the entries of one cascade into lines."""

    def __init__(self, tale: Tale, names: Names, workflow: Workflow) -> None:
        self._tale, self._names, self._workflow = tale, names, workflow
        self._calendar = shipped_calendar(workflow.definition.calendar)
        self._rests: dict[int, tuple[datetime, datetime]] = {}
        self._offers = {fact.offer.key: fact.offer for _, fact in tale.told if isinstance(fact, f.Offered)}
        answers = [(entry, fact) for entry, fact in tale.told if isinstance(fact, f.OfferAnswered) and fact.taken]
        self._until = {
            fact.obligation.number: fact.obligation.until for _, fact in tale.told if isinstance(fact, f.Assigned)
        }
        self._taken = {fact.key for _, fact in answers}
        self._reported_so = {(entry.recorded_at, fact.number) for entry, fact in answers}
        self.followed = self._followed()

    def _followed(self) -> int:
        """The obligation that the story follows: of those done once, the one whose ladder rose highest; 0 for none."""
        rungs = [
            (fact.rung, -fact.number)
            for _, fact in self._tale.told
            if isinstance(fact, f.RungReached) and fact.rung > 2 and self._names[fact.number].standing is None
        ]
        return -max(rungs, default=(0, 0))[1]

    def __iter__(self) -> Iterator[Line]:
        """The lines in order. What comes at one instant and is alike shares a line."""
        for at, together in groupby(self._tale.told, key=lambda one: one[0].recorded_at):
            batches: dict[Hashable, list[Told]] = {}
            for entry, fact in together:
                batches.setdefault(_alike(entry, fact), []).append((entry, fact))
            for batch in batches.values():
                if said := self._said(batch):
                    verb, words, turns = said
                    by = batch[0][0].data["by"]
                    if by.get("deputy"):
                        person = by.get("person") or f"{by['office']}/{by['role']}"
                        words = say(
                            "{words}; {deputy} acting for {person}", words=words, deputy=by["deputy"], person=person
                        )
                        turns = True
                    yield Line(at, verb, words, turns)

    def _said(self, batch: Sequence[Told]) -> Said | None:
        """A verb, what it was about, and whether it turns the story; None where another line has said it."""
        entry, fact = batch[0]
        numbers = [number for _, one in batch if (number := f.obligation_of(one))]
        match fact:
            case f.Issued():
                return self._issued(entry, fact)
            case f.Linked():
                return self._linked(fact)
            case f.Assigned():
                return self._assigned(fact)
            case f.Acted():
                return self._acted(entry, fact, numbers)
            case f.Returned():
                return self._returned(fact, [one for _, one in batch if isinstance(one, f.Returned)])
            case f.Offered() | f.ReportOffered() | f.OfferAnswered():
                return self._offered(
                    fact, [one.offer for _, one in batch if isinstance(one, f.Offered | f.ReportOffered)]
                )
            case f.DueSet() | f.ExtensionRequested() | f.ExtensionGranted() | f.ExtensionRefused():
                return self._dated(entry, fact)
        return self._timed(entry, fact, numbers)

    # Documents

    def _issued(self, entry: Entry, fact: f.Issued) -> Said:
        directive = fact.directive
        if directive.recorded_by:
            days = (entry.recorded_at.astimezone(VIETNAM).date() - directive.issued_on).days
            words = say_count(
                "{symbol} of {day}: recorded {count} day after its date, from the paper",
                "{symbol} of {day}: recorded {count} days after its date, from the paper",
                days, symbol=directive.symbol, day=f"{directive.issued_on:%d/%m}",
            )  # fmt: skip
            return say("enter"), words, True
        made = [one for one in self._tale.obligations if one.directive == directive.number and one.standing is None
                and one.assigned_at == entry.recorded_at]  # fmt: skip
        if directive.means == "endorsement":
            words = say("on the slip of {symbol}, to {offices}: {text}", symbol=directive.symbol,
                        offices=self._names.offices(one.holder for one in made), text=_short(directive.subject))  # fmt: skip
            return say("endorse"), words, True
        one, many = (
            "{symbol}: {count} obligation in one transaction",
            "{symbol}: {count} obligations in one transaction",
        )
        return say("issue"), say_count(one, many, len(made), symbol=directive.symbol), True

    def _linked(self, fact: f.Linked) -> Said:
        label = next(item.label for issued in self._tale.issued for item in issued.items
                     if (item.directive, item.number) == (fact.directive, fact.item))  # fmt: skip
        words = say(
            "item {label} of {symbol} is known to serve {basis} too, whose cascade is here",
            label=label, symbol=self._names.symbol(fact.directive), basis=fact.basis.symbol,
        )  # fmt: skip
        return say("link"), words, True

    def _assigned(self, fact: f.Assigned) -> Said | None:
        new, cause = fact.obligation, fact.cause
        what = self._names.what([new.number])
        kind = cause.kind if isinstance(cause, Cause) else ""
        if cause is None or kind == "period":
            return None  # the directive's issue, or the period's opening, has said it
        if isinstance(cause, Cause) and kind == "event":
            note, due = (cause.text or "").partition(": ")[2], f"{last_day(new.due_at):%d/%m}" if new.due_at else "-"
            return say("event"), say("{what}, due {day}: {note}", what=what, day=due, note=note), True
        return say("assign"), say("{what}: {cause}", what=what, cause=cause_words(cause)), False

    # Acts

    def _acted(self, entry: Entry, fact: f.Acted, numbers: Sequence[int]) -> Said | None:
        what, fields = self._names.what(numbers), dict(fact.fields)
        if fact.rests == "ends" and fact.resumed_at:
            begun = self._rests.get(fact.number)
            self._rests[fact.number] = (begun[0] if begun else fact.resumed_at, fact.resumed_at)
        if fact.received_at and not fact.rests:
            days = self._days_late(self._names[fact.number].receive_by, fact.received_at)
            late = say_count(", {count} working day late", ", {count} working days late", days) if days else ""
            return say("receive"), joined([what, late], ""), bool(days)
        if fact.rests == "starts":
            self._rests[fact.number] = (fact.rested_at or entry.recorded_at, entry.recorded_at)
            return self._rest_begun(entry, fact, what, fields)
        if fact.outcome == "fulfilled":
            return self._done(fact, numbers, what, fields)
        if fact.rests == "ends":
            because = (
                fields.get("reason") or self._names.office(fields.get("new_holder", "")) or cause_words(fact.cause)
            )
            return say(_ANSWERS.get(fact.action, fact.action)), say("{what}: {why}", what=what, why=because), True
        if fact.action == "update":
            return say("note"), say("{what}: {note}", what=what, note=fields.get("note", "")), False
        return fact.action, say("{what}: {why}", what=what, why=cause_words(fact.cause)), False

    def _rest_begun(self, entry: Entry, fact: f.Acted, what: str, fields: dict[str, str]) -> Said | None:
        """A report, a dispute or a pause."""
        if fact.paused_until:
            words = say("{what}: until {day}: {reason} ({document})", what=what, day=f"{last_day(fact.paused_until):%d/%m}",
                        reason=fields.get("reason", cause_words(fact.cause)), document=fields.get("document", ""))  # fmt: skip
            return say("pause"), words, True
        if not fact.sent_at:
            return say("dispute"), say("{what}: {reason}", what=what, reason=fields.get("reason", "")), True
        if (entry.recorded_at, fact.number) in self._reported_so:
            return None  # the taking of the offer has said it
        one = self._names[fact.number]
        symbol, cause = fields.get("symbol", ""), fields.get("cause")
        words = say("{what}: {symbol}", what=what, symbol=symbol)
        days = self._days_late(one.due_at, fact.sent_at)
        if cause and days:
            late = "{what}: {symbol}, {count} working day late ({cause})"
            later = "{what}: {symbol}, {count} working days late ({cause})"
            words = say_count(late, later, days, what=what, symbol=symbol, cause=cause)
        return say("report"), words, bool(days) or fact.number == self.followed or self._names.is_outside(one.giver)

    def _done(self, fact: f.Acted, numbers: Sequence[int], what: str, fields: dict[str, str]) -> Said:
        if isinstance(fact.cause, Cause) and fact.cause.kind == "year_end":
            return say("end"), say("{what}: {why}", what=what, why=cause_words(fact.cause)), True
        if "document" not in fields:
            return say("accept"), what, fact.number == self.followed or len(numbers) > _MANY
        on = show_day(parse_day(fields["happened_on"]))
        paper = say(
            "{what}: it happened on {day}; recorded from {document}", what=what, day=on, document=fields["document"]
        )
        return say("accept"), paper, True

    # Forms and offers

    def _returned(self, fact: f.Returned, returns: Sequence[f.Returned]) -> Said:
        """The returns that one form makes for what is silent."""
        said = [
            say_count("item {label}: {count} event", "item {label}: {count} events", one.events,
                      label=self._names.label(one.number))
            if one.events
            else say("item {label}: nil", label=self._names.label(one.number))
            for one in returns
        ]  # fmt: skip
        office = self._names.office(self._names[fact.number].holder)
        words = say(
            "{office}, {period}, in {form}: {returns}", office=office, period=fact.period, form=fact.form, returns=said
        )
        return say("return"), words, any(one.events for one in returns)

    def _offered(self, fact: f.Offered | f.ReportOffered | f.OfferAnswered, offers: Sequence[Offer]) -> Said:
        what = self._names.what([fact.number])
        if isinstance(fact, f.ReportOffered):
            one, many = (
                "{count} accepted report also answers a document of another cascade, and is offered there",
                "{count} accepted reports also answer a document of another cascade, and are offered there",
            )
            return say("send"), say_count(one, many, len(offers)), False
        if isinstance(fact, f.Offered):
            one, many = (
                "{what}: a report accepted under {about} is offered to it: {reports}",
                "{what}: {count} reports accepted under {about} are offered to it: {reports}",
            )
            words = say_count(
                one, many, len(offers), what=what, about=fact.offer.about, reports=[each.symbol for each in offers]
            )
            return say("offer"), words, any(each.key in self._taken for each in offers)
        offer = self._offers[fact.key]
        if fact.taken:
            words = say("{what}: {report} of {day}, accepted under {about}, answers it too", what=what, report=offer.symbol,
                        day=f"{last_day(offer.sent_at):%d/%m}", about=offer.about)  # fmt: skip
            return say("take"), words, True
        return (
            say("decline"),
            say("{what}: {report}: {reason}", what=what, report=offer.symbol, reason=fact.reason),
            False,
        )

    # Dates

    def _dated(
        self, entry: Entry, fact: f.DueSet | f.ExtensionRequested | f.ExtensionGranted | f.ExtensionRefused
    ) -> Said:
        what = self._names.what([fact.number])
        match fact:
            case f.DueSet(cause="rest") if fact.number in self._rests:
                begun, ended = (f"{last_day(at):%d/%m}" for at in self._rests[fact.number])
                words = say("{what}, whose clock rested {begun} to {ended}: {why}", what=what, begun=begun, ended=ended,
                            why=sentence(fact.because))  # fmt: skip
                return say("due"), words, True
            case f.DueSet():
                return (
                    say("due"),
                    say("{what}: {why}", what=what, why=sentence(fact.because)),
                    fact.cause == "extension",
                )
            case f.ExtensionRequested():
                self._rests[fact.number] = (entry.recorded_at, entry.recorded_at)
                until, reason = f"{last_day(fact.request.until):%d/%m}", fact.request.reason
                return (
                    say("ask"),
                    say("{what}: another date, {day}: {reason}", what=what, day=until, reason=reason),
                    False,
                )
            case f.ExtensionGranted():
                words = say(
                    "{what}: to {day}, within the date above it", what=what, day=f"{last_day(fact.until):%d/%m}"
                )
                return say("grant"), words, False
        words = say(
            "{what}: not to {day}: {reason}", what=what, day=f"{last_day(fact.until):%d/%m}", reason=fact.reason
        )
        return say("keep"), words, True

    # Time

    def _timed(self, entry: Entry, fact: f.Fact, numbers: Sequence[int]) -> Said | None:
        if not numbers:
            return None
        what = self._names.what(numbers)
        match fact:
            case f.RungReached():
                return self._rung(fact, numbers)
            case f.ReceiptMissed():
                return say("late"), say("{what}: not received in time", what=what), False
            case f.DeadlineMissed():
                words = say("{what}: {day} has passed", what=what, day=f"{last_day(fact.due_at):%d/%m}")
                return say("MISSED"), words, fact.number == self.followed
            case f.AnswerMissed():
                words = say("{what}: the giver has not answered ({about})", what=what, about=fact.about)
                return say("wait"), words, False
            case f.PeriodOpened():
                carried = any(self._names[number].until != self._until[number] for number in numbers)
                words = say("{period} opens: {what}", period=fact.period, what=what)
                return say("period"), words, carried and len(numbers) > 1
            case f.ReviewDue():
                words = say("{what}: ends on {day} unless the giver carries it over", what=what,
                            day=f"{last_day(fact.until):%d/%m}")  # fmt: skip
                if fact.follows:
                    words = say("{words}; followed under {documents}", words=words, documents=fact.follows)
                return say("review"), words, True
            case f.CarriedOver():
                words = say("{what}: stands for another year, to {day}", what=what, day=show_day(last_day(fact.until)))
                return say("carry"), words, True
            case f.Acknowledged():
                held = f"{last_day(fact.held_until):%d/%m}" if fact.held_until else "-"
                words = say(
                    "{seat}, {what}: next rung held to {day}", seat=f"{entry.office}/{entry.role}", what=what, day=held
                )
                return say("ack"), words, True
            case f.Joined():
                return say("join"), say("{what}: every lead below is done, it may report upward", what=what), True
        return None

    def _rung(self, fact: f.RungReached, numbers: Sequence[int]) -> Said:
        english = self._workflow.definition.english.rungs
        label = labelled(fact.label, english[fact.rung - 1] if len(english) >= fact.rung else None)
        verb = say("ESCALATE") if fact.rung > 2 else say("remind") if fact.rung == 1 else say("urge")
        words = say("{what}: {label}", what=self._names.what(numbers), label=label)
        if fact.skipped:
            words = say("{words}, passing over {count}", words=words, count=len(fact.skipped))
        if len(numbers) == 1:
            words = say("{words} -> {seats}", words=words, seats=[self._names.seat(one) for one in fact.told])
        return verb, words, self.followed in numbers

    def _days_late(self, by: datetime | None, at: datetime) -> int:
        return self._calendar.between(last_day(by), last_day(at)) if by and at > by else 0


def _alike(entry: Entry, fact: f.Fact) -> Hashable:
    """What entries of one instant have in common that share a line; most facts about one obligation have one of their own."""
    kind, by = type(fact).__name__, (entry.office, entry.role)
    match fact:
        case f.Acted():
            return kind, by, fact.action, fact.cause, fact.after
        case f.RungReached():
            return kind, fact.rung
        case f.AnswerMissed():
            return kind, fact.about
        case f.PeriodOpened():
            return kind, fact.period
        case f.Returned():
            return kind, fact.form, fact.period
        case f.ReviewDue():
            return kind, fact.until, fact.follows
        case f.ReceiptMissed() | f.CarriedOver() | f.Offered() | f.ReportOffered():
            return kind
    return kind, entry.seq


def _short(text: str, size: int = 60) -> str:
    return text if len(text) <= size else text[: size - 1].rstrip() + "…"
