"""Document symbols, read tolerantly: `304/TB-VPCP`, `42/2014/QĐ-TTg`, `36-NQ/TW`, `2221 /UBND-TH`.

Reads and compares symbols only; what kind of document one belongs to is `document_types`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.exchange.document_types import find_code
from engine.exchange.errors import UnreadableDocument
from workflows.document_types import LEGAL_TYPES, TYPES
from workflows.text import say

LISTED_MAX = 20  # numbers in one list such as `614, 615, 616-CV/VPTW`
MENTIONS_MAX = 1_000  # places in one text that look like a symbol

_NUMBER = r"[0-9]{1,6}[a-zđ]?"
_PART = r"[^\W_]{1,20}"
_NOTATION = rf"{_PART}(?:(?:[-–] ?| [-–](?! )| ?& ?){_PART}){{0,5}}"
_SYMBOL = re.compile(
    rf"(?<![\w/:])(?<![0-9]\.)(?P<number>{_NUMBER})"
    rf"(?:(?: ?/ ?(?P<year>(?:19|20)[0-9]{{2}}))? ?/ ?(?P<notation>{_NOTATION})"
    rf"|[-–](?P<kind>[^\W\d_]{{2,5}})/(?P<organ>{_NOTATION}))"
)
# Matched on the text before a symbol, turned round: anchored, so that its cost does not grow with the text.
_LISTED_BACKWARDS = re.compile(rf"(?:(?: ?, ?| àv )[a-zđ]?[0-9]{{1,6}}){{1,{LISTED_MAX}}}(?!\w)")
_CODES = {*TYPES, *LEGAL_TYPES}
_JOINTS = re.compile(r"[-–/& ]+")
_LIST_OPENS = re.compile(r"(?:số|văn bản|công văn)[ :]*$", re.IGNORECASE)
_HEADING = re.compile(
    rf"^[\s.…_]*(?P<number>{_NUMBER}(?![^\W\d_]))?[\s.…_]*(?:(?P<joint>[/–-])[\s.…_]*(?P<after>.*))?$"
)
_HEADING_NOTATION = re.compile(rf"(?:(?:19|20)[0-9]{{2}} ?/ ?|[^\W\d_]{{2,5}} ?/ ?)?{_NOTATION}")


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol in parts: `number` as written ("05"), `notation` all that follows ("2014/QĐ-TTg", "NQ/TW")."""

    number: str
    notation: str

    def __str__(self) -> str:
        return compose(self.number, self.notation)

    @property
    def key(self) -> str:
        """What two ways of writing one symbol have in common: `05/KH–skhcn` and `5/KH-SKHCN` are equal."""
        number = self.number.lstrip("0").lower() or "0"
        return f"{number}|{_JOINTS.sub('-', self.notation).casefold()}"

    @property
    def year(self) -> int | None:
        """The year that symbols of legal documents carry."""
        first = self.notation.partition("/")[0]
        return int(first) if first.isdigit() and first.isascii() else None

    @property
    def parts(self) -> tuple[str, ...]:
        """The abbreviations of the notation: "KH-SKHCN" → ("KH", "SKHCN")."""
        return parts_of(self.notation)


@dataclass(frozen=True, slots=True)
class FoundSymbol:
    """A symbol and the stretch of text it was read from."""

    symbol: Symbol
    start: int
    end: int


def compose(number: int | str, notation: str) -> str:
    """The whole symbol: party documents (`NQ/TW`) join its parts with a hyphen, all others with a slash."""
    first = notation.partition("/")[0]
    return f"{number}{'-' if '/' in notation and not first.isdigit() else '/'}{notation}"


def parts_of(notation: str) -> tuple[str, ...]:
    """The abbreviations a notation is put together from, years left out."""
    return tuple(part for part in _JOINTS.split(notation) if part and not part.isdigit())


def find_symbols(text: str) -> Iterator[FoundSymbol]:
    """Every symbol in a text, in order; a list of numbers under one notation gives one symbol each."""
    for count, found in enumerate(_SYMBOL.finditer(text)):
        if count >= MENTIONS_MAX:
            says = say(
                "More than {most} document symbols: this does not read as a dispatch. "
                "Give the text of the letter alone, without its appendices.",
                most=f"{MENTIONS_MAX:,}",
            )
            raise UnreadableDocument(says)
        accepted = _accepted(found)
        if accepted is None:
            continue
        symbol, end = accepted
        numbers, start = _listed_before(text, found.start())
        for number in (*numbers, symbol.number):
            yield FoundSymbol(Symbol(number, symbol.notation), start, end)


def read_symbol(text: str) -> Symbol | None:
    """The text as one symbol, nothing before or after it; None when it is not one."""
    found = _SYMBOL.fullmatch(text.strip())
    accepted = None if found is None else _accepted(found)
    return accepted[0] if found is not None and accepted is not None and accepted[1] == found.end() else None


