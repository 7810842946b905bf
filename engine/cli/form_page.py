"""What one form of an office has to answer for a period, as it is printed; read by engine.showing.forms."""

from engine.cli.printing import data, pairs, table
from engine.labels import GROUP_WORDS
from engine.showing.forms import FormPage, as_data, read, returned, shares
from engine.wording import day_words, number_label, office_words, short, state_words
from workflows.fields import show_day
from workflows.forms import Form
from workflows.obligation import Obligation
from workflows.text import joined, say, say_count

__all__ = ["as_data", "read", "show"]


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
            made = returned(page, one.obligation)
            data()
            data(joined(["  ", say("{said} ({days})", said=said, days=days) if days else said], ""))
            data(joined(["    ", _made_words(made)], ""))
        data()


def _show_figures(page: FormPage, form: Form) -> None:
    asked_for = shares(page, form)
    if not asked_for:
        return
    data()
    data(joined(["  ", say("figures that it asks for")], ""))
    rows = []
    for share in asked_for:
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
