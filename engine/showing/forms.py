"""What one form of an office has to answer for a period: its items with their windows and dates, and the returns to make."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from storage.queries import places
from workflows.directive import Directive
from workflows.errors import NotFound
from workflows.figures import Share, asked
from workflows.forms import Form, form_of
from workflows.obligation import Obligation
from workflows.text import say
from workflows.world import World

_PERIODS_SHOWN = 40


@dataclass(frozen=True, slots=True)
class FormPage:
    """The forms of an office for one period: one for each directive that has something due in it."""

    world: World
    holder: str
    period: str
    now: datetime
    forms: tuple[tuple[Directive, Form], ...]


def read(connection: Connection, world: World, holder: str, period: str, now: datetime) -> FormPage:
    """The page. Raises NotFound, naming the periods there are, where nothing is owed for that one."""
    world.office(holder)
    numbers = places.of_period(connection, world.opened.id, holder, period)
    world.fetch(numbers)
    forms = tuple(_forms(world, numbers))
    if not forms:
        known = places.periods_of(connection, world.opened.id, holder)[-_PERIODS_SHOWN:]
        raise NotFound(
            say(
                "{holder} owes no form for {period}. Its periods: {known}",
                holder=holder, period=period, known=known or say("none has opened yet"),
            )
        )  # fmt: skip
    return FormPage(world, holder, period, now, forms)


def _forms(world: World, numbers: list[int]) -> Iterator[tuple[Directive, Form]]:
    answered: set[int] = set()
    for number in numbers:
        form = None if number in answered else form_of(world, world.obligation(number))
        if form and form.answers:
            answered |= {one.number for one in form.answers}
            yield world.directive(world.obligation(number).directive), form


def as_data(page: FormPage) -> dict[str, Any]:
    """The page as one JSON object."""
    return {
        "cascade": page.world.opened.id,
        "now": page.now,
        "holder": page.holder,
        "period": page.period,
        "forms": [
            {
                "directive": directive.number,
                "symbol": directive.symbol,
                "data_from": form.data_from,
                "data_to": form.data_to,
                "items": [_item_data(page, one) for one in form.answers],
                "figures": [
                    {"field": share.field, "number": share.name, "obligation": share.obligation.number}
                    for share in shares(page, form)
                ],
                "returns": [
                    {
                        "field": one.field,
                        "obligation": one.obligation.number,
                        "item": one.obligation.item,
                        "events": [
                            {"obligation": event.number, "on": event.data_from, "state": event.state}
                            for event in one.events
                        ],
                        "returned": returned(page, one.obligation),
                    }
                    for one in form.returns
                ],
            }
            for directive, form in page.forms
        ],
    }


def _item_data(page: FormPage, one: Obligation) -> dict[str, Any]:
    return {
        "obligation": one.number,
        "item": one.item,
        "text": page.world.item(one.directive, one.item).text,
        "part": one.part,
        "data_from": one.data_from,
        "data_to": one.data_to,
        "due_at": one.due_at,
        "state": one.state,
        "group": one.group(page.now),
        "sent_at": one.sent_at,
    }


def returned(page: FormPage, silent: Obligation) -> int | None:
    """How many events were returned for this period; None where no return was made, or a later one since."""
    return silent.returned_events if silent.returned_period == page.period else None


def shares(page: FormPage, form: Form) -> list[Share]:
    """The figures that the form asks of its items."""
    return asked(page.world, form.answers)
