"""A workflow as data: what an admin writes, after it was read. It holds no rule and computes no date.

The pydantic models are the schema: what they do not name is refused. `loading.py` makes them from YAML text,
`checks.py` looks for what is wrong with a definition that parses.
"""

from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from workflows import words
from workflows.grammar import (
    Condition,
    Effect,
    Fields,
    Hour,
    Label,
    Name,
    Names,
    Parties,
    Party,
    Periods,
    RuleText,
    Span,
    SpanText,
    Strict,
    YearDay,
    listed,
    one_of,
)
from workflows.text import say


class SuggestFor(Strict):
    """For which documents a clerk is offered this workflow."""

    types: Annotated[tuple[str, ...], BeforeValidator(listed)] = ()
    issued_at: Name | None = None
    urgency: Annotated[tuple[str, ...], BeforeValidator(listed)] = ()
    subject_has: Annotated[tuple[Label, ...], BeforeValidator(listed)] = ()


class Level(Strict):
    """One level of the tree; without `under` it hangs below the level written before it. Its `machine` is one of
    `machines`; without one it is that of `obligation`."""

    label: Label
    under: Name | None = None
    machine: Name | None = None


def labelled(value: object) -> object:
    """A block that says no more than its label may be written as that label alone."""
    return {"label": value} if isinstance(value, str) else value


class OutsideOffices(Strict):
    """How the acts of offices that do not use the installation are recorded."""

    recorded_by: Party = "host.clerk"
    ask: Fields = {"document": "document", "happened_on": "date"}


class Action(Strict):
    """A step a person may take. `to: same` leaves the state as it is; `from: any_open` means every open state.

    It is open only where `if` holds; `refusal` says why it is not, in the office's own words. `not_same_person` names the
    actions whose doer may not take this one too. What it was `like` is written out in it.
    """

    like: Name | None = None
    label: Label
    from_: Names = Field(alias="from")
    to: Name
    by: Parties
    if_: Condition | None = Field(default=None, alias="if")
    refusal: Label | None = None
    ask: Fields = {}
    ask_if_late: Fields = {}
    not_same_person: Names = ()
    does: Annotated[tuple[Effect, ...], BeforeValidator(listed)] = ()
    means: Annotated[tuple[Annotated[str, one_of(words.MEANS, say("a means"))], ...], BeforeValidator(listed)] = ()


class ObligationMachine(Strict):
    """The state machine of what one office owes. One of `machines` may be `like` another one, `without` some of it;
    what was written there is here, whole: `reuse` puts it together before it is read."""

    like: Name | None = None
    without: Names = ()
    states: dict[Name, Label] = Field(min_length=2, max_length=64)
    first: Name
    ends: dict[Name, Annotated[str, one_of(words.OUTCOMES, say("an outcome"))]] = Field(min_length=1)
    awaits_giver_in: Names = ()
    actions: dict[Name, Action] = Field(min_length=1, max_length=128)

    @cached_property
    def open_states(self) -> frozenset[str]:
        """Every state that does not end an obligation."""
        return frozenset(self.states) - frozenset(self.ends)

    @cached_property
    def stopping(self) -> str | None:
        """The action by which an obligation above stops the ones below; None where there is none."""
        return self.action_that("stop_below")

    def action_that(self, effect: str) -> str | None:
        """The first action with this effect, or None."""
        return next((name for name, action in self.actions.items() if effect in action.does), None)

    def awaits_giver(self, state: str) -> bool:
        return state in self.awaits_giver_in

    def outcome_of(self, state: str) -> str | None:
        """How an obligation in this state has ended, or None where it is open."""
        return self.ends.get(state)

    @cached_property
    def watched(self) -> frozenset[str]:
        """The actions whose doer has to be remembered, since who took them may not take another."""
        return frozenset(name for action in self.actions.values() for name in action.not_same_person)


class DueRule(Strict):
    """One line of the due table; the first whose condition holds is used."""

    when: Condition
    is_: Annotated[RuleText | Literal["as_written", "choose_below"], Field(alias="is")]
    if_no_room: Literal["parent_due"] | None = None


class Deadlines(Strict):
    """The holder's and the giver's clocks, and what the office makes of dates that are no plain ones: `before_day` of
    "before day X", `soft_dates` of days that are only planned; `ask_about_event` is how often the giver is asked for the
    day of an event that a date waits for."""

    receive: RuleText | None = None
    due: tuple[DueRule, ...] = Field(min_length=1, max_length=50)
    later_than_parent: Literal["refuse", "allow"] = "refuse"
    confirm: RuleText | None = None
    before_day: Annotated[str, one_of(words.BEFORE_DAY, say("a policy for 'before day X'"))] = "included"
    soft_dates: Annotated[str, one_of(words.SOFT_DATES, say("a policy for planned dates"))] = "counted"
    ask_about_event: SpanText = Span(count=10, unit="working day")


