"""The outbox: messages that wait, fail or were given up, each with the log of its tries; and tried again. What a message
says is not shown here: who keeps the machine reads no directive."""

from fastapi import Response

from engine.machine_words import KIND_WORDS, MESSAGE_WORDS, OUTCOME_WORDS, seat_of
from engine.resending import RETRY_MAX, message_named, resend, resend_all
from engine.web.replies import Page, go
from engine.web.routes import Routes
from engine.web.visit import Visit
from engine.web.wordings import Chip
from storage import attempts
from storage.attempts import Attempt
from storage.queries import messages
from storage.queries.messages import MessageLine
from workflows.errors import NotFound, Refused
from workflows.text import Text, say, say_count

routes = Routes()
ROWS = 100
_TONES = {"waiting": "plain", "failing": "near", "dead": "late", "sent": "good"}
_TABS = ("waiting", "failing", "dead", "sent")


@routes.get("/outbox", "look.rounds")
def outbox(visit: Visit, state: str = "waiting", office: str = "", done: str = "") -> Page:
    """The messages in a state, and the newest tries that did not get through."""
    chosen = state if state in _TABS else "waiting"
    with visit.reading() as connection:
        counted = {one: messages.listed(connection, one, None, 1)[1] for one in _TABS}
        rows, total = messages.listed(connection, chosen, office.strip()[:64] or None, ROWS)
        failures = attempts.failures(connection, 20)
    count = int(done) if done.isascii() and done.isdigit() and len(done) < 9 else None
    told = (
        None if count is None
        else say_count("{count} message is tried again with the next round.", "{count} messages are tried again with the next"
                       " round.", count)
    )  # fmt: skip
    return Page(
        "outbox.html",
        {
            "rows": [_line(one) for one in rows], "total": total, "state": chosen, "office": office.strip()[:64],
            "tabs": [(one, MESSAGE_WORDS[one], counted[one]) for one in _TABS], "done": told,
            "failures": [_tried(one) for one in failures], "dead": counted["dead"],
        },
    )  # fmt: skip


@routes.get("/outbox/{id_}", "look.rounds")
def message(visit: Visit, id_: str) -> Page:
    """One message: to whom, how it stands, and every try to send it."""
    return _message(visit, id_)


@routes.post("/outbox/retry", "outbox.retry")
def retry_all(visit: Visit) -> Response:
    """Let everything that was given up be tried once more."""
    with visit.database.transaction() as connection:
        count = sum(resend_all(connection, visit.now()))
    return go(f"/outbox?done={count}")


@routes.post("/outbox/{id_}/retry", "outbox.retry")
def retry(visit: Visit, id_: str) -> Page | Response:
    """Let one be tried once more."""
    try:
        with visit.database.transaction() as connection:
            resend(connection, id_, visit.now())
    except Refused as refused:
        return _message(visit, id_, refused.text)
    return go("/outbox?done=1")


def _message(visit: Visit, id_: str, wrong: str = "") -> Page:
    with visit.reading() as connection:
        try:
            found = message_named(connection, id_)
        except NotFound:
            raise NotFound(say("There is no message {id!r}.", id=id_[:80])) from None
        log = attempts.of_message(connection, found.cascade_id, found.seq, found.place, RETRY_MAX)
    line = MessageLine(found.id, found.obligation, found.kind, found.office, found.role, found.deputy, found.letter_to,
                       found.available_at, found.attempts, found.error, found.sent_at, found.dead_at)  # fmt: skip
    values = {"line": _line(line), "log": [_tried(one) for one in log], "wrong": wrong}
    return Page("outbox_message.html", values, 409 if wrong else 200)


def _line(one: MessageLine) -> dict[str, object]:
    return {"one": one, "chip": Chip(MESSAGE_WORDS[one.state], _TONES[one.state]), "to": seat_of(one),
            "kind": KIND_WORDS.get(one.kind, one.kind), "error": one.error or ""}  # fmt: skip


def _tried(one: Attempt) -> tuple[Attempt, str | Text]:
    return one, OUTCOME_WORDS.get(one.outcome, one.outcome)
