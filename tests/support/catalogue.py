"""The catalogue kept in step with the code, for maintainers: `python -m tests.support.catalogue`.

It gathers every message (`say`, `say_count`, `mark`, `_` and `_n` in templates, the help of every command), updates the
.po of each language,
compiles the .mo beside it, and says which messages still want a translation. Messages that are gone leave the .po.
"""

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from engine.cli import main
from engine.cli.spoken import help_messages
from engine.language import DOMAIN, LANGUAGES, LOCALES
from engine.web.paper import TEMPLATES

ROOT = Path(__file__).parents[2]
_NO_DAY = datetime(2000, 1, 1, tzinfo=UTC)
ROOMS = ("engine", "storage", "workflows")
KEYWORDS = {"say": None, "say_count": (1, 2), "mark": None}
PAGE_KEYWORDS = {"_": None, "_n": (1, 2)}  # what a template says
EXTRACTS = "jinja2.ext:babel_extract"
TRANSLATED = tuple(language for language in LANGUAGES if language != "en")
_WIDTH = 120


def template() -> Catalog:
    """Every message of the program, with the files it stands in."""
    found = Catalog(project="cascade", charset="utf-8")
    for place, message in (*_of_code(), *_of_help()):
        found.add(message, locations=[(place, 0)])
    return found


def _of_code() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    for room in ROOMS:
        for file, _, message, _, _ in extract_from_dir(ROOT / room, [("**.py", "python")], keywords=KEYWORDS):
            yield f"{room}/{file}", message
    for file, _, message, _, _ in extract_from_dir(TEMPLATES, [("**.html", EXTRACTS)], keywords=PAGE_KEYWORDS):
        yield f"engine/web/templates/{file}", message


def _of_help() -> Iterator[tuple[str, str]]:
    for name, lazy in main._COMMANDS.items():
        place = lazy.where.partition(":")[0].replace(".", "/") + ".py"
        yield from ((place, message) for message in help_messages(lazy.load(name)))
    root = main.typer.main.get_command(main.app)
    yield from (("engine/cli/main.py", message) for message in help_messages(root))


def po_file(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(language: str) -> Catalog:
    """The catalogue as it is committed."""
    path = po_file(language)
    if not path.exists():
        return Catalog(locale=language, project="cascade", charset="utf-8")
    with path.open("rb") as stream:
        return read_po(stream, locale=language)


def updated(language: str) -> Catalog:
    """The committed catalogue with every message of today, without those that are gone. Nothing is guessed."""
    known, today = read(language), Catalog(locale=language, project="cascade", version="", charset="utf-8")
    today.fuzzy = False
    name = today.locale.get_display_name("en")
    today.header_comment = f"# What cascade says, in {name}. Kept by python -m tests.support.catalogue."
    for message in template():
        if not message.id:
            continue
        before = known.get(message.id)
        string = before.string if before and before.id == message.id else None
        files = sorted({file for file, _ in message.locations})
        today.add(message.id, string, locations=[(file, 0) for file in files])
    return today


def as_po(catalogue: Catalog) -> bytes:
    """A .po that changes only where a message does: in the order of the messages, without lines of the code or dates."""
    out = io.BytesIO()
    write_po(out, catalogue, width=_WIDTH, sort_output=True, omit_header=False, include_lineno=False)
    names = (
        "POT-Creation-Date",
        "PO-Revision-Date",
        "Generated-By",
        "Last-Translator",
        "Language-Team",
        "Report-Msgid",
    )
    dated = tuple(f'"{name}'.encode() for name in names)
    return b"".join(line for line in out.getvalue().splitlines(keepends=True) if not line.startswith(dated))


def as_mo(catalogue: Catalog) -> bytes:
    """The compiled form; the same text gives the same bytes on any day."""
    catalogue.creation_date = catalogue.revision_date = _NO_DAY
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def untranslated(catalogue: Catalog) -> list[Message]:
    """The messages without a translation, or with one in doubt."""
    return [one for one in catalogue if one.id and (one.fuzzy or not all(_strings(one)))]


def _strings(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple | list) else (message.string or "",)


def keep() -> int:
    """Bring every catalogue up to date. Returns how many messages want a translation."""
    wanting = 0
    for language in TRANSLATED:
        path = po_file(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_po(updated(language)))
        catalogue = read(language)  # as it was written, so that the .mo is what the .po compiles to
        path.with_suffix(".mo").write_bytes(as_mo(catalogue))
        missing = untranslated(catalogue)
        wanting += len(missing)
        for one in missing:
            print(f"{path.relative_to(ROOT)}: {one.id!r}")
        print(f"{language}: {len(list(catalogue)) - 1} messages, {len(missing)} without a translation")
    return wanting


if __name__ == "__main__":
    sys.exit(1 if keep() else 0)
