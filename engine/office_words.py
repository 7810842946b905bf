"""An office of the directory in words: what marks it, who stands in, who is away; and which one somebody means."""

from collections.abc import Iterator
from datetime import date

from storage.folding import folded
from workflows.fields import show_day
from workflows.offices import Absence, Deputy, Office, Offices
from workflows.text import Text, say


def mark(office: Office) -> str:
    """Whether it is outside, or the one that runs this installation."""
    return say("outside") if office.outside else say("host") if office.host else ""


def deputies(office: Office, today: date) -> Iterator[str]:
    """`leader: vp/leader, 21/08/2023 to 25/08/2023: accept, redo (70/QĐ-SKHCN), today`."""
    for one in office.deputies:
        said = say("{role}: {deputy}, {span}", role=one.role, deputy=one.deputy, span=_span(one))
        if one.actions:
            said = say("{said}: only {actions}", said=said, actions=one.actions)
        if one.document:
            said = say("{said} ({document})", said=said, document=one.document)
        yield say("{said}, today too", said=said) if one.active(today) else said


def absences(office: Office, today: date) -> Iterator[str]:
    """`leader: 21/08/2023 to 25/08/2023, today too`."""
    for one in office.absent:
        said = say("{role}: {span}", role=one.role, span=_span(one))
        yield say("{said}, today too", said=said) if one.active(today) else said


def _span(one: Deputy | Absence) -> Text:
    if one.until is None:
        return say("from {since} on", since=show_day(one.since))
    return say("{since} to {until}", since=show_day(one.since), until=show_day(one.until))


def office_called(text: str, offices: Offices) -> Office | list[Office]:
    """The office that a text means, or all it may mean."""
    known = offices.find(text)
    if known is not None:
        return known
    sought = folded(text)
    equal = [one for one in offices if sought in (folded(one.name), folded(one.label), one.id)]
    if len(equal) == 1:
        return equal[0]
    words = sought.split()
    part = equal or [one for one in offices if all(word in folded(f"{one.name} {one.label}") for word in words)]
    return part[0] if len(part) == 1 else part
