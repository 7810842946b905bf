"""The named types of documents, their codes, and the words a text calls them by. Data, no reading."""

import unicodedata

# NĐ 30/2020/NĐ-CP, appendix III. Of its 29 types the public letter (thư công) has no code, and công văn has
# none in a symbol; it goes by CV here.
TYPES: dict[str, str] = {
    "NQ": "Nghị quyết",
    "QĐ": "Quyết định",
    "CT": "Chỉ thị",
    "QC": "Quy chế",
    "QyĐ": "Quy định",
    "TC": "Thông cáo",
    "TB": "Thông báo",
    "HD": "Hướng dẫn",
    "CTr": "Chương trình",
    "KH": "Kế hoạch",
    "PA": "Phương án",
    "ĐA": "Đề án",
    "DA": "Dự án",
    "BC": "Báo cáo",
    "BB": "Biên bản",
    "TTr": "Tờ trình",
    "HĐ": "Hợp đồng",
    "CĐ": "Công điện",
    "BGN": "Bản ghi nhớ",
    "BTT": "Bản thỏa thuận",
    "GUQ": "Giấy ủy quyền",
    "GM": "Giấy mời",
    "GGT": "Giấy giới thiệu",
    "GNP": "Giấy nghỉ phép",
    "PG": "Phiếu gửi",
    "PC": "Phiếu chuyển",
    "PB": "Phiếu báo",
    "CV": "Công văn",
}

# Met in citations and refused as the type of a dispatch: these make law, they do not assign tasks.
LEGAL_TYPES: dict[str, str] = {
    "NĐ": "Nghị định",
    "TT": "Thông tư",
    "TTLT": "Thông tư liên tịch",
    "PL": "Pháp lệnh",
    "L": "Luật",
}

OTHER_WORDS: tuple[str, ...] = ("Văn bản", "Kết luận", "Cam kết", "Thông tri", "Lệnh")

# Longest first, so that an alternation in a pattern does not stop at "Thông tư" in "Thông tư liên tịch".
TYPE_WORDS: tuple[str, ...] = tuple(
    sorted({*TYPES.values(), *LEGAL_TYPES.values(), *OTHER_WORDS}, key=len, reverse=True)
)


def folded(text: str) -> str:
    """The text in small letters without accents: "HOẢ TỐC" and "Hỏa tốc" become equal, OCR slips too."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).replace("đ", "d")


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
