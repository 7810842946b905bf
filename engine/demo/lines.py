"""The entries of one cascade as lines of a story: a day, a verb, what it was about, and whether it turns the story."""

from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from textwrap import fill

from engine.demo.naming import Names
from engine.demo.outcome import Tale
from engine.demo.timely import Timely
from engine.language import told
from storage.journal import Entry
from workflows import facts as f
from workflows.calendar import VIETNAM, last_day
from workflows.calendar_text import shipped_calendar
from workflows.causes import Cause, cause_words
from workflows.fields import parse_day
from workflows.obligation import Offer
from workflows.text import joined, mark, say, say_count
from workflows.workflow import Workflow

WIDTH = 110
_ANSWERS = {"redo": mark("redo"), "reassign": mark("reassign"), "insist": mark("insist"), "resume": mark("go on")}

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
    """Puts the entries of one cascade into lines. `refused` are the offices whose report was refused before it was accepted."""

    def __init__(self, tale: Tale, names: Names, workflow: Workflow, refused: Collection[str]) -> None:
        self._tale, self._names, self._workflow, self._refused = tale, names, workflow, refused
        self._calendar = shipped_calendar(workflow.definition.calendar)
        self._offers = {fact.offer.key: fact.offer for _, fact in tale.told if isinstance(fact, f.Offered)}
        answers = [(entry, fact) for entry, fact in tale.told if isinstance(fact, f.OfferAnswered) and fact.taken]
        self._taken = {fact.key for _, fact in answers}
        self._reported_so = {(entry.recorded_at, fact.number) for entry, fact in answers}
        self.followed = self._followed()
        self._time = Timely(names, workflow, self.followed)

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
                batches.setdefault(self._alike(entry, fact), []).append((entry, fact))
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
                return self._time.dated(entry, fact)
        return self._time.passed(entry, fact, numbers) if numbers else None

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
            "item {label} of {symbol} also serves {basis}, in a cascade of its own",
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
            begun = self._time.rests.get(fact.number)
            self._time.rests[fact.number] = (begun[0] if begun else fact.resumed_at, fact.resumed_at)
        if fact.received_at and not fact.rests:
            days = self._days_late(self._names[fact.number].receive_by, fact.received_at)
            late = say_count(", {count} working day late", ", {count} working days late", days) if days else ""
            return say("receive"), joined([what, late], ""), bool(days)
        if fact.rests == "starts":
            self._time.rests[fact.number] = (fact.rested_at or entry.recorded_at, entry.recorded_at)
            return self._rest_begun(entry, fact, what, fields)
        if fact.outcome == "fulfilled":
            return self._done(entry, fact, numbers, what, fields)
        if fact.rests == "ends":
            because = (
                fields.get("reason") or self._names.office(fields.get("new_holder", "")) or cause_words(fact.cause)
            )
            return (
                say(_ANSWERS.get(fact.action, fact.action)),
                say("{what}: {why}", what=what, why=because),
                fact.cause is None,
            )
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
        turns = fact.number == self.followed or self._names.is_outside(one.giver)
        return say("report"), words, turns or (bool(days) and self._time.is_next_year(one))

    def _done(self, entry: Entry, fact: f.Acted, numbers: Sequence[int], what: str, fields: dict[str, str]) -> Said:
        one = self._names[fact.number]
        if isinstance(fact.cause, Cause) and fact.cause.kind == "year_end":
            words = say("{what}: {why}", what=what, why=cause_words(fact.cause))
            return say("end"), words, self._names.is_known(fact.number)
        if "document" not in fields:
            return say("accept"), what, self._time.is_next_year(one) and len(numbers) > 1
        days = {
            "on": f"{parse_day(fields['happened_on']):%d/%m}",
            "day": f"{entry.recorded_at.astimezone(VIETNAM):%d/%m}",
        }
        words = say(
            "{what}: happened {on}, recorded {day} from {document}", what=what, document=fields["document"], **days
        )
        return say("accept"), words, True

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
        turns = self._names[fact.number].holder in self._refused and any(one.events for one in returns)
        return say("return"), words, turns

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
                "{what}: a report accepted under {about} is offered to it",
                "{what}: {count} reports accepted under {about} are offered to it",
            )
            words = say_count(
                one,
                many,
                len(offers),
                what=what,
                about=fact.offer.about,
            )
            return say("offer"), words, any(each.key in self._taken for each in offers)
        offer = self._offers[fact.key]
        if fact.taken:
            words = say("{what}: {report} of {day} answers it too", what=what, report=offer.symbol,
                        day=f"{last_day(offer.sent_at):%d/%m}", about=offer.about)  # fmt: skip
            return say("take"), words, True
        return (
            say("decline"),
            say("{what}: {report}: {reason}", what=what, report=offer.symbol, reason=fact.reason),
            False,
        )

    def _days_late(self, by: datetime | None, at: datetime) -> int:
        return self._calendar.between(last_day(by), last_day(at)) if by and at > by else 0

    def _alike(self, entry: Entry, fact: f.Fact) -> Hashable:
        """What entries of one instant have in common that share a line; most facts have one of their own."""
        number = f.obligation_of(fact)
        kind, directive = f.kind_of(fact), self._names[number].directive if number else None
        match fact:
            case f.Acted():
                return kind, directive, entry.office, entry.role, fact.action, fact.cause, fact.after
            case f.RungReached():
                return kind, fact.rung, fact.occurrence
            case f.AnswerMissed():
                return kind, fact.about
            case f.PeriodOpened():
                return kind, fact.period
            case f.Returned():
                return kind, fact.form, fact.period
            case f.ReviewDue():
                return kind, directive, fact.follows
            case f.ReceiptMissed() | f.CarriedOver() | f.Offered() | f.ReportOffered():
                return kind
        return entry.seq


def _short(text: str, size: int = 60) -> str:
    return text if len(text) <= size else text[: size - 1].rstrip() + "…"
