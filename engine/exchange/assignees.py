"""Whom an item names: who leads, who supports, who is only told, where the product goes. Names as written.

Takes only what stands in the usual forms ("Giao Sở X chủ trì, phối hợp với …"); knows no list of offices.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

SEARCHED_MAX = 4_000  # letters of an item; parties are named early
_NAME_WORDS_MAX = 14
_STRETCH_MAX = 700  # letters of one list of names

_BODY = (
    r"(?:Bộ(?! (?:phận|tiêu chí|máy|luật|chỉ số|đội))|Sở(?! hữu)|Ủy ban|Uỷ ban|UBND|HĐND|Hội đồng|Cục(?! bộ)|Tổng cục"
    r"|Chi cục|Vụ(?! (?:việc|án))|Viện|Văn phòng|Ban(?! hành)|Trung tâm|Phòng(?!,? (?:chống|ngừa|cháy))|Thanh tra"
    r"|Trường(?! hợp)|Ngân hàng|Kho bạc|Bảo hiểm|Đài|Học viện|Hội(?! (?:nghị|thảo))|Mặt trận|Công an|Quân khu|Tòa án"
    r"|Viện kiểm sát|Công ty|Tổng công ty|Tập đoàn|Bệnh viện|Thông tấn xã|Liên đoàn|Đoàn Thanh niên|Bộ Chỉ huy"
    r"|Khu Quản lý|Thủ tướng|Chính phủ|Tỉnh ủy|Thành ủy|Huyện ủy|Đảng ủy)"
)
_KINDS = (
    r"(?:phòng|đơn vị|bộ|sở|ban|ngành|cơ quan|địa phương|cục|vụ|tổng cục|chi cục|trung tâm|viện|trường|xã|phường|thị trấn"
    r"|huyện|thị xã|quận|thành phố|tỉnh|doanh nghiệp|tổ chức|hội|đoàn thể|cấp|phòng, ban)"
)
_HEAD = (
    r"(?:(?:đồng chí )?(?:Phó )?(?:Giám đốc|Tổng Giám đốc|Chủ tịch|Bộ trưởng|Thủ trưởng|Trưởng|Chánh|Viện trưởng"
    r"|Cục trưởng|Tổng cục trưởng|Chi cục trưởng|Vụ trưởng|Hiệu trưởng|Thống đốc|Người đứng đầu|Lãnh đạo) )"
)
_GROUP = rf"(?:[Tt]ất cả )?(?:[Cc]ác|[Mm]ỗi|[Tt]ừng) (?:(?:{_KINDS})\b|{_BODY}\b)"
_PARTY = rf"(?:{_HEAD}?(?:{_BODY}\b|{_GROUP})|{_HEAD}(?=[A-ZĐ]))"

# What follows a name and belongs to it no more: verbs of command, and the small words that open what is to be done.
_AFTER = (
    r"(?:chủ trì|chủ động|phối hợp|cùng với|theo|có(?! liên quan)|căn cứ|chỉ đạo|thực hiện|triển khai|khẩn trương"
    r"|tiếp tục|báo cáo|gửi|rà soát|xây dựng|tham mưu|hướng dẫn|theo dõi|đôn đốc|kiểm tra|giám sát|chịu|tăng cường"
    r"|bố trí|bàn giao|nghiên cứu|đề xuất|tổng hợp|cập nhật|hoàn thiện|hoàn thành|ban hành|phổ biến|quán triệt"
    r"|thường xuyên|cần|phải|làm|lập|trình|cung cấp|đăng ký|đăng tải|cử|xem xét|thẩm định|phê duyệt|thông báo"
    r"|tuyên truyền|đẩy mạnh|nghiêm túc|tập trung|xử lý|giải quyết|bảo đảm|đảm bảo|nâng cao|duy trì|công khai"
    r"|thống kê|đánh giá|điều chỉnh|bổ sung|sửa đổi|khắc phục|ưu tiên|sử dụng|huy động|kịp thời|định k[ỳì]"
    r"|(?:hằng|hàng)(?= (?:năm|tháng|quý|tuần))|tại|trên|sẽ|kết quả|danh sách|những|việc|nội dung|biết|góp ý"
    r"|tham gia|cho ý kiến|vận động|quan tâm|phân công|kiện toàn|giúp|hỗ trợ|sơ tán|di dời|trực(?! thuộc)"
    r"|tạo điều kiện|khảo sát|lấy ý kiến|chuẩn bị|thành lập|phát huy|tích cực|nhanh chóng|sớm|ngay|không|yêu cầu"
    r"|đề nghị|giao|nộp|chuyển|lưu ý|tiếp nhận|lồng ghép|niêm yết|đưa|làm đầu mối|tổ chức|quản lý|đồng thời"
    r"|thông qua|dừng|tạm dừng|ngừng|chấm dứt|tiến hành|chấn chỉnh|kê khai|kiểm kê|nhập|sắp xếp|thu hồi|mở|họp|tự"
    r"|chấp hành|tuân thủ|bám sát|rút kinh nghiệm)\b"
)
# What ends a name too, but tells that what stands before it was more than a name, where it should be who acts.
_BREAKS = (
    r"(?:trước|chậm nhất|muộn nhất|trong|để|về|từ|đến|khi|nếu|vào|qua|được|đã|là|nhằm|bằng|nào|thì|mà|do|vì|nhận|xong"
    r"|rồi|ở|có tên)\b"
)
_OPENED_BY = r"(?<!tâm )(?<!Ban )(?<!Phòng )(?<!Cục )(?<!, )(?<!các )(?<!Trường )(?<!Viện )"
_ENDS = re.compile(rf" {_OPENED_BY}(?:{_AFTER}|{_BREAKS})|[.;:()\n]| [-–] (?=[a-zđà-ỹ])|$")
_ACTS = re.compile(rf"[:(]|,? (?!{_BREAKS}){_AFTER}")
_ASKS = re.compile(rf" (?:yêu cầu|đề nghị|giao)(?: cho)? (?={_PARTY})")
_HELPS = re.compile(r" phối hợp(?! với| chặt chẽ)")
_KIND = re.compile(rf"(?:các )?{_KINDS}\b")
_OF_MANY = re.compile(rf"^{_HEAD}?(?:[Cc]ác|[Tt]ất cả các) [^:,;]{{1,40}}$")
_BETWEEN = re.compile(rf"(?:, và |, cùng |, | và |; )(?={_PARTY})")

_GIVEN = r"(?:[-+*–] |[a-zđ][.)] )?(?:(?:[Gg]iao|[Đđ]ề nghị|[Yy]êu cầu|[Pp]hân công)(?: nhiệm vụ)?(?: cho)? |Đối với )?"
_OPENING = re.compile(rf"{_GIVEN}(?={_PARTY})")
_LEADS = re.compile(
    r"(?:(?<=[.;:,\n] )|(?<=\n)|(?<=iao )|(?<=ề nghị )|(?<=êu cầu ))"
    rf"(?={_PARTY}[^.;:\n]{{0,200}} (?:chủ trì|làm đầu mối))"
)
_WITH = re.compile(rf"\b[Pp]hối hợp(?: chặt chẽ)?,? (?:cùng )?với (?={_PARTY})|, cùng với (?={_PARTY})")
_SUPPORTS = re.compile(rf"(?:(?<=[.;,] )|(?<=\n))(?={_PARTY}[^.;:\n]{{0,200}} phối hợp\b)")
_TOLD = re.compile(rf"\b(?:[Đđ]ồng gửi|[Ss]ao gửi|[Tt]hông báo (?:cho|đến)|[Gg]ửi|[Bb]áo) (?={_PARTY})")
_TO_KNOW = re.compile(r"^ ?(?:để )?biết\b")
_SENT = re.compile(
    rf"\b(?:[Gg]ửi|[Bb]áo cáo|[Nn]ộp|[Pp]hản ánh) (?:(?:(?!gửi |báo cáo )[^.;:()\n]){{0,80}}? )??"
    rf"(?:về|cho|tới|đến) (?={_PARTY})"
    rf"|\b(?:[Gg]ửi|[Bb]áo cáo(?: kết quả)?(?: thực hiện)?|[Nn]ộp|[Pp]hản ánh) (?={_PARTY})"
)
_BY_WAY_OF = re.compile(rf"^,? ?\(?(?:qua|thông qua) (?={_PARTY})")


@dataclass(frozen=True, slots=True)
class Assignees:
    """The names an item gives, each as written: "các Sở: Nội vụ, Tài chính" is one."""

    lead: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    info: tuple[str, ...] = ()
    recipient: str | None = None


def read_assignees(text: str, heading: str = "") -> Assignees:
    """Who is named in an item's text; who leads may be named by the heading above it instead ("II. Giao Sở X")."""
    text = text[:SEARCHED_MAX]
    info = _told(text)
    recipient = _recipient(text)
    lead = _lead(text) or _at_opening(heading[:SEARCHED_MAX])
    support = tuple(name for name in _support(text, lead) if name not in info)
    return Assignees(lead, support, info, recipient)


