"""The words a text calls documents by, and the codes that they stand for; the types themselves are the law's."""

from storage.folding import folded
from workflows.document_types import LEGAL_TYPES, TYPES

OTHER_WORDS: tuple[str, ...] = ("Văn bản", "Kết luận", "Cam kết", "Thông tri", "Lệnh")

# Longest first, so that an alternation in a pattern does not stop at "Thông tư" in "Thông tư liên tịch".
TYPE_WORDS: tuple[str, ...] = tuple(
    sorted({*TYPES.values(), *LEGAL_TYPES.values(), *OTHER_WORDS}, key=len, reverse=True)
)


_CODES = {code.casefold(): code for code in (*TYPES, *LEGAL_TYPES)}
_CODES_BY_NAME = {folded(name): code for code, name in TYPES.items()}


def find_code(notation: str) -> str | None:
    """The code that opens a notation (`QĐ-TTg`, `2014/QĐ-TTg`, `NQ/TW`), or None: `UBND-NC` names no type."""
    for part in notation.replace("–", "-").replace("/", "-").split("-"):
        if not part.strip().isdigit():
            return _CODES.get(part.strip().casefold())
    return None


def find_code_by_name(line: str) -> str | None:
    """The code of the type that a line spells out and nothing else: "THÔNG BÁO" → "TB"."""
    return _CODES_BY_NAME.get(" ".join(folded(line).split()).rstrip(" :.")) if len(line) < 40 else None


def name_of(code: str | None) -> str | None:
    """The type's name in Vietnamese, or None for a code that is not known."""
    return None if code is None else TYPES.get(code) or LEGAL_TYPES.get(code)
