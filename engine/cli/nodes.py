"""`cascade nodes`: the service nodes of a database, whether they live, and how late their rounds are."""

from datetime import datetime, timedelta
from typing import Annotated

import typer

from engine.cli.opening import opened
from engine.cli.options import LIMIT_MAX, DatabaseOption, JsonOption, LimitOption
from engine.cli.printing import cut, data, json_document, styled, table, talk
from engine.clock import real_now
from engine.machine_words import NODE_WORDS, length, node_state
from engine.wording import moment_words
from storage import nodes as node_rows
from storage.database import Database
from storage.nodes import Node
from storage.queries.places import next_waking
from workflows.errors import NotFound, Unmet
from workflows.text import say

_COLOURS = {"ready": "green", "not_ready": "yellow", "held": "red", "lost": "red", "stopped": "white"}


def nodes(
    forget: Annotated[
        str, typer.Option("--forget", metavar="NAME", show_default=False, help="Take a node off the list.")
    ] = "",
    limit: LimitOption = 50,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """The service nodes that share this database: since when, their last round, how much they fired, how late they were.

    A node gives a sign of life at least every half minute; after three beats more without one it counts as dead. What a
    dead node was doing was not stored, and the others do it: nothing waits for it.
    """
    with opened(database) as found:
        seen = real_now(found.clock)
        if forget:
            _forget(found.database, forget, seen)
        with found.database.reading() as connection:
            listed = node_rows.listed(connection, limit + 1)
            now, since = found.now(), next_waking(connection)
    late = max(timedelta(0), now - since) if since else timedelta(0)
    shown = listed[:limit]
    if as_json:
        json_document(
            {"at": now, "late_seconds": late.total_seconds(), "nodes": [_document(one, seen) for one in shown]}
        )
        return
    if shown:
        heads = [say("STATE"), say("NODE"), say("HOST"), say("SINCE"), say("LAST SIGN"), say("LAST ROUND"), say("FIRED"),
                 say("IN ALL"), say("LATE"), say("VERSION")]  # fmt: skip
        table(heads, [_line(one, seen) for one in shown])
        for one in shown:
            if one.held and node_state(one, seen) == "held":
                data(say("{node} is held: {why}", node=one.name, why=one.held))
    else:
        talk(say("No node has served this database yet. Start one: cascade serve"))
    cut(len(shown), len(listed), say("nodes"))
    talk(say("Rounds are {late} behind.", late=length(late)) if late else say("No round is late: nothing is due now."))


def _forget(database: Database, name: str, now: datetime) -> None:
    with database.transaction() as connection:
        found = next((one for one in node_rows.listed(connection, LIMIT_MAX) if one.name == name), None)
        if found is None:
            raise NotFound(say("No node {name!r} is on the list. See: cascade nodes", name=name))
        if found.alive(now):
            raise Unmet(
                say("forget node {name}", name=name),
                say("it gave a sign of life {time} ago", time=length(now - (found.seen_at or found.started_at))),
                [say("stop it first; where it is dead, again in {time}",
                     time=length((found.seen_at or found.started_at) + found.patience - now))],
            )  # fmt: skip
        node_rows.forget(connection, name)


def _line(node: Node, now: datetime) -> list[str]:
    found = node_state(node, now)
    lag = length(timedelta(milliseconds=node.lag_ms)) if node.round_at else "-"
    seen = say("{time} ago", time=length(max(timedelta(0), now - (node.stopped_at or node.seen_at or node.started_at))))
    moments = [moment_words(node.started_at), seen, moment_words(node.round_at)]
    counts = [f"{node.fired:,}", f"{node.total:,}"]
    return [
        styled(NODE_WORDS[found], _COLOURS[found]),
        node.name,
        node.host or "-",
        *moments,
        *counts,
        lag,
        node.version,
    ]


def _document(node: Node, now: datetime) -> dict[str, object]:
    return {
        "name": node.name,
        "state": node_state(node, now),
        "alive": node.alive(now),
        "held": node.held,
        "host": node.host,
        "pid": node.pid,
        "version": node.version,
        "started_at": node.started_at,
        "seen_at": node.seen_at,
        "stopped_at": node.stopped_at,
        "beat_seconds": node.beat_ms / 1000,
        "last_round": {"at": node.round_at, "fired": node.fired, "late_seconds": node.lag_ms / 1000},
        "fired": node.total,
    }
