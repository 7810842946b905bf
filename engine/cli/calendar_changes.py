"""`cascade calendar publish`, `set-day`, `swap`, `clear-day` and `versions`: the calendar changed, and what moves by it."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

import typer

from engine import calendars
from engine.calendar_words import difference_words, spread_words
from engine.calendars import REACHES
from engine.cli.opening import file_text, looking, opened
from engine.cli.options import DatabaseOption, JsonOption, command, day, one_of
from engine.cli.printing import data, json_document, table, talk
from engine.deeds import INSTALLER
from engine.showing.moved_dates import MovedDates, days_between, moved_dates
from engine.wording import day_words, moment_words
from storage import campaigns, definitions
from workflows.calendar import Calendar, Day
from workflows.calendar_text import to_text
from workflows.text import say, say_count

ReasonOption = Annotated[
    str, typer.Option("--reason", metavar="TEXT", show_default=False, help="Why; goes on the record.")
]
BasisOption = Annotated[
    list[str] | None,
    typer.Option("--basis", metavar="DOCUMENT", show_default=False, help="What decided it; may be repeated."),
]
ReachOption = Annotated[
    str, typer.Option("--for", metavar="all|new", help="Running cascades too, or only those that open from now on.")
]
PreviewOption = Annotated[bool, typer.Option("--preview", help="Say which dates would move, and store nothing.")]
NamedOption = Annotated[str, typer.Option("--calendar", metavar="NAME", help="The calendar.")]
DocumentOption = Annotated[
    str, typer.Option("--document", metavar="SYMBOL", show_default=False, help="The document that decides it.")
]
DayArgument = Annotated[str, typer.Argument(metavar="DAY", show_default=False)]


def register(app: typer.Typer) -> None:
    """Add these commands to the group."""
    command(
        app, "publish", "cascade calendar publish vn-public.yaml --preview",
        'cascade calendar publish vn-public.yaml --reason "Swap day of January 2026" --basis 1234/TB-BNV',
    )(publish)  # fmt: skip
    command(
        app, "set-day", 'cascade calendar set-day 02/01/2026 --off "Nghỉ hoán đổi" --document 1234/TB-BNV --preview',
        'cascade calendar set-day 10/01/2026 --working "Làm bù" --document 1234/TB-BNV --reason "As decided"',
    )(set_day)  # fmt: skip
    command(
        app, "swap", 'cascade calendar swap 02/01/2026 10/01/2026 --document 1234/TB-BNV --reason "As decided"'
    )(swap)  # fmt: skip
    command(app, "clear-day", 'cascade calendar clear-day 02/01/2026 --reason "Entered by mistake"')(clear_day)
    command(app, "versions", "cascade calendar versions")(versions)


def publish(
    file: Annotated[str, typer.Argument(metavar="FILE", show_default=False)],
    reason: ReasonOption = "", basis: BasisOption = None, reach: ReachOption = "all", preview: PreviewOption = False,
    database: DatabaseOption = "", as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Publish a calendar as the next version of its name; the version that the file names is not looked at.

    Every running cascade that goes by it follows, one after the other, by the next rounds: what a rule gave is reckoned
    anew, what a person set stays. With --for new they keep the version they have. Look first: --preview.
    """
    _made(file_text(file), file, reason, basis, reach, database, preview=preview, as_json=as_json)


