"""`cascade seal`: signed checkpoints of the journal, their key and their witnesses."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from engine.cli.opening import looking, quiet
from engine.cli.options import DatabaseOption, JsonOption, command, group, settings
from engine.cli.printing import data, json_document, pairs, table, talk
from engine.errors import FAILURE
from engine.runtime import Runtime, opened
from engine.seal_status import Status, status
from engine.sealing import KeyMade, Sealer
from engine.settings import Settings
from storage import seals
from storage.seals import Seal
from workflows.calendar import VIETNAM
from workflows.text import Text, say, say_count

app = group("Seals: signed checkpoints of the journal, kept where whoever owns the database cannot rewrite them.")

KeyOption = Annotated[
    Path | None,
    typer.Option("--key", metavar="FILE", show_default=False, help="The file of the key [env: CASCADE_SEAL_KEY]."),
]


@contextmanager
def _sealing(database: str, key: Path | None) -> Iterator[tuple[Runtime, Sealer, Settings]]:
    """The installation, and what seals it. A missing key is a usage error."""
    given = settings()
    path = key or given.seal_key
    if path is None:
        said = say("no file of a key is named; it lies outside the database, best on another disk")
        raise typer.BadParameter(said, param_hint="--key, CASCADE_SEAL_KEY")
    quiet()
    given = given.model_copy(update={"seal_key": path.expanduser().absolute()})
    with opened(database, settings=given) as found:
        yield found, Sealer(found.database, found.clock, path.expanduser().absolute()), given


@command(app, "init", "cascade seal init --key /etc/cascade/seal.key")
def init(key: KeyOption = None, database: DatabaseOption = "", as_json: JsonOption = False) -> None:
    """Make the key that seals the journal, once, in a file that only you can read; a file that is there is never overwritten.

    Its public half is written into the administration's journal. Keep a copy of the file, and of the public key, elsewhere.
    """
    named = settings().seal_key
    with _sealing(database, key) as (_, sealer, _given):
        made = sealer.init()
    _tell_key(made, as_json)
    if not as_json:
        talk(
            say(
                "Keep a copy of {path} in a safe place: whoever has it can sign, and without it sealing stops.",
                path=made.path,
            )
        )
        talk(say("Write the public key down where auditors find it, outside this machine. Now seal: cascade seal now"))
        if named is None:
            talk(say("Name it to the service and to further commands: CASCADE_SEAL_KEY={path}", path=made.path))


@command(
    app, "rotate", "cascade seal rotate", "cascade seal rotate --overlap 30", "cascade seal rotate --lost --key NEWFILE"
)
def rotate(
    overlap: Annotated[
        int, typer.Option("--overlap", min=0, max=365, metavar="DAYS", help="Both keys sign so long.")
    ] = 7,
    lost: Annotated[
        bool, typer.Option("--lost", help="The key in use is lost: a new one in a new file, which no key signs.")
    ] = False,
    key: KeyOption = None,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Put another key into use. The one in use signs it, and both sign every seal until the overlap is over.

    The new key is written into the same file. Where the old one may have become known to somebody: --overlap 0.
    """
    named = settings().seal_key
    with _sealing(database, key) as (_, sealer, _given):
        made = sealer.replace_lost() if lost else sealer.rotate(timedelta(days=overlap))
    _tell_key(made, as_json)
    if as_json:
        return
    if lost:
        talk(say("No key has signed this one: verification says so from now on, and auditors will ask you why."))
    talk(say("Copy {path} to a safe place again, and to every other node that seals.", path=made.path))
    if named is None or named.expanduser().absolute() != made.path:
        talk(say("Name it to the service and to further commands: CASCADE_SEAL_KEY={path}", path=made.path))


def _tell_key(made: KeyMade, as_json: bool) -> None:
    if as_json:
        json_document({"key": made.number, "public_key": made.public, "file": str(made.path),
                       "overlap_until": made.overlap_until})  # fmt: skip
        return
    data(say("Key {number} is in use: {public}", number=made.number, public=made.public))
    if made.overlap_until:
        data(say("The key before it signs as well until {moment}.", moment=_moment(made.overlap_until)))


