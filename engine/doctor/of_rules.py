"""Looks at what the law is given: calendars, published texts, the directory of offices."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from engine.doctor.finding import OK, RED, WARNING, Examination, Seen
from storage import directory, rulebook
from storage.queries import health
from workflows.calendar import Calendar, day_of
from workflows.definition import Action
from workflows.obligation import Obligation
from workflows.parties import seat_of
from workflows.text import Text, say, say_count
from workflows.world import World

_NAMED_MAX = 5
_WARN_FROM = 10  # October: by then the next year's days off are decided, or soon will be
_UNREADABLE = say("the published rules cannot be read")
_NEVER = datetime.min.replace(tzinfo=UTC)  # an instant nobody looks at


def published(seen: Examination) -> Seen:
    """Are the stored workflows and calendars the texts that were published, and can they be read?"""
    wrong = list(rulebook.altered(seen.connection))
    if wrong:
        said = say("{faults}", faults=_few(wrong))
        return Seen(
            RED, said, say("Somebody changed the database itself: cascade journal verify, then go on with a backup")
        )
    if seen.known is None:
        return Seen(RED, _UNREADABLE, say("Use the version of the program that published them"))
    return Seen(OK, say("every workflow and calendar is the text that was published"))


def calendars(seen: Examination) -> Seen:
    """Does every calendar that is in use know this year's days off, and from October on the next year's?"""
    if seen.known is None:
        return Seen(RED, _UNREADABLE)
    today = day_of(seen.now)
    used = list(_used(seen, seen.known.calendars))
    lacking = {year: [one.key for one in used if not _knows(one, year, today)] for year in (today.year, today.year + 1)}
    for year, state in ((today.year, RED), (today.year + 1, WARNING)):
        if lacking[year] and (state == RED or today.month >= _WARN_FROM):
            said = say("{calendars} does not know the days off of {year}: only Saturdays and Sundays count",
                       calendars=lacking[year], year=year)  # fmt: skip
            return Seen(state, said, say("Publish a version that has {year}, and cites what decided it", year=year))
    if lacking[today.year + 1]:
        return Seen(OK, say("{year} is covered; {next} is still to come", year=today.year, next=today.year + 1))
    return Seen(OK, say("{year} and {next} are covered", year=today.year, next=today.year + 1))


def _used(seen: Examination, known: dict[str, Calendar]) -> Iterator[Calendar]:
    """The newest calendar of each name that workflows go by, and those that work under way has kept."""
    assert seen.known is not None  # the caller has looked
    names = {one.definition.calendar for one in seen.known.workflows}
    newest = {one.name: one for one in sorted(known.values(), key=lambda one: one.version) if one.name in names}
    kept = {key: known[key] for key in health.calendars_in_use(seen.connection) if key in known}
    yield from {**{one.key: one for one in newest.values()}, **kept}.values()


def _knows(calendar: Calendar, year: int, today: date) -> bool:
    return calendar.covered(max(date(year, 1, 1), today)) and calendar.covered(date(year, 12, 31))


def host(seen: Examination) -> Seen:
    """Without a host nobody records what outside offices do, and what is meant for them is told to nobody."""
    found = directory.read_offices(seen.connection)
    if found.host is None:
        return Seen(
            RED, say("no office is the host"), say("Mark one `host: true` in the directory: cascade office import")
        )
    return Seen(OK, say("{office} is the host, of {count} offices", office=found.host.id, count=len(found)))


def vacant_offices(seen: Examination) -> Seen:
    """An office inside in which nobody sits: whatever is meant for it rises to the office above."""
    empty = [one.id for one in directory.read_offices(seen.connection) if not one.outside and not one.people]
    if empty:
        said = say_count("{count} office has every seat vacant: {offices}", "{count} offices have every seat vacant:"
                         " {offices}", len(empty), offices=_few(empty))  # fmt: skip
        return Seen(
            WARNING, said, say("Name people in the directory, or mark it `outside: true`: cascade office import")
        )
    return Seen(OK, say("somebody sits in every office inside"))


def actors(seen: Examination) -> Seen:
    """Can somebody act on what is open? Where only stopping or pausing it is left, the work itself stands still."""
    if seen.known is None:
        return Seen(RED, _UNREADABLE)
    world = World(None, seen.known.offices.on(day_of(seen.now)), seen.known.workflows, seen.known.calendars)
    stuck: dict[bool, list[health.Position]] = {False: [], True: []}  # by whether something at all may be done
    for position in health.positions(seen.connection):
        filled = _filled(world, position)
        if not any(_carries_on(action) for action in filled):
            stuck[bool(filled)].append(position)
    hint = say("Fill the seats that the workflow names: cascade obligation show N says who may act")
    for some, state in ((False, RED), (True, WARNING)):
        if stuck[some]:
            count = sum(one.count for one in stuck[some])
            places = _few(sorted({f"{one.holder} ({one.state})" for one in stuck[some]}))
            return Seen(state, _still(count, places) if some else _nobody(count, places), hint)
    return Seen(OK, say("somebody can act on everything that is open"))


def _nobody(count: int, places: list[str]) -> Text:
    return say_count("{count} open obligation that nobody can act on, every seat is vacant: {places}",
                     "{count} open obligations that nobody can act on, every seat is vacant: {places}",
                     count, places=places)  # fmt: skip


def _still(count: int, places: list[str]) -> Text:
    return say_count("{count} open obligation that can only be stopped or paused, the other seats are vacant: {places}",
                     "{count} open obligations that can only be stopped or paused, the other seats are vacant: {places}",
                     count, places=places)  # fmt: skip


def _filled(world: World, position: health.Position) -> list[Action]:
    """The actions that are open there, and for which somebody sits in a seat."""
    workflow = world.workflows.get(position.workflow)
    one = Obligation(0, 0, 0, position.level, position.holder, position.giver, "lead", "once", position.workflow,
                     position.state, _NEVER, controller=position.controller, recipient=position.recipient)  # fmt: skip
    actions = workflow.rules_at(position.level).actions
    opened = [name for name in workflow.machine_at(position.level).open_from(position.state) if name in actions]
    return [actions[name] for name in opened if any(_sits(world, party, name, one) for party in actions[name].by)]


def _carries_on(action: Action) -> bool:
    return not set(action.does) & {"stop_below", "pause", "end_standing"}


def _sits(world: World, party: str, action: str, obligation: Obligation) -> bool:
    """Does somebody hold the seat of a party, or stand in for it in this action? Who is away comes back."""
    seat = seat_of(world, party, obligation)
    if seat is None:
        return False
    stands_in = any(one.covers(action) for one in world.offices.deputies(*seat))
    return stands_in or world.offices.holder(*seat) is not None


def _few(names: list[str]) -> list[str]:
    """The first few, and how many more there are."""
    more = len(names) - _NAMED_MAX
    return [*names[:_NAMED_MAX], *([say("and {count} more", count=f"{more:,}")] if more > 0 else [])]
