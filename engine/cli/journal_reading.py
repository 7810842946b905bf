"""`cascade journal` for the auditor: one entry in full, the lists that are asked for by name, and how much there is in each."""

from datetime import datetime
from typing import Annotated, Any

import typer

from engine.access.naming import folded
from engine.account_words import sign_in_words
from engine.cli import journal_filters, journal_lists
from engine.cli.journal_filters import AboutOption, AccountOption, SinceOption, UntilOption
from engine.cli.journal_lists import How
from engine.cli.opening import cascade_named, looking, split_reference
from engine.cli.options import CascadeOption, DatabaseOption, JsonOption, LimitOption, command
from engine.cli.printing import cut, data, json_document, pairs, table, talk
from engine.language import told
from engine.showing.entries import Line
from engine.showing.entry_changes import SET_BEFORE
from engine.wording import moment_words
from storage.at_the_door import CAME_IN
from storage.queries import at_the_door, entries, history, unsealed
from storage.queries.entry_filters import Wanted
from storage.queries.sight import EVERYTHING
from storage.sign_ins import SignIn
from workflows.directive import ADMINISTRATION
from workflows.errors import NotFound
from workflows.text import say

RawOption = Annotated[bool, typer.Option("--raw", help="Print each entry's stored body, exactly as it was hashed.")]
OldestOption = Annotated[bool, typer.Option("--oldest", help="From the oldest on.")]
CursorOption = Annotated[
    str, typer.Option("--cursor", metavar="CURSOR", show_default=False, help="Go on where a list before ended.")
]


def register(app: typer.Typer) -> None:
    """Put these commands under `cascade journal`."""
    command(app, "entry", "cascade journal entry 7h2k9/41", "cascade journal entry administration/3 --raw")(entry)
    command(app, "counts", "cascade journal counts")(counts)
    command(app, "late", "cascade journal late", "cascade journal late --cascade 7h2k9")(late)
    command(app, "corrections", "cascade journal corrections")(corrections)
    command(app, "claimed", "cascade journal claimed --since 1/9/2023")(claimed)
    command(app, "unsealed", "cascade journal unsealed")(not_sealed)
    command(app, "administration", "cascade journal administration --about calendar",
            "cascade journal administration --account chi")(administration)  # fmt: skip
    command(app, "sign-ins", "cascade journal sign-ins --account chi --since 1/9/2026")(who_came)
    command(app, "denials", "cascade journal denials")(who_was_turned_away)


