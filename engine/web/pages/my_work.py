"""My work: what waits for the seats of whoever looks, the least time left first. The first page after signing in."""

from dataclasses import replace
from urllib.parse import urlencode

from fastapi import Response

from engine.labels import ROLE_WORDS
from engine.showing.names import Names
from engine.web import wordings
from engine.web.pages.batch import batches
from engine.web.pages.obligation import task_says
from engine.web.paging import Pager, page_number
from engine.web.replies import Page, go
from engine.web.routes import Routes
from engine.web.visit import Visit
from engine.wording import PART_WORDS, mode_words, short, state_words
from storage.queries import my_work
from storage.queries import tasks as task_lists
from storage.queries.my_work import ASKS, TIMES, Wanted, WorkLine
from storage.queries.tasks import TaskLine
from workflows.calendar import Calendar, day_end, day_of
from workflows.text import Text, joined, say
from workflows.workflow import Workflows

routes = Routes()
ROWS = 25
_TASKS = 100
TIME_WORDS: dict[str, Text] = {
    "overdue": say("overdue"),
    "near": say("due within three working days"),
    "later": say("due later"),
    "none": say("without a date"),
}


@routes.get("/", "look.own")
def first(visit: Visit) -> Response:
    """Where one begins: the first page of the menu that is open."""
    return go(visit.first_page)


@routes.get("/work", "look.work")
def work(visit: Visit, asks: str = "", time: str = "", office: str = "", symbol: str = "", page: str = "1") -> Page:
    """The queue, with its filters in the address."""
    person, now, number = visit.known, visit.now(), page_number(page)
    with visit.reading() as connection:
        known = visit.known_rules(connection)
        offices = known.offices.on(day_of(now))
        mine = list(dict.fromkeys(place for place, _ in person.places))
        calendar = _newest(known.calendars)
        wanted = Wanted(
            now, day_end(calendar.add(day_of(now), wordings.NEAR_DAYS)), asks if asks in ASKS else None,
            time if time in TIMES else None, office if office in mine else None, symbol.strip()[:100],
        )  # fmt: skip
        calls, calls_total = task_lists.of_seats(connection, person.sight(offices), person.places, _TASKS)
        found = my_work.listed(connection, person.sight(offices), person.places, wanted, ROWS, (number - 1) * ROWS)
    filters = {"asks": wanted.asks, "time": wanted.time, "office": wanted.office, "symbol": wanted.symbol}
    pager = Pager(number, ROWS, found.total, "/work", {name: value for name, value in filters.items() if value})
    seats = [(offices.get(place).name, ROLE_WORDS[role]) for place, role in person.places if offices.find(place)]
    return Page(
        "my_work.html",
        {
            "rows": [_shown(visit, one, known.workflows, known.calendars, wanted) for one in found.rows],
            "counted": found.counted, "total": found.total, "wanted": wanted, "pager": pager, "now": now, "seats": seats,
            "offices": [offices.get(one) for one in mine if offices.find(one)],
            "tabs": [
                ("", say("everything"), found.counted.total),
                *((one, wordings.ASKS[one], found.counted.asks[one]) for one in ASKS),
            ],
            "times": [(one, TIME_WORDS[one], found.counted.times[one]) for one in TIMES],
            "label_of": lambda one: found_office.name if (found_office := offices.find(one)) else one,
            "way": lambda **changes: _way(filters, **changes), "batch": batches(person),
            "tasks": [_task(visit, one, Names(offices)) for one in calls], "tasks_total": calls_total,
        },
    )  # fmt: skip


def _task(visit: Visit, one: TaskLine, names: Names) -> dict[str, object]:
    """A call, visit or letter in the list, with where it is recorded as done."""
    seat = urlencode({"seat": f"{one.task.office}/{one.task.role}"})
    return {
        "line": one, "says": task_says(one.task, names), "holder": names.office(one.holder),
        "href": visit.way("obligation", cascade=one.cascade, number=one.number),
        "record": f"{visit.way('act', cascade=one.cascade, number=one.number, action='record_task')}?{seat}",
        "letter": visit.way("print_letter", cascade=one.cascade, number=one.number, task=one.task.id)
        if one.task.kind == "letter" else "",
    }  # fmt: skip


def _way(filters: dict[str, str | None], **changes: str) -> str:
    """The same list with another filter; always from its first page."""
    kept = {name: value for name, value in {**filters, **changes}.items() if value}
    return f"/work?{urlencode(kept)}" if kept else "/work"


def _shown(
    visit: Visit, line: WorkLine, workflows: Workflows, calendars: dict[str, Calendar], wanted: Wanted
) -> dict[str, object]:
    """A row in words."""
    definition, calendar = workflows.get(line.workflow).definition, calendars[line.calendar]
    chip = wordings.time_chip(line.group, line.due_at, line.rests, wanted.now, calendar)
    if "decide" in line.asked and line.by:
        chip = wordings.answer_chip(line.by, wanted.now, calendar)
    return {
        "line": replace(line, text=short(line.text, 220)),
        "chip": chip,
        "state": state_words(definition, line.state),
        "part": PART_WORDS.get(line.part, line.part),
        "mode": joined(filter(None, [mode_words(definition, line.mode), line.period])),
        "asked": [wordings.ASKS[one] for one in line.asked],
        "ours": "decide" in line.asked,
        "href": visit.way("obligation", cascade=line.cascade, number=line.number),
        "key": f"{line.cascade}/{line.number}",
    }


def _newest(calendars: dict[str, Calendar]) -> Calendar:
    return max(calendars.values(), key=lambda one: (one.covers[1], one.version))