def _lead(text: str) -> tuple[str, ...]:
    """Who opens the item as the one that acts, if need be below its title; else who is said to preside."""
    title, _, below = text.partition("\n")
    names = _at_opening(text) or (_at_opening(below) if title[-1:].isalnum() else ())
    if names:
        return names
    for found in _LEADS.finditer(text):
        names, after = _names(text, found.end())
        if names and text.startswith((" chủ trì", " làm đầu mối", " có trách nhiệm chủ trì"), after):
            return names
    return ()


def _at_opening(text: str) -> tuple[str, ...]:
    """The names that a text opens with, where something follows that they have to do, or a list of it."""
    opens = _OPENING.match(text)
    if opens is None:
        return ()
    names, after = _names(text, opens.end())
    asks = _ASKS.match(text, after)
    if asks is not None:  # who opens the sentence is who speaks
        names, after = _names(text, asks.end())
    given = bool(opens.group().strip()) or asks is not None
    if _HELPS.match(text, after) and not given:
        return ()
    return names if _ACTS.match(text, after) or (given and after == len(text)) else ()


def _support(text: str, lead: tuple[str, ...]) -> Iterator[str]:
    found = _WITH.search(text)
    if found is not None:
        yield from (name for name in _names(text, found.end())[0] if name not in lead)
        return
    if "chủ trì" not in text:
        return
    for clause in _SUPPORTS.finditer(text):
        names, after = _names(text, clause.end())
        if names and text.startswith(" phối hợp", after):
            yield from (name for name in names if name not in lead)
            return


