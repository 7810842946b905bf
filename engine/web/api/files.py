"""Files: handed in by their content, named by their sha256, given out again to whoever sees what they belong to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Body, Path, Query, Response
from pydantic import Field

from engine import files
from engine.entry_words import who
from engine.web.api import asking
from engine.web.api.door import Api, command_id
from engine.web.api.issuing_shapes import Answered
from engine.web.api.parameters import NUMBER_MAX, TEXT, Asking, CascadeId, Number
from engine.web.api.parameters import Body as Sent
from engine.web.attaching import named
from engine.web.downloads import download
from engine.web.visit import Visit
from storage import documents
from storage.queries import kept_files
from workflows.attachments import BESIDE, FILES_MAX
from workflows.commands import Attach
from workflows.directive import Attachment
from workflows.errors import NotFound
from workflows.text import say

api = Api("files", "Files given with acts: each kept once, by its sha256.")
_Entry = Annotated[int, Path(ge=1, le=NUMBER_MAX, description="The entry that names it.", examples=[41])]
_Place = Annotated[int, Path(ge=1, le=FILES_MAX * 10, description="Which of the entry's files, from 1.", examples=[1])]


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A file that waits to be named by an act, for a day. `kind` is what it is by its content."""

    sha256: str
    kind: str
    size: int


@dataclass(frozen=True, slots=True)
class FileFound:
    """A file of an obligation, and the entry that names it."""

    seq: int
    place: int
    name: str
    kind: str
    size: int
    sha256: str
    action: str | None
    field: str
    by: str
    at: datetime


class Naming(Sent):
    """A file that was handed in, for one field of an act."""

    sha256: str = Field(pattern=r"^[0-9a-fA-F]{64}$", description="As it was answered when it was handed in.")
    name: str = Field(
        min_length=1, max_length=300, pattern=TEXT, description="What it is called.", examples=["so-lieu.xlsx"]
    )
    field: str = Field(BESIDE, min_length=1, max_length=80, pattern=TEXT, description="The field that it answers.")


Namings = Annotated[list[Naming], Field(max_length=FILES_MAX * 5)]


class Adding(Asking):
    """Files for an obligation as it stands."""

    files: Annotated[list[Naming], Field(min_length=1, max_length=FILES_MAX)] = Field(
        description="Those handed in before.",
        examples=[[{"sha256": "0" * 64, "name": "so-lieu.xlsx"}]],
    )


def attachments(visit: Visit, given: list[Naming]) -> tuple[Attachment, ...]:
    """Files as a command names them. Raises Incomplete for one that this account has not handed in, or for too many."""
    limits, account = visit.site.runtime.files, visit.known.account
    found = [files.waiting(visit.database, account, one.field, one.sha256, one.name, limits) for one in given]
    return files.checked_count(found, limits)


@api.post("/files", "attachment.add", HandedIn, 201, keyed=False)
def hand_in_file(
    visit: Visit,
    content: Annotated[bytes, Body(media_type="application/octet-stream", description="The file itself.")],
    name: Annotated[
        str,
        Query(
            max_length=300, pattern=TEXT, description="What it is called; one that contradicts the content is refused."
        ),
    ] = "",
) -> HandedIn:
    """Hand in a file

    The body is the file. It waits a day for an act that names its sha256; the same file again is the same one."""
    given = files.given(BESIDE, name, content, visit.site.runtime.files)
    [kept] = files.handed_in(visit.database, visit.known.account, [given], visit.now())
    return HandedIn(kept.digest, kept.kind, kept.size)


@api.get("/obligations/{cascade}/{number}/files", "look.obligation", list[FileFound])
def list_files(visit: Visit, cascade: CascadeId, number: Number) -> list[FileFound]:
    """The files of an obligation

    Those of the newest entry first."""
    with visit.reading() as connection:
        asking.check_obligation(visit, connection, cascade, number)
        kept = kept_files.of_obligation(connection, cascade, number)
    return [FileFound(one.entry.seq, one.place, one.file.name, one.file.kind, one.file.size, one.file.digest, one.action,
                      one.file.field, who(one.entry), one.entry.recorded_at) for one in kept]  # fmt: skip


@api.get("/obligations/{cascade}/{number}/files/{seq}/{place}", "look.obligation", bytes)
def fetch_file(visit: Visit, cascade: CascadeId, number: Number, seq: _Entry, place: _Place) -> Response:
    """Fetch a file

    Its content as it was handed in, proved by its sha256."""
    with visit.reading() as connection:
        asking.check_obligation(visit, connection, cascade, number)
        kept = kept_files.of_obligation(connection, cascade, number)
        one = next((one for one in kept if (one.entry.seq, one.place) == (seq, place)), None)
        if one is None:
            raise NotFound(say("No such file is named here."))
        return download(one.file.name, one.file.kind, documents.get(connection, one.file.digest).content)


@api.post("/obligations/{cascade}/{number}/files", "attachment.add", Answered, 201)
def add_files(visit: Visit, cascade: CascadeId, number: Number, body: Adding) -> Answered:
    """Add files to an obligation

    By whoever owes it or gave it; nothing of what stands is changed."""
    by = asking.acting(visit, "attachment.add", body.as_)
    with visit.reading() as connection:
        asking.check_obligation(visit, connection, cascade, number)
    given = attachments(visit, body.files)
    asked = Attach(command_id(visit), by, cascade, given, obligation=number)
    [answer] = asking.execute(visit, [asked], asked=say("attach files to obligation {number}", number=number))
    named(visit, given)
    return Answered(
        answer.cascade, answer.first_seq, answer.last_seq, answer.directive, answer.obligations, answer.again
    )
