"""The points of a dispatch that assign something, each with the words of its deadline and who is named in it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from engine.exchange.assignees import read_assignees
from engine.exchange.drafts import Doubt, Item, item_name
from engine.exchange.due_wordings import Due, find_dues
from engine.exchange.endings import END_MARK
from engine.exchange.errors import UnreadableDocument
from engine.exchange.layout import Line, is_capital, joined, starts_marked, without_bullet
from workflows.text import say

ITEMS_MAX = 300
JUMP_MAX = 3  # how far a number may leap and still be taken for the next item
CLOSING_MAX = 160  # letters; a longer paragraph below the last item is more than a formula

_ARTICLE = re.compile(r"^Điều (?P<number>[0-9]{1,3}) ?[.:] ?")
_SECTION = re.compile(r"^(?P<number>[IVX]{1,5})[.)] ")
_POINT = re.compile(r"^(?P<number>[0-9]{1,2})(?: ?[.)](?![0-9])|/(?= )) ?")
_SUB_POINTS = (
    re.compile(r"^[a-zđ][.)] "),
    re.compile(r"^[0-9]{1,2}\.[0-9]{1,2}\.? "),
    _POINT,
    re.compile(r"^[-–—+•*] "),
)
# Plain words first, which a search runs through fast; then, at each, whether it is a verb and not a noun.
_MAY_DEMAND = re.compile("yêu cầu|Yêu cầu|đề nghị|Đề nghị|có trách nhiệm|giao |Giao |chủ trì|Chủ trì")
_IS_NOUN = re.compile(r"(?:\b(?:theo|xét|các|những|ứng|bàn|được|Theo|Xét) |\w)$")
_GIVES_TO = re.compile(r"[Gg]iao (?:cho )?(?:các )?[A-ZĐ]")
_NO_DEMAND = re.compile(r"^(?:Trong quá trình|Xét đề nghị|Theo đề nghị|Nhận được|Trên đây)\b")

Paragraph = list[Line]
Cites = Callable[[int], Sequence[str]]


@dataclass(slots=True)
class _Point:
    """One point while its paragraphs are gathered; the first paragraph no longer carries the marker.

    `heading` is the text of the section it stands in, where that names who is meant: "II. Giao Sở X".
    """

    number: str
    line: int
    section: str = ""
    heading: str = ""
    jumps_from: int | None = None
    paragraphs: list[Paragraph] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ReadItems:
    """The items, whether the text numbers them, the line of the first, and what was doubtful."""

    items: tuple[Item, ...]
    numbered: bool
    first_line: int | None
    doubts: list[Doubt]


def read_items(body: Sequence[Paragraph], cites_on: Cites, not_before: date | None) -> ReadItems:
    """The points of a body, given in paragraphs: its articles, or else numbered points, sections, demands.

    `cites_on` gives the symbols named on a line of the original; a date before `not_before` is no deadline.
    """
    points, closing = _points(body)
    numbered = bool(points)
    if not numbered:
        points = [_Point(str(at), part[0].number, paragraphs=[part]) for at, part in enumerate(_demands(body), 1)]
    if len(points) > ITEMS_MAX:
        says = say("More than {most} numbered points: this does not read as a dispatch.", most=ITEMS_MAX)
        raise UnreadableDocument(says)
    items: list[Item] = []
    doubts: list[Doubt] = []
    for at, point in enumerate(points, start=1):
        dues = find_dues(" ".join(joined(part) for part in point.paragraphs), not_before)
        items.append(_item(point, dues, cites_on))
        doubts += _doubts(point, f"items[{at}]", dues)
    if not items:
        doubts.append(Doubt("no-items", None, "items", say("Nothing that assigns anything was found; give `items`.")))
    elif not numbered:
        says = say("No numbered points; what demands something was read as items: {count}.", count=len(items))
        doubts.insert(0, Doubt("items-unnumbered", items[0].line, "items", says))
    first_line = items[0].line if items else None
    return ReadItems(tuple(items), numbered, first_line, doubts + _about_closing(closing))


def _points(body: Sequence[Paragraph]) -> tuple[list[_Point], list[Paragraph]]:
    """The points of a body, with unique numbers, and the paragraphs below them that close the letter."""
    articles, points = _articles(body), _numbered(body)
    # A letter may quote an article inside its points; a decision numbers points inside its articles.
    if articles and not (points and points[0].line < articles[0].line):
        return articles, []
    closing = _cut_closing(points[-1]) if points else []
    if len({point.number for point in points}) < len(points):
        for point in points:
            point.number = f"{point.section}.{point.number}" if point.section else point.number
    return [point for point in points if any(line.text for part in point.paragraphs for line in part)], closing


def _articles(body: Sequence[Paragraph]) -> list[_Point]:
    points: list[_Point] = []
    for part in body:
        opens = _ARTICLE.match(part[0].text)
        if opens:
            points.append(_opened(f"Điều {opens.group('number')}", part, opens.end()))
        elif points:
            points[-1].paragraphs.append(part)
    return points


def _numbered(body: Sequence[Paragraph]) -> list[_Point]:
    """Points 1., 2., … in sequence; a number out of sequence belongs to the point it stands in.

    Sections (I., II.) restart the sequence, and are points themselves when they hold none.
    """
    sections: list[str] = []
    points: list[_Point] = []
    heading = ""
    top = last = 0
    starts_at_one = any(number == 1 for part in body if (number := _number(part)) is not None)
    for part in body:
        section, number = _SECTION.match(part[0].text), _number(part)
        if section:
            sections.append(section.group("number"))
            points.append(_opened(sections[-1], part, section.end()))
            heading, last = "", 0
        elif number is not None and _is_next(number, last, top, starts_at_one):
            opens = _POINT.match(part[0].text)
            point = _opened(str(number), part, opens.end() if opens else 0)
            point.section = sections[-1] if sections else ""
            point.jumps_from = last if last and number > last + 1 else None
            if points and points[-1].number == point.section:
                heading = _text_of(points.pop())  # of a section that holds points
            point.heading = heading
            points.append(point)
            top = last = number
        elif points:
            points[-1].paragraphs.append(part)
    return points


def _number(part: Paragraph) -> int | None:
    opens = _POINT.match(part[0].text)
    return int(opens.group("number")) if opens else None


def _is_next(number: int, last: int, top: int, starts_at_one: bool) -> bool:
    if last:
        return last < number <= last + JUMP_MAX
    return number == 1 or (top > 0 and number == top + 1) or not starts_at_one


def _opened(number: str, part: Paragraph, after: int) -> _Point:
    first = part[0]
    return _Point(number, first.number, paragraphs=[[Line(first.number, first.text[after:]), *part[1:]]])


def _cut_closing(last: _Point) -> list[Paragraph]:
    """Takes the unmarked paragraphs below the last point off it: they close the letter."""
    parts = last.paragraphs
    keep = max((at for at, part in enumerate(parts) if starts_marked(part[0].text)), default=0) + 1
    while keep < len(parts) and _leads_on(joined(parts[keep - 1])):
        keep += 1
    closing, last.paragraphs = parts[keep:], parts[:keep]
    return closing


def _leads_on(text: str) -> bool:
    """The paragraph is a heading, or ends where more must follow."""
    return is_capital(text) or text.endswith((":", ","))


def _demands(body: Sequence[Paragraph]) -> Iterator[Paragraph]:
    """In a body without numbers: what is listed below "… yêu cầu:", or each paragraph that demands something."""
    introduced = False
    for part in body:
        text = joined(part)
        if starts_marked(part[0].text):
            if introduced:
                yield [Line(part[0].number, without_bullet(part[0].text)), *part[1:]]
            continue
        demands = _demands_something(text) and not _NO_DEMAND.match(text)
        introduced = text.endswith(":")
        if demands and not introduced:
            yield part


def _demands_something(text: str) -> bool:
    """There is a verb of command: "Sở đề nghị …", "Giao các Bộ …"; "theo đề nghị của" holds none."""
    for found in _MAY_DEMAND.finditer(text):
        is_noun = _IS_NOUN.search(text, max(0, found.start() - 8), found.start())
        if not is_noun and (not found.group().endswith(" ") or _GIVES_TO.match(text, found.start())):
            return True
    return False


def _item(point: _Point, dues: Sequence[Due], cites_on: Cites) -> Item:
    text = _text_of(point)
    cites = [symbol for part in point.paragraphs for line in part for symbol in cites_on(line.number)]
    due = dues[0] if dues else None
    named = read_assignees(text, point.heading)
    return Item(
        number=point.number,
        text=text[:-8] + END_MARK.sub(".", text[-8:]),
        line=point.line,
        due_wording=due.wording if due else None,
        due_on=due.on if due else None,
        cites=tuple(dict.fromkeys(cites)),
        sub_points=_sub_points(point),
        due_kind=due.kind if due else "none",
        lead_named=named.lead,
        support_named=named.support,
        info_named=named.info,
        recipient_named=named.recipient,
        due=due.text if due else None,
    )


def _text_of(point: _Point) -> str:
    return "\n".join(filter(None, (joined(part) for part in point.paragraphs)))


def _sub_points(point: _Point) -> int:
    """How many points the point has directly below it: those marked like the first of them."""
    kinds = [
        kind
        for part in point.paragraphs[1:]
        if (kind := next((at for at, mark in enumerate(_SUB_POINTS) if mark.match(part[0].text)), None)) is not None
    ]
    return kinds.count(kinds[0]) if kinds else 0


def _doubts(point: _Point, where: str, dues: Sequence[Due]) -> Iterator[Doubt]:
    name = item_name(point.number)
    if point.jumps_from is not None:
        says = say("{item} follows item {before}: one may be missing.", item=name, before=point.jumps_from)
        yield Doubt("item-number-jump", point.line, f"{where}.number", says)
    if not dues:
        says = say("{item} gives no date; choose a follow-up mode, or a due date.", item=name)
        yield Doubt("item-undated", point.line, f"{where}.due", says)
    elif dues[0].on is None:
        says = say(
            '{item} is due "{wording}", no plain date; choose a follow-up mode, or a due date.',
            item=name,
            wording=dues[0].wording,
        )
        yield Doubt("item-undated", point.line, f"{where}.due", says)
    elif len({due.on for due in dues}) > 1:
        wordings = "; ".join(due.wording for due in dues)
        says = say("{item} gives several dates ({wordings}); the first was taken.", item=name, wordings=wordings)
        yield Doubt("several-dates", point.line, f"{where}.due", says)


def _about_closing(closing: Sequence[Paragraph]) -> list[Doubt]:
    """A doubt for each paragraph below the items that is too long, or too definite, to be a mere formula."""
    return [
        Doubt(
            "text-after-items",
            part[0].number,
            "items",
            say("This paragraph may assign something too; add an item if so."),
        )
        for part in closing
        if len(joined(part)) > CLOSING_MAX or find_dues(joined(part), None)
    ]
