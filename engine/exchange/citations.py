"""Which other documents a dispatch names: symbol, type, date, issuer, subject, and a guess at the relation.

Reads what stands around each symbol; the symbols themselves are `symbols`, the relation `relations`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from engine.exchange.document_types import TYPE_WORDS, find_code, name_of
from engine.exchange.drafts import Citation, Doubt
from engine.exchange.errors import UnreadableDocument
from engine.exchange.layout import Flow
from engine.exchange.relations import BEFORE_MAX, relation_of
from engine.exchange.symbols import FoundSymbol, Symbol, find_symbols, suspects
from engine.exchange.written_dates import WrittenDate, find_date_at
from workflows.text import say

ABOUT_MAX = 300  # letters
CITES_MAX = 500
_AFTER_MAX = 700

_WORDS = "|".join(TYPE_WORDS)
_TYPE_BEFORE = re.compile(rf"^.*\b(?P<type>{_WORDS})\b(?: [^\W\d_]+){{0,7}} ?(?:số)? ?:?$", re.IGNORECASE)
_DATE_AFTER = re.compile(r" ?[,(]? ?(?:đã )?(?:ký |ban hành )?(?=ngày\b|[0-9])", re.IGNORECASE)
_ISSUER = re.compile(
    r" ?\)? ?(?:\([^()]{1,80}\) ?)?của (?P<issuer>(?:[^,;.()]|, Thể thao|(?<=TP)\.){2,120}?)"
    r"(?= (?:về|v/v|ban hành|quy định|sửa đổi|hướng dẫn|công bố|phê duyệt|nêu trên|đã|ngày|số)"
    rf"| và (?:các )?(?:{_WORDS})\b| ?[,;.()]|$)",
    re.IGNORECASE,
)
_ISSUER_BEFORE = re.compile(
    r"\bcủa (?P<issuer>(?:(?!của )[^,;.()]){2,80}) tại (?:các )?"
    rf"(?:{_WORDS})(?: [^\W\d_]+){{0,4}} ?(?:số)? ?$",
    re.IGNORECASE,
)
_ABOUT = re.compile(r" ?\)? ?(?:(?:về việc|về|v/v) |(?=(?:ban hành|quy định|hướng dẫn|sửa đổi) ))(?=\S)", re.IGNORECASE)
_ABOUT_MAY_END = re.compile(r"[;(]|\.(?= |/|$)|, (?P<word>\w+)")


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a document is named."""

    symbol: Symbol
    start: int
    citation: Citation
    impossible_date: bool


def find_mentions(text: Flow) -> list[Mention]:
    """Every place in the running text that names a document by its symbol, in order."""
    found = list(find_symbols(text.text))
    sentences: set[int] = set()
    return [
        _mention(text, each, found[at + 1].start if at + 1 < len(found) else None, sentences)
        for at, each in enumerate(found)
    ]


def cited(mentions: list[Mention], own: Symbol | None) -> tuple[tuple[Citation, ...], list[Doubt]]:
    """The documents named, each once and the dispatch itself left out, in the order of their first mention.

    Numbers restart every year, so that one symbol with dates of two years is two documents. Only the first
    document that a sentence sets out to implement is `implements`.
    """
    found: list[Citation] = []
    by_key: dict[str, list[int]] = {}
    doubts: list[Doubt] = []
    implementing = False
    for mention in mentions:
        key, new = mention.symbol.key, mention.citation
        if own is not None and key == own.key:
            continue
        if new.relation == "implements":
            new = replace(new, relation="cites") if implementing else new
            implementing = True
        at = next((at for at in by_key.get(key, ()) if _may_be_one(found[at], new)), None)
        if at is None:
            by_key.setdefault(key, []).append(len(found))
            found.append(new)
            if len(found) > CITES_MAX:
                raise UnreadableDocument(
                    say("More than {most} documents are cited: this does not read as a dispatch.", most=CITES_MAX)
                )
            continue
        known = found[at]
        if known.issued_on and new.issued_on and known.issued_on != new.issued_on:
            says = say(
                "{symbol} is of {here} here, of {before} before.",
                symbol=new.symbol,
                here=f"{new.issued_on:%d/%m/%Y}",
                before=f"{known.issued_on:%d/%m/%Y}",
            )
            doubts.append(Doubt("cited-date-differs", new.line, f"cites[{at + 1}].issued_on", says))
        found[at] = _merged(known, new)
    return tuple(found), doubts + _undated(found, mentions)


