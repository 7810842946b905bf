"""Files added to an obligation or a document afterwards, and files given out again to whoever sees what they belong to."""

from typing import Any

from fastapi import Response
from sqlalchemy import Connection

from engine.access.rules import check
from engine.web import asking, attaching
from engine.web.downloads import download
from engine.web.pages.obligation import find, lines_of
from engine.web.pages.register_entry import seen
from engine.web.replies import Page, go
from engine.web.routes import Routes
from engine.web.visit import Visit
from storage import documents
from storage.queries import kept_files
from storage.queries.kept_files import KeptFile
from workflows.attachments import BESIDE
from workflows.calendar import day_of
from workflows.commands import Actor, Attach
from workflows.errors import Incomplete, NotFound, Refused
from workflows.text import Text, say

routes = Routes()
_DEED = "attachment.add"


@routes.get("/obligations/{cascade}/{number}/files/{seq}/{place}", "look.obligation")
def obligation_file(visit: Visit, cascade: str, number: int, seq: str, place: str) -> Response:
    """A file of an obligation, for whoever sees the obligation."""
    with visit.reading() as connection:
        find(visit, connection, cascade, number)
        return _given_out(connection, kept_files.of_obligation(connection, cascade, number), seq, place)


@routes.get("/register/entries/{cascade}/{number}/files/{seq}/{place}", "look.directive")
def directive_file(visit: Visit, cascade: str, number: str, seq: str, place: str) -> Response:
    """A file that was added to a document, for whoever sees the document."""
    with visit.reading() as connection:
        offices = visit.known_rules(connection).offices.on(day_of(visit.now()))
        one = seen(visit, connection, offices, cascade, number)
        return _given_out(connection, kept_files.of_directive(connection, one.cascade, one.number), seq, place)


def _given_out(connection: Connection, kept: list[KeptFile], seq: str, place: str) -> Response:
    found = next((one for one in kept if (str(one.entry.seq), str(one.place)) == (seq, place)), None)
    if found is None:
        raise NotFound(say("No such file is named here."))
    return download(found.file.name, found.file.kind, documents.get(connection, found.file.digest).content)


@routes.get("/obligations/{cascade}/{number}/attach", _DEED)
def attach_to_obligation(visit: Visit, cascade: str, number: int) -> Page:
    """The form to add files to an obligation."""
    return _obligation_page(visit, cascade, number)


@routes.post("/obligations/{cascade}/{number}/attach", _DEED, uploads=True)
def do_attach_to_obligation(visit: Visit, cascade: str, number: int) -> Page | Response:
    """Add them."""
    with visit.reading() as connection:
        one = find(visit, connection, cascade, number).one
    came = attaching.brought(visit, [BESIDE])
    refused: Refused | None = None
    if came.files and not came.errors:
        actor = _actor(visit, [one.holder, one.giver])
        check(visit.known, _DEED, actor.office)
        asked = Attach(asking.command_id(visit), actor, cascade, came.files, obligation=number)
        try:
            [answer] = visit.site.runtime.executor.execute([asked])
            attaching.named(visit, came.files)
            return go(f"{visit.way('obligation', cascade=cascade, number=number)}?done={answer.first_seq}#files")
        except Incomplete as error:
            refused = error
    return _obligation_page(visit, cascade, number, came, refused)


@routes.get("/register/entries/{cascade}/{number}/attach", _DEED)
def attach_to_directive(visit: Visit, cascade: str, number: str) -> Page:
    """The form to add files to a document."""
    return _directive_page(visit, cascade, number)


@routes.post("/register/entries/{cascade}/{number}/attach", _DEED, uploads=True)
def do_attach_to_directive(visit: Visit, cascade: str, number: str) -> Page | Response:
    """Add them."""
    with visit.reading() as connection:
        offices = visit.known_rules(connection).offices.on(day_of(visit.now()))
        one = seen(visit, connection, offices, cascade, number)
    came = attaching.brought(visit, [BESIDE])
    refused: Refused | None = None
    if came.files and not came.errors:
        actor = _actor(visit, [one.issuer])
        check(visit.known, _DEED, actor.office)
        asked = Attach(asking.command_id(visit), actor, one.cascade, came.files, directive=one.number)
        try:
            visit.site.runtime.executor.execute([asked])
            attaching.named(visit, came.files)
            return go(f"{visit.way('register_entry', cascade=one.cascade, number=one.number)}?done=files#files")
        except Incomplete as error:
            refused = error
    return _directive_page(visit, cascade, number, came, refused)


def _actor(visit: Visit, offices: list[str]) -> Actor:
    """As which of this person's seats: one of these offices if there is one, else any; the law says whether it may."""
    places = visit.known.places
    mine = [place for office in offices for place in places if place[0] == office] or list(places)
    if not mine:
        raise NotFound(say("you hold no seat in any office"))
    return visit.known.actor(*mine[0])


def _obligation_page(
    visit: Visit, cascade: str, number: int, came: attaching.Brought | None = None, refused: Refused | None = None
) -> Page:
    with visit.reading() as connection:
        found = find(visit, connection, cascade, number)
    symbol, text = lines_of(found)
    here = visit.way("attach_to_obligation", cascade=cascade, number=number)
    return _page(visit, symbol, text, visit.way("obligation", cascade=cascade, number=number), here, came, refused)


def _directive_page(
    visit: Visit, cascade: str, number: str, came: attaching.Brought | None = None, refused: Refused | None = None
) -> Page:
    with visit.reading() as connection:
        offices = visit.known_rules(connection).offices.on(day_of(visit.now()))
        one = seen(visit, connection, offices, cascade, number)
    here = visit.way("attach_to_directive", cascade=one.cascade, number=one.number)
    back = visit.way("register_entry", cascade=one.cascade, number=one.number)
    return _page(visit, one.symbol, one.subject, back, here, came, refused)


def _page(
    visit: Visit, symbol: str, text: str, back: str, here: str, came: attaching.Brought | None, refused: Refused | None
) -> Page:
    wrong: Text | str = ""
    if came is not None:
        wrong = came.errors.get(BESIDE) or (
            refused.because if refused else "" if came.files else say("no file was chosen")
        )
    values: dict[str, Any] = {
        "symbol": symbol, "text": text, "back": back, "here": here, "command": asking.command_id(visit),
        "field": BESIDE, "kept": came.kept(BESIDE) if came else (), "wrong": asking.ended(wrong), "hint": attaching.hint(visit),
    }  # fmt: skip
    return Page("attach.html", values, 422 if came is not None else 200)
