"""A workflow as data: what an admin writes, after it was read. It holds no rule and computes no date.

The pydantic models are the schema: what they do not name is refused. `loading.py` makes them from YAML text,
`checks.py` looks for what is wrong with a definition that parses.
"""

import re
from datetime import time
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from workflows import words
from workflows.text import say

NAME = r"^[a-z][a-z0-9_]{0,62}$"
Name = Annotated[str, Field(pattern=NAME)]
Label = Annotated[str, Field(min_length=1, max_length=300)]

_RULE = re.compile(r"^(?P<count>\d{1,4}) (?P<unit>working day|day|hour)s? (?P<side>before|after) (?P<event>[a-z_]+)$")
_HOUR = re.compile(r"^([01]\d|2[0-3]):[0-5]\d$", re.ASCII)
_SPAN = re.compile(r"^(?P<count>\d{1,4}) (?P<unit>working day|day|hour)s?$")


class Strict(BaseModel):
    """A block of a definition: unknown keys are refused, values never change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, ignored_types=(cached_property,))


class Span(Strict):
    """A length of time as offices write it, such as `3 working days`."""

    count: int = Field(ge=0, le=9999)
    unit: Literal["working day", "day", "hour"]

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"


class TimeRule(Strict):
    """`N unit before|after event`, or the event itself. `count` is negative before the event."""

    count: int = Field(ge=-9999, le=9999)
    unit: Literal["working day", "day", "hour"]
    event: str

    def __str__(self) -> str:
        if not self.count:
            return self.event
        span = Span(count=abs(self.count), unit=self.unit)
        return f"{span} {'before' if self.count < 0 else 'after'} {self.event}"


def one_of(allowed: dict[str, str], what: str) -> Any:
    """A validator: the value is one word of a closed set."""

    def check(value: object) -> object:
        if not isinstance(value, str) or value not in allowed:
            raise ValueError(
                say("{value} is not {what}; allowed: {known}", value=repr(value), what=what, known=list(allowed))
            )
        return value

    return BeforeValidator(check)


def _read_span(value: object) -> object:
    found = _SPAN.match(value) if isinstance(value, str) else None
    if not found:
        raise_unless_model(value, Span, say("a length of time such as '3 working days'"))
        return value
    return Span.model_validate({"count": int(found["count"]), "unit": found["unit"]})


def _read_rule(value: object) -> object:
    if isinstance(value, str) and value in words.EVENTS:
        return TimeRule(count=0, unit="day", event=value)
    found = _RULE.match(value) if isinstance(value, str) else None
    if not found:
        raise_unless_model(value, TimeRule, say("a time such as '3 working days before due'"))
        return value
    if found["event"] not in words.EVENTS:
        event, known = found["event"], list(words.EVENTS)
        raise ValueError(
            say("{value} is not {what}; allowed: {known}", value=repr(event), what=say("an event"), known=known)
        )
    count = int(found["count"]) * (-1 if found["side"] == "before" else 1)
    return TimeRule.model_validate({"count": count, "unit": found["unit"], "event": found["event"]})


def raise_unless_model(value: object, model: type[BaseModel], wanted: str) -> None:
    if not isinstance(value, model):
        said = say("{value} is not {what}; the grammar is 'N unit before|after event'", value=repr(value), what=wanted)
        raise ValueError(said)


def _read_party(value: object) -> object:
    office, _, role = value.partition(".") if isinstance(value, str) else ("", "", "")
    if office not in words.OFFICES or role not in words.ROLES:
        raise ValueError(
            say(
                "{value} is not a party; a party is office.role with office one of {offices} and role one of {roles}",
                value=repr(value),
                offices=list(words.OFFICES),
                roles=list(words.ROLES),
            )
        )
    return value


def _read_hour(value: object) -> object:
    if isinstance(value, time):
        return value
    if not isinstance(value, str) or not _HOUR.match(value):
        said = say('{value} is not an hour of the day; write it as "07:30", from "00:00" to "23:59"', value=repr(value))
        raise ValueError(said)
    return time.fromisoformat(value)


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Party = Annotated[str, BeforeValidator(_read_party)]
Parties = Annotated[tuple[Party, ...], BeforeValidator(_listed), Field(min_length=1, max_length=20)]
Effect = Annotated[str, one_of(words.EFFECTS, say("an effect"))]
FieldType = Annotated[str, one_of(words.FIELDS, say("a field type"))]
SpanText = Annotated[Span, BeforeValidator(_read_span)]
RuleText = Annotated[TimeRule, BeforeValidator(_read_rule)]
Hour = Annotated[time, BeforeValidator(_read_hour)]
Fields = Annotated[dict[Name, FieldType], Field(max_length=50)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_listed), Field(max_length=64)]
Period = Annotated[str, one_of(words.PERIODS, say("a period"))]
Periods = Annotated[tuple[Period, ...], BeforeValidator(_listed), Field(max_length=16)]


class SuggestFor(Strict):
    """For which documents a clerk is offered this workflow."""

    types: tuple[str, ...] = ()
    issued_at: Name | None = None


class Level(Strict):
    """One level of the tree; without `under` it hangs below the level written before it."""

    label: Label
    under: Name | None = None


class OutsideOffices(Strict):
    """How the acts of offices that do not use the installation are recorded."""

    recorded_by: Party = "host.clerk"
    ask: Fields = {"document": "document", "happened_on": "date"}


class Action(Strict):
    """A step a person may take. `to: same` leaves the state as it is; `from: any_open` means every open state."""

    label: Label
    from_: Names = Field(alias="from")
    to: Name
    by: Parties
    ask: Fields = {}
    ask_if_late: Fields = {}
    not_same_person: Name | None = None
    does: Annotated[tuple[Effect, ...], BeforeValidator(_listed)] = ()
    means: Annotated[tuple[Annotated[str, one_of(words.MEANS, say("a means"))], ...], BeforeValidator(_listed)] = ()


class ObligationMachine(Strict):
    """The state machine of what one office owes."""

    states: dict[Name, Label] = Field(min_length=2, max_length=64)
    first: Name
    ends: dict[Name, Annotated[str, one_of(words.OUTCOMES, say("an outcome"))]] = Field(min_length=1)
    awaits_giver_in: Names = ()
    actions: dict[Name, Action] = Field(min_length=1, max_length=128)


class DueRule(Strict):
    """One line of the due table; the first whose condition holds is used."""

    when: Annotated[str, one_of(words.CONDITIONS, say("a condition"))]
    is_: Annotated[RuleText | Literal["as_written", "choose_below"], Field(alias="is")]
    if_no_room: Literal["parent_due"] | None = None


class Deadlines(Strict):
    """The holder's and the giver's clocks."""

    receive: RuleText | None = None
    due: tuple[DueRule, ...] = Field(min_length=1, max_length=50)
    later_than_parent: Literal["refuse", "allow"] = "refuse"
    confirm: RuleText | None = None


class UndatedMode(Strict):
    """A way to follow up an item that gives no date."""

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


class English(Strict):
    """The English words of a definition; where one is missing its own label is shown."""

    title: Label | None = None
    levels: dict[Name, Label] = {}
    states: dict[Name, Label] = {}
    actions: dict[Name, Label] = {}
    modes: dict[Name, Label] = {}
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
    levels: dict[Name, Annotated[Level, BeforeValidator(lambda v: {"label": v} if isinstance(v, str) else v)]] = Field(
        min_length=2, max_length=32
    )
    outside_offices: OutsideOffices = OutsideOffices()
    backdating: SpanText | None = None
    directive: Literal["standard"] = "standard"
    obligation: ObligationMachine
    deadlines: Deadlines
    undated_items: dict[Annotated[str, one_of(words.MODES, say("a follow-up mode"))], UndatedMode] = {}
    relay: Relay = Relay()
    join: Join = Join()
    extension: ExtensionBlock | None = None
    ladder: Ladder = Ladder()
    giver_ladder: GiverLadder | None = None
    when_directive: WhenDirective = WhenDirective()
    english: English = English()

    @cached_property
    def open_states(self) -> frozenset[str]:
        """Every state of an obligation that does not end it."""
        return frozenset(self.obligation.states) - frozenset(self.obligation.ends)

    def rungs_of(self, whose: str) -> tuple[Rung, ...]:
        """The rungs of the `holder`'s ladder, or of the `giver`'s."""
        if whose == "holder":
            return self.ladder.rungs
        return self.giver_ladder.rungs if self.giver_ladder else ()

    @cached_property
    def passes_on_at(self) -> frozenset[str]:
        """The levels at which obligations pass on by themselves."""
        return frozenset(self.relay.automatic_at)

    @cached_property
    def stopping(self) -> str | None:
        """The action by which an obligation above stops the ones below; None where the workflow has none."""
        actions = self.obligation.actions.items()
        return next((name for name, action in actions if "stop_below" in action.does), None)

    def ends_at_year_end(self, mode: str) -> bool:
        """Does something happen to what is followed up in this mode at its year end? A workflow of an earlier version may
        name the year end and have no action for it; then it only opens no more periods."""
        found = self.undated_items.get(mode)
        return bool(found and found.until and (found.then == "carry_over" or self.action_that("end_standing")))

    def action_that(self, effect: str) -> str | None:
        """The first action with this effect, or None."""
        return next((name for name, action in self.obligation.actions.items() if effect in action.does), None)

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