@command(app, "now", "cascade seal now")
def now(key: KeyOption = None, database: DatabaseOption = "", as_json: JsonOption = False) -> None:
    """Seal everything that is not sealed yet, and write what is not outside to every witness.

    Exit code 1 where a witness did not take it; it is tried again by the service.
    """
    made: list[Seal] = []
    with _sealing(database, key) as (found, sealer, _):
        sealer.check()  # a key that does not fit is told also where nothing is left to seal
        more = True
        while more:
            seal, more = sealer.seal()
            made += [seal] if seal else []
        assert found.seals is not None  # it was opened with settings
        copied, failed = found.seals.copy()
        names = [one.name for one in found.seals.witnesses]
        with found.database.reading() as connection:
            behind = [one for one in seals.witnesses(connection) if one.failure and one.witness in names]
    if as_json:
        json_document({"made": [asdict(one) for one in made], "copied": copied, "failed": failed, "witnesses": names})
    else:
        for one in made:
            data(say_count("Seal {number}: {count} chain, root {root}", "Seal {number}: {count} chains, root {root}",
                           one.leaves - 1, number=one.number, root=one.root))  # fmt: skip
        if not made:
            data(say("Everything is sealed already."))
        data(say_count("{count} copy written outside.", "{count} copies written outside.", copied))
        if not names:
            talk(
                say(
                    "No witness is set: a seal inside the database alone proves nothing to others (CASCADE_SEAL_FOLDERS)."
                )
            )
    if failed:
        if not as_json:
            for late in behind:
                talk(say("{witness}: {failure}", witness=late.witness, failure=late.failure))
        talk(say_count("{count} witness did not take a seal: cascade seal status",
                       "{count} witnesses did not take a seal: cascade seal status", failed))  # fmt: skip
        raise typer.Exit(FAILURE)


@command(app, "status", "cascade seal status")
def show(database: DatabaseOption = "", as_json: JsonOption = False) -> None:
    """Show the key, the last seal, what is not sealed, and each witness with its last copy."""
    given = settings()
    with looking(database) as (found, connection):
        seen, at = status(found.database, connection, found.clock, given, simulated=found.simulated), found.now()
    if as_json:
        json_document(as_data(seen, at))
        return
    pairs(_lines(seen, at))
    if seen.witnesses:
        data()
        heads = [say("WITNESS"), say("LAST SEAL"), say("WRITTEN"), say("STATE")]
        table(heads, [_witness(one, seen) for one in seen.witnesses])


def as_data(seen: Status, at: datetime) -> dict[str, Any]:
    """The status as a JSON document."""
    return {
        "key_set_here": seen.configured,
        "key_fault": seen.key_fault,
        "keys": [{"number": one.number, "public_key": one.public_text, "entry": one.seq, "signed_by": one.signed_by,
                  "overlap_until": one.overlap_until} for one in seen.keys],
        "last": {"number": seen.last.number, "at": seen.last.at, "root": seen.last.root,
                 "age_seconds": round((at - seen.last.at).total_seconds())} if seen.last else None,
        "not_sealed": {"chains": seen.chains_open, "entries": seen.entries_open},
        "not_outside_since": seen.oldest_open,
        "outside": {"number": seen.outside, "at": seen.outside_at} if seen.outside else None,
        "witnesses": [{**asdict(one), "set_here": one.witness in seen.here} for one in seen.witnesses],
    }  # fmt: skip


def _lines(seen: Status, at: datetime) -> list[tuple[str, str]]:
    keys = [say("{number}: {public}", number=one.number, public=one.public_text) for one in seen.keys]
    last = say("{number}, of {moment} ({age} ago)", number=seen.last.number, moment=_moment(seen.last.at),
               age=str(at - seen.last.at).partition(".")[0]) if seen.last else say("none")  # fmt: skip
    chains = say_count("{count} chain", "{count} chains", seen.chains_open)
    entries = say_count("{count} entry", "{count} entries", seen.entries_open)
    open_ = say("{entries} in {chains}", entries=entries, chains=chains) if seen.entries_open else say("nothing")
    kept = say("{number}, of {moment}", number=seen.outside, moment=_moment(seen.outside_at))
    here = say("in order") if seen.configured and seen.keys else say("not set (CASCADE_SEAL_KEY)")
    return [
        (say("keys"), "\n".join(map(str, keys)) or say("none: cascade seal init")),
        (say("key here"), seen.key_fault or here),
        (say("last seal"), last),
        (say("not sealed"), open_),
        (say("last outside"), kept if seen.outside else say("none")),
    ]  # fmt: skip


def _witness(one: Any, seen: Status) -> tuple[str, str, str, str]:
    state: Text | str = say("in order")
    if one.failure and (one.witness in seen.here or not seen.here):
        state = say_count("failed {count} time, last {moment}: {why}", "failed {count} times, last {moment}: {why}",
                          one.failures, moment=_moment(one.failed_at), why=one.failure)  # fmt: skip
    elif one.witness not in seen.here:
        state = say("not set here")
    elif seen.last and one.number < seen.last.number:
        state = say("waits")
    return one.witness, str(one.number or "-"), _moment(one.at) if one.at else "-", state


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}" if at else "-"
