"""The columns of an office's list of open tasks, by the words that such lists head them with. Data, no reading."""

from engine.exchange.table_heads import Heads, head

# After folding: small letters, no accents, words apart by one space, remarks in brackets left out.
HEADS: Heads = {
    "symbol": head(
        r"(?:so )?(?:va )?(?:ky )?hieu(?: cua)?(?: van ban| vb| cong van)?(?: giao)?(?: nhiem vu)?"
        r"|so(?: cua)? (?:van ban|vb|cong van)|so(?: ky hieu)?(?: va)? ngay(?: thang)?(?: nam)?(?: van ban| vb)?"
        r"|van ban (?:giao|chi dao)(?: nhiem vu)?"
        r"|(?:document |directive )?symbol|(?:document|directive)(?: number| no)?",
        "Số/ký hiệu văn bản",
        needed=True,
    ),
    "issued_on": head(
        r"ngay(?: thang)?(?: nam)?(?: cua)?(?: van ban| vb| cong van)?(?: ban hanh| ky)?"
        r"|(?:document |issue )?date(?: of (?:the )?document| issued| of issue)?|issued(?: on)?",
        "Ngày văn bản",
        needed=True,
    ),
    "issuer": head(
        r"(?:co quan|don vi|noi)(?: ban hanh| giao)(?: van ban| vb| nhiem vu)?|tac gia(?: van ban)?"
        r"|issuer|issued by|issuing (?:office|body|agency)|giver",
        "Cơ quan ban hành",
        needed=True,
    ),
    "subject": head(r"trich yeu(?: noi dung)?(?: van ban| vb)?|ve viec|subject|title", "Trích yếu"),
    "label": head(r"(?:so )?(?:muc|diem|khoan)|item(?: no| number)?", "Mục"),
    "text": head(
        r"noi dung(?: nhiem vu| cong viec)?(?: duoc)?(?: giao| thuc hien| chi dao)?"
        r"|(?:ten )?nhiem vu(?: duoc)?(?: giao)?(?: cu the)?|cong viec|task(?: text)?|text|content|assignment",
        "Nội dung nhiệm vụ",
        needed=True,
    ),
    "lead": head(
        r"(?:(?:co quan|don vi|phong) )?chu tri(?: thuc hien| tham muu)?|(?:co quan|don vi|noi) (?:thuc hien|duoc giao)"
        r"|lead(?:ing)?(?: office| unit| agency)?s?|holder",
        "Đơn vị chủ trì",
        needed=True,
    ),
    "support": head(
        r"(?:(?:co quan|don vi|phong) )?phoi hop(?: thuc hien)?|support(?:ing)?(?: office| unit| agency)?s?",
        "Đơn vị phối hợp",
    ),
    "due": head(
        r"(?:thoi )?han(?: hoan thanh| xu ly| thuc hien| bao cao| cuoi| chot| giai quyet)?|thoi gian hoan thanh"
        r"|ngay (?:het han|den han|hoan thanh)|due(?: date| on| by)?|deadline|time limit",
        "Thời hạn",
    ),
    "mode": head(
        r"(?:cach|che do|hinh thuc|kieu)(?: thuc)? (?:theo doi|bao cao)|(?:follow up )?mode|follow up", "Cách theo dõi"
    ),
    "officer": head(
        r"(?:nguoi|can bo|chuyen vien|cong chuc)(?: thu ly| xu ly| phu trach| theo doi)?(?: ho so)?"
        r"|officer|person in charge|handled by",
        "Người thụ lý",
    ),
    "progress": head(
        r"tien do(?: thuc hien| xu ly)?|tinh (?:trang|hinh)(?: thuc hien| xu ly)?|ket qua(?: thuc hien)?"
        r"|tien do tinh trang|progress(?: note)?|status|state",
        "Tiến độ",
    ),
    "remark": head(r"ghi chu|notes?|remarks?|comments?", "Ghi chú"),
}

# What a list says of a task that is open no longer: such a row has no place in an opening balance.
ENDED = frozenset(
    ("da hoan thanh", "hoan thanh", "da xong", "xong", "da ket thuc", "ket thuc", "done", "completed", "closed")
)

_SAMPLE = (
    ("Số/ký hiệu văn bản", "Ngày văn bản", "Cơ quan ban hành", "Nội dung nhiệm vụ", "Đơn vị chủ trì",
     "Đơn vị phối hợp", "Thời hạn", "Cách theo dõi", "Người thụ lý", "Tiến độ", "Ghi chú"),
    ("304/TB-VPCP", "19/07/2023", "Văn phòng Chính phủ", "Rà soát thủ tục hành chính, báo cáo kết quả",
     "Sở Khoa học và Công nghệ", "", "29/09/2023", "", "Chuyên viên Sở", "Đang tổng hợp", ""),
    ("4053/UBND-NC", "11/08/2023", "ubnd", "Quán triệt nội dung thông báo", "vp; khtc", "qlkh", "", "once", "", "", ""),
)  # fmt: skip


def sample() -> str:
    """A list to write one's own from, as CSV: the headers and two tasks of the sample directory."""
    return "\n".join(",".join(f'"{cell}"' if "," in cell else cell for cell in row) for row in _SAMPLE)
