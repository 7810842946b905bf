"""What the journal tells of other moments: what changed between two of them, and what the law makes of it today."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from typing import Annotated, Any

import typer

from engine.cli.opening import Then, cascade_named, looking
from engine.cli.options import AsCorrectedOption, CascadeOption, DatabaseOption, JsonOption, LimitOption
from engine.cli.printing import cut, data, json_document, table, talk
from engine.cli.progress import Reached, reaching
from engine.errors import Unverified
from engine.labels import GROUP_WORDS
from engine.wording import moment_words
from storage import directory, verification
from storage.queries import cascades as cascade_lists
from storage.queries.changes import KINDS, Change, Changes, Seen, between
from storage.queries.filters import Wanted
from storage.queries.sight import EVERYTHING
from workflows.obligation import GROUPS
from workflows.text import joined, say, say_count
from workflows.workflow import Workflows


def changes(
    since: Annotated[
        str,
        typer.Option(
            "--from", metavar="DAY [HH:MM]", show_default=False, help="The earlier moment; a day means its end."
        ),
    ],
    until: Annotated[
        str, typer.Option("--to", metavar="DAY [HH:MM]", show_default=False, help="The later moment; else now.")
    ] = "",
    cascade: CascadeOption = "",
    office: Annotated[
        str, typer.Option("--office", "-o", metavar="ID", show_default=False, help="Only what this office owes.")
    ] = "",
    as_corrected: AsCorrectedOption = False,
    limit: LimitOption = 200,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show what changed between two moments: each obligation with what it was and what it is, and the totals of both.

    Counted is what was recorded by each moment. With --as-corrected what was corrected later is not a change.
    """
    from engine.looking_back import as_data

    only = cascade or None
    with (
        looking(database, Then(since, as_corrected, only, True, "--from", required=False)) as (earlier, before),
        _later(database, until, as_corrected, only) as (later, after),
    ):
        if earlier.now() > later.now():
            raise typer.BadParameter(say("it is later than --to; the earlier one goes first"), param_hint="--from")
        chosen = cascade_named(after, cascade) if cascade else None
        if office:
            directory.read_offices(after).get(office)
        wanted = Wanted(chosen, office=office or None)
        found = between(Seen(before, earlier.now(), EVERYTHING), Seen(after, later.now(), EVERYTHING), wanted, limit)
        workflows = later.executor.known(after).workflows
        moments, past = (earlier.now(), later.now()), as_data(earlier.past)
    if as_json:
        json_document({
            "from": moments[0], "to": moments[1], "corrected": as_corrected, "unknown": past["as_of"]["unknown"],
            **_data(found, workflows),
        })  # fmt: skip
        return
    data(
        say(
            "From {earlier} to {later}: what was recorded by each.",
            earlier=moment_words(moments[0]),
            later=moment_words(moments[1]),
        )
    )
    for line in past["as_of"]["unknown"]:
        data(line)
    _show(found, workflows)


@contextmanager
def _later(database: str, until: str, corrected: bool, only: str | None) -> Iterator[Any]:
    then = Then(until, corrected, only, True, "--to", required=False) if until else None
    with looking(database, then) as there:
        yield there


def _data(found: Changes, workflows: Workflows) -> dict[str, Any]:
    totals = {name: {"total": sum(of.values()), **of} for name, of in _totals(found)}
    return {
        "changes": [_change_data(one) for one in found.lines],
        "shown": len(found.lines),
        "total": found.total,
        "kinds": {kind: found.kinds[kind] for kind in KINDS},
        "totals": totals,
    }


def _totals(found: Changes) -> list[tuple[str, dict[str, int]]]:
    return [("before", found.before), ("came", found.came), ("went", found.went), ("after", found.after)]


def _change_data(change: Change) -> dict[str, Any]:
    return {
        "cascade": change.line.cascade,
        "number": change.line.number,
        "kind": change.kind,
        "fields": list(change.fields),
        "before": asdict(change.before) if change.before else None,
        "after": asdict(change.after) if change.after else None,
    }


def _show(found: Changes, workflows: Workflows) -> None:
    from engine.change_words import KIND_WORDS, sentence, values

    several = len({one.line.cascade for one in found.lines}) > 1
    for change in found.lines:
        line = change.line
        number = f"{line.cascade}/{line.number}" if several else str(line.number)
        about = say("{number}  {office}  {symbol}, item {label}: {kind}",
                    number=number, office=line.holder, symbol=line.symbol, label=line.label,
                    kind=say(KIND_WORDS[change.kind]))  # fmt: skip
        data(about)
        for name, was, now in values(change, workflows):
            data(joined(["    ", sentence(name, was, now)], ""))
    if not found.lines:
        talk(say("Nothing has changed."))
    cut(len(found.lines), found.total, say("changes"))
    data()
    heads = [say("HOW IT STANDS"), say("BEFORE"), say("CAME"), say("WENT"), say("AFTER")]
    rows = [[GROUP_WORDS[one], *(str(of[one]) for _, of in _totals(found))] for one in GROUPS]
    table(heads, [*rows, [say("together"), *(str(sum(of.values())) for _, of in _totals(found))]])


def _reached(reached: Reached, before: int, of_chain: int) -> None:
    reached(before + of_chain)


def replay(
    cascades: Annotated[list[str] | None, typer.Argument(metavar="[CASCADE]...", show_default=False)] = None,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Replay the journal through the law of this release, and compare every state with what is stored.

    Whatever its entries tell wholly (acts, corrections, every clock that ran out) is decided again; the rest (a document's
    issue) is followed. Ends with exit code 6 where anything comes out otherwise, naming the first entry of each cascade.
    """
    from engine import replaying

    with looking(database) as (_, connection):
        chosen = [cascade_named(connection, one) for one in cascades or ()] or cascade_lists.ids(connection)
        total = sum(verification.count_entries(connection, one) for one in chosen)
        rules, found = replaying.Rules(connection), list[replaying.Replayed]()
        with reaching(say("Replaying, entries"), total, silent=as_json) as reached:
            for one in dict.fromkeys(chosen):
                done = sum(each.entries for each in found)
                found.append(replaying.replayed(connection, one, rules, partial(_reached, reached, done)))
    entries, decided = sum(one.entries for one in found), sum(one.decided for one in found)
    wrong = [one for one in found if one.differs]
    if as_json:
        json_document(
            {"same": not wrong, "entries": entries, "decided": decided, "cascades": [asdict(one) for one in found]}
        )
    for each in [] if as_json else wrong:
        data(each.text)
    if wrong:
        raise Unverified(
            say_count("{count} cascade comes out otherwise; looking changed nothing.",
                      "{count} cascades come out otherwise; looking changed nothing.", len(wrong))
        )  # fmt: skip
    if not as_json:
        data(
            say("Replayed: {entries} in {cascades}. The law decided {decided} of them again, as they were written; it follows"
                " the others; and every stored state is what they give.",
                entries=say_count("{count} entry", "{count} entries", entries),
                cascades=say_count("{count} cascade", "{count} cascades", len(found)), decided=f"{decided:,}")
        )  # fmt: skip
