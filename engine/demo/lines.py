"""The entries of one cascade as lines of a story: a day, a verb, what it was about, and whether it turns the story."""

from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from textwrap import fill

from engine.demo.acts import Acts
from engine.demo.naming import Names
from engine.demo.outcome import Tale
from engine.demo.timely import Said, Timely
from engine.language import told
from storage.journal import Entry
from workflows import facts as f
from workflows.calendar import VIETNAM, last_day
from workflows.causes import Cause, cause_words
from workflows.text import say, say_count
from workflows.workflow import Workflow

WIDTH = 110

Told = tuple[Entry, f.Fact]


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
        return fill(
            f"{day} {told(self.verb):<9} {told(self.words)}", WIDTH, subsequent_indent=" " * 16, break_on_hyphens=False
        )


class Lines:
    """Puts the entries of one cascade into lines. `refused` are the offices whose report was refused before it was accepted."""

    def __init__(self, tale: Tale, names: Names, workflow: Workflow, refused: Collection[str]) -> None:
        self._tale, self._names = tale, names
        self.followed = self._followed()
        self._time = Timely(names, workflow, self.followed)
        self._acts = Acts(tale, names, self._time, self.followed, refused)

    def _followed(self) -> int:
        """The obligation that the story follows: of those done once, the one whose ladder rose highest; 0 for none."""
        rungs = [
            (fact.rung, -fact.number)
            for _, fact in self._tale.told
            if isinstance(fact, f.RungReached)
            and fact.of == "holder"
            and fact.rung > 2
            and self._names[fact.number].standing is None
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
            case f.Attached():
                return None  # the act that it came with has said it
            case f.Assigned():
                return self._assigned(fact)
            case f.Acted():
                return self._acts.acted(entry, fact, numbers)
            case f.Returned():
                return self._acts.returned(fact, [one for _, one in batch if isinstance(one, f.Returned)])
            case f.Offered() | f.ReportOffered() | f.OfferAnswered():
                return self._acts.offered(
                    fact, [one.offer for _, one in batch if isinstance(one, f.Offered | f.ReportOffered)]
                )
            case f.DueSet() | f.ExtensionRequested() | f.ExtensionGranted() | f.ExtensionRefused():
                return self._time.dated(entry, fact)
        return self._time.passed(entry, fact, numbers) if numbers else None

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
        words = say_count(
            "{symbol}: {count} obligation in one transaction", "{symbol}: {count} obligations in one transaction",
            len(made), symbol=directive.symbol,
        )  # fmt: skip
        return say("issue"), words, True

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