def number_in(symbol: str, notation: str) -> int | None:
    """The number that a symbol has under a notation: 61 for `61/SKHCN-VP`, 7 for `07a/…`; None where it is of another."""
    read = read_symbol(symbol)
    if read is None or Symbol("1", read.notation).key != Symbol("1", notation).key:
        return None
    return int(read.number if read.number.isdigit() else read.number[:-1])


def read_notation(text: str) -> str | None:
    """The notation that a person typed: `SKHCN-VP`, `/SKHCN-VP`, or a whole symbol; None when it is none."""
    typed = "".join(text.split()).lstrip("/")
    symbol = read_symbol(compose("1", typed)) or read_symbol(typed)
    return symbol.notation if symbol else None


def read_heading(text: str) -> tuple[str | None, str | None, str] | None:
    """What follows "Số:" in a heading: number or None, notation or None, and the rest of the line.

    None when it is no symbol at all, not even one left blank.
    """
    found = _HEADING.match(text[:200])
    if found is None:
        return None
    number, after = found.group("number"), found.group("after") or ""
    written = _HEADING_NOTATION.match(after)
    symbol = read_symbol(compose(number or "1", _spaceless(written.group()))) if written else None
    if written is None or symbol is None:
        return number, None, ""
    return number, symbol.notation, after[written.end() :].strip()


def _listed_before(text: str, start: int) -> tuple[list[str], int]:
    """The numbers that share the notation of the symbol at `start`, and where their list begins."""
    listed = _LISTED_BACKWARDS.match(text[max(0, start - 160) : start][::-1])
    begins = start - listed.end() if listed else start
    if listed is None or not _LIST_OPENS.search(text, max(0, begins - 12), begins):
        return [], start
    return re.findall(_NUMBER, listed.group()[::-1]), begins


def _accepted(found: re.Match[str]) -> tuple[Symbol, int] | None:
    """The symbol a match holds once words that merely follow it are taken off, or None if nothing is left."""
    group = "notation" if found.group("notation") else "organ"
    notation, end = found.group(group), found.end(group)
    while not _is_abbreviation(_last_part(notation)):
        cut = max(notation.rfind(joint) for joint in "-–&")
        if cut <= 0:
            return None
        end -= len(notation) - len(notation[:cut].rstrip())
        notation = notation[:cut].rstrip()
    parts = parts_of(notation)
    if not parts or (sum(letter.isupper() for letter in parts[0]) < 2 and find_code(notation) is None):
        return None
    before = found.group("year") or found.group("kind")
    whole = f"{before}/{notation}" if before else notation
    return Symbol(found.group("number"), _spaceless(whole)), end


def _last_part(notation: str) -> str:
    return re.split(r"[-–&]", notation)[-1].strip()


def _is_abbreviation(part: str) -> bool:
    capitals = sum(letter.isupper() for letter in part)
    return capitals > 0 and not part[0].islower() and sum(letter.islower() for letter in part) <= capitals


def _spaceless(notation: str) -> str:
    return notation.replace(" ", "").replace("–", "-").strip("-&")


def suspects(cited: Iterable[Symbol], own: Iterable[str]) -> Mapping[str, str]:
    """Abbreviations that look like a slip for another one in the same document: {"SKHHCN": "SKHCN"}.

    `own` are the abbreviations of the document's own notation, which are never the slip. Between two cited
    ones the rarer is. Only slips of the hand count (a letter doubled, dropped, swapped; D for Đ): a letter
    replaced too easily makes the name of another office (STNMT, SNNMT).
    """
    uses: dict[str, int] = {}
    trusted = set(own)
    for symbol in cited:
        for part in set(symbol.parts):
            uses[part] = uses.get(part, 0) + 1
    known = {*uses, *trusted}
    by_slip: dict[str, set[str]] = {}
    for part in known:
        for slip in _slips(part):
            by_slip.setdefault(slip, set()).add(part)
    found: dict[str, str] = {}
    for part, count in uses.items():
        likely = {meant for slip in _slips(part) for meant in by_slip[slip] if _is_slip(part, meant)}
        better = [meant for meant in likely if meant in trusted or uses.get(meant, 0) > count]
        if part not in trusted and better:
            found[part] = max(better, key=lambda meant: (meant in trusted, uses.get(meant, 0), meant))
        elif part not in _CODES and part.replace("D", "Đ") in _CODES:
            found[part] = part.replace("D", "Đ")
    return found


def _slips(part: str) -> set[str]:
    """The part and its forms with one letter less: two parts that share one are at most a slip apart."""
    return {part, part.replace("Đ", "D"), *(part[:at] + part[at + 1 :] for at in range(min(len(part), 20)))}


def _is_slip(part: str, meant: str) -> bool:
    if part == meant or part in _CODES or meant in _CODES:
        return False
    if part.replace("Đ", "D") == meant.replace("Đ", "D"):
        return True
    if min(len(part), len(meant)) < 4:
        return False
    return len(part) != len(meant) or (sorted(part) == sorted(meant) and part[0] == meant[0])
