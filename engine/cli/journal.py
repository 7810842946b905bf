"""`cascade journal`: the record of what happened, to read and to verify."""

import uuid
from dataclasses import asdict
from typing import Annotated, Any

import typer

from engine.cli import journal_checks, journal_export, journal_past, journal_reading
from engine.cli import journal_filters as filters
from engine.cli.journal_lists import How, as_data, reader_of, recorded, said, tell, who
from engine.cli.journal_reading import CursorOption, OldestOption, RawOption
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
from engine.entry_words import what
from engine.showing.entries import Reader
from storage.journal import Entry
from storage.queries import entries as entry_lists
from storage.queries.entry_filters import Wanted
from workflows.calendar import day_of
from workflows.commands import Correct
from workflows.text import joined, say

app = group("The journal: who did what, when, on whose behalf. It only grows, and it can be verified.")


@command(
    app,
    "show",
    "cascade journal show",
    "cascade journal show --obligation 12",
    "cascade journal show --all --person 'Lê Thị Vân' --since 1/9/2023",
    "cascade journal show --all --kind DeadlineMissed --office ttra",
)
def show(
    cascade: CascadeOption = "",
    obligation: Annotated[
        str,
        typer.Option("--obligation", "-o", metavar="N", show_default=False, help="What happened to this one."),
    ] = "",
    directive: filters.DirectiveOption = None,
    office: filters.OfficeOption = "",
    role: filters.RoleOption = "",
    person: filters.PersonOption = "",
    acted_for: filters.ForOption = "",
    deputies: Annotated[
        bool, typer.Option("--deputies", help="Only where a deputy acted, or the host for an office outside.")
    ] = False,
    action: filters.ActionOption = "",
    kind: filters.KindOption = "",
    symbol: filters.SymbolOption = "",
    since: filters.SinceOption = "",
    until: filters.UntilOption = "",
    happened_since: filters.HappenedSinceOption = "",
    happened_until: filters.HappenedUntilOption = "",
    only_late: Annotated[
        bool, typer.Option("--late", help="Only what was recorded on a later day than it happened.")
    ] = False,
    overridden: Annotated[
        bool,
        typer.Option("--overridden", help="Only what set aside what stood: corrected, amended, revoked, another day."),
    ] = False,
    denied: Annotated[bool, typer.Option("--denied", help="Only what refused something that was asked for.")] = False,
    claimed: Annotated[bool, typer.Option("--claimed", help="Only by whom the command line alone names.")] = False,
    everywhere: Annotated[bool, typer.Option("--all", "-A", help="Of every cascade and of the installation.")] = False,
    after: Annotated[
        int | None,
        typer.Option("--after", min=0, metavar="SEQ", show_default=False, help="From the entry after this."),
    ] = None,
    oldest: OldestOption = False,
    cursor: CursorOption = "",
    limit: LimitOption = 200,
    raw: RawOption = False,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show what happened, a line for each entry, in words; without --after the newest.

    All filters go together. With one of them, or with --all, entries of every cascade are shown where none is named, the
    newest first; else those of one cascade, in their order. The installation itself (offices, workflows) has a chain of
    its own: --cascade administration. --raw prints what was hashed; cascade journal entry shows one in full.
    """
    number = None
    if obligation:
        cascade, number = split_reference(obligation, cascade, "--obligation")
    known_kind, known_role = filters.kind_of(kind), filters.role_of(role)
    days = filters.days_of(since, until, ("since", "until")) | filters.days_of(
        happened_since, happened_until, ("happened_since", "happened_until")
    )
    asked: dict[str, Any] = {
        "directive": directive, "role": known_role, "action": action or None, "acted_for": acted_for or None,
        "deputies": deputies, "kind": known_kind, "symbol": symbol or None, "late": only_late, "overridden": overridden,
        "denied": denied, "claimed": claimed, **days,
    }  # fmt: skip
    narrowed = bool(office or person or everywhere or oldest or cursor) or filters.is_narrowed(Wanted(**asked))
    if narrowed and after is not None:
        said = say("--after is of one chain in its order; with filters leave --after out, and go on with --cursor")
        raise typer.BadParameter(said, param_hint="--after")
    with looking(database) as (found, connection):
        if narrowed:
            one_chain = cascade or number or directive  # these are numbered within their cascade
            chain = cascade_named(connection, cascade, administration=True) if one_chain else None
            offices = found.executor.known(connection).offices.on(day_of(found.now()))
            asked |= {"office": filters.office_of(office, offices), "person": filters.person_of(connection, person)}
            how = How(limit, oldest, cursor, raw, as_json)
            tell(found, connection, Wanted(chain, number, **asked), how, "late" if only_late else "plain")
            return
        chain = cascade_named(connection, cascade, administration=True)
        wanted = entry_lists.Wanted(chain, number, known_kind, after)
        page = entry_lists.listed(connection, wanted, limit)
        reader = reader_of(found, connection)
    if as_json:
        shown = [as_data(reader, entry) for entry in page.entries]
        json_document({"cascade": chain, "entries": shown, "shown": len(shown), "total": page.total})
        return
    if raw:
        for entry in page.entries:
            data(entry.body)
    elif page.entries:
        heads = [say("ENTRY"), say("RECORDED"), say("WHO"), say("OBL"), say("WHAT")]
        table(heads, [_line(reader, entry) for entry in page.entries])
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


journal_checks.register(app)
journal_reading.register(app)
command(app, "export", *journal_export.EXAMPLES)(journal_export.export)


def _line(reader: Reader, entry: Entry) -> tuple[str, str, str, str, str]:
    return str(entry.seq), recorded(entry), who(reader, entry), str(entry.obligation or ""), said(reader, entry)
