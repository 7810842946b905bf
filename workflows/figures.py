"""The figures that reports give (số liệu): which are asked of whom, what they come to with what is below, who is missing.

A report takes in what stands reported below it at that moment, and stays as it was sent; `live_figures` says what it comes to
now, `targets` whether that is what was asked for.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from workflows.calendar import last_day
from workflows.decimals import decimal_text, read_decimal, spoken
from workflows.definition import Definition, Number
from workflows.directive import Item
from workflows.obligation import Figure, Obligation
from workflows.text import Text, joined, say
from workflows.words import STANDING
from workflows.world import World

ASKED, ASKED_IF_ANY = "figure", "figure_if_any"  # how a form says that it asks one, and whether it may be left out
_NAMED_MAX = 5  # of those who are missing, in a sentence


@dataclass(frozen=True, slots=True)
class Share:
    """A figure that a report asks of one obligation, by its `field`. It may be left out where others have reported theirs
    below (`optional`): then the office has none of its own."""

    obligation: Obligation
    name: str
    number: Number
    field: str
    optional: bool
    missing: tuple[str, ...]

    @property
    def kind(self) -> str:
        return ASKED_IF_ANY if self.optional else ASKED


# Of whom


def numbers_of(world: World, obligation: Obligation) -> dict[str, Number]:
    """The numbers that an obligation's report gives, by name: none of what stands or owes nothing, of what is followed
    under another document only those that say so, and where a number says so only if its item has a target for it."""
    definition = world.workflow_of(obligation).definition
    if obligation.owes_nothing or not definition.numbers:
        return {}
    standing = stands(obligation)
    targets = targets_of(world, obligation)
    return {
        name: number
        for name, number in definition.numbers.items()
        if obligation.mode in number.in_ or not (number.in_ or standing)
        if not standing or obligation.mode == "linked"
        if name in targets or not number.only_with_target
    }


def targets_of(world: World, obligation: Obligation) -> dict[str, str]:
    """What its item asks of each number, as the journal keeps it."""
    return dict(world.item(obligation.directive, obligation.item).targets)


def stands(obligation: Obligation) -> bool:
    """Does it stand, and is no period or event of what does?"""
    return obligation.mode in STANDING and obligation.standing is None


def asked(world: World, obligations: Iterable[Obligation]) -> list[Share]:
    """The figures that a report on these obligations asks, in the order of the items and of the definition."""
    return [share for one in obligations for share in _asked(world, one)]


def _asked(world: World, obligation: Obligation) -> Iterator[Share]:
    definition = world.workflow_of(obligation).definition
    numbers = numbers_of(world, obligation)
    parts = below(world, obligation) if numbers else []
    for name, number in numbers.items():
        got = _reported_below(world, parts, name)
        optional = number.total != "own" and bool(got.totals)
        yield Share(obligation, name, number, field_of(definition, obligation, name), optional, got.missing)


def field_of(definition: Definition, obligation: Obligation, name: str) -> str:
    """The field by which a report gives a number: its name, and in a form of several items also the item's number."""
    mode = definition.undated_items.get(obligation.mode)
    in_form = mode is not None and mode.one_report_per_office and obligation.standing is not None
    return f"{name}_{obligation.item}" if in_form and obligation.mode == "periodic" else name


def is_figure(definition: Definition, field: str) -> bool:
    """Does a form ask a figure by this field: that of a number, or of a number and an item?"""
    name, _, item = field.rpartition("_")
    return field in definition.numbers or (item.isdigit() and name in definition.numbers)


# As it was written


def judged(shares: Iterable[Share], given: Mapping[str, str]) -> dict[str, Text | None]:
    """For each field that asks a figure, what is wrong with what was given for it, or None."""
    return {share.field: _fault(share, given.get(share.field, "").strip()) for share in shares}


def _fault(share: Share, value: str) -> Text | None:
    what = say("{field} ({what})", field=share.field, what=number_words(share.number))
    if value:
        try:
            read_decimal(value, share.number)
        except ValueError as error:
            return say("{field}: {fault}", field=what, fault=error.args[0])
        return None
    if share.optional:
        return None
    if share.missing and share.number.total != "own":
        return say(
            "{field} is missing: nobody below has reported it yet ({missing}), so there has to be one of your own",
            field=what,
            missing=missing_words(share.missing),
        )
    return say("{field} is missing", field=what)


def as_read(shares: Iterable[Share], given: Mapping[str, str]) -> dict[str, str]:
    """What was given, with each figure as the journal keeps it; a figure that was left out is not in it."""
    found = dict(given)
    for share in shares:
        value = found.pop(share.field, "").strip()
        if value:
            found[share.field] = read_decimal(value, share.number)
    return found


# Put together