class UndatedMode(Strict):
    """A way to follow up an item that gives no date. What it was `like` is written out in it."""

    like: Name | None = None
    label: Label
    due: RuleText | None = None
    ask: Fields = {}
    every: Periods = ()
    window: Annotated[str, one_of(words.WINDOWS, say("a window"))] | None = None
    if_still_open: Literal["keep", "merge"] = "keep"
    until: Literal["year_end"] | None = None
    then: Literal["close", "carry_over"] = "close"
    review: RuleText | None = None
    one_report_per_office: bool = Field(default=False, strict=True)
    each_event_due: RuleText | None = None
    nil_return_in: Name | None = None
    follows: Literal["basis"] | None = None


class Number(Strict):
    """A figure that reports give, in a `unit`, with so many `decimals`: asked with the report, and put together up the
    tree. `total` says how what is below becomes one figure; `in` names the follow-up modes that ask it (none: all). Where
    `better: lower`, a target is kept by as much or less. `only_with_target` asks it only of items that have a target for it.
    """

    label: Label
    unit: Label | None = None
    decimals: int = Field(default=0, ge=0, le=6, strict=True)
    at_least: int | None = Field(default=None, strict=True)
    at_most: int | None = Field(default=None, strict=True)
    total: Annotated[str, one_of(words.TOTALS, say("a way to total"))] = "sum"
    better: Annotated[str, one_of(words.BETTER, say("higher or lower"))] = "higher"
    in_: Names = Field(default=(), alias="in")
    only_with_target: bool = Field(default=False, strict=True)


class Renewal(Strict):
    """A cascade that goes on year after year: on a day of the next year it opens itself anew under the same document, or
    the giver is asked for the new one. Items that are `open` or `all` of them are carried into it."""

    every: Annotated[str, one_of(words.RENEWED, say("a time of renewal"))] = "year"
    day: YearDay
    opens: Annotated[str, one_of(words.OPENINGS, say("a way to open"))] = "itself"
    items: Literal["all", "open", "standing"] = "all"
    times: int | None = Field(default=None, ge=1, le=100, strict=True)


class Join(Strict):
    """When what was passed on lets its holder report upward."""

    wait_for: Literal["all_leads"] = "all_leads"
    until_then: Literal["refuse_report", "allow"] = "refuse_report"
    then_tell: Parties = ("holder.leader",)


class ExtensionRules(Strict):
    """What bounds a request for another date."""

    granted_at_most: int | None = Field(default=None, ge=0, le=100, strict=True)
    ask_until: RuleText | None = None
    counter_offer: Literal["allowed", "refuse"] = "refuse"
    beyond_parent: Literal["refuse", "allow"] = "refuse"
    decide: RuleText | None = None


class ExtensionBlock(Strict):
    """Asking for another date: a request beside the state machine, never a state."""

    label: Label
    asked_by: Parties
    decided_by: Parties
    ask: Fields = {"until": "date", "reason": "text"}
    rules: ExtensionRules = ExtensionRules()


class QuietHours(Strict):
    """The hours in which nobody is told of a rung, also over midnight; and whether a day off is quiet as a whole."""

    from_: Hour = Field(alias="from")
    to: Hour
    days_off: Literal["quiet", "loud"] = "loud"


class Rung(Strict):
    """One step of the ladder: when, what it is called, who hears, and what whoever hears is to do in person."""

    at: RuleText
    label: Label
    tell: Parties
    repeat_every: SpanText | None = None
    times: int = Field(default=1, ge=1, le=1000, strict=True)
    task: Annotated[str, one_of(words.TASKS, say("a task"))] | None = None


class Acknowledged(Strict):
    """What acknowledging does to the next rung."""

    holds_next_rung: SpanText


class Ladder(Strict):
    """Who hears of an approaching or missed date, in rising order; nobody above the level that is the `ceiling`."""

    if_nobody: Literal["office_above"] = "office_above"
    ceiling: Name | None = None
    quiet_hours: QuietHours | None = None
    acknowledged: Acknowledged | None = None
    rungs: tuple[Rung, ...] = Field(default=(), max_length=50)


class GiverLadder(Strict):
    """Who hears while the giver has to answer: before and after the day by which it should have.

    A workflow without one asks the giver again and again at the interval it has to answer, from the second time on with
    the office above it.
    """

    rungs: tuple[Rung, ...] = Field(min_length=1, max_length=50)


class Relay(Strict):
    """At which levels an obligation passes on by itself, to every office below, in the moment it is assigned."""

    automatic_at: Names = ()


class DirectiveEnd(Strict):
    """What the end of a directive does to open work under it."""

    open_work: Literal["stop", "keep", "repoint"] = "stop"
    other_basis: Literal["keep", "stop"] = "keep"
    unmatched: Literal["stop", "keep"] = "stop"
    dates: Literal["keep", "ask_giver"] = "keep"