def _told(text: str) -> tuple[str, ...]:
    for found in _TOLD.finditer(text):
        names, after = _names(text, found.end())
        if _TO_KNOW.match(text, after) or _TO_KNOW.match(text[after : after + 12]):
            return names
    return ()


def _recipient(text: str) -> str | None:
    """The first office that something is sent or reported to; where it goes by way of another, that one."""
    for found in _SENT.finditer(text):
        names, after = _names(text, found.end())
        if not names or _TO_KNOW.match(text[after : after + 12]):
            continue
        by_way = _BY_WAY_OF.match(text[after : after + 200])
        passed_on, _ = _names(text, after + by_way.end()) if by_way else ((), 0)
        return (passed_on or names)[0]
    return None


def _names(text: str, start: int) -> tuple[tuple[str, ...], int]:
    """The list of names that begins there, and where it ends; none where no end of it is recognised."""
    end = start
    while True:
        found = _ENDS.search(text, end, start + _STRETCH_MAX)
        if found is None:
            return (), start
        end = found.start()
        opens_list = found.group() == ":" and _OF_MANY.match(text[start:end].rsplit(", ", 1)[-1])
        if not opens_list:
            break
        end = found.end()
    pieces = [piece.strip(" ,") for piece in _BETWEEN.split(text[start:end])]
    named = tuple(dict.fromkeys(piece for piece in pieces if piece))
    return (named, end) if named and all(map(_is_name, named)) else ((), start)


def _is_name(piece: str) -> bool:
    """No part of it is a sentence: after a comma stands a name again, or a kind of office."""
    first, *more = piece.split(", ")
    return len(first.split()) <= _NAME_WORDS_MAX and all(
        part[:1].isupper() or _KIND.match(part.removeprefix("và ")) for part in more
    )
