"""`cascade round`: the rounds of time and delivery, once."""

import sys
from typing import Annotated

import typer

from engine.cli.entry_words import what
from engine.cli.opening import quiet
from engine.cli.options import DatabaseOption, JsonOption, instant, settings
from engine.cli.printing import cut, data, json_document, talk
from engine.cli.wording import count_words, moment_words
from engine.notify.channels import Console, File
from engine.runtime import opened
from storage.queries import entries as entry_lists

_CASCADES_MAX = 1_000
_SHOWN_MAX = 200


def run_rounds(
    at: Annotated[
        str,
        typer.Option("--at", metavar="INSTANT", show_default=False, help="Move a simulated database to here first."),
    ] = "",
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Let time pass for everything that is due, send the messages that wait, and end.

    Messages go to the file that CASCADE_MESSAGES names, or to standard error.
    """
    quiet()
    moment = instant(at, "--at") if at else None
    messages = settings().messages
    channel = File(messages) if messages else Console(sys.stderr)
    with opened(database, channel=channel) as found:
        if moment:
            found.move_to(moment)
        with found.database.reading() as connection:
            heads = entry_lists.awake_heads(connection, found.now(), _CASCADES_MAX)
        time = found.elapse.run()
        with found.database.reading() as connection:
            fired = entry_lists.since(connection, heads, _SHOWN_MAX)
        delivery = found.delivery.run()
        now = found.now()
    if as_json:
        json_document(
            {
                "at": now,
                "elapse": {
                    "cascades": time.cascades,
                    "obligations": time.obligations,
                    "facts": time.facts,
                    "kinds": dict(time.kinds),
                    "incidents": time.incidents,
                    "more": time.more,
                },
                "delivery": {"sent": delivery.sent, "failed": delivery.failed},
                "fired": [
                    {
                        "cascade": entry.cascade_id,
                        "seq": entry.seq,
                        "kind": entry.kind,
                        "obligation": entry.obligation,
                        "says": what(entry),
                    }
                    for entry in fired
                ],
            }
        )
        return
    for entry in fired:
        data(f"{entry.cascade_id}  {entry.seq:>5}  obligation {entry.obligation}: {what(entry)}")
    cut(len(fired), time.facts, "entries", "cascade journal show")
    done = (
        f"{count_words(time.facts, 'entry')} in {count_words(time.cascades, 'cascade')}"
        if time.facts
        else "nothing was due"
    )
    failed = f", {delivery.failed} could not be sent" if delivery.failed else ""
    talk(f"Round at {moment_words(now)}: {done}; {count_words(delivery.sent, 'message')} sent{failed}.")
    if time.incidents:
        talk(f"{count_words(time.incidents, 'incident')}: see cascade journal show --kind Incident")
    if time.more:
        talk("More is due; run it again.")