class WhenDirective(Strict):
    """The effect of a directive being revoked, replaced or amended."""

    revoked: DirectiveEnd = DirectiveEnd()
    replaced: DirectiveEnd = DirectiveEnd(open_work="repoint")
    amended: DirectiveEnd = DirectiveEnd(open_work="keep")


class Defaults(Strict):
    """What every action, rung and follow-up mode has unless it says otherwise; `reuse` has put it there before the schema
    sees it, and looks after the keys. What they hold is judged where it is used."""

    action: dict[str, Any] = {}
    rung: dict[str, Any] = {}
    mode: dict[str, Any] = {}


class English(Strict):
    """The English words of a definition; where one is missing its own label is shown."""

    title: Label | None = None
    levels: dict[Name, Label] = {}
    states: dict[Name, Label] = {}
    actions: dict[Name, Label] = {}
    modes: dict[Name, Label] = {}
    numbers: dict[Name, Label] = {}
    rungs: tuple[Label, ...] = ()
    giver_rungs: tuple[Label, ...] = ()
    extension: Label | None = None


class Definition(Strict):
    """A whole workflow. Publishing gives it a version; a published one never changes."""

    workflow: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
    title: Label
    suggest_for: SuggestFor = SuggestFor()
    calendar: str = "vn-public"
    near_due: SpanText = Span(count=3, unit="working day")
    levels: dict[Name, Annotated[Level, BeforeValidator(labelled)]] = Field(min_length=2, max_length=32)
    outside_offices: OutsideOffices = OutsideOffices()
    backdating: SpanText | None = None
    directive: Literal["standard"] = "standard"
    defaults: Defaults = Defaults()
    forms: dict[Name, Fields] = Field(default={}, max_length=32)
    obligation: ObligationMachine
    machines: dict[Name, ObligationMachine] = Field(default={}, max_length=16)
    deadlines: Deadlines
    undated_items: dict[Annotated[str, one_of(words.MODES, say("a follow-up mode"))], UndatedMode] = {}
    relay: Relay = Relay()
    numbers: dict[Name, Number] = Field(default={}, max_length=32)
    join: Join = Join()
    renewal: Renewal | None = None
    extension: ExtensionBlock | None = None
    ladder: Ladder = Ladder()
    giver_ladder: GiverLadder | None = None
    when_directive: WhenDirective = WhenDirective()
    english: English = English()

    def machine_at(self, level: str) -> ObligationMachine:
        """The machine of what an office at this level owes."""
        named = self.levels[level].machine if level in self.levels else None
        return self.machines.get(named, self.obligation) if named else self.obligation

    @cached_property
    def every_machine(self) -> dict[str, ObligationMachine]:
        """Every machine by its name; `obligation` is that of the levels which name none."""
        return {"obligation": self.obligation, **self.machines}

    @cached_property
    def state_labels(self) -> dict[str, str]:
        """Every state of every machine with its label; one name has one label, whichever machine it is in."""
        found: dict[str, str] = {}
        for machine in reversed(self.every_machine.values()):
            found |= machine.states
        return found

    def rungs_of(self, whose: str) -> tuple[Rung, ...]:
        """The rungs of the `holder`'s ladder, or of the `giver`'s."""
        if whose == "holder":
            return self.ladder.rungs
        return self.giver_ladder.rungs if self.giver_ladder else ()

    @cached_property
    def passes_on_at(self) -> frozenset[str]:
        """The levels at which obligations pass on by themselves."""
        return frozenset(self.relay.automatic_at)

    def ends_at_year_end(self, mode: str, level: str) -> bool:
        """Does something happen to what is followed up in this mode at its year end? A workflow of an earlier version may
        name the year end and have no action for it; then it only opens no more periods."""
        found = self.undated_items.get(mode)
        ends = (
            found and found.until and (found.then == "carry_over" or self.machine_at(level).action_that("end_standing"))
        )
        return bool(ends)

    @cached_property
    def levels_above_ceiling(self) -> frozenset[str]:
        """The levels at which nobody hears a rung, but for a holder its own."""
        ceiling = self.ladder.ceiling
        return frozenset(level for level in self.levels if ceiling and self.is_below(ceiling, level))

    @cached_property
    def above(self) -> dict[str, str | None]:
        """Each level and the level over it; None for the top."""
        order = list(self.levels)
        return {
            name: level.under if level.under else (order[place - 1] if place else None)
            for place, (name, level) in enumerate(self.levels.items())
        }

    def is_below(self, level: str, other: str) -> bool:
        """Does `level` hang anywhere below `other`? Ends also where a definition's levels form a ring."""
        seen: set[str] = set()
        current = self.above.get(level)
        while current and current not in seen:
            if current == other:
                return True
            seen.add(current)
            current = self.above.get(current)
        return False
