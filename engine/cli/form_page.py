"""What one form of an office has to answer for a period: its items with their windows and dates, and the returns to make."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.cli.printing import data, pairs, table
from engine.labels import GROUP_WORDS
from engine.wording import day_words, number_label, office_words, short, state_words
from storage.queries import places
from workflows.directive import Directive
from workflows.errors import NotFound
from workflows.fields import show_day
from workflows.figures import Share, asked
from workflows.forms import Form, form_of
from workflows.obligation import Obligation
from workflows.text import joined, say, say_count
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
                    for share in _shares(page, form)
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
                        "returned": _returned(page, one.obligation),
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


def _returned(page: FormPage, silent: Obligation) -> int | None:
    """How many events were returned for this period; None where no return was made, or a later one since."""
    return silent.returned_events if silent.returned_period == page.period else None


def show(page: FormPage) -> None:
    """Print the page."""
    for directive, form in page.forms:
        data(
            say(
                "{holder}: {period} under {symbol}, data of {first} to {last}",
                holder=office_words(page.world.offices, page.holder),
                period=form.period,
                symbol=directive.symbol,
                first=show_day(form.data_from),
                last=show_day(form.data_to),
            )
        )
        data()
        heads = [say("N"), say("ITEM"), say("DUE"), say("HOW IT STANDS"), say("STATE"), say("WHAT")]
        table(heads, [_row(page, one) for one in form.answers], "  ")
        _show_figures(page, form)
        for one in form.returns:
            label = page.world.item(one.obligation.directive, one.obligation.item).label
            days = [show_day(event.data_from) for event in one.events if event.data_from]
            said = say_count(
                "{field}: {count} event entered of item {label}, obligation {number}",
                "{field}: {count} events entered of item {label}, obligation {number}",
                len(days),
                field=one.field,
                label=label,
                number=one.obligation.number,
            )
            made = _returned(page, one.obligation)
            data()
            data(joined(["  ", say("{said} ({days})", said=said, days=days) if days else said], ""))
            data(joined(["    ", _made_words(made)], ""))
        data()


def _shares(page: FormPage, form: Form) -> list[Share]:
    """The figures that the form asks of its items."""
    return asked(page.world, form.answers)


def _show_figures(page: FormPage, form: Form) -> None:
    shares = _shares(page, form)
    if not shares:
        return
    data()
    data(joined(["  ", say("figures that it asks for")], ""))
    rows = []
    for share in shares:
        definition = page.world.workflow_of(share.obligation).definition
        item = page.world.item(share.obligation.directive, share.obligation.item)
        rows.append(
            (share.field, say("{number}, item {label}", number=number_label(definition, share.name), label=item.label))
        )
    pairs(rows, "    ")


def _made_words(made: int | None) -> str:
    if made is None:
        return say("no return is made yet")
    return say_count("a return is made: {count} event", "a return is made: {count} events", made)


def _row(page: FormPage, one: Obligation) -> list[str]:
    item = page.world.item(one.directive, one.item)
    definition = page.world.workflow_of(one).definition
    return [
        str(one.number),
        item.label,
        day_words(one.due_at),
        GROUP_WORDS[one.group(page.now)],
        state_words(definition, one.state),
        short(item.text, 70),
    ]
