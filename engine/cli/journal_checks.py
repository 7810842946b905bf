"""`cascade journal verify`, `prove` and `check-proof`: is the journal whole, and what shows that an entry is in it."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from engine.cli.opening import cascade_named, file_bytes, looking, quiet, split_reference
from engine.cli.options import CascadeOption, DatabaseOption, DatabaseUnused, JsonOption, command
from engine.cli.printing import data, json_document, pairs, talk
from engine.cli.progress import reaching
from engine.entry_words import what, who
from engine.errors import Unreadable, Unverified
from engine.verifying import Verified, cores
from engine.verifying import verify as verify_together
from storage import outside, proofs, verification
from storage.journal import Entry
from storage.outside import Outside
from storage.proofs import Shown
from workflows.calendar import VIETNAM
from workflows.encoding import instant_text
from workflows.errors import NotFound
from workflows.text import Text, joined, say, say_count

ENTRY = typer.Argument(metavar="CASCADE/ENTRY", show_default=False)


def register(app: typer.Typer) -> None:
    """Put these commands under `cascade journal`."""
    command(
        app,
        "verify",
        "cascade journal verify",
        "cascade journal verify --seals /mnt/seals",
        "cascade journal verify --resume verified.txt",
    )(verify)
    command(app, "prove", "cascade journal prove 7h2k9/41 --output proof.json")(prove)
    command(app, "check-proof", "cascade journal check-proof proof.json --key PUBLIC")(check_proof)


def verify(
    cascade: CascadeOption = "",
    seals: Annotated[
        Path | None,
        typer.Option("--seals", metavar="DIR", show_default=False, help="Compare with the seals kept in this folder."),
    ] = None,
    no_states: Annotated[
        bool, typer.Option("--no-states", help="Only what was written: no entry is replayed against what is stored.")
    ] = False,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=0, max=256, metavar="N", help="Processes; 0: one for each core.")
    ] = 0,
    resume: Annotated[
        Path | None,
        typer.Option(
            "--resume", metavar="FILE", show_default=False, help="Keep here what was verified, and go on from it."
        ),
    ] = None,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Verify every chain, the guards, the seals, and every stored state against its entries.

    Ends with exit code 6 where anything is not as it was, naming the first bad entry of each chain. With --seals it is
    compared with copies outside as well: that finds a database that was restored from an older copy, or rewritten whole.

    With --resume a chain whose last entry is the one in FILE is not read again, and with --no-states a chain that has
    grown only from there; seals and guards always are. Trust FILE only as far as whoever may write it.
    """
    compared: Outside | None = None
    with looking(database) as (found, connection):
        only = cascade_named(connection, cascade, administration=True) if cascade else None
        if seals is not None and not seals.is_dir():
            raise NotFound(say("There is no folder {folder}", folder=seals))
        total = verification.count_entries(connection, only)
        with reaching(say("Verifying, entries"), total, silent=as_json) as reached:
            made = verify_together(
                found.database, only, reached, states=not no_states, jobs=jobs or cores(), resume=resume
            )
        if seals is not None:
            try:
                compared = outside.compare(connection, seals)
            except OSError as error:
                raise Unreadable(say("{path} cannot be read: {why}", path=seals, why=error.strerror)) from error
        now = found.now()
    faults = [*made.verdict.faults, *(compared.faults if compared else ())]
    if as_json:
        json_document({
            "verified": not faults and not (compared and compared.newest is None),
            **asdict(made.verdict), "faults": [asdict(one) for one in faults],
            "chains_passed_over": made.passed_over, "entries_passed_over": made.entries_passed_over,
            "states": not no_states, "outside": _outside_data(compared, now) if compared else None,
        })  # fmt: skip
    else:
        for fault in faults:
            data(fault.text)
    if compared and not as_json and (faults or compared.newest):
        talk(_outside_words(compared, now))
    if compared and compared.newest is None and not faults:
        raise Unverified(say("NOT compared: no seal in {folder} is one of this database. Without --seals the journal verifies.",
                             folder=seals))  # fmt: skip
    if faults:
        raise Unverified(
            say_count(
                "NOT verified: {count} fault found; looking changed nothing.",
                "NOT verified: {count} faults found; looking changed nothing.",
                len(faults),
            )
        )
    if not as_json:
        for line in _well(made, states=not no_states, whole=only is None):
            data(line)


def _well(made: Verified, *, states: bool, whole: bool) -> list[Text]:
    verdict = made.verdict
    entries = say_count("{count} entry", "{count} entries", verdict.entries)
    chains = say_count("{count} chain", "{count} chains", verdict.chains)
    said = [
        say("Verified: {entries} in {chains}; the guards are in place, and every stored state follows from its entries.",
            entries=entries, chains=chains)
        if states else
        say("Verified: {entries} in {chains}; the guards are in place. Stored states were not compared.",
            entries=entries, chains=chains)
    ]  # fmt: skip
    if made.entries_passed_over:
        said.append(say("Not read again: {entries}, which the file says were verified before.",
                        entries=say_count("{count} entry", "{count} entries", made.entries_passed_over)))  # fmt: skip
    if whole:
        unsealed = say("Nothing is sealed: who owns the database could have rewritten it whole. See: cascade doctor")
        held = say_count("{count} seal holds.", "{count} seals hold.", verdict.seals)
        said.append(held if verdict.seals else unsealed)
    if verdict.unsigned:
        said.append(say("Key {numbers} was put into use without a signature of the key before it, which was said to be lost:"
                        " ask who did so, and compare the public key.", numbers=list(verdict.unsigned)))  # fmt: skip
    return said


