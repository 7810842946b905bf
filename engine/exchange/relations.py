"""How a dispatch stands to a document that it names: a guess from the words before the symbol.

It implements, continues, urges, amends, replaces or revokes it, reports into it, or merely cites it.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from engine.exchange.bodies import names_body
from engine.exchange.drafts import Citation, Relation

BEFORE_MAX = 160  # letters

_SENTENCE = re.compile(r"[.;:!?] ")
_OPENERS: tuple[tuple[re.Pattern[str], Relation], ...] = (
    (re.compile(r"\b(?:[Đđ]ôn đốc|[Nn]hắc)\b[^.;:]*$"), "urges"),
    (re.compile(r"^(?:Thực hiện|Căn cứ|Triển khai|Thi hành|Chấp hành)\b[^,;:]*$"), "implements"),
    (re.compile(r"^(?:Tiếp theo|Tiếp tục (?:thực hiện|triển khai))\b[^,;:]*$"), "continues"),
    (re.compile(r"\bbáo cáo\b[^,;:]{0,60} (?:theo|vào)\b[^,;:]*$"), "reports_into"),
)
_CHANGES: tuple[tuple[str, Relation], ...] = (
    (r"thay(?: thế)?(?: cho)?", "replaces"),
    (r"(?:thu hồi|hủy bỏ|huỷ bỏ|bãi bỏ)", "revokes"),
    (r"(?:sửa đổi|điều chỉnh|bổ sung|đính chính)", "amends"),
)
# A document changes another one where its subject says so, where "… này" does, or where its issuer speaks.
_CHANGED: tuple[tuple[re.Pattern[str], re.Pattern[str], Relation], ...] = tuple(
    (
        re.compile(rf"\bnày (?:được )?(?:{verb})\b[^.;:()]{{0,80}}$", re.IGNORECASE),
        re.compile(rf"^(?P<who>[^.;:()]{{0,100}}?)\b(?:{verb})\b[^.;:()]{{0,80}}$", re.IGNORECASE),
        relation,
    )
    for verb, relation in _CHANGES
)
_SUBJECT = re.compile(r"^(?:V ?/ ?v|Về(?: việc)?|quyết định|nay|xin)?,? ?$", re.IGNORECASE)
_NUMBERED = re.compile(r"(?:^|\n)(?:[0-9]{1,2}[.)]|[a-zđ][.)]|[-+*–]) $")
_URGES = re.compile(
    r"^(?:về việc |tiếp tục |v/v )*(?:đôn đốc|nhắc)\b|\b(?:đến nay|tới nay)\b[^.\n]{0,200}\bchưa (?:nhận được|gửi|nộp|báo cáo)",
    re.IGNORECASE,
)


def relation_of(text: str, start: int, paragraph: int, sentences: set[int]) -> Relation:
    """The relation to the document whose symbol is at `start`, in the paragraph that begins at `paragraph`.

    Guessed from how the sentence opens, for the first document that it names: `sentences` holds where those
    sentences begin that have named one; this one is added.
    """
    begins = max(paragraph, start - BEFORE_MAX)
    for found in _SENTENCE.finditer(text, begins, start):
        begins = found.end()
    sentence = text[begins:start].lstrip("-–—+•* ")
    first = begins not in sentences
    sentences.add(begins)
    numbered = _NUMBERED.search(text, max(0, begins - 6), begins) is not None
    for by_itself, at_opening, relation in _CHANGED:
        opens = at_opening.match(sentence) if first and not numbered else None
        if by_itself.search(sentence) or (opens and _changes(opens.group("who"))):
            return relation
    whole = begins == paragraph or begins > start - BEFORE_MAX
    for opener, relation in _OPENERS:
        if first and whole and opener.search(sentence):
            return relation
    return "cites"


def _changes(who: str) -> bool:
    """What stands before "sửa đổi" makes it the act of the document itself, and not a task or another one's title."""
    asks = ("yêu cầu", "đề nghị", "giao", "được", "đã", "tham mưu")
    return _SUBJECT.match(who) is not None or (names_body(who) and not any(word in who for word in asks))


def urges(subject: str | None, before_items: str) -> bool:
    """Is it an urging letter (công văn đôn đốc): its subject says so, or it complains that something has not come?"""
    return _URGES.search(subject or "") is not None or _URGES.search(before_items) is not None


def with_urged(citations: Sequence[Citation], own_notation: str | None, first_item: int | None) -> list[Citation]:
    """The citations of an urging letter: of those before its items, its office's own letter is what it urges, else the first.

    `first_item` is the line of its first item.
    """
    found = list(citations)
    early = [
        place
        for place, one in enumerate(found)
        if (first_item is None or one.line is None or one.line < first_item)
        and one.relation in ("cites", "implements", "continues")
    ]
    if early and all(one.relation != "urges" for one in found):
        own = (place for place in early if own_notation and found[place].symbol.endswith(own_notation))
        place = next(own, early[0])
        found[place] = replace(found[place], relation="urges")
    return found
