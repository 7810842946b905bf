"""One-click acknowledgement by the link of a message: looking shows what it is about, only the button acknowledges."""

from typing import Any

from sqlalchemy import Connection

from engine.notify import links
from engine.notify.links import Claim
from engine.showing.names import Names
from engine.showing.worlds import world_of
from engine.web import wordings
from engine.web.replies import Page
from engine.web.routes import Routes
from engine.web.visit import Visit
from engine.wording import short, state_words
from workflows.acting import open_to
from workflows.errors import NotFound, Refused, Unmet
from workflows.text import say

routes = Routes()


@routes.get("/acknowledge/{token}", "message.acknowledge")
def acknowledgement(visit: Visit, token: str) -> Page:
    """What is about to be acknowledged, and a button. Programs that look at mail follow links: nothing is done here."""
    claim = _claim(visit, token)
    with visit.reading() as connection:
        about, is_open = _about(visit, connection, claim)
    return Page("acknowledge.html", {**about, "open": is_open, "done": False, "refused": "", "token": token})


@routes.post("/acknowledge/{token}", "message.acknowledge")
def do_acknowledge(visit: Visit, token: str) -> Page:
    """Acknowledge. The same link again is answered as before."""
    claim = _claim(visit, token)
    refused = ""
    try:
        visit.site.runtime.executor.execute([links.acknowledgement(claim)])
    except Refused as error:
        refused = error.because
    with visit.reading() as connection:
        about, is_open = _about(visit, connection, claim)
    said = about["names"].of(refused) if refused else ""
    values = {**about, "open": is_open and not refused, "done": not refused, "refused": said, "token": token}
    return Page("acknowledge.html", values, 409 if refused else 200)


def _claim(visit: Visit, token: str) -> Claim:
    """What the link says. Raises Unmet where it is not good, or links are not used here."""
    found = visit.site.runtime.links
    if found is None or found.key is None:
        raise Unmet(say("follow the link"), say("this installation sends no links that acknowledge"),
                    [say("sign in and acknowledge on the page of the obligation")])  # fmt: skip
    return links.verify(found.key, token, visit.now())


def _about(visit: Visit, connection: Connection, claim: Claim) -> tuple[dict[str, Any], bool]:
    """What the reader of the message knows already, and nothing else; and whether there is anything to acknowledge."""
    now, known = visit.now(), visit.known_rules(connection)
    try:
        world = world_of(connection, known, claim.cascade, now)
        one = world.obligation(claim.obligation)
    except NotFound:
        raise Unmet(say("follow the link"), say("what it is about is not in this database")) from None
    names, item = Names(world.offices, world, one), world.item(one.directive, one.item)
    command = links.acknowledgement(claim)
    about = {
        "names": names, "symbol": world.directive(one.directive).symbol, "label": item.label, "text": short(item.text, 500),
        "holder": names.office(one.holder), "seat": names.seat(claim.office, claim.role), "due_at": one.due_at,
        "held_until": one.held_until, "state": state_words(world.workflow_of(one).definition, one.state),
        "chip": wordings.time_chip(one.group(now), one.due_at, one.rested_at is not None, now, world.calendar),
        "way": visit.way("obligation", cascade=claim.cascade, number=claim.obligation),
    }  # fmt: skip
    return about, links.ACKNOWLEDGE in open_to(world, command, now)
