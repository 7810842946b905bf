"""`cascade obligation attach` and `files`: files given to an obligation, and given out again; and `--file` of `do`."""

import re
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from engine.cli.opening import cascade_named, looking, opened, split_reference
from engine.cli.options import AsOption, CascadeOption, CommandIdOption, DatabaseOption, JsonOption, actor, settings
from engine.cli.printing import data, json_document, table, talk
from engine.entry_words import who
from engine.runtime import Runtime
from engine.wording import moment_words, size_words
from storage import documents, uploads
from storage.queries import kept_files
from storage.queries.kept_files import KeptFile
from workflows.attachments import BESIDE
from workflows.commands import Attach
from workflows.directive import Attachment
from workflows.text import say, say_count

_ACCOUNT = ""  # at the prompt nobody has signed in
_FIELD = re.compile(r"[a-z][a-z0-9_]*")


def handed_in(found: Runtime, given: Sequence[str]) -> tuple[Attachment, ...]:
    """The files that `--file [FIELD=]PATH` names; they wait to be named by the act. Raises Incomplete or a usage error."""
    from engine import files  # what a start does not need

    limits = files.limits_of(settings())
    taken = []
    for one in given:
        field, path = _field_and_path(one)
        try:
            with path.open("rb") as file:
                content = file.read(documents.SIZE_MAX + 1)
        except OSError as error:
            said = say("{path} cannot be read: {why}", path=str(path), why=error.strerror or type(error).__name__)
            raise typer.BadParameter(said, param_hint="--file") from None
        taken.append(files.given(field, path.name, content, limits))
    return files.checked_count(files.handed_in(found.database, _ACCOUNT, taken, found.now()), limits)


def named(found: Runtime, given: Sequence[Attachment]) -> None:
    """The act is carried out; what was kept for it need not be kept twice."""
    if given:
        with found.database.transaction() as connection:
            uploads.named(connection, _ACCOUNT, [one.digest for one in given])


def _field_and_path(given: str) -> tuple[str, Path]:
    field, equals, path = given.partition("=")
    if equals and _FIELD.fullmatch(field) and not Path(given).exists():
        return field, Path(path)
    return BESIDE, Path(given)


def attach(
    number: Annotated[str, typer.Argument(metavar="N", show_default=False)],
    paths: Annotated[list[str], typer.Argument(metavar="FILE...", show_default=False)],
    as_: AsOption = "",
    cascade: CascadeOption = "",
    command_id: CommandIdOption = "",
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Add files to an obligation as it stands: by whoever owes it or gave it. A report takes its files with do --file."""
    text, wanted = split_reference(number, cascade, "N")
    by = actor(as_)
    with opened(database) as found:
        with found.database.reading() as connection:
            chosen = cascade_named(connection, text)
        given = handed_in(found, [f"{BESIDE}={path}" for path in paths])
        asked = Attach(command_id or uuid.uuid4().hex, by, chosen, given, obligation=wanted)
        [answer] = found.executor.execute([asked])
        named(found, given)
    if as_json:
        json_document({"cascade": chosen, "obligation": wanted, "entry": answer.first_seq, "again": answer.again,
                       "files": [_as_data(one) for one in given]})  # fmt: skip
        return
    if answer.again:
        talk(say("Already done under this command id; nothing was done now."))
    for one in given:
        data(say("{digest}  {name} ({size})", digest=one.digest, name=one.name, size=size_words(one.size)))
    talk(say_count("{count} file is kept with obligation {number}.", "{count} files are kept with obligation {number}.",
                   len(given), number=wanted))  # fmt: skip


def files(
    number: Annotated[str, typer.Argument(metavar="N", show_default=False)],
    save: Annotated[
        Path | None,
        typer.Option(
            "--save", metavar="FOLDER", show_default=False, help="Write each into this folder.", file_okay=False
        ),
    ] = None,
    cascade: CascadeOption = "",
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show the files of an obligation, or write them into a folder; each is proved by its sha256 before it is written."""
    text, wanted = split_reference(number, cascade, "N")
    with looking(database) as (_, connection):
        chosen = cascade_named(connection, text)
        kept = kept_files.of_obligation(connection, chosen, wanted)
        if save:
            for one in kept:
                path = _written(save, one, documents.get(connection, one.file.digest).content)
                if not as_json:
                    data(str(path))
    if as_json:
        json_document({"cascade": chosen, "obligation": wanted, "files": [
            {"entry": one.entry.seq, "place": one.place, "action": one.action, "by": who(one.entry),
             "at": one.entry.recorded_at, **_as_data(one.file)} for one in kept
        ]})  # fmt: skip
    elif not kept:
        talk(say("No files were given with it."))
    elif not save:
        heads = [say("Entry"), say("File"), say("Size"), say("Given"), say("By"), "sha256"]
        table(heads, [[f"{one.entry.seq}.{one.place}", one.file.name, str(size_words(one.file.size)),
                       moment_words(one.entry.recorded_at), who(one.entry), one.file.digest[:16]] for one in kept])  # fmt: skip


def _written(folder: Path, one: KeptFile, content: bytes) -> Path:
    """Under its name, with the entry before it, so that two of one name do not meet. Nothing is written over."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{one.entry.seq}.{one.place} {one.file.name}"
    if not path.exists() or path.read_bytes() != content:
        try:
            with path.open("xb") as file:
                file.write(content)
        except FileExistsError:
            said = say("{path} is there already, with other content", path=str(path))
            raise typer.BadParameter(said, param_hint="--save") from None
    return path


def _as_data(one: Attachment) -> dict[str, object]:
    return {"field": one.field, "name": one.name, "kind": one.kind, "size": one.size, "sha256": one.digest}
