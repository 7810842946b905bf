"""Several obligations at once from My work: a preview of what would happen to each, then each as a command of its own."""

import re
from collections.abc import Iterator

from fastapi import Response

from engine.access.person import Person
from engine.access.rules import may
from engine.web.replies import Page, go
from engine.web.routes import Routes
from engine.web.several import ACTIONS, MOST, Line, carried_out, foreseen_for
from engine.web.visit import Visit
from workflows.text import Text

routes = Routes()
_CHOSEN = re.compile(r"([0-9a-z]{1,40})/([0-9]{1,9})")


def batches(person: Person) -> tuple[tuple[str, Text], ...]:
    """The actions that this person may take on several at once."""
    return ACTIONS if may(person, "batch.act") else ()


@routes.post("/several", "batch.act")
def preview(visit: Visit) -> Page | Response:
    """What would happen to each that was chosen; nothing is done yet."""
    action, chosen = visit.typed("action"), list(_chosen(visit))
    if action not in dict(ACTIONS) or not chosen:
        return Page(
            "batch.html", {"action": action, "label": "", "lines": [], "ready": 0, "done": False, "nothing": True}, 422
        )
    with visit.reading() as connection:
        lines = [foreseen_for(visit, connection, cascade, number, action) for cascade, number in chosen]
    return _page(action, lines, done=False)


@routes.post("/several/done", "batch.act")
def carry_out(visit: Visit) -> Page | Response:
    """Each as a command of its own: one that is refused keeps no other from being done. Sent twice, each is done once."""
    action = visit.typed("action")
    if action not in dict(ACTIONS):
        return go("/work")
    lines = [_done(visit, cascade, number) for cascade, number in _chosen(visit)]
    return _page(action, lines, done=True)


def _page(action: str, lines: list[Line], *, done: bool) -> Page:
    ready = sum(not one.refused for one in lines)
    values = {"action": action, "label": dict(ACTIONS)[action], "lines": lines, "ready": ready, "done": done,
              "nothing": not lines}  # fmt: skip
    return Page("batch.html", values)


def _chosen(visit: Visit) -> Iterator[tuple[str, int]]:
    given = [str(one) for one in visit.form.getlist("chosen")][:MOST]
    for one in dict.fromkeys(given):
        if found := _CHOSEN.fullmatch(one):
            yield found[1], int(found[2])


def _done(visit: Visit, cascade: str, number: int) -> Line:
    key = f"{cascade}/{number}"
    name, seat, command = (visit.typed(f"{field}-{key}") for field in ("name", "seat", "command"))
    return carried_out(visit, cascade, number, name, seat, command)
