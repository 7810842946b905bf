"""Figures of an obligation, the form an office answers for a period, and the processing slip."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import Path

from engine.exchange.slip import page as slip_page
from engine.language import speaking, told
from engine.showing import figures as shown_figures
from engine.showing import forms as shown_forms
from engine.showing import slip
from engine.web.api import asking
from engine.web.api.door import Api
from engine.web.api.parameters import CascadeId, Number, OfficeId, word
from engine.web.api.replies import Listed
from engine.web.visit import Visit
from engine.wording import number_label
from workflows import figures
from workflows.errors import NotFound
from workflows.forms import Form
from workflows.obligation import Figure, Obligation
from workflows.text import say

api = Api("numbers", "Figures, forms of a period, and the processing slip.")
PeriodName = Annotated[
    str, Path(max_length=40, pattern=r"^[^\x00/]+$", description="A period as it is named.", examples=["2023-Q3"])
]


@dataclass(frozen=True, slots=True)
class FigureShown:
    """A number: `reported` is as it was sent, with what stood below it then; `now` what it comes to; `target` what was asked.
    Values are decimal texts; null where there is none."""

    name: str
    label: str
    reported: Figure | None
    now: Figure | None
    target: str | None
    says: str


@dataclass(frozen=True, slots=True)
class FiguresFound:
    """The figures of an obligation. `periods` are those of what stands; `period` the one that is shown."""

    cascade: str
    obligation: int
    holder: str
    period: str | None
    periods: tuple[str, ...]
    figures: tuple[FigureShown, ...]


@dataclass(frozen=True, slots=True)
class FormItem:
    """An item that a form answers."""

    obligation: int
    item: int
    text: str
    part: str
    data_from: date | None
    data_to: date | None
    due_at: datetime | None
    state: str
    group: str
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class FormField:
    """A figure that a form asks for, and the name of its field in a report."""

    field: str
    number: str
    obligation: int


@dataclass(frozen=True, slots=True)
class FormReturn:
    """What a form has to say of a silent obligation: how many events; `entered` are those there are, `returned` what was
    said, null where no return was made."""

    field: str
    obligation: int
    item: int
    entered: int
    returned: int | None


@dataclass(frozen=True, slots=True)
class FormFound:
    """A form that an office answers for a period under one document."""

    directive: int
    symbol: str
    data_from: date | None
    data_to: date | None
    items: tuple[FormItem, ...]
    figures: tuple[FormField, ...]
    returns: tuple[FormReturn, ...]


@dataclass(frozen=True, slots=True)
class SlipFound:
    """The processing slip as it is printed, in Vietnamese; at most 80 columns wide."""

    cascade: str
    obligation: int
    text: str


@api.get("/obligations/{cascade}/{number}/figures", "look.obligation", FiguresFound)
def show_figures(
    visit: Visit,
    cascade: CascadeId,
    number: Number,
    period: Annotated[str, word("Of what stands: which period; the last one where none is named.", "2023-Q3")] = "",
) -> FiguresFound:
    """Its figures

    As they were reported, as they are now, and what was asked. Not found where it gives no number."""
    with visit.reading() as connection:
        asking.check_obligation(visit, connection, cascade, number)
        page = shown_figures.read(asking.world(visit, connection, cascade), number, period)
        says = [told(one) for _, one in shown_figures.lines(page)]
        top = page.top
        found = tuple(
            FigureShown(
                name, told(number_label(page.definition, name)), figures.figure_in(top, name),
                page.live[name].get(top.number), dict(page.item.targets).get(name), said,
            )
            for name, said in zip(page.numbers, says, strict=True)
        )  # fmt: skip
    return FiguresFound(cascade, top.number, top.holder, top.period, page.periods, found)


@api.get("/forms/{cascade}/{office}/{period}", "look.obligation", Listed[FormFound])
def show_forms(visit: Visit, cascade: CascadeId, office: OfficeId, period: PeriodName) -> Listed[FormFound]:
    """What an office answers for a period

    One form for each document that has something due in it: its items, the figures it asks for, the returns to make. A report
    on one of its obligations answers them all."""
    with visit.reading() as connection:
        asking.check_cascade(visit, connection, cascade)
        sight = asking.sight_of(visit, connection)
        if sight.offices is not None and office not in sight.offices:
            raise NotFound(say("No office {id!r} in the directory.", id=office))
        page = shown_forms.read(connection, asking.world(visit, connection, cascade), office, period, visit.now())
        return Listed(tuple(_form(page, directive.number, directive.symbol, form) for directive, form in page.forms))


@api.get("/obligations/{cascade}/{number}/slip", "look.obligation", SlipFound)
def show_slip(visit: Visit, cascade: CascadeId, number: Number) -> SlipFound:
    """Its processing slip

    Whatever language is asked for: the slip is kept in Vietnamese."""
    with visit.reading() as connection, speaking("vi"):
        asking.check_obligation(visit, connection, cascade, number)
        text = slip_page(slip.read(connection, asking.world(visit, connection, cascade), number))
    return SlipFound(cascade, number, text)


def _form(page: shown_forms.FormPage, directive: int, symbol: str, form: Form) -> FormFound:
    returns = tuple(
        FormReturn(one.field, one.obligation.number, one.obligation.item, len(one.events),
                   shown_forms.returned(page, one.obligation))
        for one in form.returns
    )  # fmt: skip
    asked = tuple(FormField(one.field, one.name, one.obligation.number) for one in shown_forms.shares(page, form))
    return FormFound(directive, symbol, form.data_from, form.data_to, tuple(_item(page, one) for one in form.answers),
                     asked, returns)  # fmt: skip


def _item(page: shown_forms.FormPage, one: Obligation) -> FormItem:
    return FormItem(one.number, one.item, page.world.item(one.directive, one.item).text, one.part, one.data_from,
                    one.data_to, one.due_at, one.state, one.group(page.now), one.sent_at)  # fmt: skip