def suspect_symbols(citations: Sequence[Citation], mentions: Sequence[Mention], own: Iterable[str]) -> list[Doubt]:
    """A doubt for every cited symbol with an abbreviation that looks misspelt; `own` are the dispatch's."""
    symbols = {mention.citation.symbol: mention.symbol for mention in mentions}
    meant_by = suspects((symbols[citation.symbol] for citation in citations), own)
    doubts = []
    for at, citation in enumerate(citations, start=1):
        for part in symbols[citation.symbol].parts:
            meant = meant_by.get(part)
            if meant:
                better = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", meant, citation.symbol)
                says = say(
                    '"{part}" in {symbol} looks like a slip for "{meant}"; did you mean {better}?',
                    part=part,
                    symbol=citation.symbol,
                    meant=meant,
                    better=better,
                )
                doubts.append(Doubt("symbol-suspect", citation.line, f"cites[{at}].symbol", says))
    return doubts


def _may_be_one(known: Citation, new: Citation) -> bool:
    return not known.issued_on or not new.issued_on or known.issued_on.year == new.issued_on.year


def _merged(known: Citation, new: Citation) -> Citation:
    return replace(
        known,
        type_word=known.type_word or new.type_word,
        issued_on=known.issued_on or new.issued_on,
        issuer=known.issuer or new.issuer,
        about=known.about or new.about,
        relation=new.relation if known.relation == "cites" else known.relation,
    )


def _undated(citations: Sequence[Citation], mentions: Sequence[Mention]) -> list[Doubt]:
    """Legal documents carry their year in the symbol and may be cited without a date."""
    impossible = {mention.citation.symbol for mention in mentions if mention.impossible_date}
    with_year = {mention.citation.symbol for mention in mentions if mention.symbol.year is not None}
    doubts = []
    for at, citation in enumerate(citations, start=1):
        symbol = citation.symbol
        if citation.issued_on is None and (symbol in impossible or symbol not in with_year):
            if symbol in impossible:
                says = say("{symbol} is cited with a day that the calendar does not have.", symbol=symbol)
            else:
                says = say("{symbol} is cited with no date.", symbol=symbol)
            doubts.append(Doubt("cited-date-missing", citation.line, f"cites[{at}].issued_on", says))
    return doubts


def _mention(text: Flow, found: FoundSymbol, following: int | None, sentences: set[int]) -> Mention:
    """Reads what stands around a symbol, up to the next one after it and inside its own paragraph."""
    paragraph = text.text.rfind("\n", max(0, found.start - _AFTER_MAX), found.start) + 1
    before = text.text[max(paragraph, found.start - BEFORE_MAX) : found.start]
    written, issuer, about = _tail(text.text, found.end, following)
    issuer_before = _ISSUER_BEFORE.search(before) if issuer is None else None
    relation = relation_of(text.text, found.start, paragraph, sentences)
    citation = Citation(
        symbol=str(found.symbol),
        type_word=_type_word(before, found.symbol),
        issued_on=written.on if written else None,
        issuer=issuer_before.group("issuer").strip() if issuer_before else issuer,
        about=about,
        line=text.line_at(found.start),
        relation=relation,
    )
    return Mention(found.symbol, found.start, citation, written is not None and written.impossible)


def _type_word(before: str, symbol: Symbol) -> str:
    """What the text calls it; where that is "văn bản" or nothing, what its code says, or else a công văn."""
    said = _TYPE_BEFORE.match(before[-90:])
    word = said.group("type").capitalize() if said else None
    by_code = name_of(find_code(symbol.notation))
    return by_code or word or "Công văn" if word in (None, "Văn bản") else word


def _tail(text: str, end: int, following: int | None) -> tuple[WrittenDate | None, str | None, str | None]:
    """Date, issuer and subject that follow a symbol, each if it is there."""
    stop = text.find("\n", end, end + _AFTER_MAX)
    tail = text[end : stop if stop >= 0 else end + _AFTER_MAX]
    opens = _DATE_AFTER.match(tail)
    written = find_date_at(tail, opens.end()) if opens else None
    at = written.end if written else 0
    names = _ISSUER.match(tail, at)
    issuer = names.group("issuer").strip() if names else None
    at = names.end() if names else at
    about = _ABOUT.match(tail, at)
    if about is None or (following is not None and following < end + about.end()):
        return written, issuer, None
    said = tail[about.end() : _about_end(tail, about.end())].strip(" .,/")
    return written, issuer, _shortened(said) or None


def _about_end(tail: str, start: int) -> int:
    """Where a subject stops: at a stop, a bracket, or a comma before a capital that opens no abbreviation."""
    for found in _ABOUT_MAY_END.finditer(tail, start):
        word = found.group("word")
        if word is None or (word[0].isupper() and word.isalpha() and not word.isupper()):
            return found.start()
    return len(tail)


def _shortened(text: str) -> str:
    return text if len(text) <= ABOUT_MAX else text[:ABOUT_MAX].rsplit(" ", 1)[0] + " …"
