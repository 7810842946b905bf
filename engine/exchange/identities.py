"""What a dispatch is called: its type, number, notation and date, and what is doubtful about each."""

from dataclasses import dataclass
from datetime import date

from engine.exchange.citations import Mention
from engine.exchange.document_types import find_code, name_of
from engine.exchange.drafts import Doubt
from engine.exchange.headings import Heading
from engine.exchange.symbols import Symbol, compose
from engine.exchange.written_dates import WrittenDate
from workflows.document_types import LEGAL_TYPES, TYPES
from workflows.text import say


@dataclass(frozen=True, slots=True)
class Identity:
    """The names of one document; every part may be missing."""

    type: str | None
    number: str | None
    notation: str | None
    issued_on: date | None
    month: int | None
    year: int | None
    doubts: tuple[Doubt, ...]

    @property
    def own(self) -> Symbol | None:
        return Symbol(self.number, self.notation) if self.number and self.notation else None

    @property
    def symbol(self) -> str | None:
        return compose(self.number, self.notation) if self.number and self.notation else None

    @property
    def not_before(self) -> date | None:
        """The earliest day the document can be of, or None when even the month is unknown."""
        if self.issued_on is not None or self.month is None or self.year is None:
            return self.issued_on
        return date(self.year, self.month, 1)


def as_number(written: str) -> int | str:
    """A number as a draft holds it: an int, unless a leading zero or a letter would be lost."""
    return int(written) if written.isdigit() and str(int(written)) == written else written


def identity_of(heading: Heading) -> Identity:
    """From the heading; blanks and contradictions become doubts."""
    line, number, notation = heading.numbers[0] if heading.numbers else (None, None, None)
    doubts = _about_number(line, number, notation)
    if len({each[1:] for each in heading.numbers}) > 1:
        says = say("The heading carries more than one number; the first was taken.")
        doubts.append(Doubt("several-numbers", heading.numbers[1][0], "number", says))
    code = find_code(notation) if notation else None
    kind = code or heading.type_code or ("CV" if heading.is_letter or notation else None)
    if code and heading.type_code and code != heading.type_code:
        says = say(
            "The symbol says {by_symbol}, the heading {by_heading}; the symbol was followed.",
            by_symbol=name_of(code),
            by_heading=name_of(heading.type_code),
        )
        doubts.append(Doubt("type-differs", line, "type", says))
    if kind not in TYPES:
        doubts.append(Doubt("type-unknown", line, "type", _why_unknown(kind)))
        kind = None
    written = heading.written
    doubts += _about_date(written, heading.written_line)
    on = written.on if written else None
    month, year = (written.month, written.year) if written else (None, None)
    month = month if month and 1 <= month <= 12 else None
    return Identity(kind, number, notation, on, month, year, tuple(doubts))


def identity_reported(mention: Mention) -> Identity:
    """From a sentence that speaks about the document, in a text that has no heading of its own."""
    symbol, on = mention.symbol, mention.citation.issued_on
    code = find_code(symbol.notation)
    says = say(
        "Number and date of {symbol} are from a sentence about it; the text has no heading of its own.",
        symbol=str(symbol),
    )
    doubts = [Doubt("heading-reported", mention.citation.line, "number", says)]
    kind = code if code in TYPES else ("CV" if code is None else None)
    if kind is None:
        doubts.append(Doubt("type-unknown", mention.citation.line, "type", _why_unknown(code)))
    if on is None:
        doubts += _about_date(None, mention.citation.line)
    month, year = (on.month, on.year) if on else (None, None)
    return Identity(kind, symbol.number, symbol.notation, on, month, year, tuple(doubts))


def _about_number(line: int | None, number: str | None, notation: str | None) -> list[Doubt]:
    if line is None:
        says = say('No line "Số: …" was found; give the whole `symbol`.')
        return [Doubt("number-blank", None, "number", says)]
    if number is None:
        says = say("The number is blank; give `number`.")
        if notation:
            says = say('The number before "/{notation}" is blank; give `number`.', notation=notation)
        return [Doubt("number-blank", line, "number", says)]
    if notation is None:
        says = say("The number {number} has no notation; give the whole `symbol`.", number=number)
        return [Doubt("notation-missing", line, "notation", says)]
    return []


def _why_unknown(code: str | None) -> str:
    if code in LEGAL_TYPES:
        return say(
            "{code} is {name}, which makes law and assigns no tasks; give another type's code.",
            code=code,
            name=LEGAL_TYPES[code],
        )
    return say("Neither the symbol nor the heading names the type; give its code, such as CV or TB.")


def _about_date(written: WrittenDate | None, line: int | None) -> list[Doubt]:
    if written is None:
        says = say("The text gives no date of its own; give `issued_on`.")
        return [Doubt("date-missing", line, "issued_on", says)]
    if written.on is not None:
        return []
    if written.impossible:
        day = f"{written.day}/{written.month}/{written.year}"
        says = say("{day} is no day in the calendar; give `issued_on`.", day=day)
        return [Doubt("date-impossible", line, "issued_on", says)]
    if written.month is None or written.year is None:
        return [Doubt("date-missing", line, "issued_on", say("The date line is blank; give `issued_on`."))]
    says = say(
        "The day is blank before month {month} of {year}; give `issued_on`.", month=written.month, year=written.year
    )
    return [Doubt("day-blank", line, "issued_on", says)]
