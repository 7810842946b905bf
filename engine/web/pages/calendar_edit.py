"""The calendar changed: a day off, a weekend worked, a swap; which dates would move; then published. Nothing needs a script.

The text that is being changed goes along in the form, and is stored only when it is published.
"""

from datetime import date

from fastapi import Response

from engine import calendars
from engine.calendar_words import difference_words, spread_words
from engine.calendars import REACHES
from engine.showing.moved_dates import moved_dates
from engine.web.replies import Blanks, Page, go
from engine.web.routes import Routes
from engine.web.visit import Visit
from engine.wording import day_words
from workflows.calendar import Calendar, Day
from workflows.calendar_text import parse_calendar, to_text
from workflows.errors import Incomplete, InvalidDefinition, NotFound, Problem, Refused
from workflows.fields import parse_day
from workflows.text import Text, say

routes = Routes()


@routes.get("/calendar/edit", "calendar.edit")
def edit_calendar(visit: Visit, name: str = "") -> Page:
    """Begin with the newest version."""
    with visit.reading() as connection:
        used = calendars.newest(visit.known_rules(connection).calendars.values(), name)
    return _page(visit, to_text(used), used.key)


@routes.post("/calendar/edit", "calendar.edit")
def change_calendar(visit: Visit) -> Page | Response:
    """One step: a day is changed, the dates that would move are shown, or, confirmed and with a reason, it is published."""
    text, made_from, do = visit.typed("text") + "\n", visit.typed("made_from"), visit.typed("do")
    try:
        written = parse_calendar(text, source="calendar.yaml")
        if do in ("off", "worked", "swap", "clear"):
            changed = _changed(visit, written, do)
            return _page(visit, to_text(changed), made_from)
        if do == "publish":
            return _published(visit, text, made_from)
    except InvalidDefinition as refused:
        return _page(visit, text, made_from, problems=list(refused.problems))
    except _Wrong as wrong:
        return _page(visit, text, made_from, errors={wrong.field: wrong.says})
    except (Refused, NotFound) as refused:
        return _page(visit, text, made_from, errors={"": refused.text}, preview=do == "publish")
    return _page(visit, text, made_from, preview=do == "preview")


class _Wrong(Exception):
    """What is wrong with one field."""

    def __init__(self, field: str, says: str) -> None:
        super().__init__(says)
        self.field, self.says = field, says


def _changed(visit: Visit, written: Calendar, do: str) -> Calendar:
    """The calendar with the day, or the two days, as they were typed."""
    name, document = visit.typed("day_name"), visit.typed("document") or None
    on = _day(visit, "on")
    if do == "clear":
        return calendars.without_day(written, on)
    if not name:
        raise _Wrong("day_name", say("Say what the day is called."))
    if do == "swap":
        return calendars.swapped(written, on, _day(visit, "for_day"), name, document)
    try:
        return calendars.with_day(written, Day(on, do == "worked", name, document))
    except ValueError as error:
        raise _Wrong("on", error.args[0]) from None
    except Incomplete as refused:
        raise _Wrong("on", refused.text) from None  # what stands in the way


def _day(visit: Visit, field: str) -> date:
    try:
        return parse_day(visit.typed(field))
    except ValueError:
        raise _Wrong(field, say("Write a day such as 02/01/2026.")) from None


def _published(visit: Visit, text: str, made_from: str) -> Page | Response:
    why, reach = visit.typed("why"), visit.typed("reach") or "all"
    basis = [one.strip() for one in visit.typed("basis").splitlines() if one.strip()]
    if not why:
        return _page(visit, text, made_from, errors={"why": say("Say why; it goes on the record.")}, preview=True)
    with visit.database.transaction() as connection:
        made = calendars.publish(connection, text, "calendar.yaml", why, basis, visit.now(), visit.known.administrator(),
                                 reach=reach if reach in REACHES else "all", made_from=made_from or None)  # fmt: skip
    return go(f"/calendar?done={'follow' if made.waiting else 'published'}")


def _page(
    visit: Visit, text: str, made_from: str, *, errors: dict[str, str | Text] | None = None,
    problems: list[Problem] | None = None, preview: bool = False,
) -> Page:  # fmt: skip
    values: dict[str, object] = {
        "text": text, "made_from": made_from, "errors": Blanks(errors or {}), "wrong": (errors or {}).get(""),
        "problems": problems or [], "typed": Blanks({one: visit.typed(one) for one in
                                              ("on", "for_day", "day_name", "document", "why", "basis", "reach")}),
        "changes": [], "moved": None,
    }  # fmt: skip
    if not problems:
        with visit.reading() as connection:
            known = visit.known_rules(connection)
            new, last = calendars.as_next(connection, text, "calendar.yaml")
            changed = calendars.differences(last, new)
            moved = moved_dates(connection, known, new, visit.now()) if preview else None
        values |= {
            "changes": [difference_words(*one) for one in changed],
            "next": new.key,
            "last": last,
            "moved": moved,
        }
        if moved is not None:
            values |= {"spread": list(spread_words(moved.spread)), "rows": [
                (one, [(each.number, day_words(each.before), day_words(each.after)) for each in one.first])
                for one in moved.shown]}  # fmt: skip
    return Page("calendar_edit.html", values, 422 if errors or problems else 200)