def _outside_words(found: Outside, now: datetime) -> Text:
    if found.newest is None or found.newest_at is None:
        return say("No seal in that folder is one of this database.")
    age = str(now - found.newest_at).partition(".")[0]
    said = say("The newest seal outside that agrees is {number}, of {moment}: what happened in the {age} since then could be"
               " cut off unseen.", number=found.newest, moment=_moment(found.newest_at), age=age)  # fmt: skip
    if not found.missing:
        return said
    lacking = say_count("{count} earlier seal is not in the folder.", "{count} earlier seals are not in the folder.",
                        found.missing)  # fmt: skip
    return joined([said, lacking], " ")


def _outside_data(found: Outside, now: datetime) -> dict[str, Any]:
    age = round((now - found.newest_at).total_seconds()) if found.newest_at else None
    return {"notes": found.notes, "newest": found.newest, "newest_at": found.newest_at, "age_seconds": age,
            "missing": found.missing}  # fmt: skip


def prove(
    entry: Annotated[str, ENTRY],
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", show_default=False, help="Write the proof here.")
    ] = None,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Prove that an entry is in the sealed journal: everything that a third person needs to check it, in one file.

    The proof holds the entry and those after it up to the sealed head of its chain, the path to the seal's root, the signed
    note and the public key. Without --output or --json it is told in words. An installation's own chain: administration/12.
    """
    with looking(database) as (_, connection):
        chain, seq = _named(connection, entry)
        proof = proofs.prove(connection, chain, seq)
    shown = proofs.check(orjson.dumps(proof))
    if output is not None:
        _write(output, orjson.dumps(proof, option=orjson.OPT_INDENT_2) + b"\n")
        talk(say("The proof is in {path}. Check it: cascade journal check-proof {path}", path=output))
    if as_json:
        json_document(proof)
    elif output is None:
        _tell(shown)


def _named(connection: Any, entry: str) -> tuple[str, int]:
    chain, _, number = entry.rpartition("/")
    if chain == "administration" and number.isdecimal():
        return chain, int(number)
    named, seq = split_reference(entry, "", "CASCADE/ENTRY")
    return cascade_named(connection, named), seq


def _write(path: Path, content: bytes) -> None:
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        raise Unreadable(say("{path} is there already; name another file", path=path)) from None
    except OSError as error:
        raise Unreadable(say("{path} cannot be written: {why}", path=path, why=error.strerror)) from error


def check_proof(
    file: Annotated[str, typer.Argument(metavar="FILE", show_default=False)],
    key: Annotated[
        str,
        typer.Option("--key", metavar="PUBLIC", show_default=False, help="The public key it has to be signed with."),
    ] = "",
    database: DatabaseUnused = "",
    as_json: JsonOption = False,
) -> None:
    """Check a proof with nothing but itself; `-` reads standard input. Exit code 6 where it does not hold.

    It shows that who has the key sealed that entry. Whether the key is the office's you know from elsewhere: give it as
    --key, or compare what is printed.
    """
    quiet()
    try:
        shown = proofs.check(file_bytes(file))
    except proofs.Unproved as error:
        raise Unverified(error.text) from error
    if key and key not in [public for _, public in shown.keys]:
        raise Unverified(say("The proof does NOT hold: it is signed with another key than {key}.", key=key))
    if as_json:
        json_document({"holds": True, **asdict(shown)})
        return
    _tell(shown)
    data(say("The proof holds.") if key else
         say("The proof holds, if the key is the office's: compare it with what the office has published."))  # fmt: skip


def _tell(shown: Shown) -> None:
    """A proof in words."""
    body = orjson.loads(shown.body)
    pairs([
        (say("entry"), f"{shown.chain}/{shown.seq}"),
        (say("recorded"), str(body.get("recorded_at", "-"))),
        (say("who"), _who(shown)),
        (say("what"), _what(shown)),
        (say("hash"), shown.hash),
        (say("sealed"), say("seal {number} of {moment}", number=shown.seal, moment=instant_text(shown.sealed_at))),
        (say("followed by"), say_count("{count} entry up to the sealed head", "{count} entries up to the sealed head",
                                       shown.followed_by)),
        (say("installation"), shown.installation),
        (say("signed with"), "\n".join(f"{number}: {public}" for number, public in shown.keys)),
    ])  # fmt: skip


def _as_entry(shown: Shown) -> Entry:
    body = orjson.loads(shown.body)
    at, recorded = (datetime.fromisoformat(body[name]) for name in ("happened_at", "recorded_at"))
    return Entry(shown.chain, shown.seq, body["kind"], body.get("obligation"), body.get("directive"), body["by"]["office"],
                 body["by"]["role"], at, recorded, shown.body, shown.hash)  # fmt: skip


def _who(shown: Shown) -> str:
    try:
        return who(_as_entry(shown))
    except (KeyError, ValueError, TypeError):
        return "-"


def _what(shown: Shown) -> str:
    try:
        return what(_as_entry(shown))
    except (KeyError, ValueError, TypeError):
        return "-"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}"
