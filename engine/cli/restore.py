"""`cascade restore`: a backup tried elsewhere (--check), or restored into an empty place, to go on from it."""

from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from engine import restoring
from engine.backup_words import STEPS, held_words, speed_words
from engine.cli.backup import ProgramsOption
from engine.cli.opening import quiet
from engine.cli.options import DatabaseIfGiven, JsonOption, settings
from engine.cli.printing import data, json_document, pairs, talk
from engine.cli.progress import phase
from engine.clock import SystemClock
from engine.errors import Unverified
from engine.restored import Report, SealsOutside, newest_in, read_backup
from engine.wording import moment_words, volume_words
from storage import migrate
from storage.database import Database
from workflows.text import joined, say, say_count


def restore(
    source: Annotated[Path, typer.Argument(metavar="FROM", show_default=False)],
    check: Annotated[
        bool, typer.Option("--check", help="Only try it: restored elsewhere, looked at whole, and taken away again.")
    ] = False,
    to: Annotated[
        str,
        typer.Option("--to", metavar="URL", show_default=False,
                     help="Where to: a file that is not there, or an empty PostgreSQL database."),
    ] = "",
    record: Annotated[
        bool, typer.Option("--record", help="With --check: put the outcome on the record of --database, for the doctor.")
    ] = False,
    seals: Annotated[
        Path | None,
        typer.Option("--seals", metavar="DIR", show_default=False, help="Compare it with the seals that were kept outside."),
    ] = None,
    no_manifest: Annotated[
        bool, typer.Option("--no-manifest", help="The manifest is lost or wrong: judge by the chains alone.")
    ] = False,
    programs: ProgramsOption = None,
    database: DatabaseIfGiven = "",
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Try a backup, or restore it into an empty place. The database that is in use is never touched.

    --check restores it elsewhere: a SQLite backup into a folder for the time being (TMPDIR), a dump into a database of its own
    beside --database, which has to be PostgreSQL; with --to it stays there, to be looked at. Of a folder the newest is tried.
    The file's sum, the schema, the guards, every chain and state, counts and heads are looked at; ends with exit code 6 where
    anything is not as it was. Without --check it is restored to --to after the same looks, and goes on from there: one entry
    of its own chain says so.
    """
    quiet()
    if not check and not to:
        raise typer.BadParameter(say("say whether to try it (--check), or where to restore it (--to URL)"),
                                 param_hint="--check, --to")  # fmt: skip
    if record and not (check and database):
        raise typer.BadParameter(say("it goes with --check, and with --database, the installation whose record it is"),
                                 param_hint="--record")  # fmt: skip
    if seals and not seals.is_dir():
        raise typer.BadParameter(say("{path} is no folder of seals", path=seals), param_hint="--seals")
    clock, bin_ = SystemClock(), programs or settings().pg_bin
    if check and source.is_dir():
        source = newest_in(source)
    try:
        backup = read_backup(source, insist=not no_manifest)
    except Unverified as error:
        if as_json:
            json_document({"whole": False, "file": str(source), "faults": [error.text]})
        raise
    if to:
        restoring.check_target(backup, to)
    with ExitStack() as bars:
        watched = partial(phase, bars, silent=as_json)
        if not check:
            report = restoring.restore(backup, to, clock, bin_, watched, seals)
        else:
            server = partial(Database, database) if database else None
            report = restoring.drill(backup, clock, server, to, bin_, watched, seals)
    if record:
        noted = Database(database)
        try:
            restoring.note_drill(noted, report, clock)
        finally:
            noted.close()
    if as_json:
        json_document(_document(report))
    else:
        _tell(report)
    if not report.whole:
        raise Unverified(
            say_count("{file} is NOT whole: {count} fault found.", "{file} is NOT whole: {count} faults found.",
                      len(report.faults), file=source.name)
        )  # fmt: skip
    if not as_json:
        _say_what_next(report, to, check)


def _document(report: Report) -> dict[str, object]:
    found, manifest = report.contents, report.backup.manifest
    return {
        "whole": report.whole,
        "file": str(report.backup.file),
        "kind": report.backup.kind,
        "size": report.backup.size,
        "made_at": manifest.made_at if manifest else None,
        "place": report.place,
        "schema": found.schema if found else None,
        "upgraded_from": report.upgraded_from,
        "chains": report.verdict.chains if report.verdict else None,
        "entries": report.verdict.entries if report.verdict else None,
        "messages_waiting": report.waiting,
        "faults": report.faults,
        "verification": [asdict(one) for one in report.verdict.faults] if report.verdict else None,
        "notes": report.notes,
        "seals_outside": asdict(report.outside) if report.outside else None,
        "seconds": {name: round(seconds, 3) for name, seconds in report.steps.items()},
    }


def _tell(report: Report) -> None:
    """What was looked at, and how long each look took; then all that is wrong."""
    backup, found = report.backup, report.contents
    manifest = backup.manifest
    rows: list[tuple[str, str]] = [
        (say("backup"), say("{file}, {size}", file=backup.file.name, size=volume_words(backup.size)))
    ]
    if manifest:
        made = say("{moment}, of {database}", moment=moment_words(manifest.began), database=manifest.database)
        rows.append((say("made"), made))
    if found:
        now = say(", brought to {schema}", schema=migrate.head()) if report.upgraded_from else ""
        rows.append((say("schema"), joined([found.schema, now], "")))
    if report.verdict:
        rows.append((say("read"), held_words(report.verdict.chains, report.verdict.entries)))
    if report.outside:
        rows += _seals(report.outside)
    rows += [(STEPS[name], say("{seconds} s", seconds=f"{seconds:.1f}")) for name, seconds in report.steps.items()]
    rows.append((say("time"), speed_words(report)))
    pairs(rows)
    for note in report.notes:
        talk(note)
    for fault in report.faults:
        data(fault)


def _seals(found: SealsOutside) -> list[tuple[str, str]]:
    """How far the notes outside and the backup agree, and what they know that it does not."""
    same = say("the same up to seal {number}, of {moment}", number=found.newest, moment=moment_words(found.newest_at)) \
        if found.newest else say("none is in the backup")  # fmt: skip
    rows: list[tuple[str, str]] = [(say("seals outside"), same)]
    if found.later:
        first, last = found.later
        lost = say("seals {first} to {last}: what happened up to {moment} is not all in it", first=first, last=last,
                   moment=moment_words(found.later_at))  # fmt: skip
        rows.append((say("later than the backup"), lost))
    return rows


def _say_what_next(report: Report, to: str, check: bool) -> None:
    if check:
        if report.backup.manifest:
            data(say("Whole: it is the file that was made, and everything in it is as it was."))
        else:
            data(say("Whole by its chains; whether it is the file that was made is not known."))
        if to:
            talk(say("It stays in {place}, to be looked at; nobody goes on from there.", place=report.place))
        return
    shown = Database(to).shown
    waiting = say_count("{count} message was not sent when it was made", "{count} messages were not sent when it was made",
                        report.waiting)  # fmt: skip
    steps = [
        say("Restored to {place}. What was entered after the backup is not in it: it has to be entered again.", place=shown),
        say("1. Stop the service on the old database, if any is left; never serve both. Keep the old one as it is."),
        say("2. Look at the clock of this machine, then: cascade doctor --database {place}", place=shown),
        say("3. Serve it: cascade serve --database {place}; if rounds are held: --confirm-time", place=shown),
        say("4. Name a new, empty folder for seals (CASCADE_SEAL_FOLDERS), and keep the old one: it proves what was lost, and"
            " holds numbers that are given anew."),
        say("{waiting}; some may have gone out since, and go once more under the same id. New messages can bear the"
            " id of one that was sent after the backup: receivers that drop repeats have to know.", waiting=waiting),
        say("Accounts, passwords, tokens and links are as they were then: what was taken away or changed since has to be taken"
            " away again. Everybody signs in anew."),
    ]  # fmt: skip
    data(joined(steps, "\n"))
