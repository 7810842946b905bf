"""The figures of an obligation (số liệu) and of everything below it: own shares, totals as they were reported and as they
are now, who is missing, and what was aimed at."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.wording import number_label
from workflows import figures, live_figures
from workflows.definition import Definition, Number
from workflows.directive import Item
from workflows.errors import NotFound
from workflows.figures import figure_words, missing_words
from workflows.live_figures import Node
from workflows.obligation import Figure, Obligation
from workflows.targets import reached
from workflows.text import Text, joined, say
from workflows.world import World


@dataclass(frozen=True, slots=True)
class FiguresPage:
    """The numbers of an obligation: `live` holds for each of them what it comes to now, by obligation of the tree."""

    world: World
    tree: Node
    item: Item
    numbers: Mapping[str, Number]
    live: Mapping[str, Mapping[int, Figure]]
    periods: tuple[str, ...] = ()  # of what stands: all that have opened

    @property
    def top(self) -> Obligation:
        return self.tree.obligation

    @property
    def definition(self) -> Definition:
        return self.world.workflow_of(self.top).definition


def read(world: World, number: int, period: str = "", only: str = "") -> FiguresPage:
    """The page of an obligation; of what stands, that of a period of it, the last one where none is named.

    Raises NotFound where it gives no number, or has no such period.
    """
    one, periods = world.obligation(number), tuple[str, ...]()
    if one.mode == "periodic" and one.standing is None:
        opened = {each.period: each for each in world.standing_under(number) if each.period and each.outcome != "void"}
        periods = tuple(opened)
        if not opened or (period and period not in opened):
            known = periods or say("none has opened yet")
            raise NotFound(
                say("Obligation {number} has no such period. Its periods: {known}", number=number, known=known)
            )
        one = opened[period or periods[-1]]
    elif period and period != one.period:
        own = one.period or say("none")
        raise NotFound(
            say("Obligation {number} is not of {period}; its period: {own}", number=number, period=period, own=own)
        )
    found = of(world, one, periods)
    if not found.numbers:
        raise NotFound(say("Obligation {number} gives no number that is added up", number=one.number))
    if only and only not in found.numbers:
        raise NotFound(
            say("There is no number {name} here; there is {known}", name=repr(only), known=tuple(found.numbers))
        )
    if not only:
        return found
    return FiguresPage(world, found.tree, found.item, {only: found.numbers[only]}, found.live, periods)


def of(world: World, one: Obligation, periods: tuple[str, ...] = ()) -> FiguresPage:
    """The page of one obligation, empty where it gives no number."""
    numbers = figures.numbers_of(world, one)
    tree = live_figures.tree_of(world, one) if numbers else Node(one)
    live = {name: live_figures.live_in(world, tree, name) for name in numbers}
    return FiguresPage(world, tree, world.item(one.directive, one.item), numbers, live, periods)


def lines(page: FiguresPage) -> Iterator[tuple[str, Text]]:
    """For each number its label and how it stands: as reported, as it is now where that differs, and its target."""
    for name, number in page.numbers.items():
        sent, now = figures.figure_in(page.top, name), page.live[name].get(page.top.number)
        said: list[Text] = []
        if sent:
            said.append(_reported(number, sent))
        if now and (sent is None or (sent.total, sent.missing) != (now.total, now.missing)):
            said.append(_now(number, now, sent is not None))
        target = _target_words(page, name)
        yield number_label(page.definition, name), joined([*said, *([target] if target else [])], "\n")


def _reported(number: Number, sent: Figure) -> Text:
    total = say("reported: {total}", total=figure_words(number, sent.total))
    if not sent.of:
        return total
    own = figure_words(number, sent.own)
    return say("{total}, its own {own}, {below}", total=total, own=own, below=below_words(sent))


def _now(number: Number, now: Figure, was_reported: bool) -> Text:
    total = figure_words(number, now.total)
    said = say("now: {total}", total=total) if was_reported else say("not reported yet; so far: {total}", total=total)
    return joined([said, below_words(now)]) if now.of else said


def below_words(figure: Figure) -> Text:
    """`6 of 7 below, missing: unit-3`."""
    said = say("{reported} of {of} below", reported=figure.of - len(figure.missing), of=figure.of)
    return (
        say("{said}, missing: {missing}", said=said, missing=missing_words(figure.missing)) if figure.missing else said
    )


def _target_words(page: FiguresPage, name: str) -> Text | None:
    target = figures.target_of(page.item, name)
    if target is None:
        return None
    wanted, total = figure_words(page.numbers[name], dict(page.item.targets)[name]), figures.figure_of(page.top, name)
    if total is None:
        return say("target: {target}", target=wanted)
    if reached(page.numbers[name], target, total):
        return say("target: {target}, reached", target=wanted)
    return say("target: {target}, not reached", target=wanted)
