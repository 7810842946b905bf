"""How what was at hand in a period stands: per office and per level, in the groups of every report, so that all adds up.

At hand in a period is what was given before its end and not closed before its beginning: what was carried over into it, and
what was given in it. Each stands in exactly one group, by the moment the report is of.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from engine.labels import GROUP_WORDS, labelled
from engine.reporting import periods, rollup
from engine.reporting.asked import Asked, Sources, shell
from engine.reporting.periods import Period
from engine.reporting.report import Column, Report, Row, Table
from engine.wording import PART_WORDS
from storage.queries import filters, heads, reports
from storage.queries.reports import Counted
from storage.queries.sight import Sight
from workflows.fields import show_day
from workflows.obligation import GROUPS
from workflows.offices import Offices
from workflows.text import say
from workflows.workflow import Workflows

JUDGED = tuple(group for group in GROUPS if group not in ("info", "void", "no_deadline"))
_NUMBERS = ("carried", "given", "total", "due", *GROUPS)
_HEADS = {
    "carried": say("Carried over"),
    "given": say("Given in the period"),
    "total": say("Total at hand"),
    "due": say("of it dated by the period's end"),
}
Counts = dict[str, int]


def make(connection: Connection, sources: Sources, sight: Sight, at: datetime, asked: Asked) -> Report:
    """The report of an office and those below it, or of everything that is seen."""
    period = asked.period or periods.month_of(at)
    offices = sources.offices
    top = offices.get(asked.office) if asked.office else None
    within = filters.subtree(connection, top.id) if top else None
    counted = reports.counted(connection, at, sight, period.since, period.until, within, asked.part)
    here: dict[str, object] = {"part": asked.part, **_held(period)}
    all_of_it = {**here, **({"office": top.id, "below": True} if top else {})}
    total = _row({}, counted, all_of_it, period)
    own: dict[str, list[Counted]] = {}
    for one in counted:
        own.setdefault(one.office, []).append(one)
    places = (
        rollup.every(offices, own, top)
        if asked.every
        else [(one, 0) for one in rollup.places(offices, rollup.under(offices, own), own, top)]
    )
    by_office = [
        _row({"office": one.id, "below": one.below}, [count for office in one.of for count in own[office]],
             {**here, "office": one.id, "below": one.below}, period, depth)
        for one, depth in places
    ]  # fmt: skip
    levels = sorted({one.level for one in counted}, key=lambda one: _place(one, sources.workflows))
    by_level = [
        _row({"level": name}, [one for one in counted if one.level == name], {**all_of_it, "level": name}, period)
        for name in levels
    ]
    labels = _labels(sources.workflows)
    offices_head = Column("office", say("Office"), "text", 38, _office_words(offices))
    level_head = Column(
        "level",
        say("Level"),
        "text",
        38,
        lambda data: labels.get(str(data["level"]), str(data["level"])) if "level" in data else say("Sum"),
    )
    tables = (
        Table("by_office", say("By office"), (offices_head, *_columns()), tuple(by_office), total),
        Table("by_level", say("By level"), (level_head, *_columns()), tuple(by_level), total),
    )
    asks = [top.name if top else say("everything that is seen")]
    if asked.part:
        asks.append(say("only: {part}", part=PART_WORDS[asked.part]))
    return shell(
        "four-groups", sources, at, top, tables=tables, heads=heads.seen(connection, sight), period=period,
        asks=tuple(asks),
        notes=(
            say("At hand in the period is what was given by {last} and not closed before {first}; carried over and given in"
                " the period make the total, and so do the seven groups.", first=show_day(period.first),
                last=show_day(period.last)),
            say("On time is judged by the day the accepted report was sent; what was reported and waits for its answer stands"
                " as it was sent."),
        ),
        then=say("Nothing was at hand in that period. Name another one, or an office above; or issue what is to be done."),
    )  # fmt: skip


def _columns() -> Iterator[Column]:
    for name in _NUMBERS:
        yield Column(name, GROUP_WORDS.get(name) or _HEADS[name], "number", 10)


def _row(
    names: Mapping[str, object], counted: Iterable[Counted], lists: Mapping[str, object], period: Period, depth: int = 0
) -> Row:
    counts: Counts = dict.fromkeys(_NUMBERS, 0)
    for one in counted:
        counts[one.group] += one.count
        counts["total"] += one.count
        counts["carried" if one.carried else "given"] += one.count
        if one.dated and one.group in JUDGED:
            counts["due"] += one.count
    before, first, last = _day_before(period), show_day(period.first), show_day(period.last)
    ways: dict[str, Mapping[str, object]] = {group: {**lists, "group": (group,)} for group in GROUPS}
    ways["total"] = lists
    ways["carried"] = {**lists, "given_to": before}
    ways["given"] = {**lists, "given_from": first}
    ways["due"] = {**lists, "group": JUDGED, "to": last}
    return Row({**names, **counts}, ways, depth=depth)


def _held(period: Period) -> dict[str, object]:
    """The filters of a list that has what was at hand in a period."""
    return {"given_to": show_day(period.last), "closed_from": show_day(period.first)}


def _day_before(period: Period) -> str:
    return show_day(period.first - timedelta(days=1))


def _office_words(offices: Offices) -> Callable[[Mapping[str, object]], str]:
    def words(data: Mapping[str, object]) -> str:
        if "office" not in data:
            return say("Sum")
        found = offices.find(str(data["office"]))
        if found is None:
            return say("{office} (no longer in the directory)", office=data["office"])
        return found.name if data["below"] or not offices.below(found.id) else say("{office} itself", office=found.name)

    return words


def _labels(workflows: Workflows) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in sorted(workflows, key=lambda one: one.version):
        found |= {
            name: labelled(level.label, one.definition.english.levels.get(name))
            for name, level in one.definition.levels.items()
        }
    return found


def _place(level: str, workflows: Workflows) -> tuple[int, str]:
    """Levels in the order of the tree: as the workflows write them."""
    names = list(_labels(workflows))
    return (names.index(level) if level in names else len(names), level)
