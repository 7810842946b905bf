"""One action on several obligations, with a preview; and the lists that an account keeps."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from engine.language import told
from engine.web import kept, several
from engine.web.api.door import Api, command_id
from engine.web.api.parameters import Body, Name, text
from engine.web.api.replies import Listed, Reply
from engine.web.several import MOST, Line
from engine.web.visit import Visit
from storage import views
from storage.views import View
from workflows.errors import Incomplete, Unmet
from workflows.text import Text, say

api = Api("several", "Several obligations at once, and saved views.")
_KEY = re.compile(r"([0-9a-z]{1,32})/([1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One obligation of a batch. `seat` is who would act, or acted; `says` what that does; `refused` why nothing would be,
    or was, done to it: empty where it goes, or went, through."""

    obligation: str
    about: str
    seat: str
    action: str
    says: tuple[str, ...]
    refused: str


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch: how many of it go through, and each."""

    action: str
    ready: int
    lines: tuple[BatchLine, ...]


class Chosen(Body):
    """Which obligations, and what with them."""

    action: Literal["receive", "acknowledge"] = Field(
        description="`receive` what has come in, or `acknowledge` the last reminder.", examples=["receive"]
    )
    obligations: Annotated[
        list[Annotated[str, Field(max_length=42, pattern=r"^[0-9a-z]{1,32}/[1-9][0-9]{0,8}$")]],
        Field(min_length=1, max_length=MOST),
    ] = Field(description="Each as CASCADE/NUMBER.", examples=[["4c8d17h2k9qd/12"]])


class NewView(Body):
    """A list to keep."""

    name: str = text("What it is called.", most=80, examples=["Overdue in my units"])
    query: str = text(
        "The address of a page with its filters: of /work, /obligations, /register, /journal or /overview.",
        examples=["/obligations?group=open_overdue"],
    )


@api.post("/batches/previews", "batch.act", Batch, keyed=False)
def preview_batch(visit: Visit, body: Chosen) -> Batch:
    """What an action would do to each

    Nothing is done; it may be otherwise by the time it is carried out."""
    with visit.reading() as connection:
        lines = [several.foreseen_for(visit, connection, *key, body.action) for key in _keys(body)]
    return _batch(body, lines)


@api.post("/batches", "batch.act", Batch)
def carry_out_batch(visit: Visit, body: Chosen) -> Batch:
    """Take an action on several obligations

    Each is a command of its own, by the first of your seats that may: one that is refused keeps no other from being done."""
    lines = []
    for cascade, number in _keys(body):
        with visit.reading() as connection:
            seen = several.foreseen_for(visit, connection, cascade, number, body.action)
        if not seen.refused:
            command = command_id(visit, seen.key)
            done = several.carried_out(visit, cascade, number, seen.action, seen.seat, command)
            seen = several.as_done(seen, done)
        lines.append(seen)
    return _batch(body, lines)


@api.get("/views", "look.own", Listed[View])
def list_views(visit: Visit) -> Listed[View]:
    """The lists that you keep"""
    with visit.reading() as connection:
        return Listed(tuple(views.listed(connection, visit.known.account)))


@api.post("/views", "view.own", View, 201)
def save_view(visit: Visit, body: NewView) -> Reply:
    """Keep a list under a name

    Another one of this name is replaced."""
    name, query = " ".join(body.name.split()), kept.address(body.query)
    asked = say("save the view {name}", name=repr(name))
    if query is None:
        because = say("this page has no filters to keep")
        raise Incomplete(asked, because, fields={"query": because})
    if "/" in name:
        because = say("a name that a program uses holds no /")
        raise Unmet(asked, because)
    with visit.database.transaction() as connection:
        views.save(connection, visit.known.account, name, query)
    return Reply(View(name, query), 201, path="/api/v1/views")


@api.delete("/views/{name}", "view.own")
def forget_view(visit: Visit, name: Name) -> Reply:
    """Keep a list no longer"""
    with visit.database.transaction() as connection:
        views.forget(connection, visit.known.account, name)
    return Reply(None, 204)


def _keys(body: Chosen) -> list[tuple[str, int]]:
    found = (_KEY.fullmatch(one) for one in dict.fromkeys(body.obligations))
    return [(one[1], int(one[2])) for one in found if one]


def _batch(body: Chosen, lines: list[Line]) -> Batch:
    shown = tuple(
        BatchLine(one.key, _plain(one.about), one.seat, one.action, tuple(map(_plain, one.says)), _plain(one.refused))
        for one in lines
    )
    return Batch(body.action, sum(not one.refused for one in lines), shown)


def _plain(said: str | Text) -> str:
    return told(said) if isinstance(said, Text) else said
