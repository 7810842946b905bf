"""Tells a played story in words: who ordered whom, what the items became, what happened."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from engine.demo.lines import Line, Lines
from engine.demo.naming import Names
from engine.demo.outcome import Outcome, Tale
from engine.demo.play import Kill, Played
from engine.labels import labelled
from engine.language import told
from workflows import facts as f
from workflows.calendar import VIETNAM, last_day
from workflows.deadlines import rule_words
from workflows.directive import Item
from workflows.fields import show_day
from workflows.obligation import Obligation
from workflows.offices import Offices
from workflows.text import Text, joined, say, say_count
from workflows.workflow import Workflow


class Teller:
    """Puts the cascades of one play into the sections of a story."""

    def __init__(self, outcome: Outcome, played: Played, offices: Offices, workflow: Workflow) -> None:
        self._outcome, self._played, self._offices, self._workflow = outcome, played, offices, workflow
        self._main = outcome.tales[0]
        self._names = {tale.cascade: Names(tale, offices, tale is self._main) for tale in outcome.tales}
        refused = {one.by.office for one in played.refusals if one.action == "report"}
        self._lines = [Lines(tale, self._names[tale.cascade], workflow, refused) for tale in outcome.tales]

    @property
    def followed(self) -> int:
        """The obligation of the main cascade that the story follows to the top of its ladder."""
        return self._lines[0].followed or 1

    def who_ordered_whom(self) -> Iterator[str]:
        """The chains of directives, each with what it rests on; the main cascade's first."""
        for tale in self._outcome.tales:
            depths: dict[int, int] = {}
            by_number = {one.number: one for one in tale.obligations}
            issued = {fact.directive.number: fact for fact in tale.issued}
            for number, fact in issued.items():
                parent = next((item.parent for item in fact.items if item.parent), None)
                above = issued[by_number[parent].directive] if parent else None
                depths[number] = depths[above.directive.number] + 1 if above else 0
                yield from self._ordered(tale, fact, above, depths[number])

    def _ordered(self, tale: Tale, fact: f.Issued, above: f.Issued | None, depth: int) -> Iterator[str]:
        directive, names = fact.directive, self._names[tale.cascade]
        branch = "  " * (depth - 1) + "└ " if depth else ""
        notes = [say("outside") if names.is_outside(directive.issuer) else self._spread(tale, fact)]
        if above:
            days = (directive.issued_on - above.directive.issued_on).days
            notes.append(say_count("{count} day later", "{count} days later", days))
        elif tale is not self._main:
            notes.append(say("a cascade of its own"))
        symbol = say("on the slip") if directive.means == "endorsement" else directive.symbol
        office = names.office(directive.issuer)
        wide = 2 + max(len(names.office(one.directive.issuer)) for each in self._outcome.tales for one in each.issued)
        row = f"{branch + told(symbol):<19}{office:<{wide}}{directive.issued_on:%d/%m/%Y}  "
        yield joined([row, joined(notes)], "")
        known = above.directive.symbol if above else None
        links = [
            say("{symbol} (item {label})", symbol=basis.symbol, label=item.label)
            for item in fact.items for basis in item.bases if basis.symbol != known
        ]  # fmt: skip
        if links:
            yield joined(["  " * depth, say("also serves {documents}", documents=links)], "  ")

    def _spread(self, tale: Tale, fact: f.Issued) -> Text:
        holders = {one.holder for one in tale.obligations if one.directive == fact.directive.number}
        dated = sum(1 for item in fact.items if item.due_at)
        return joined([
            say_count("{count} item", "{count} items", len(fact.items)),
            say_count("{count} dated", "{count} dated", dated) if dated else say("no date in any"),
            say_count("{count} unit", "{count} units", len(holders)),
        ])  # fmt: skip

    def what_items_became(self) -> Iterator[str]:
        """How the items without a date of the main directive are followed up."""
        fact = max(self._main.issued, key=lambda one: len(one.items))
        labels = {item.mode: self._mode_label(item.mode) for item in fact.items}
        wide = 1 + max(map(len, labels.values()))
        for item in fact.items:
            own = [one for one in self._main.obligations if (one.directive, one.item) == (item.directive, item.number)]
            first = [one for one in own if one.standing is None]
            opened = [one for one in own if one.standing is not None]
            line = f"{item.label} {_short(item.text, 40):<41}{labels[item.mode]:<{wide}}{len(first):>2}  "
            yield joined([line, self._followed(item, first, opened)], "")

    def _mode_label(self, mode: str) -> str:
        definition = self._workflow.definition
        known = definition.undated_items.get(mode)
        return labelled(known.label if known else mode, definition.english.modes.get(mode))

    def _followed(self, item: Item, first: Sequence[Obligation], opened: Sequence[Obligation]) -> str:
        dated = next((one for one in first if one.first_due_at and one.because), None)
        mode = self._workflow.definition.undated_items.get(item.mode)
        if dated and dated.first_due_at and mode and mode.due and item.mode == "once":
            return say("by {day}: {rule}", day=f"{last_day(dated.first_due_at):%d/%m}", rule=rule_words(mode.due))
        if item.mode == "periodic":
            days = sorted({last_day(one.first_due_at) for one in opened if one.first_due_at})
            forms = say_count("{count} form", "{count} forms", len(opened))
            said = say("{forms}, due {days}", forms=forms, days=[f"{day:%d/%m}" for day in days])
        elif item.mode == "on_event":
            events = say_count(
                "{count} event, with a date of its own", "{count} events, each with a date of its own", len(opened)
            )
            said = events if opened else say("silent: no event")
        else:
            said = say("follows {documents}", documents=[basis.symbol for basis in item.bases])
        stood = next((one for one in first if one.until and one.outcome != "void"), None)
        if stood is None or stood.until is None:
            return said
        if stood.open:
            return say("{said}; stands until {day}", said=said, day=show_day(last_day(stood.until)))
        return say("{said}; ended with the year", said=said)

    def story(self, full: bool) -> Iterator[str]:
        """The lines of the story in order; without `full`, only those that turn it."""
        lines = [line for one in self._lines for line in one]
        for refused in self._played.refusals:
            words = joined([str(refused.by), refused.says], ": ")
            lines.append(Line(refused.at, say("refused"), words, turns=True))
        lines += [line for kill in self._played.kills for line in self._kill_lines(kill)]
        lines.sort(key=lambda one: one.at)
        shown = [line for line in lines if full or line.turns]
        for year, lines_of_year in groupby(shown, key=lambda one: one.at.astimezone(VIETNAM).year):
            yield f"{year}"
            yield from (line.text() for line in lines_of_year)
        if len(lines) > len(shown):
            more = say_count(
                "({count} more line: cascade demo --full)",
                "({count} more lines: cascade demo --full)",
                len(lines) - len(shown),
            )
            yield joined(["...", more], "      ")

    def _kill_lines(self, kill: Kill) -> Iterator[Line]:
        died = say("the service, in mid-round (exit {code}), {due} clocks due; it left {kept} entries",
                   code=kill.exit_code, due=kill.due, kept=kill.kept)  # fmt: skip
        again = say("started again {time}: {fired} fired, {lost} lost, {twice} twice",
                    time=f"{kill.restarted_at.astimezone(VIETNAM):%H:%M}", fired=kill.fired, lost=kill.lost,
                    twice=kill.twice)  # fmt: skip
        yield Line(kill.at, say("killed"), joined([died, again], "; "), turns=True)


def _short(text: str, size: int) -> str:
    return text if len(text) <= size else text[: size - 1].rstrip() + "…"
