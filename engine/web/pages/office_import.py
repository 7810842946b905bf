"""A directory from a file: first what it would change, then the change itself, if nobody changed it in between."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from fastapi import Response
from starlette.datastructures import UploadFile

from engine.administration import import_offices
from engine.exchange.errors import UnreadableDocument
from engine.exchange.offices import read_offices, sample
from engine.exchange.offices_blocks import block_of, keeping_deputies, to_yaml
from engine.exchange.offices_table import read_offices_table
from engine.web.replies import Page, go
from engine.web.routes import Routes
from engine.web.visit import Visit
from storage import directory
from workflows.errors import CascadeError, Conflict, InvalidDefinition, Problem
from workflows.offices import Office, Offices
from workflows.text import say

routes = Routes()
_TABLES = (".csv", ".xlsx")
_SHOWN_MAX = 300
_TEXT_MAX = 900_000  # letters of a directory that a form can carry on to its confirmation


@dataclass(frozen=True, slots=True)
class Changes:
    """What a file makes of the directory: what joins it, what leaves it, and what is written otherwise, key by key."""

    added: tuple[Office, ...]
    removed: tuple[Office, ...]
    changed: tuple[tuple[Office, tuple[tuple[str, str, str], ...]], ...]

    @property
    def none(self) -> bool:
        return not (self.added or self.removed or self.changed)


@routes.get("/import/offices", "office.edit")
def import_form(visit: Visit) -> Page:
    """The form: a file, or a text."""
    return _form(visit)


@routes.post("/import/offices", "office.edit", uploads=True)
def preview_import(visit: Visit) -> Page:
    """Read it, and show what it would change; nothing is stored."""
    file, text = visit.form.get("file"), str(visit.form.get("text") or "")
    content: bytes | str = text
    name = "offices.yaml"
    if isinstance(file, UploadFile) and file.filename:
        content, name = file.file.read(), file.filename[:120]
    if not content.strip():
        return _form(visit, wrong=say("Choose a file, or write the directory below."))
    try:
        with visit.reading() as connection:
            present = directory.read_offices(connection)
            used = directory.offices_in_use(connection)
        offices = _read(content, name, present)
    except InvalidDefinition as refused:
        return _form(visit, text, list(refused.problems))
    except UnreadableDocument as refused:
        return _form(visit, text, wrong=refused.text)
    except CascadeError as refused:
        return _form(visit, text, wrong=refused.text)
    written = to_yaml(offices)
    if len(written) > _TEXT_MAX:
        return _form(
            visit, text, wrong=say("It is too large for a page; import it at the command line: cascade office import")
        )
    found = changes(present, offices)
    lost = [one for one in found.removed if one.id in used]
    values = {
        "found": found, "lost": lost, "text": written, "version": _mark(present), "most": _SHOWN_MAX, "count": len(offices),
        "outside": sum(one.outside for one in offices), "source": name,
    }  # fmt: skip
    return Page("office_preview.html", values, 409 if lost else 200)


@routes.post("/import/offices/confirm", "office.edit")
def carry_out_import(visit: Visit) -> Page | Response:
    """Replace the directory by what was shown."""
    text = str(visit.form.get("text") or "")
    try:
        offices = read_offices(text, "offices.yaml")
        with visit.database.transaction() as connection:
            directory.hold(connection)
            if _mark(directory.read_offices(connection)) != visit.typed("version"):
                because = say("somebody changed the directory since you looked; see once more what it would change")
                raise Conflict(say("import the offices"), because)
            import_offices(connection, offices, visit.now(), visit.known.administrator())
    except InvalidDefinition as refused:
        return _form(visit, text, list(refused.problems))
    except CascadeError as refused:
        return _form(visit, text, wrong=refused.text)
    return go("/offices?done=imported")


def changes(present: Offices, offices: list[Office]) -> Changes:
    """The directory as it is against the one that a file gives."""
    new, old = {one.id: one for one in offices}, {one.id: one for one in present}
    changed = [(one, said) for one in offices if one.id in old and (said := _otherwise(old[one.id], one))]
    return Changes(
        tuple(one for one in offices if one.id not in old), tuple(one for one in present if one.id not in new),
        tuple(changed),
    )  # fmt: skip


def _otherwise(old: Office, new: Office) -> tuple[tuple[str, str, str], ...]:
    before, after = _flat(old), _flat(new)
    return tuple((key, before.get(key, ""), after.get(key, "")) for key in dict.fromkeys([*before, *after])
                 if before.get(key, "") != after.get(key, ""))  # fmt: skip


def _flat(office: Office) -> dict[str, str]:
    """The block of an office, a line each: `people.leader` and the like."""
    found: dict[str, str] = {}
    for key, value in block_of(office).items():
        if isinstance(value, dict):
            found |= {f"{key}.{name}": str(said) for name, said in value.items()}
        elif isinstance(value, list):
            found[key] = "; ".join(", ".join(f"{name} {said}" for name, said in one.items()) for one in value)
        else:
            found[key] = str(value)
    return found


def _mark(offices: Iterable[Office]) -> str:
    """What tells one state of the directory from another."""
    return sha256(to_yaml(offices).encode()).hexdigest()


def _read(content: bytes | str, name: str, present: Offices) -> list[Office]:
    if not name.lower().endswith(_TABLES):
        return read_offices(content, name)
    raw = content if isinstance(content, bytes) else content.encode()
    return keeping_deputies(read_offices_table(raw, name), present)


def _form(visit: Visit, text: str = "", problems: list[Problem] | None = None, wrong: str = "") -> Page:
    values = {"text": text, "problems": problems or [], "wrong": wrong, "sample": sample()}
    return Page("office_import.html", values, 422 if problems or wrong else 200)