def below(world: World, obligation: Obligation) -> list[Obligation]:
    """What an obligation's figures are put together from: what it was passed on as, to lead or to support, and for a period
    the same period of what stands below. What was stopped is among them, and counts for nothing."""
    found = [one for one in world.children(obligation.number) if one.standing is None and not stands(one)]
    if obligation.standing is not None and obligation.mode == "periodic":
        work = world.children(obligation.standing)
        periods = [one for one in work if one.standing is not None and _same_period(one, obligation)]
        opened = {one.standing for one in periods}
        found += [one for one in work if one.number not in opened and _owes_period(one, obligation)]
        found += periods
    return [one for one in found if not one.owes_nothing]


def _same_period(one: Obligation, other: Obligation) -> bool:
    return (one.mode, one.period) == (other.mode, other.period)


def _owes_period(one: Obligation, period: Obligation) -> bool:
    """Does what stands below owe this period, though it has not opened? What came later, or has ended, does not."""
    there = period.data_to is None or last_day(one.assigned_at) <= period.data_to
    return one.standing is None and one.mode == "periodic" and one.open and there


def figure_in(obligation: Obligation, name: str) -> Figure | None:
    """A number as the report of an obligation that stands now gave it."""
    return next((one for one in obligation.figures if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Got:
    """What came in from below: the totals, out of how many offices, and who is missing."""

    totals: tuple[Decimal, ...]
    of: int
    missing: tuple[str, ...]


def _reported_below(world: World, parts: Iterable[Obligation], name: str) -> Got:
    """The latest figures of what is below and not stopped; each holds what was reported below itself."""
    totals: list[Decimal] = []
    of, missing = 0, list[str]()
    for one in parts:
        if one.outcome == "void" or not gives(world, one, name):
            continue
        figure = figure_in(one, name)
        of += 1 + (figure.of if figure else 0)
        missing += figure.missing if figure else (one.holder,)
        if figure:
            totals.append(Decimal(figure.total))
    return Got(tuple(totals), of, tuple(missing))


def gives(world: World, obligation: Obligation, name: str) -> bool:
    """Does this office's report give the number? A period that has not opened will."""
    if stands(obligation) and obligation.mode == "periodic":
        number = world.workflow_of(obligation).definition.numbers.get(name)
        if number is None or (number.only_with_target and name not in targets_of(world, obligation)):
            return False
        return not number.in_ or "periodic" in number.in_
    return name in numbers_of(world, obligation)


def reported(world: World, obligation: Obligation, given: Mapping[str, str]) -> tuple[Figure, ...]:
    """The figures of a report on one obligation, from what was given as `as_read` has it."""
    definition = world.workflow_of(obligation).definition
    numbers = numbers_of(world, obligation)
    parts = below(world, obligation) if numbers else []
    return tuple(
        put_together(
            name, number, given.get(field_of(definition, obligation, name), ""), _reported_below(world, parts, name)
        )
        for name, number in numbers.items()
    )


def put_together(name: str, number: Number, own: str, got: Got) -> Figure:
    """The office's own share and what came in from below as one figure; without a total where there is nothing at all."""
    if number.total == "own":
        return Figure(name, own, own)
    values = [*got.totals, *([Decimal(own)] if own else [])]
    if not values:
        return Figure(name, own, "", got.of, got.missing)
    match number.total:
        case "largest":
            total = max(values)
        case "smallest":
            total = min(values)
        case _:
            total = sum(values, Decimal(0))
    return Figure(name, own, decimal_text(total, number.decimals), got.of, got.missing)


def corrected(figure: Figure, number: Number, own: str) -> Figure | None:
    """A figure whose own share is another than was entered; None where its total does not follow from that alone."""
    if number.total == "own" or not figure.of:
        return replace(figure, own=own, total=own)
    if number.total != "sum":
        return None
    total = Decimal(figure.total) - Decimal(figure.own or 0) + Decimal(own)
    return replace(figure, own=own, total=decimal_text(total, number.decimals))


# Against what was asked


def figure_of(obligation: Obligation, name: str) -> Decimal | None:
    """A number as it stands reported, with all below; None where it is not reported."""
    found = figure_in(obligation, name)
    return Decimal(found.total) if found else None


def target_of(item: Item, name: str) -> Decimal | None:
    """What an item asks of a number; None where it asks nothing."""
    found = dict(item.targets).get(name)
    return Decimal(found) if found else None


# In words


def number_words(number: Number) -> Text | str:
    """`Đã chi, triệu đồng`: what a number is called and what it counts in."""
    return joined([number.label, number.unit]) if number.unit else number.label


def figure_words(number: Number | None, value: str) -> Text:
    """`1,234.50 triệu đồng`; nothing where there is no figure."""
    if not value:
        return say("none")
    return joined([spoken(value), number.unit], " ") if number and number.unit else spoken(value)


def missing_words(missing: tuple[str, ...]) -> Text:
    """Who is missing, by name: the first few, and how many more."""
    named, more = dict.fromkeys(missing), len(dict.fromkeys(missing)) - _NAMED_MAX
    shown = joined([*named][:_NAMED_MAX])
    return say("{named} and {more} more", named=shown, more=more) if more > 0 else shown
