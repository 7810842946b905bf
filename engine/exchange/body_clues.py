"""What the body gives away when the heading is missing: the issuer, or a sentence about the document."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.exchange.bodies import names_body
from engine.exchange.citations import Mention
from engine.exchange.document_types import TYPE_WORDS
from engine.exchange.layout import Flow

REPORTED_WITHIN = 1_500  # letters from the start in which an article names the document it is about

_COMMANDS = re.compile(r"\b(?:yêu cầu|đề nghị|chỉ đạo|giao|thông báo|có ý kiến)\b")
_TITLE = re.compile(
    r"^(?:(?:Quyền|Phó) )?(?:Giám đốc|Chủ tịch|Bộ trưởng|(?:Chi c|Tổng c|C)ục trưởng|Viện trưởng|Hiệu trưởng"
    r"|Chánh|Trưởng) "
)
_STOPS = re.compile(r"[.;:()\n]| [-–] ")
_REPORTED = re.compile(
    r"(?P<issuer>[^\W\d_][^.,;:()\n–-]{2,79}?) (?:vừa|đã|mới)(?: có| ký| ban hành| phát đi){1,3}"
    rf" (?:{'|'.join(TYPE_WORDS)}) số $",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class InferredIssuer:
    """A body that speaks in the text, and the words it was read from."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Reported:
    """The document that an article is about ("X vừa có Công điện số …"), and who issued it."""

    mention: Mention
    issuer: str


def infer_issuer(texts: Iterable[str]) -> InferredIssuer | None:
    """The first body that requires, asks or assigns something: "…, Giám đốc Sở X yêu cầu" → "Sở X"."""
    for text in texts:
        for command in _COMMANDS.finditer(text, 0, 5_000):
            said = _STOPS.split(text[max(0, command.start() - 150) : command.start()])[-1]
            found = _body_at_the_end(said.strip().split(", "))
            if found is not None:
                return found
    return None


def _body_at_the_end(parts: Sequence[str]) -> InferredIssuer | None:
    """Takes in one more comma at a time: "Sở Văn hóa, Thể thao và Du lịch" is one name."""
    for count in range(1, min(3, len(parts)) + 1):
        words = ", ".join(parts[-count:]).strip()
        without_title = _TITLE.sub("", words)
        name = without_title if names_body(without_title) else words
        if names_body(name) and len(name.split()) <= 14:
            return InferredIssuer(name, words)
    return None


def find_reported(text: Flow, mentions: Sequence[Mention]) -> Reported | None:
    """The document that an article speaks about in its opening, if it opens so."""
    for mention in mentions:
        if mention.start > REPORTED_WITHIN:
            return None
        found = _REPORTED.search(text.text[max(0, mention.start - 150) : mention.start])
        if found is not None:
            return Reported(mention, found.group("issuer").strip())
    return None
