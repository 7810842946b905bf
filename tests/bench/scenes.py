"""What the bench works on: installations with their open work, built by the product's own fan-out, and the deeds done there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from engine.runtime import Runtime, opened
from tests.bench.ground import Ground, settle
from tests.support import trees
from tests.support.databases import create_installation
from tests.support.desk import Desk, task
from tests.support.offices import DEPARTMENT, seat, unit
from workflows.calendar import day_of
from workflows.commands import Act, End, Issue, ItemDraft
from workflows.fields import parse_instant

OFFICES_MAX = 10_000  # that one item is given to; more obligations are more items
ISSUED_AT = "2023-08-14T09:00"  # a Monday
SOON, LATE = "2023-08-14T16:00", "2023-09-29"  # the date of a fifth, and of the rest; both are received by the 15th
PAST_AT = "2023-08-14T16:30"  # the fifth is late, and nothing else is awake
PARENTS = 5  # cascades of each width whose last child is accepted
NARROW = 10
EACH = 20  # obligations of each cascade that several nodes sweep
NODE = "bench"

Deed = Callable[[], object]


@contextmanager
def at_work(url: str, when: str | None = None) -> Iterator[Runtime]:
    """An opened installation that has read its directory and definitions, as a service has that is up."""
    with opened(url, node=NODE) as runtime:
        if when:
            runtime.move_to(parse_instant(when))
        with runtime.database.reading() as connection:
            runtime.executor.known(connection)
        yield runtime


def fan_out(size: int, symbol: str = "1/CV") -> Issue:
    """One directive to `size` obligations of the units: of each item one for a fifth of them that is due soon, one late."""
    items: list[ItemDraft] = []
    left = size
    while left:
        count = min(left, OFFICES_MAX)
        units = tuple(unit(number) for number in range(1, count + 1))
        soon = count // 5
        items += [task(SOON, *units[:soon])] if soon else []
        items.append(task(LATE, *units[soon:]))
        left -= count
    labelled = tuple(replace(item, label=str(number)) for number, item in enumerate(items, 1))
    issued = day_of(parse_instant(ISSUED_AT))
    return Issue(f"fan-out-{symbol}", seat("department/leader"), symbol, "CV", DEPARTMENT, issued, "Tasks", labelled,
                 "government-notice")  # fmt: skip


def receipts(count: int, size: int, cascade: str, first: int = 0) -> list[Act]:
    """The clerks of units that have time receive what came to them, each a command of its own."""
    start = min(size, OFFICES_MAX) // 5  # the first obligations are those that are due soon
    numbers = range(start + first + 1, start + first + count + 1)
    return [Act(f"receive-{n}", seat(f"{unit(n)}/clerk"), cascade, n, "receive") for n in numbers]


def only_cascade(runtime: Runtime) -> str:
    with runtime.database.reading() as connection:
        return str(connection.exec_driver_sql("SELECT min(id) FROM cascade").scalar_one())


def revocation(runtime: Runtime) -> Deed:
    """The Government's directive is revoked, and with it all that is below."""
    end = End("revoke", seat("gov/leader"), only_cascade(runtime), 1, "9/CV", "No longer needed")
    return lambda: runtime.executor.execute([end])


def round_of(runtime: Runtime) -> None:
    """Rounds until nothing is due: each of them takes a bounded number."""
    while runtime.elapse.run().more:
        pass


# Templates


def empty(ground: Ground, size: int) -> str:
    """Offices enough for `size` obligations, and no work; it is Monday at nine."""
    offices = min(size, OFFICES_MAX)

    def build(url: str) -> None:
        create_installation(url, units=offices, partitions=ground.partitions)
        with opened(url) as runtime:
            runtime.move_to(parse_instant(ISSUED_AT))

    return ground.template(f"empty {offices}", build)


def with_open(ground: Ground, size: int) -> str:
    """`size` obligations open in one cascade."""

    def build(url: str) -> None:
        with at_work(url) as runtime:
            runtime.executor.execute([fan_out(size)])

    return ground.template(f"open {size}", build, on=empty(ground, size))


def with_past(ground: Ground, size: int) -> str:
    """The same half an hour after a fifth of them passed their date; no round was made yet."""

    def build(url: str) -> None:
        with opened(url) as runtime:
            runtime.move_to(parse_instant(PAST_AT))

    return ground.template(f"past {size}", build, on=with_open(ground, size))


def with_history(ground: Ground, size: int) -> str:
    """The same after the round."""

    def build(url: str) -> None:
        with at_work(url) as runtime:
            round_of(runtime)

    return ground.template(f"history {size}", build, on=with_past(ground, size))


def with_last_children(ground: Ground, size: int) -> str:
    """Cascades whose one parent has `size` or ten children, all ended but the last, which is reported and not yet accepted.

    The others end together, by the revocation of their directive: what is measured is the last."""

    def build(url: str) -> None:
        with at_work(url) as runtime:
            desks = [Desk(runtime, name=f"{width}-{n}") for width in (NARROW, size) for n in range(PARENTS)]
            for desk, width in zip(desks, [NARROW] * PARENTS + [size] * PARENTS, strict=True):
                desk.order(LATE, *(unit(n) for n in range(1, width)))
                desk.issue(DEPARTMENT, task(LATE, unit(width), under=1))
            settle(url, analyse=True)
            for desk in desks:
                runtime.executor.execute([desk.revoke(2)])
                desk.report(max(one.number for one in desk.obligations()))

    return ground.template(f"children {size}", build, on=empty(ground, size))


def acceptances(url: str, width: int) -> list[Act]:
    """The giver accepts the last child of each parent that has so many."""
    with opened(url) as runtime, runtime.database.reading() as connection:
        found = connection.exec_driver_sql(
            "SELECT cascade_id, max(number), count(*) FROM obligation WHERE parent = 1 GROUP BY cascade_id ORDER BY cascade_id"
        ).fetchall()
    return [
        Act(f"accept-{cascade}", seat("department/leader"), cascade, last, "accept")
        for cascade, last, count in found
        if count == width
    ]


def with_tree(ground: Ground, size: int) -> str:
    """One cascade of `size` obligations on five levels below the Government's directive."""

    def build(url: str) -> None:
        create_installation(url, partitions=ground.partitions)
        with opened(url) as runtime:
            runtime.move_to(parse_instant(ISSUED_AT))
            trees.grow(Desk(runtime), _widths(size))

    return ground.template(f"tree {size}", build)


def _widths(size: int) -> list[int]:
    """How many obligations there are on each of the five levels: four times as many on each, the rest on the last."""
    first = [(4 if size > 1000 else 2) ** n for n in range(1, len(trees.LEVELS))]
    return [*first, max(size - sum(first), first[-1])]


def with_many(ground: Ground, size: int) -> str:
    """`size` obligations that are late, twenty in each cascade; no round was made yet."""

    def build(url: str) -> None:
        units = tuple(unit(number) for number in range(1, EACH + 1))
        with at_work(url) as runtime:
            for number in range(1, max(1, size // EACH) + 1):
                runtime.executor.execute([replace(fan_out(1, f"{number}/CV"), items=(task(SOON, *units),))])
            runtime.move_to(parse_instant(PAST_AT))

    return ground.template(f"many {size}", build, on=empty(ground, EACH))
