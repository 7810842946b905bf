"""The named types of documents and their codes, and the degrees of urgency. Data: nothing is read here."""

from typing import Literal

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

Urgency = Literal["khẩn", "thượng khẩn", "hỏa tốc"]
URGENCIES: tuple[Urgency, ...] = ("khẩn", "thượng khẩn", "hỏa tốc")  # in rising order
