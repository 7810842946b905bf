"""The machine: rounds, messages, and who is told by webhook."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from engine import hooks
from engine.web.api import asking
from engine.web.api.door import Api
from engine.web.api.parameters import Body, Cursor, Limit, Name, Texts, text, word
from engine.web.api.replies import Listed, Reply
from engine.web.visit import Visit
from storage import attempts, outbox, webhooks
from storage.outbox import Message
from storage.queries import groups, messages, status, troubles
from storage.queries.sight import EVERYTHING
from storage.queries.status import NodeLine
from storage.queries.waiting import waiting
from storage.webhooks import Webhook
from workflows.errors import NotFound, Unmet
from workflows.text import say

api = Api("service", "The machine: rounds, messages, webhooks.")
_ATTEMPTS_MAX = 200


@dataclass(frozen=True, slots=True)
class Rounds:
    """How the installation stands: what is due and not carried out yet, when it is looked at next, who serves it."""

    now: datetime
    due: int
    due_since: datetime | None
    wakes_at: datetime | None
    messages_waiting: int
    cascades: int
    entries: int
    nodes: tuple[NodeLine, ...]


@dataclass(frozen=True, slots=True)
class RoundMade:
    """What a round did."""

    at: datetime
    cascades: int
    obligations: int
    kinds: Mapping[str, int]
    incidents: int
    more: bool
    sent: int
    failed: int


@dataclass(frozen=True, slots=True)
class MessageShown:
    """A message without its words: who runs the machine does not read what one office writes to another."""

    id: str
    obligation: int | None
    kind: str
    office: str
    role: str
    available_at: datetime
    attempts: int
    error: str | None
    sent_at: datetime | None
    dead_at: datetime | None


@dataclass(frozen=True, slots=True)
class AttemptShown:
    """One try to send a message."""

    message: str
    channel: str
    number: int
    node: str
    at: datetime
    outcome: str
    answer: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many obligations each group of time holds, of the whole installation."""

    total: int
    groups: Mapping[str, int]


class NewWebhook(Body):
    """Whom to tell, and of what."""

    name: str = text("Its name: small letters, digits and -.", most=63, examples=["van-phong"])
    url: str = text("Where messages are posted.", examples=["https://example.vn/cascade"])
    offices: Texts = Field([], description="Only messages to these; all where none is named.")
    kinds: Texts = Field([], description="Only of these kinds; all where none is named.", examples=[["RungReached"]])


@api.get("/counts", "look.counts", Counts)
def count_obligations(visit: Visit) -> Counts:
    """How much there is, and how late"""
    with visit.reading() as connection:
        found = groups.totals(connection, visit.now())
    return Counts(sum(found.values()), found)


@api.get("/rounds", "look.rounds", Rounds)
def show_rounds(visit: Visit) -> Rounds:
    """How the installation stands"""
    with visit.reading() as connection:
        found, due = status.read(connection), waiting(connection, visit.now())
    assert found is not None  # it was opened as one
    return Rounds(visit.now(), due.obligations, due.oldest, found.wakes_at, found.messages_waiting, found.cascades,
                  found.entries, found.nodes)  # fmt: skip


@api.post("/rounds", "round.run", RoundMade)
def run_round(visit: Visit) -> RoundMade:
    """Run a round now

    What is due is carried out, and messages that wait are sent. Rounds of the service go on beside it."""
    runtime = visit.site.runtime
    runtime.campaigns.run()
    time, sent = runtime.elapse.run(), runtime.delivery.run()
    if runtime.hooks:
        runtime.hooks.run()
    return RoundMade(visit.now(), time.cascades, time.obligations, dict(time.kinds), time.incidents, time.more,
                     sent.sent, sent.failed)  # fmt: skip


@api.get("/messages", "look.rounds", Listed[MessageShown])
def list_messages(
    visit: Visit,
    state: Annotated[
        Literal["waiting", "failed", "dead"], Query(description="All that wait, those that failed, those given up.")
    ] = "waiting",
    office: Annotated[str | None, word("Only to this office.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listed[MessageShown]:
    """Messages that have not left"""
    with visit.reading() as connection:
        page = troubles.outbox(connection, EVERYTHING, state, limit, cursor, office)
    return Listed(tuple(map(_shown, page.rows)), page.next)


@api.get("/messages/{name}", "look.rounds", MessageShown)
def show_message(visit: Visit, name: Name) -> MessageShown:
    """One message"""
    return _shown(_message(visit, name))


@api.get("/messages/{name}/attempts", "look.rounds", Listed[AttemptShown])
def list_attempts(visit: Visit, name: Name) -> Listed[AttemptShown]:
    """Every try to send a message"""
    one = _message(visit, name)
    with visit.reading() as connection:
        found = attempts.of_message(connection, one.cascade_id, one.seq, one.place, _ATTEMPTS_MAX)
    return Listed(tuple(
        AttemptShown(each.message, each.channel, each.number, each.node, each.at, each.outcome, each.answer) for each in found
    ))  # fmt: skip


@api.post("/messages/{name}/retries", "outbox.retry", MessageShown)
def retry_message(visit: Visit, name: Name) -> MessageShown:
    """Send a message again

    What was given up, or fails, is tried once more with the next round, under the id it had."""
    one = _message(visit, name)
    if one.sent_at and not one.dead_at:
        raise Unmet(say("send {id} again", id=one.id), say("it was sent before"))
    with visit.database.transaction() as connection:
        outbox.revive(connection, [(one.cascade_id, one.seq, one.place)], visit.now())
    return _shown(_message(visit, name))


@api.get("/webhooks", "look.rounds", Listed[Webhook])
def list_webhooks(visit: Visit) -> Listed[Webhook]:
    """Who is told by webhook"""
    with visit.reading() as connection:
        return Listed(tuple(webhooks.listed(connection)))


@api.post("/webhooks", "webhook.edit", Webhook, 201)
def add_webhook(visit: Visit, body: NewWebhook) -> Reply:
    """Tell an address of every message from now on

    Signed as Standard Webhooks says. The secret is the file `webhook-NAME` in the service's folder of secrets, made where there
    is none; it never leaves by this way."""
    runtime = visit.site.runtime
    if runtime.secrets is None:
        raise Unmet(say("add webhook {name}", name=body.name), say("the service has no folder of secrets"),
                    [say("CASCADE_SECRETS has to name a folder for its secret")])  # fmt: skip
    with visit.database.transaction() as connection:
        made = hooks.subscribe(
            connection, asking.rules_of(visit, connection).offices, (body.name, body.url), body.offices, body.kinds,
            visit.now(), asking.administrator(visit), private=runtime.webhooks_private,
        )  # fmt: skip
        runtime.secrets.make_for_webhook(made.name)
    return Reply(made, 201, path=f"/api/v1/webhooks/{made.name}")


@api.delete("/webhooks/{name}", "webhook.edit")
def remove_webhook(visit: Visit, name: Name) -> Reply:
    """Tell an address nothing more"""
    with visit.database.transaction() as connection:
        hooks.unsubscribe(connection, name, visit.now(), asking.administrator(visit))
    return Reply(None, 204)


def _message(visit: Visit, name: str) -> Message:
    key = messages.key_of(name)
    with visit.reading() as connection:
        found = messages.find(connection, key) if key else None
    if found is None:
        raise NotFound(say("No message {id!r}", id=name))
    return found


def _shown(one: Message) -> MessageShown:
    return MessageShown(one.id, one.obligation, one.kind, one.office, one.role, one.available_at, one.attempts, one.error,
                        one.sent_at, one.dead_at)  # fmt: skip
