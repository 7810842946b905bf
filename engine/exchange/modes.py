"""How an item could be followed up that gives no plain date: a mode proposed from its words, and which words they are."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from storage.folding import folded

# Words after folding: small letters, no accents. The earliest in the text decides; "linked" goes first.
_LINKED = re.compile(
    r"\bcam ket\b.{0,400}?\btai (?:van ban|cong van|ke hoach|ban cam ket|quyet dinh)(?: so)?\b", re.DOTALL
)
_SIGNS: Mapping[str, re.Pattern[str]] = {
    "once": re.compile(r"\bquan triet\b|\bpho bien\b|\btuyen truyen\b"),
    "periodic": re.compile(
        r"\bbao cao (?:dinh ky|hang|thang|quy(?! dinh))\b|\bdinh ky\b|\b(?:hang|moi) (?:thang|quy|nam)\b"
        r"|\bke hoach so\b|\bke hoach (?:nam|quy|cong tac nam)\b"
    ),
    "on_event": re.compile(
        r"^khong\b(?: [a-z]+){0,4}|\bkhong (?:de|duoc de) xay ra\b|\bdung hen\b|\b(?:khi|neu) (?:co )?phat sinh\b"
        r"|\btuan thu\b.{0,20}\bnguyen tac\b"
    ),
}
_WORDS_MAX = 60  # letters of the words that are shown


@dataclass(frozen=True, slots=True)
class Mode:
    """A follow-up mode, and the words that speak for it; no words where nothing does."""

    mode: str
    words: str = ""


def mode_of(text: str) -> Mode:
    """The mode that the words suggest; `once`, without words, where they suggest none."""
    plain = folded(text)
    linked = _LINKED.search(plain)
    if linked:
        return Mode("linked", _shown(text, plain, linked))
    signs = {mode: found for mode, sign in _SIGNS.items() if (found := sign.search(plain))}
    mode = min(signs, key=lambda one: signs[one].start(), default=None)
    return Mode(mode, _shown(text, plain, signs[mode])) if mode else Mode("once")


def _shown(text: str, plain: str, found: re.Match[str]) -> str:
    """The words as the text writes them; folding keeps letters in their places, but for the odd one."""
    source = text if len(text) == len(plain) else plain
    words = " ".join(source[found.start() : found.end()].split())
    return words if len(words) <= _WORDS_MAX else f"{words[:_WORDS_MAX].rsplit(' ', 1)[0]} …"
