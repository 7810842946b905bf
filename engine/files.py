"""A file given with an act: what it is by its content, what it may be called, how large and how many there may be.

Nothing in it is opened but the list of a zip archive's members: it is kept and given out again, and read by nobody here.
"""

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from storage import uploads
from storage.database import Database
from storage.documents import SIZE_MAX
from workflows.attachments import FILES_MAX, NAME_MAX
from workflows.directive import Attachment
from workflows.errors import Incomplete
from workflows.text import Text, say

if TYPE_CHECKING:
    from engine.settings import Settings

_MEMBERS_MAX = 5_000  # of an archive; a report has some dozens
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: in words, its usual endings (the first is given where a name has none), its media type."""

    says: Text
    endings: tuple[str, ...]
    type: str


KINDS: Mapping[str, Kind] = {
    "pdf": Kind(say("a PDF file"), ("pdf",), "application/pdf"),
    "docx": Kind(say("a Word file (.docx)"), ("docx",), _OFFICE + "wordprocessingml.document"),
    "xlsx": Kind(say("an Excel file (.xlsx)"), ("xlsx",), _OFFICE + "spreadsheetml.sheet"),
    "pptx": Kind(say("a PowerPoint file (.pptx)"), ("pptx",), _OFFICE + "presentationml.presentation"),
    "odt": Kind(say("an OpenDocument text (.odt)"), ("odt",), _OPEN + "text"),
    "ods": Kind(say("an OpenDocument spreadsheet (.ods)"), ("ods",), _OPEN + "spreadsheet"),
    "png": Kind(say("a picture (PNG)"), ("png",), "image/png"),
    "jpg": Kind(say("a picture (JPEG)"), ("jpg", "jpeg"), "image/jpeg"),
    "tif": Kind(say("a scan (TIFF)"), ("tif", "tiff"), "image/tiff"),
    "txt": Kind(say("plain text"), ("txt", "csv", "md", "log"), "text/plain; charset=utf-8"),
    "doc": Kind(say("an old Office file (.doc, .xls, .ppt)"), ("doc", "xls", "ppt"), "application/octet-stream"),
    "zip": Kind(say("a zip archive"), ("zip",), "application/zip"),
}
USUAL = ("pdf", "docx", "xlsx", "pptx", "odt", "ods", "png", "jpg", "tif", "txt")
_RUNS = ("exe", "dll", "msi", "com", "scr", "bat", "cmd", "ps1", "vbs", "js", "hta", "jar", "lnk", "html", "htm", "svg",
         "xml", "docm", "xlsm", "pptm", "rar", "7z", "gz")  # fmt: skip
_ENDINGS = {ending: kind for kind, one in KINDS.items() for ending in one.endings} | dict.fromkeys(_RUNS, "")
_MARKS = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"), (b"II*\0", "tif"), (b"MM\0*", "tif"),
          (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "doc"))  # fmt: skip
_PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
_OPEN_TYPES = {(_OPEN + "text").encode(): "odt", (_OPEN + "spreadsheet").encode(): "ods"}
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MARKUP = re.compile(rb"\s*<(?:!doctype|\?xml|html|svg|script|head|body)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Limits:
    """What this installation takes: bytes of a file, files of a field, and kinds."""

    size: int = 20_000_000
    count: int = 10
    kinds: tuple[str, ...] = USUAL


@dataclass(frozen=True, slots=True)
class Given:
    """A file that may be kept, for a field, under a name that is safe to show and to save under."""

    field: str
    name: str
    kind: str
    content: bytes


def limits_of(settings: "Settings") -> Limits:
    """As the operator has set them. Raises Incomplete for a kind that there is not."""
    kinds = tuple(dict.fromkeys(settings.file_kinds.replace(",", " ").split()))
    unknown = [one for one in kinds if one not in KINDS]
    if unknown or not kinds:
        known = say("{unknown} is no kind of file; there are {known}", unknown=unknown or "''", known=list(KINDS))
        raise Incomplete(say("read CASCADE_FILE_KINDS"), known)
    return Limits(settings.file_megabytes * 1_000_000, settings.files_of_a_field, kinds)


def given(field: str, name: str, content: bytes, limits: Limits) -> Given:
    """A file as it may be kept. Raises Incomplete, with what is allowed."""
    called = safe_name(name)
    shown = called or say("the file")
    if not content:
        raise refused(field, say("{name} is empty: nothing arrived of it; choose it again", name=shown))
    if len(content) > min(limits.size, SIZE_MAX):
        raise refused(field, say("{name} is larger than {most} MB, which is the most here", name=shown,
                                 most=min(limits.size, SIZE_MAX) // 1_000_000))  # fmt: skip
    kind = kind_of(content)
    if kind is None or kind not in limits.kinds:
        what = KINDS[kind].says if kind else say("none of the known kinds")
        raise refused(field, say("{name} is {what} by its content; taken are: {kinds}", name=shown, what=what,
                                 kinds=[KINDS[one].says for one in limits.kinds]))  # fmt: skip
    ending = called.rpartition(".")[2].lower() if "." in called else ""
    if ending in _ENDINGS and ending not in KINDS[kind].endings:
        raise refused(field, say("{name} is called .{ending}, and by its content it is {what}; give it under its right name, if"
                                 " it is the one you mean", name=shown, ending=ending, what=KINDS[kind].says))  # fmt: skip
    return Given(field, _ended(called, kind), kind, content)


def refused(field: str, because: Text) -> Incomplete:
    return Incomplete(say("attach a file"), because, fields={field: because})


def kind_of(data: bytes) -> str | None:
    """What it is by its content alone; None for what is none of the kinds known here."""
    if b"%PDF-" in data[:1024]:
        return "pdf"
    found = next((kind for mark, kind in _MARKS if data.startswith(mark)), None)
    if found:
        return found
    if data.startswith(b"PK\x03\x04"):
        return _archive_kind(data)
    if _MARKUP.match(data[:1024].removeprefix(b"\xef\xbb\xbf")):
        return None
    return "txt" if _is_text(data) else None


def _archive_kind(data: bytes) -> str | None:
    """A document that is an archive, by its members; with macros it is none that is kept."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if len(names) > _MEMBERS_MAX or any(one.lower().endswith("vbaproject.bin") for one in names):
                return None
            found = next((kind for part, kind in _PARTS.items() if part in names), None)
            if found:
                return found
            if names and names[0] == "mimetype" and archive.infolist()[0].file_size < 200:
                return _OPEN_TYPES.get(archive.read("mimetype").strip(), "zip")
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, RuntimeError):
        return None
    return "zip"


