"""A workbook looked over before it is opened: is it a bomb, which cells are merged, which formulas were never computed.

It goes through the file as a stream and builds nothing, so that a hostile file costs no more than its own size.
"""

import re
import zipfile
from dataclasses import dataclass, field
from xml.parsers import expat

from engine.exchange.tables import unreadable
from workflows.text import say

PARTS_MAX = 2_000  # files in the archive
TOTAL_MAX = 200 << 20  # bytes of everything in it, unpacked
SHEET_MAX = 100 << 20  # bytes of one worksheet
STRINGS_MAX = 64 << 20  # bytes of the texts that the sheets share
TEXTS_MAX = 1_000_000  # of them
OTHER_MAX = 4 << 20  # bytes of any other part that is read as XML
CELLS_MAX = 5_000_000  # cells of one worksheet
ROW_CELLS_MAX = 16_384  # columns of a worksheet, as Excel has it
LINES_MAX = 1_048_576  # rows of a worksheet, as Excel has it
MERGES_MAX = 100_000

BOMB, BROKEN = "T104", "T105"

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_CHUNK = 1 << 16


@dataclass(slots=True)
class Survey:
    """What a worksheet's text says beside its values. Columns count from 0, rows from 1."""

    tall: list[tuple[int, int, int]] = field(default_factory=list)  # merged down: first row, last row, column
    unvalued: dict[int, list[int]] = field(default_factory=dict)  # formulas without a stored value, by row
    lines: int = 0  # the last row that holds something
    width: int = 0  # how many columns hold something


def survey(archive: zipfile.ZipFile, source: str) -> dict[str, Survey]:
    """The worksheets by the name of their part. Raises UnreadableDocument where the archive asks for too much."""
    parts = archive.infolist()
    if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > TOTAL_MAX:
        says = say("unpacked it is larger than {most} bytes; this is no list of tasks", most=f"{TOTAL_MAX:,}")
        raise unreadable(source, BOMB, says)
    found = {}
    for part in parts:
        is_sheet, is_xml = part.filename.startswith("xl/worksheets/"), part.filename.endswith((".xml", ".rels"))
        is_texts = part.filename == "xl/sharedStrings.xml"
        most = STRINGS_MAX if is_texts else SHEET_MAX if is_sheet else OTHER_MAX if is_xml else TOTAL_MAX
        if part.file_size > most:
            says = say("its part {part} is larger than {most} bytes", part=part.filename, most=f"{most:,}")
            raise unreadable(source, BOMB, says)
        if is_texts and archive.read(part).count(b"<si") > TEXTS_MAX:
            raise unreadable(source, BOMB, say("it has more than {most} different texts", most=f"{TEXTS_MAX:,}"))
        if is_sheet and is_xml and part.filename.endswith(".xml"):
            found[part.filename] = _Surveyor(source).read(archive, part)
        elif is_xml:
            _refuse_entities(archive, part, source)
    return found


def _refuse_entities(archive: zipfile.ZipFile, part: zipfile.ZipInfo, source: str) -> None:
    with archive.open(part) as stream:
        if b"<!DOCTYPE" in stream.read(_CHUNK):
            raise unreadable(source, BOMB, say("its part {part} declares entities", part=part.filename))


class _Surveyor:
    """One reading of one worksheet."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._survey = Survey()
        self._cells = self._in_row = self._merges = 0
        self._row = self._column = 0
        self._formula = self._value = self._in_value = False

    def read(self, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Survey:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._words
        parser.StartDoctypeDeclHandler = self._doctype
        with archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk)
            parser.Parse(b"", True)
        return self._survey

    def _start(self, name: str, given: dict[str, str]) -> None:
        match name.rpartition(" ")[2]:
            case "row":
                before, self._row = self._row, int(given.get("r") or self._row + 1)
                self._in_row, self._column = 0, -1
                self._bound(self._row, LINES_MAX)
                if self._row <= before:
                    raise unreadable(self._source, BROKEN, say("its rows are out of order; save it as .xlsx again"))
            case "c":
                place = _place(given.get("r", ""))
                self._column = place[1] if place else self._column + 1
                self._cells += 1
                self._in_row += 1
                self._formula, self._value = False, given.get("t") == "str"  # a formula may give an empty text
                self._bound(self._cells, CELLS_MAX)
                self._bound(self._in_row, ROW_CELLS_MAX)
            case "f":
                self._formula = True
            case "v":
                self._in_value = True
            case "is":
                self._value = True
            case "mergeCell":
                self._merges += 1
                self._bound(self._merges, MERGES_MAX)
                self._merged(given.get("ref", ""))

    def _words(self, _: str) -> None:
        self._value = self._value or self._in_value

    def _end(self, name: str) -> None:
        if name.endswith(" v"):
            self._in_value = False
        if not name.endswith(" c") or not (self._formula or self._value):
            return
        self._survey.lines = self._row
        self._survey.width = max(self._survey.width, self._column + 1)
        if not self._value:
            self._survey.unvalued.setdefault(self._row, []).append(self._column)

    def _merged(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        begins, ends = _place(first), _place(last)
        if begins and ends and ends[0] > begins[0]:
            self._survey.tall.append((begins[0], ends[0], begins[1]))

    def _bound(self, count: int, most: int) -> None:
        if count > most:
            raise unreadable(self._source, BOMB, say("a sheet of it has more cells than a sheet can have"))

    def _doctype(self, *_: object) -> None:
        raise unreadable(self._source, BOMB, say("a sheet of it declares entities"))


def _place(reference: str) -> tuple[int, int] | None:
    """`B7` as row 7, column 1."""
    found = _REFERENCE.fullmatch(reference)
    if not found:
        return None
    column = 0
    for letter in found.group(1):
        column = column * 26 + ord(letter) - 64
    return int(found.group(2)), column - 1
