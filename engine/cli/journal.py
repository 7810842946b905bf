"""`cascade journal`: the record of what happened, to read and to verify."""

import uuid
from dataclasses import asdict
from typing import Annotated

import typer

from engine.cli import journal_checks, journal_export, journal_past, late_page
from engine.cli.opening import cascade_named, looking, opened, split_reference
from engine.cli.options import (
    AsOption,
    CascadeOption,
    CommandIdOption,
    DatabaseOption,
    DeputyOption,
    JsonOption,
    LimitOption,
    actor,
    command,
    group,
)
from engine.cli.printing import cut, data, json_document, table, talk
from engine.cli.progress import carried_out
from engine.entry_words import entry_data, late, on_behalf, what, who
from storage.journal import Entry
from storage.queries import entries as entry_lists
from storage.queries import history
from workflows.calendar import VIETNAM
from workflows.commands import Correct
from workflows.facts import Fact
from workflows.text import joined, say

app = group("The journal: who did what, when, on whose behalf. It only grows, and it can be verified.")

_KINDS = {kind.__name__.lower(): kind.__name__ for kind in Fact.__args__}


@command(
    app,
    "show",
    "cascade journal show",
    "cascade journal show --obligation 12",
    "cascade journal show --cascade administration",
    "cascade journal show --late",
)
def show(
    cascade: CascadeOption = "",
    obligation: Annotated[
        str,
        typer.Option("--obligation", "-o", metavar="N", show_default=False, help="What happened to this one."),
    ] = "",
    kind: Annotated[
        str,
        typer.Option("--kind", "-k", metavar="KIND", show_default=False, help="Only this, such as RungReached."),
    ] = "",
    after: Annotated[
        int | None,
        typer.Option("--after", min=0, metavar="SEQ", show_default=False, help="From the entry after this."),
    ] = None,
    limit: LimitOption = 200,
    only_late: Annotated[
        bool, typer.Option("--late", help="Only what was recorded on a later day than it happened; all chains.")
    ] = False,
    raw: Annotated[
        bool, typer.Option("--raw", help="Print each entry's stored body, exactly as it was hashed.")
    ] = False,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show what happened, a line for each entry; without --after the newest.

    An entry that was recorded on a later day than it happened says so. The installation itself (offices,
    workflows) has a chain of its own: --cascade administration. --late shows, newest first and of every cascade
    where none is named, what was recorded late, and by how many days.
    """
    number = None
    if obligation:
        cascade, number = split_reference(obligation, cascade, "--obligation")
    if kind and kind.lower() not in _KINDS:
        said = say("{kind!r} is not a kind; kinds are {known}", kind=kind, known=list(_KINDS.values()))
        raise typer.BadParameter(said, param_hint="--kind")
    if only_late and after is not None:
        said = say("--late shows the newest of all chains first; leave --after out")
        raise typer.BadParameter(said, param_hint="--after")
    with looking(database) as (_, connection):
        if only_late:
            one_chain = cascade or number  # an obligation is numbered within its cascade
            some = cascade_named(connection, cascade, administration=True) if one_chain else None
            wanted_late = history.Wanted(some, number, kind=_KINDS.get(kind.lower()), late=True)
            late_page.tell(late_page.read(connection, wanted_late, limit), some, raw=raw, as_json=as_json)
            return
        chain = cascade_named(connection, cascade, administration=True)
        wanted = entry_lists.Wanted(chain, number, _KINDS.get(kind.lower()), after)
        page = entry_lists.listed(connection, wanted, limit)
    if as_json:
        shown = [entry_data(entry) for entry in page.entries]
        json_document({"cascade": chain, "entries": shown, "shown": len(shown), "total": page.total})
        return
    if raw:
        for entry in page.entries:
            data(entry.body)
    elif page.entries:
        heads = [say("ENTRY"), say("RECORDED"), say("WHO"), say("OBL"), say("WHAT")]
        table(heads, [_line(entry) for entry in page.entries])
    else:
        talk(say("No such entry."))
    cut(len(page.entries), page.total, say("entries"), say("--limit, or from the start with --after 0"))


@command(
    app,
    "correct",
    'cascade journal correct 7h2k9/41 sent_on 18/09/2023 --reason "read from the wrong line" --as ttut/clerk',
)
def correct(
    entry: Annotated[str, typer.Argument(metavar="CASCADE/ENTRY", show_default=False)],
    field: Annotated[str, typer.Argument(metavar="FIELD", show_default=False)],
    value: Annotated[str, typer.Argument(metavar="VALUE", show_default=False)],
    reason: Annotated[str, typer.Option(metavar="TEXT", show_default=False, help="How the error came about; kept.")],
    item: Annotated[
        int | None,
        typer.Option("--item", min=1, metavar="N", show_default=False, help="Of a directive's entry: its item N."),
    ] = None,
    as_: AsOption = "",
    deputy: DeputyOption = "",
    command_id: CommandIdOption = "",
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Correct a field that was entered wrongly (đính chính): a new entry with the old value, the new one and the reason.

    The wrong entry stays as it is. It is corrected by the clerk or leader of the office that entered it.
    """
    named, seq = split_reference(entry, "", "CASCADE/ENTRY")
    by = actor(as_, deputy)
    with opened(database) as found:
        with found.database.reading() as connection:
            chain = cascade_named(connection, named)
        asked = Correct(command_id or uuid.uuid4().hex, by, chain, seq, field, value, reason, item)
        [answer] = carried_out(found.executor, [asked], silent=as_json)
        with found.database.reading() as connection:
            page = entry_lists.listed(connection, entry_lists.Wanted(chain, after=answer.first_seq - 1), 1)
    if as_json:
        json_document(asdict(answer))
    else:
        data(joined([str(answer.first_seq), what(page.entries[0])], "  "))


command(
    app,
    "changes",
    "cascade journal changes --from 31/08/2023 --to 30/09/2023",
    "cascade journal changes --from '31/08/2023 16:00' --office vp",
)(journal_past.changes)
command(app, "replay", "cascade journal replay")(journal_past.replay)


def _line(entry: Entry) -> tuple[str, str, str, str, str]:
    at = f"{entry.recorded_at.astimezone(VIETNAM):%d/%m/%Y %H:%M}"
    notes = [note for note in (on_behalf(entry), late(entry)) if note]
    said = say("{what}  [{notes}]", what=what(entry), notes=joined(notes, "; ")) if notes else what(entry)
    return str(entry.seq), at, who(entry), str(entry.obligation or ""), said


journal_checks.register(app)
command(app, "export", *journal_export.EXAMPLES)(journal_export.export)
