"""`cascade demo`: the sample cascade from the Government's notice to its seven units, told as it happened."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from engine import logs
from engine.cli.options import DatabaseIfGiven, JsonOption
from engine.cli.printing import json_document
from engine.demo import fresh
from engine.demo.outcome import Outcome, read_outcome
from engine.demo.play import Played, play, read_story
from engine.demo.tell import Teller
from engine.errors import Unverified
from engine.labels import totals_words
from engine.language import told
from engine.notify.channels import Silent
from engine.runtime import Runtime, opened
from storage import definitions
from storage.database import Database
from workflows.fields import parse_instant
from workflows.text import say, say_count

FILE = "cascade-demo.db"


def demo(
    database: DatabaseIfGiven = "",
    full: Annotated[bool, typer.Option("--full", help="Tell every line of the story.")] = False,
    serve: Annotated[
        bool, typer.Option("--serve", help="Then serve its pages, with an account of each role, until Ctrl-C.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Play the sample cascade under a simulated clock, July 2023 to July 2024, and tell what happened.

    One notice of the Government Office goes through the People's Committee and a department to seven units and through a
    year of follow-up, by the same execute and the same rounds as the service. It is kept in cascade-demo.db, or in
    --database, for the other commands.
    """
    logs.silence()
    story = read_story()
    url = database or _default_file()
    emptied = Database(url)
    fresh.make(emptied, parse_instant(story["from"]))
    emptied.close()
    with opened(url, channel=Silent()) as runtime:
        played = play(runtime, story, _progress(as_json))
        outcome = read_outcome(runtime, played.cascade, played.others)
        lines = [] if as_json else list(_told(runtime, outcome, played, story, full))
    if as_json:
        json_document(as_data(outcome, played, url))
    else:
        sys.stdout.write("\n".join(map(told, lines)) + "\n")
    if not outcome.verdict.verified or outcome.altered.found != outcome.altered.seq:
        raise Unverified(say("The demonstration does not show what it should: the journal did not verify"))
    if serve:
        from engine.cli.serve import serve as serve_pages

        sys.stdout.write("\n" + told(say("THE PAGES, IN THE MIDDLE OF THE STORY")) + "\n")
        serve_pages(demo=True)


def as_data(outcome: Outcome, played: Played, url: str) -> dict[str, Any]:
    """The whole outcome as one JSON object; `obligations.total` is the sum of the groups beside it."""
    return {
        "cascade": outcome.cascade,
        "cascades": [{"cascade": one.cascade, "symbol": next(one.issued).directive.symbol, "obligations": len(one.obligations),
                      "entries": len(one.told)} for one in outcome.tales],
        "database": url,
        "obligations": {"total": outcome.total, **outcome.groups},
        "escalations": outcome.escalations,
        "extensions": outcome.extensions,
        "disputes": outcome.disputes,
        "refused": [{"by": str(one.by), "action": one.action, "says": one.says} for one in played.refusals],
        "killed": [{name: getattr(one, name) for name in ("due", "kept", "fired", "lost", "twice")} for one in played.kills],
        "journal": {"entries": outcome.verdict.entries, "verified": outcome.verdict.verified},
        "altered": {"entry": outcome.altered.seq, "found": outcome.altered.found, "says": outcome.altered.says},
        "rounds": played.rounds,
        "messages": played.messages,
    }  # fmt: skip


def _told(runtime: Runtime, outcome: Outcome, played: Played, story: dict[str, Any], full: bool) -> Iterator[str]:
    with runtime.database.reading() as connection:
        known = runtime.executor.known(connection)
        published = definitions.read_published(connection, "workflow")
    name = str(story["workflow"])
    workflow = known.workflows.get(name)
    digest = next(one.digest for one in published if one.key == workflow.key)
    teller = Teller(outcome, played, known.offices, workflow)
    shown = runtime.database.shown
    start, end = parse_instant(story["from"]), parse_instant(story["until"])
    days = {"start": f"{start:%d/%m/%Y}", "end": f"{end:%d/%m/%Y}"}
    yield say("cascade demo: fresh {database}, simulated clock {start}-{end}, workflow {workflow} v{version} ({digest})",
              database=shown, **days, workflow=name, version=workflow.version, digest=digest[:6])  # fmt: skip
    yield from ("", say("WHO ORDERED WHOM"))
    yield from teller.who_ordered_whom()
    yield from ("", say("WHAT FIVE ITEMS WITHOUT A DATE BECAME"))
    yield from teller.what_items_became()
    yield from ("", say("STORY"))
    yield from teller.story(full)
    yield from ("", say("COUNT"))
    yield totals_words(outcome.groups)
    cascades = say_count("{count} cascade", "{count} cascades", len(outcome.tales))
    rounds = say_count("{count} round", "{count} rounds", played.rounds)
    messages = say_count("{count} message", "{count} messages", played.messages)
    refused = say_count(
        "{count} act refused and nothing of it stored", "{count} acts refused and nothing of them stored",
        len(played.refusals),
    )  # fmt: skip
    yield say(
        "{cascades}, {rounds}, {messages} sent, {refused}",
        cascades=cascades,
        rounds=rounds,
        messages=messages,
        refused=refused,
    )
    yield from ("", say("PROOF"))
    verdict = outcome.verdict
    entries = say_count("{count} entry", "{count} entries", verdict.entries)
    chains = say_count("{count} chain", "{count} chains", verdict.chains)
    if verdict.verified:
        yield say(
            "{entries} in {chains} verified; every state follows from its entries", entries=entries, chains=chains
        )
    else:
        yield say("{entries} in {chains} NOT VERIFIED", entries=entries, chains=chains)
    altered = outcome.altered
    yield (
        say("one byte changed in a copy: found, {what}", what=altered.says)
        if altered.found
        else say("one byte changed in a copy: {what}", what=altered.says)
    )
    yield from ("", say("NEXT"))
    yield f"cascade obligation show {outcome.cascade}/{teller.followed} --database {shown}"
    yield f"cascade journal show --late --database {shown}"
    yield f"cascade directive tree {outcome.cascade} --database {shown}"


def _default_file() -> str:
    """A file beside the reader, or in a temporary folder where that cannot be written."""
    try:
        probe = Path(".cascade-demo-probe")
        probe.touch()
        probe.unlink()
    except OSError:
        return str(Path(tempfile.mkdtemp()) / FILE)
    return FILE


def _progress(quiet: bool) -> Any:
    """Where the play has got to, on a terminal's stderr."""
    if quiet or not sys.stderr.isatty():
        return lambda _: None
    return lambda on: sys.stderr.write(f"\r{on} " if on else "\r                 \r")
