"""What asking has in common: as whom, about what is seen, on which condition."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from engine.access.rules import DEEDS, check
from engine.entry_words import what, who
from engine.execute import Answer, Known
from engine.language import told
from engine.showing.worlds import world_of
from engine.web.errors import Hindered, Overtaken
from engine.web.visit import Visit
from engine.wording import moment_words
from storage.journal import Entry
from storage.queries import detail, history, registers
from storage.queries.entry_filters import Wanted
from storage.queries.sight import EVERYTHING, Sight
from workflows.calendar import day_of
from workflows.commands import TIMER, Actor, Command
from workflows.errors import Incomplete, NotFound, Refused
from workflows.fields import parse_day, parse_instant
from workflows.offices import seat_of_text
from workflows.text import Text, say
from workflows.world import World


def acting(visit: Visit, deed: str, seat: str | None, action: str | None = None) -> Actor:
    """Who acts: the seat that is named, else the only one of this account that may. Raises Incomplete or Forbidden."""
    person, roles = visit.known, DEEDS[deed].roles
    if seat is None:
        mine = [one for one in person.places if one[1] in roles]
        if len(mine) != 1:
            held = ["/".join(one) for one in mine] or say("none")
            because = say("say as which seat, in `as`; open to you: {held}", held=held)
            raise Incomplete(say("act"), because, fields={"as": because})
        office, role = mine[0]
    else:
        named = seat_of_text(seat.strip())
        if named is None or not all(named):
            because = say("{text!r} is not OFFICE/ROLE, such as vp/clerk", text=seat)
            raise Incomplete(say("act"), because, fields={"as": because})
        office, role = named
    actor = person.actor(office, role, action)
    check(person, deed, office)
    return actor


def administrator(visit: Visit) -> Actor:
    """Who acts for the installation."""
    return visit.known.administrator()


def sight_of(visit: Visit, connection: Connection) -> Sight:
    """What is seen, by the directory of today."""
    return visit.known.sight(rules_of(visit, connection).offices.on(day_of(visit.now())))


def rules_of(visit: Visit, connection: Connection) -> Known:
    return visit.known_rules(connection)


def world(visit: Visit, connection: Connection, cascade: str) -> World:
    return world_of(connection, rules_of(visit, connection), cascade, visit.now())


def check_obligation(visit: Visit, connection: Connection, cascade: str, number: int) -> None:
    """Raises NotFound where there is no such obligation, or none that is seen: which of the two is nobody's business."""
    if not detail.is_seen(connection, sight_of(visit, connection), cascade, number):
        raise NotFound(say("No obligation {number} in cascade {cascade}", number=number, cascade=cascade))


def check_directive(visit: Visit, connection: Connection, cascade: str, number: int) -> registers.Registered:
    """The directive. Raises NotFound where there is none that is seen."""
    found = registers.find(connection, sight_of(visit, connection), cascade, number)
    if found is None:
        raise NotFound(say("No directive {number} in cascade {cascade}", number=number, cascade=cascade))
    return found


def check_cascade(visit: Visit, connection: Connection, cascade: str) -> None:
    """Raises NotFound where there is no such cascade in which anything is seen."""
    wanted = registers.Wanted(cascade=cascade)
    if not registers.listed(connection, sight_of(visit, connection), wanted, 1).rows:
        raise NotFound(say("No cascade {cascade!r} in this database", cascade=cascade))


def etag_of(connection: Connection, about: Wanted) -> str:
    """What changes with every entry about an obligation or a directive: the number of the last one."""
    found = history.listed(connection, EVERYTHING, about, 1).rows
    return str(found[0].seq) if found else "0"


def on_condition(if_match: str | None, about: Wanted, asked: Text) -> Callable[[Connection], None] | None:
    """A check for `execute`: is the last entry still the one that was read? It raises Overtaken, saying who was first."""
    if if_match is None or if_match.strip() == "*":
        return None
    read = {one.strip().removeprefix("W/").strip('"') for one in if_match.split(",")}

    def check_unchanged(connection: Connection) -> None:
        entries = history.listed(connection, EVERYTHING, about, 50).rows
        if not entries or str(entries[0].seq) in read:
            return
        since = [one for one in entries if str(one.seq) not in read and _after(one, read)]
        first = since[-1] if since else entries[0]
        because = say("it has changed since it was read; first was {who}, at {moment}: {what}", **_said(first))
        raise Overtaken(asked, because, changed_by(first))

    return check_unchanged


def execute(
    visit: Visit,
    commands: list[Command],
    about: Wanted | None = None,
    if_match: str | None = None,
    asked: Text | None = None,
) -> list[Answer]:
    """Carry it out. Where it is refused as things stand, the answer says who changed them last."""
    executor = visit.site.runtime.executor
    condition = on_condition(if_match, about, asked or say("change it")) if about else None
    try:
        return executor.execute(commands, None, condition)
    except Refused as refused:
        if about is not None and not isinstance(refused, Overtaken | Incomplete):
            visit.request.state.changed = last_change(visit, about)
        raise


def last_change(visit: Visit, about: Wanted) -> dict[str, Any] | None:
    """The last entry that a person made about it."""
    with visit.reading() as connection:
        entries = history.listed(connection, EVERYTHING, about, 20).rows
    mine = next((one for one in entries if one.role != TIMER.role), None)
    return changed_by(mine) if mine else None


def changed_by(entry: Entry) -> dict[str, Any]:
    return {"by": who(entry), "at": entry.recorded_at.isoformat().replace("+00:00", "Z"), "kind": entry.kind,
            "says": told(what(entry)), "etag": f'"{entry.seq}"'}  # fmt: skip


def needed(if_match: str | None) -> str:
    """A condition without which a change is not taken. Raises Hindered (428)."""
    if if_match is None:
        raise Hindered(428, say("This replaces a whole: send If-Match with the ETag of what you have read."))
    return if_match


def day(text: str | None, field: str) -> date | None:
    """A day as people type it. Raises Incomplete."""
    try:
        return parse_day(text) if text else None
    except ValueError:
        said = say("{text!r} is not a day; write 2023-08-31 or 31/08/2023", text=text)
        raise Incomplete(say("read {field}", field=field), said, fields={field: said}) from None


def instant(text: str | None, field: str) -> datetime | None:
    """An instant as people type it; a day alone means its end. Raises Incomplete."""
    try:
        return parse_instant(text) if text else None
    except (ValueError, OverflowError):
        said = say(
            "{text!r} is not a moment; write 2023-08-31, 31/08/2023 or 2023-08-31T16:00 (Vietnam's time)", text=text
        )
        raise Incomplete(say("read {field}", field=field), said, fields={field: said}) from None


def _after(entry: Entry, read: set[str]) -> bool:
    numbers = [int(one) for one in read if one.isascii() and one.isdigit() and len(one) < 12]
    return bool(numbers) and entry.seq > max(numbers)


def _said(entry: Entry) -> dict[str, Any]:
    return {"who": who(entry), "moment": moment_words(entry.recorded_at), "what": what(entry)}
