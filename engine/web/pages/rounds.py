"""Rounds: the nodes that make them, how late they are, run one now."""

import socket
from datetime import datetime, timedelta

from fastapi import Response

from engine.backing_up import MADE
from engine.clock import real_now, stopwatch
from engine.machine_words import NODE_WORDS, length, node_state
from engine.scheduler.elapse import ElapseRound
from engine.web.replies import Page, go
from engine.web.routes import Routes
from engine.web.visit import Visit
from engine.web.wordings import Chip
from storage import backups
from storage import nodes as node_rows
from storage.queries import health, troubles
from storage.queries.places import next_waking
from storage.queries.sight import Sight
from storage.queries.waiting import waiting
from workflows.errors import Unmet
from workflows.text import Text, joined, say, say_count

routes = Routes()
NODES_MAX = 50
_RUN_SECONDS = 20.0  # then the page answers; what is left is the next round's
_TONES = {"ready": "good", "not_ready": "near", "held": "late", "lost": "late", "stopped": "plain"}


@routes.get("/rounds", "look.rounds")
def rounds(visit: Visit, done: str = "") -> Page:
    """How rounds stand: nodes, the last and the next, how far behind; what waits to be sent, and what failed."""
    seen, now = real_now(visit.site.runtime.clock), visit.now()
    with visit.reading() as connection:
        nodes = node_rows.listed(connection, NODES_MAX)
        next_at, due = next_waking(connection), waiting(connection, now)
        failing = health.failing(connection)
        outbox = troubles.outbox(connection, Sight(None), "dead", 1)
        made = backups.last_deed(connection, MADE)
    late = max(timedelta(0), now - next_at) if next_at else timedelta(0)
    lines = []
    for one in nodes:
        state = node_state(one, seen)
        ago = length(max(timedelta(0), seen - (one.stopped_at or one.seen_at or one.started_at)))
        lag = length(timedelta(milliseconds=one.lag_ms)) if one.round_at else "–"
        lines.append((one, Chip(NODE_WORDS[state], _TONES[state]), ago, lag))
    return Page(
        "rounds.html",
        {
            "nodes": lines, "next_at": next_at, "due": due.obligations, "late": length(late) if late else "",
            "backup_at": datetime.fromisoformat(made["recorded_at"]) if made else None, "failing": failing,
            "dead": bool(outbox.rows), "held": _held(visit), "now": now, "done": _done(done),
        },
    )  # fmt: skip


@routes.post("/rounds/run", "round.run")
def run_round(visit: Visit) -> Response:
    """Let time pass for what is due and send what waits, once, as `cascade round` does; for twenty seconds at most."""
    held = _held(visit)
    if held:
        raise Unmet(say("run a round"), held)
    runtime, began = visit.site.runtime, stopwatch()

    def stopped() -> bool:
        return stopwatch() - began > _RUN_SECONDS

    runtime.campaigns.run(stopped)
    # The beat's own round keeps where it is in its turn, and is not asked from another thread.
    time = ElapseRound(runtime.executor, runtime.database, runtime.clock, f"{socket.gethostname()}:page").run(stopped)
    sent = runtime.delivery.run(stopped)
    if runtime.hooks and not stopped():
        runtime.hooks.run(stopped)
    told = (time.facts, time.cascades, sent.sent, sent.failed, time.incidents, int(time.more))
    return go(f"/rounds?done={'-'.join(map(str, told))}")


def _held(visit: Visit) -> str:
    """Why rounds of this process are held; empty where they are not, or where another process makes them."""
    pulse = visit.site.pulse() if visit.site.pulse else None
    return (pulse.held or "") if pulse else ""


def _done(done: str) -> Text | None:
    """What a round that was run by hand came to."""
    parts = done.split("-")
    if len(parts) != 6 or not all(one.isascii() and one.isdigit() and len(one) < 10 for one in parts):
        return None
    facts, cascades, sent, failed, incidents_, more = map(int, parts)
    said: list[str | Text] = []
    if facts:
        said.append(
            say("{entries} in {cascades}", entries=say_count("{count} entry", "{count} entries", facts),
                cascades=say_count("{count} cascade", "{count} cascades", cascades))
        )  # fmt: skip
    else:
        said.append(say("nothing was due"))
    said.append(say("{messages} sent", messages=say_count("{count} message", "{count} messages", sent)))
    if failed:
        said.append(say_count("{count} could not be sent", "{count} could not be sent", failed))
    if incidents_:
        said.append(say_count("{count} incident", "{count} incidents", incidents_))
    if more:
        said.append(say("more is due; run it again"))
    return say("A round was run: {what}.", what=joined(said, "; "))