def entry(
    named: Annotated[str, typer.Argument(metavar="CASCADE/ENTRY", show_default=False)],
    raw: RawOption = False,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show one entry in full: who, when, what it changed from what to what, and its hash."""
    chain, seq = _reference(named)
    with looking(database) as (found, connection):
        chain = cascade_named(connection, chain, administration=True)
        page = entries.listed(connection, entries.Wanted(chain, after=seq - 1, until=seq), 1)
        if not page.entries:
            raise NotFound(say("There is no entry {seq} in {chain}.", seq=seq, chain=chain))
        [one] = page.entries
        reader = journal_lists.reader_of(found, connection)
        kinds = SET_BEFORE.get(one.kind, ())
        before = entries.before(connection, chain, one.obligation, seq, kinds) if one.obligation and kinds else None
        line, changed = reader.line(one), list(reader.changed(one, before))
    if as_json:
        said = [{"name": each.name, "before": each.before or None, "after": each.after or None} for each in changed]
        json_document({**journal_lists.as_data(reader, one), "changed": said})
        return
    if raw:
        data(one.body)
        return
    pairs(_facts(line))
    if changed:
        data()
        table([say("FIELD"), say("BEFORE"), say("AFTER")],
              [[each.name, each.before or "-", each.after or "-"] for each in changed])  # fmt: skip


def _facts(line: Line) -> list[tuple[str, str]]:
    one = line.entry
    return [
        (say("entry"), f"{one.cascade_id}/{one.seq}"),
        (say("what"), line.says),
        (say("who"), f"{line.who}, {line.person}" if line.person else line.who),
        (say("known"), line.known_by),
        (say("notes"), "\n".join(line.notes)),
        (say("happened"), moment_words(one.happened_at)),
        (say("recorded"), moment_words(one.recorded_at)),
        (say("under workflow"), str(_data(one).get("workflow") or "")),
        (say("reason"), str(_data(one).get("reason") or "")),
        (say("hash"), one.hash),
    ]


def _data(one: Any) -> dict[str, Any]:
    try:
        found = one.data
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def counts(database: DatabaseOption = "", as_json: JsonOption = False) -> None:
    """Count what an auditor asks for first: recorded late, corrected, only claimed, not sealed outside."""
    with looking(database) as (_, connection):
        most = journal_lists.COUNTED_MAX
        late, corrected, by_claim = (
            history.count(connection, EVERYTHING, one, most)
            for one in (Wanted(late=True), Wanted(kind="Corrected"), Wanted(claimed=True))
        )
        chains, open_ = unsealed.count(connection)
    if as_json:
        json_document({"late": late, "corrected": corrected, "claimed": by_claim, "unsealed": open_,
                       "unsealed_chains": chains, "counted_up_to": most})  # fmt: skip
        return
    rows = [
        (say("recorded on a later day than it happened"), late, "cascade journal late"),
        (say("corrections"), corrected, "cascade journal corrections"),
        (say("whose actor is only claimed"), by_claim, "cascade journal claimed"),
        (say("not sealed outside yet"), open_, "cascade journal unsealed"),
    ]
    lines = [[f"{number:,}" if number < most else say("{count} or more", count=f"{most:,}"), says, how]
             for says, number, how in rows]  # fmt: skip
    table([say("COUNT"), say("ENTRIES"), say("TO READ")], lines)


def late(
    cascade: CascadeOption = "", limit: LimitOption = 200, oldest: OldestOption = False, cursor: CursorOption = "",
    raw: RawOption = False, database: DatabaseOption = "", as_json: JsonOption = False,
) -> None:  # fmt: skip
    """List what was recorded on a later day than it happened, and by how many days."""
    _list(database, cascade, {"late": True}, How(limit, oldest, cursor, raw, as_json), "late")


def corrections(
    cascade: CascadeOption = "", limit: LimitOption = 200, oldest: OldestOption = False, cursor: CursorOption = "",
    raw: RawOption = False, database: DatabaseOption = "", as_json: JsonOption = False,
) -> None:  # fmt: skip
    """List what was corrected: the field, the old value, the new one, why, and by whom."""
    _list(database, cascade, {"kind": "Corrected"}, How(limit, oldest, cursor, raw, as_json), "corrected")


def claimed(
    cascade: CascadeOption = "", since: SinceOption = "", until: UntilOption = "", limit: LimitOption = 200,
    oldest: OldestOption = False, cursor: CursorOption = "", raw: RawOption = False, database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """List what was done by who only claimed to be somebody, at the command line: no password, no token."""
    asked = {"claimed": True, **journal_filters.days_of(since, until, ("since", "until"))}
    _list(database, cascade, asked, How(limit, oldest, cursor, raw, as_json))


def administration(
    about: AboutOption = "", account: AccountOption = "", since: SinceOption = "", until: UntilOption = "",
    limit: LimitOption = 200, oldest: OldestOption = False, cursor: CursorOption = "", raw: RawOption = False,
    database: DatabaseOption = "", as_json: JsonOption = False,
) -> None:  # fmt: skip
    """List everything administrators did: workflows, calendars, offices and deputies, accounts, migrations, settings."""
    asked = {"about": about or None, "account": folded(account) or None,
             **journal_filters.days_of(since, until, ("since", "until"))}  # fmt: skip
    _list(database, ADMINISTRATION, asked, How(limit, oldest, cursor, raw, as_json))


def not_sealed(limit: LimitOption = 200, database: DatabaseOption = "", as_json: JsonOption = False) -> None:
    """List the chains whose newest entries no seal outside the database covers: those could be rewritten unseen."""
    found: list[unsealed.Unsealed] = []
    with looking(database) as (_, connection):
        chains, open_ = unsealed.count(connection)
        cursor: str | None = None
        while len(found) < limit:
            page = unsealed.listed(connection, limit - len(found), cursor)
            found += page.rows
            cursor = page.next
            if cursor is None:
                break
    if as_json:
        rows = [{"chain": one.chain, "first": one.first, "last": one.last, "entries": one.entries, "since": one.since,
                 "sealed_inside": one.inside} for one in found]  # fmt: skip
        json_document({"chains": rows, "shown": len(rows), "total": chains, "entries": open_})
        return
    if not found:
        talk(say("Everything is sealed outside the database."))
        return
    heads = [say("CHAIN"), say("FROM ENTRY"), say("TO"), say("ENTRIES"), say("SINCE"), say("SEALED INSIDE")]
    table(heads, [[one.chain, str(one.first), str(one.last), f"{one.entries:,}", moment_words(one.since),
                   say("yes") if one.inside else say("no")] for one in found])  # fmt: skip
    cut(len(found), chains, say("chains"))


def who_came(
    account: AccountOption = "", denied: Annotated[bool, typer.Option("--denied", help="Only who was turned away.")] = False,
    since: SinceOption = "", until: UntilOption = "", limit: LimitOption = 200, oldest: OldestOption = False,
    cursor: CursorOption = "", database: DatabaseOption = "", as_json: JsonOption = False,
) -> None:  # fmt: skip
    """List who came in, from where, and who was turned away and why. Kept for two years, apart from the journal."""
    _sign_ins(database, account, denied, since, until, How(limit, oldest, cursor, as_json=as_json))


def who_was_turned_away(
    account: AccountOption = "", since: SinceOption = "", until: UntilOption = "", limit: LimitOption = 200,
    oldest: OldestOption = False, cursor: CursorOption = "", database: DatabaseOption = "", as_json: JsonOption = False,
) -> None:  # fmt: skip
    """List who was turned away, and what was asked for that the account may not do."""
    _sign_ins(database, account, True, since, until, How(limit, oldest, cursor, as_json=as_json))


def _sign_ins(database: str, account: str, denied: bool, since: str, until: str, how: How) -> None:
    days: dict[str, Any] = journal_filters.days_of(since, until, ("since", "until"))
    with looking(database) as (_, connection):
        page = at_the_door.listed(connection, how.limit, how.cursor or None, not how.oldest, account=folded(account),
                                  denied=denied, **days)  # fmt: skip
    shown, cursor = page.rows, page.next
    if how.as_json:
        json_document({"sign_ins": [_sign_in(one) for one in shown], "next": cursor})
    elif not shown:
        talk(say("Nobody was turned away.") if denied else say("Nobody has signed in yet."))
    else:
        lines = [(moment_words(one.at), one.account, one.address or "-", told(sign_in_words(one))) for one in shown]
        table([say("AT"), say("NAME"), say("FROM"), say("WHAT")], lines)
        if cursor:
            talk(say("There are more; go on with --cursor {cursor}.", cursor=cursor))


def _sign_in(one: SignIn) -> dict[str, datetime | str | bool | None]:
    return {"at": one.at, "account": one.account, "address": one.address, "what": one.what,
            "turned_away": one.what not in CAME_IN, "detail": one.detail, "says": told(sign_in_words(one))}  # fmt: skip


def _list(database: str, cascade: str, asked: dict[str, Any], how: How, columns: str = "plain") -> None:
    with looking(database) as (found, connection):
        chain = cascade_named(connection, cascade, administration=True) if cascade else None
        journal_lists.tell(found, connection, Wanted(chain, **asked), how, columns)


def _reference(text: str) -> tuple[str, int]:
    """`CASCADE/ENTRY`, of which the first may be the administration, or be left out where there is one cascade."""
    chain, slash, seq = text.strip().rpartition("/")
    if slash and chain == ADMINISTRATION and seq.isascii() and seq.isdigit() and len(seq) < 10:
        return chain, int(seq)
    return split_reference(text, "", "CASCADE/ENTRY")
