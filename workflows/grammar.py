"""The grammar of a definition's values: times, parties, hours, and words of closed sets, as pydantic types.

A validator says what is wrong in the words of the language; `definition` puts the types together.
"""

import re
from datetime import date, time
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from workflows import words
from workflows.conditions import read_condition
from workflows.text import say

NAME = r"^[a-z][a-z0-9_]{0,62}$"
Name = Annotated[str, Field(pattern=NAME)]
Label = Annotated[str, Field(min_length=1, max_length=300)]

_RULE = re.compile(r"^(?P<count>\d{1,4}) (?P<unit>working day|day|hour)s? (?P<side>before|after) (?P<event>[a-z_]+)$")
_HOUR = re.compile(r"^([01]\d|2[0-3]):[0-5]\d$", re.ASCII)
_YEAR_DAY = re.compile(r"^(?P<day>\d{1,2})/(?P<month>\d{1,2})$", re.ASCII)
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

    check.allowed = allowed  # type: ignore[attr-defined]  # what json_schema shows an editor
    return BeforeValidator(check)


def read_span(value: object) -> object:
    found = _SPAN.match(value) if isinstance(value, str) else None
    if not found:
        raise_unless_model(value, Span, say("a length of time such as '3 working days'"))
        return value
    return Span.model_validate({"count": int(found["count"]), "unit": found["unit"]})


def read_rule(value: object) -> object:
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
        said = say(
            "{value} is not {what}; the grammar is 'N unit before|after event', with a unit of {units}",
            value=repr(value), what=wanted, units=list(words.UNITS),
        )  # fmt: skip
        raise ValueError(said)


def read_party(value: object) -> object:
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


def read_hour(value: object) -> object:
    if isinstance(value, time):
        return value
    if not isinstance(value, str) or not _HOUR.match(value):
        said = say('{value} is not an hour of the day; write it as "07:30", from "00:00" to "23:59"', value=repr(value))
        raise ValueError(said)
    return time.fromisoformat(value)


def read_year_day(value: object) -> object:
    found = _YEAR_DAY.match(value) if isinstance(value, str) else None
    try:
        date(2001, int(found["month"]), int(found["day"])) if found else int("")
    except ValueError:
        said = say('{value} is not a day that every year has; write day/month in quotes: "15/01"', value=repr(value))
        raise ValueError(said) from None
    return value


def listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Party = Annotated[str, BeforeValidator(read_party)]
Parties = Annotated[tuple[Party, ...], BeforeValidator(listed), Field(min_length=1, max_length=20)]
Effect = Annotated[str, one_of(words.EFFECTS, say("an effect"))]
FieldType = Annotated[str, one_of(words.FIELDS, say("a field type"))]
SpanText = Annotated[Span, BeforeValidator(read_span)]
RuleText = Annotated[TimeRule, BeforeValidator(read_rule)]
Hour = Annotated[time, BeforeValidator(read_hour)]
Fields = Annotated[dict[Name, FieldType], Field(max_length=50)]
Condition = Annotated[str, BeforeValidator(read_condition)]
YearDay = Annotated[str, BeforeValidator(read_year_day)]
Names = Annotated[tuple[Name, ...], BeforeValidator(listed), Field(max_length=64)]
Period = Annotated[str, one_of(words.PERIODS, say("a period"))]
Periods = Annotated[tuple[Period, ...], BeforeValidator(listed), Field(max_length=16)]