def set_day(
    on: DayArgument,
    off: Annotated[str, typer.Option("--off", metavar="NAME", show_default=False, help="A day off, and why.")] = "",
    working: Annotated[
        str, typer.Option("--working", metavar="NAME", show_default=False, help="A weekend on which one works, and why.")
    ] = "",
    document: DocumentOption = "", calendar: NamedOption = "vn-public", reason: ReasonOption = "",
    reach: ReachOption = "all", preview: PreviewOption = False, database: DatabaseOption = "", as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Let a weekday be off, or a Saturday or Sunday be worked on, and publish that as the next version."""
    if bool(off) == bool(working):
        raise typer.BadParameter(say("give --off or --working, with the name of the day"), param_hint="--off")
    decided = document.strip() or None
    when = day(on, "DAY")
    _changed(lambda used: calendars.with_day(used, _day(when, bool(working), off or working, decided)), calendar, reason,
             [decided] if decided else [], reach, database, preview=preview, as_json=as_json)  # fmt: skip


def swap(
    off: Annotated[str, typer.Argument(metavar="DAY_OFF", show_default=False)],
    worked: Annotated[str, typer.Argument(metavar="DAY_WORKED", show_default=False)],
    document: DocumentOption = "",
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="What the two days are called.")] = "Hoán đổi",
    calendar: NamedOption = "vn-public", reason: ReasonOption = "", reach: ReachOption = "all",
    preview: PreviewOption = False, database: DatabaseOption = "", as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Let a weekday be off and a day of a weekend be worked on for it, as one document decides, and publish that."""
    days = day(off, "DAY_OFF"), day(worked, "DAY_WORKED")
    decided = document.strip()
    _changed(lambda used: calendars.swapped(used, *days, name, decided), calendar, reason, [decided], reach, database,
             preview=preview, as_json=as_json)  # fmt: skip


def clear_day(
    on: DayArgument, calendar: NamedOption = "vn-public", reason: ReasonOption = "", basis: BasisOption = None,
    reach: ReachOption = "all", preview: PreviewOption = False, database: DatabaseOption = "", as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Let a day be as the week has it again, and publish that as the next version."""
    when = day(on, "DAY")
    _changed(lambda used: calendars.without_day(used, when), calendar, reason, basis, reach, database, preview=preview,
             as_json=as_json)  # fmt: skip


def versions(database: DatabaseOption = "", as_json: JsonOption = False) -> None:
    """Show every version of every calendar: when, by whom and why; and how many running cascades have still to follow."""
    with looking(database) as (_, connection):
        found = definitions.read_published(connection, "calendar")
        waiting = campaigns.waiting(connection)
        stuck = campaigns.failing(connection, 20)
    if as_json:
        json_document({
            "calendars": [{"key": one.key, "published_at": one.published_at, "published_by": one.published_by,
                           "why": one.why, "basis": list(one.basis), "digest": one.digest} for one in found],
            "waiting": waiting,
            "failing": [{"cascade": id_, "error": one.error, "retry_at": one.retry_at} for id_, one in stuck],
        })  # fmt: skip
        return
    rows = [
        (one.key, moment_words(one.published_at), one.published_by, one.why or "", "; ".join(one.basis))
        for one in found
    ]
    table([say("CALENDAR"), say("PUBLISHED"), say("BY"), say("WHY"), say("DECIDED BY")], rows)
    if waiting:
        talk(say_count("{count} cascade has still to follow the newest version; rounds see to it.",
                       "{count} cascades have still to follow the newest version; rounds see to it.", waiting))  # fmt: skip
    for id_, one in stuck:
        talk(say("Cascade {cascade} could not follow: {error}; tried again {moment}", cascade=id_, error=one.error,
                 moment=moment_words(one.retry_at) if one.retry_at else ""))  # fmt: skip


def _day(on: date, works: bool, name: str, document: str | None) -> Day:
    try:
        return Day(on, works, name.strip(), document)
    except ValueError as error:
        raise typer.BadParameter(error.args[0], param_hint="DAY") from None


def _changed(
    change: Callable[[Calendar], Calendar], name: str, reason: str, basis: list[str] | None, reach: str, database: str, *,
    preview: bool, as_json: bool,
) -> None:  # fmt: skip
    with looking(database) as (found, connection):
        used = calendars.newest(found.executor.known(connection).calendars.values(), name)
    _made(to_text(change(used)), used.name, reason, basis, reach, database, preview=preview, as_json=as_json,
          made_from=used.key)  # fmt: skip


def _made(
    text: str, source: str, reason: str, basis: list[str] | None, reach: str, database: str, *, preview: bool,
    as_json: bool, made_from: str | None = None,
) -> None:  # fmt: skip
    one_of(reach, REACHES, "--for")
    if preview:
        with looking(database) as (found, connection):
            new, last = calendars.as_next(connection, text, source)
            moved = moved_dates(connection, found.executor.known(connection), new, found.now())
        _tell(new, last, moved, as_json=as_json)
        return
    if not reason.strip():
        raise typer.BadParameter(say("say why: --reason TEXT; or look first: --preview"), param_hint="--reason")
    with opened(database) as found, found.database.transaction() as connection:
        made = calendars.publish(
            connection, text, source, reason, basis or (), found.now(), INSTALLER, reach=reach, made_from=made_from
        )
    if as_json:
        json_document({"calendar": made.published.key, "digest": made.published.digest, "waiting": made.waiting})
        return
    talk(
        say("{calendar} is published. See it: cascade calendar show --calendar {calendar}", calendar=made.published.key)
    )
    if reach == "new":
        talk(say("Running cascades keep the version they have; those that open from now on go by it."))
    elif made.waiting:
        talk(say_count("{count} running cascade follows with the next rounds (of the service, or: cascade round).",
                       "{count} running cascades follow with the next rounds (of the service, or: cascade round).",
                       made.waiting))  # fmt: skip


def _tell(new: Calendar, last: Calendar | None, moved: MovedDates, *, as_json: bool) -> None:
    changed = calendars.differences(last, new)
    if as_json:
        json_document(as_data(new, last, moved))
        return
    for changed_day in changed:
        data(difference_words(*changed_day))
    if not changed:
        talk(say("No day is otherwise than in {key}.", key=last.key if last else "-"))
    talk(say_count("{count} date would move, in {cascades} of {running} running cascades.",
                   "{count} dates would move, in {cascades} of {running} running cascades.",
                   moved.total, cascades=moved.cascades, running=moved.looked_at + moved.left))  # fmt: skip
    for said in spread_words(moved.spread):
        talk(said)
    for one in moved.shown:
        for each in one.first:
            about = f"{one.cascade}/{each.number}"
            data(say("{number}: {before} becomes {day}", number=about, before=day_words(each.before),
                     day=day_words(each.after)))  # fmt: skip
    shown = sum(len(one.first) for one in moved.shown)
    if shown < moved.total:
        talk(say("{shown} of {total} are shown.", shown=shown, total=moved.total))
    if moved.left:
        talk(say_count("{count} cascade was not looked at: there was no time for it.",
                       "{count} cascades were not looked at: there was no time for them.", moved.left))  # fmt: skip
    for broken in moved.unreadable:
        talk(say("{cascade} could not be looked at", cascade=broken))


def as_data(new: Calendar, last: Calendar | None, moved: MovedDates) -> dict[str, Any]:
    """A preview as JSON."""
    return {
        "calendar": new.key,
        "from": last.key if last else None,
        "days": [
            {"on": on, "before": before, "after": after} for on, before, after in calendars.differences(last, new)
        ],
        "dates": moved.total,
        "cascades": moved.cascades,
        "looked_at": moved.looked_at,
        "not_looked_at": moved.left,
        "by_days": {str(days): count for days, count in moved.spread},
        "shown": [
            {"cascade": one.cascade, "later": one.later, "nearer": one.nearer, "most_days": one.most,
             "first": [{"number": each.number, "before": each.before, "after": each.after, "days": days_between(each)}
                       for each in one.first]}
            for one in moved.shown
        ],
    }  # fmt: skip