def _is_text(data: bytes) -> bool:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            data = data.decode("utf-16").encode()
        except UnicodeError:
            return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not _BINARY.search(data)


def safe_name(name: str) -> str:
    """What a file may be called: no folders, no letters that cannot be seen or that turn the others round, no more than fit."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode()))[-1]
    seen = "".join(
        " " if one.isspace() else one for one in last if one.isspace() or unicodedata.category(one)[0] != "C"
    )
    tidy = " ".join(seen.split()).lstrip(".").strip()
    return re.sub(r'[<>:"|?*]', "_", tidy)


def _ended(name: str, kind: str) -> str:
    """With the ending of its kind, and not longer than a name may be: the ending stays."""
    endings = KINDS[kind].endings
    stem, stop, ending = name.rpartition(".")
    if not stop or ending.lower() not in endings:
        stem, ending = name, endings[0]
    return f"{(stem or 'file')[: NAME_MAX - 1 - len(ending)].rstrip(' .') or 'file'}.{ending.lower()}"


def handed_in(database: Database, account: str, files: Iterable[Given], now: datetime) -> list[Attachment]:
    """Let files wait to be named by a command of this account; what that command says of each."""
    done = []
    with database.transaction() as connection:
        for one in files:
            kept = uploads.put(connection, account, one.kind, one.content, now)
            done.append(Attachment(one.field, kept.digest, one.name, kept.size, kept.kind))
    return done


def waiting(database: Database, account: str, field: str, digest: str, name: str, limits: Limits) -> Attachment:
    """A file that was handed in before, by its sha256. Raises Incomplete for one that this account has not."""
    with database.reading() as connection:
        found = uploads.find(connection, account, digest.strip().lower())
    if found is None:
        raise refused(
            field, say("no file with the sha256 {digest} waits for you; hand it in again", digest=digest[:64])
        )
    if found.kind not in limits.kinds:
        raise refused(field, say("{kind} is not taken here", kind=KINDS[found.kind].says))
    return Attachment(field, found.digest, _ended(safe_name(name), found.kind), found.size, found.kind)


def checked_count(files: Iterable[Attachment], limits: Limits) -> tuple[Attachment, ...]:
    """The files, the same one once for each field. Raises Incomplete where a field has more of them than may be."""
    found = list({(one.field, one.digest): one for one in files}.values())
    for field in dict.fromkeys(one.field for one in found):
        count = sum(one.field == field for one in found)
        if count > min(limits.count, FILES_MAX):
            raise refused(field, say("{count} files are more than the {most} that one field takes", count=count,
                                     most=min(limits.count, FILES_MAX)))  # fmt: skip
    return tuple(found)
