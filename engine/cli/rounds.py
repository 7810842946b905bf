"""`cascade round`: the rounds of time and delivery, once."""

import sys
from dataclasses import asdict
from typing import Annotated

import typer

from engine.cli.opening import quiet
from engine.cli.options import DatabaseOption, JsonOption, instant, settings
from engine.cli.printing import cut, data, json_document, talk
from engine.cli.progress import reaching
from engine.entry_words import what
from engine.notify.channels import Console, File
from engine.runtime import opened
from engine.scheduler.elapse import OBLIGATIONS_MAX
from engine.wording import moment_words
from storage.queries import entries as entry_lists
from storage.queries.waiting import waiting
from workflows.text import joined, say, say_count

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
    """Let time pass for everything that is due, send the messages that wait, seal the journal where a key is set, and end.

    Messages go to the file that CASCADE_MESSAGES names, or to standard error.
    """
    quiet()
    moment = instant(at, "--at") if at else None
    given = settings()
    messages = given.messages
    channel = File(messages) if messages else Console(sys.stderr)
    with opened(database, channel=channel, settings=given) as found:
        if moment:
            found.move_to(moment)
        with found.database.reading() as connection:
            heads = entry_lists.awake_heads(connection, found.now(), _CASCADES_MAX)
            due = min(waiting(connection, found.now()).obligations, OBLIGATIONS_MAX)
        followed = found.campaigns.run()
        with reaching(say("Letting time pass, obligations"), due, silent=as_json) as reached:
            time = found.elapse.run(told=reached)
        with found.database.reading() as connection:
            fired = entry_lists.since(connection, heads, _SHOWN_MAX)
        with reaching(say("Sending, messages"), None, silent=as_json or not messages) as reached:
            delivery = found.delivery.run(told=reached)
            if found.hooks:
                found.hooks.run()
        sealing = found.seals.run() if found.seals else None
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
                "calendar": {
                    "cascades": followed.cascades,
                    "dates": followed.moved,
                    "failed": followed.failed,
                    "more": followed.more,
                },
                "delivery": {"sent": delivery.sent, "failed": delivery.failed},
                "seals": asdict(sealing) if sealing else None,
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
        about = say("obligation {number}: {what}", number=entry.obligation, what=what(entry))
        data(joined([entry.cascade_id, f"{entry.seq:>5}", about], "  "))
    cut(len(fired), time.facts, say("entries"), "cascade journal show")
    entries = say_count("{count} entry", "{count} entries", time.facts)
    cascades = say_count("{count} cascade", "{count} cascades", time.cascades)
    done = say("{entries} in {cascades}", entries=entries, cascades=cascades) if time.facts else say("nothing was due")
    sent = say_count("{count} message", "{count} messages", delivery.sent)
    failed = (
        say_count(", {count} could not be sent", ", {count} could not be sent", delivery.failed)
        if delivery.failed
        else ""
    )
    said = say("Round at {moment}: {done}; {messages} sent{failed}.",
               moment=moment_words(now), done=done, messages=sent, failed=failed)  # fmt: skip
    talk(said)
    if followed.cascades or followed.failed:
        talk(
            say_count(
                "{count} cascade goes by its new calendar; dates that moved: {dates}; could not follow: {failed}.",
                "{count} cascades go by their new calendar; dates that moved: {dates}; could not follow: {failed}.",
                followed.cascades,
                dates=followed.moved,
                failed=followed.failed,
            )
        )
    if time.incidents:
        talk(
            say_count(
                "{count} incident: see cascade incident list",
                "{count} incidents: see cascade incident list",
                time.incidents,
            )
        )
    if sealing and sealing.failed:
        talk(say_count("{count} witness did not take a seal: cascade seal status",
                       "{count} witnesses did not take a seal: cascade seal status", sealing.failed))  # fmt: skip
    if time.more or followed.more:
        talk(say("More is due; run it again."))
