"""Files that come with a form: those chosen now, and those that an earlier try of the same form has left waiting."""

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.datastructures import UploadFile

from engine import files
from engine.web.visit import Visit
from engine.wording import size_words
from storage import uploads
from storage.documents import SIZE_MAX
from workflows.directive import Attachment
from workflows.errors import Incomplete
from workflows.text import Text, say

CHOSEN, KEPT = "file-", "kept-"


@dataclass(frozen=True, slots=True)
class Brought:
    """What came: files that wait now to be named, and what is wrong with the others, by their fields."""

    files: tuple[Attachment, ...]
    errors: dict[str, Text | str]

    def kept(self, field: str) -> tuple[tuple[str, Text | str, Text | str], ...]:
        """Those of a field as the form carries them to its next try: value, name, size."""
        return tuple((f"{one.digest}/{one.name}", one.name, size_words(one.size)) for one in self.files
                     if one.field == field)  # fmt: skip


NOTHING = Brought((), {})


def brought(visit: Visit, fields: Iterable[str]) -> Brought:
    """Take in what came with a form for these fields. One bad file leaves the others where they are."""
    limits, now = visit.site.runtime.files, visit.now()
    taken: list[Attachment] = []
    errors: dict[str, Text | str] = {}
    for field in fields:
        given: list[files.Given] = []
        try:
            taken += [
                _waiting(visit, field, str(one), limits) for one in visit.form.getlist(KEPT + field)[: limits.count]
            ]
        except Incomplete as refused:
            errors[field] = refused.because
        for one in visit.form.getlist(CHOSEN + field):
            if not isinstance(one, UploadFile) or not (one.filename or one.size):
                continue  # nothing was chosen
            try:
                given.append(files.given(field, one.filename or "", one.file.read(SIZE_MAX + 1), limits))
            except Incomplete as refused:
                errors.setdefault(field, refused.because)
        try:
            taken += files.handed_in(visit.database, visit.known.account, given[: limits.count + 1], now)
            files.checked_count((one for one in taken if one.field == field), limits)
        except Incomplete as refused:
            errors.setdefault(field, refused.because)
    return Brought(tuple({(one.field, one.digest): one for one in taken}.values()), errors)


def _waiting(visit: Visit, field: str, said: str, limits: files.Limits) -> Attachment:
    digest, _, name = said.partition("/")
    return files.waiting(visit.database, visit.known.account, field, digest, name, limits)


def named(visit: Visit, taken: Iterable[Attachment]) -> None:
    """Their command is carried out: what was kept for it need not be kept twice."""
    digests = [one.digest for one in taken]
    if digests:
        with visit.database.transaction() as connection:
            uploads.named(connection, visit.known.account, digests)


def hint(visit: Visit) -> Text:
    """What is taken, in a sentence."""
    limits = visit.site.runtime.files
    return say("Up to {count} files, {most} MB each: {kinds}.", count=limits.count, most=limits.size // 1_000_000,
               kinds=[files.KINDS[one].says for one in limits.kinds])  # fmt: skip
