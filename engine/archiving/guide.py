"""README.txt of an archive, in both languages: what it is and how to check it without trusting whoever made it."""

import hashlib

_TEXT = """\
NHẬT KÝ ĐIỆN TỬ - BỘ LƯU TRỮ ĐỂ KIỂM TRA (English below)
=======================================================================

Thư mục này chứa nhật ký của hệ thống giao và theo dõi nhiệm vụ, đúng từng byte như đã lưu.
Có thể kiểm tra mà không cần phần mềm đã tạo ra nó, chỉ cần Python 3.8 trở lên:

    python3 -I verify.py .                 (hoặc: python3 -I verify.py BO_LUU_TRU.zip)
    python3 -I verify.py . --lang vi --seals THU_MUC_NIEM_PHONG_BEN_NGOAI

Mã kết thúc: 0 hợp lệ, 6 không hợp lệ (nêu mục sai đầu tiên của từng chuỗi), 2 không phải bộ lưu trữ.

Đừng tin tệp verify.py nằm trong chính bộ lưu trữ nếu bạn nghi ngờ người giao nó: hãy lấy tệp này từ
nơi khác (tệp storage/verify_archive.py của phần mềm), hoặc so mã băm. Mã sha256 của bản lúc xuất:

    {digest}

Các tệp:
  manifest.json       ai xuất, lúc nào, phạm vi; kích thước và sha256 của mọi tệp khác
  journal/*.jsonl     mỗi dòng một mục: seq, body (đúng nguyên văn đã băm), hash;
                      hash = sha256(hash của mục trước + body); columns chỉ có khi cột trong cơ sở dữ liệu lệch với body
  heads.json          mục cuối và mã băm cuối của từng chuỗi
  seals/*.note        các niêm phong đã ký; seals/leaves.jsonl: mỗi niêm phong gồm những đầu chuỗi nào
  keys.json           các khóa công khai
  definitions.jsonl   nguyên văn quy trình và lịch đã đưa vào áp dụng
  documents/<sha256>  bản gốc văn bản, đặt tên theo mã băm; documents.jsonl: mục nào nêu bản nào

Hãy giữ niêm phong ở ngoài hệ thống (thư mục, thư điện tử, giấy in): chỉ chúng mới cho thấy toàn bộ nhật ký
đã bị viết lại, hoặc một bản sao lưu cũ đã được đưa trở lại.


JOURNAL - AN ARCHIVE TO BE CHECKED
=======================================================================

This folder holds the journal of a system that gives and follows tasks, byte for byte as it is stored.
It is checked without the program that made it, by Python 3.8 or newer alone:

    python3 -I verify.py .                 (or: python3 -I verify.py ARCHIVE.zip)
    python3 -I verify.py . --lang en --seals FOLDER_OF_SEALS_KEPT_OUTSIDE

Exit codes: 0 whole, 6 not whole (the first bad entry of each chain is named), 2 no archive.

Do not trust the verify.py of the archive itself where you doubt who gave it to you: take that file from
elsewhere (the program's storage/verify_archive.py), or compare. When this was exported its sha256 was

    {digest}

The files:
  manifest.json       who exported, when, what; size and sha256 of every other file
  journal/*.jsonl     a line an entry: seq, body (exactly the text that was hashed), hash;
                      hash = sha256(hash of the entry before + body); columns only where the database's differ from the body
  heads.json          the last entry of each chain and its hash
  seals/*.note        the signed seals; seals/leaves.jsonl: which heads each of them covers
  keys.json           the public keys
  definitions.jsonl   the workflows and calendars that were published, word for word
  documents/<sha256>  originals of documents under their hash; documents.jsonl: which entry names which

Keep seals outside the system (a folder, e-mail, print): only they show that a whole journal was written anew, or that
an older backup was put back.
"""


def text(verifier: bytes) -> str:
    """The page, with the hash of the verifier that goes with it."""
    return _TEXT.format(digest=hashlib.sha256(verifier).hexdigest())
