"""Nothing that stands in a message, an office or an address becomes a header of its own, whatever it is made of."""

from email import message_from_bytes
from email.headerregistry import Address
from email.policy import default

import pytest

from engine.exchange.addresses import is_address
from engine.notify.letters import Letter, write
from engine.notify.mail import Recipient, built
from engine.notify.parcels import Parcel
from storage.queries.subjects import About
from tests.support.posts import ABOUT, LINKS, NOW, message, offices

ENDS = [
    "\r\n",
    "\n",
    "\r",
    "\n\n",
    "\r\n\r\n",
    "\x0b",
    "\x0c",
    "\x1c",
    "\x1d",
    "\x1e",
    "\x85",
    "\u2028",
    "\u2029",
    "\x00\n",
]
BEHIND = ["Bcc: all@evil.example", "Subject: other", "Content-Type: text/html\r\n\r\n<script>", " folded: x"]
HOSTILE = [
    *(f"a{end}{more}" for end in ENDS for more in BEHIND[:3]),
    *(f"{end}{BEHIND[3]}" for end in ENDS[:4]),
    "=?utf-8?q?a=0D=0ABcc:_all=40evil.example?=",
    "=?utf-8?b?DQpCY2M6IGFAZXZpbC5leGFtcGxl?=",
    '"quoted\\"\r\nBcc: x@evil.example"',
    "a@b.vn, c@evil.example",
    "a@b.vn>\r\nBcc: <c@evil.example",
    "\u202egnp.exe",
    "x" * 5_000,
    "đ" * 2_000,
]
KNOWN = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "X-Cascade-Messages",
         "MIME-Version", "Content-Type"}  # fmt: skip
SENDER = Address("Hệ thống", "cascade", "office.example.vn")
READER = Recipient("leader@unit-1.example.vn", "Trưởng phòng", "vi")


def headers_of(
    letter: Letter, reader: Recipient = READER, sender: Address = SENDER, ids: tuple[str, ...] = ("c1-7-1",)
) -> dict[str, str]:
    """The headers as whoever receives the bytes reads them; none stands twice."""
    raw = built(letter, sender, reader, ids, NOW).as_bytes()
    head = raw.partition(b"\r\n\r\n")[0]
    assert all(len(line) <= 998 for line in head.split(b"\r\n"))
    assert head.isascii()
    read = message_from_bytes(raw, policy=default)
    assert len(read.keys()) == len(set(read.keys()))
    return {name: str(value) for name, value in read.items()}


def test_there_are_more_than_fifty_of_them() -> None:
    assert len(set(HOSTILE)) >= 50


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:24]))
def test_a_hostile_text_stays_in_its_field(text: str) -> None:
    about = About(text, text, text, text, ABOUT.due_at, text, None, text, text, 1)
    letter = write([Parcel(message(deputy=text), about)], "vi", offices(), LINKS, NOW)
    assert not set(letter.subject) & {"\n", "\r"}
    assert set(headers_of(letter)) <= KNOWN
    plain = Letter(text, "body", "<p>body</p>")
    found = headers_of(plain, Recipient(READER.email, text, "vi"))
    assert set(found) <= KNOWN
    assert found["To"].count("@") <= 1 + text.count("@")
    raw = built(plain, SENDER, Recipient(READER.email, text, "vi"), ("c1-7-1",), NOW).as_bytes()
    read = message_from_bytes(raw, policy=default)
    assert [one.addr_spec for one in read["To"].addresses] == [READER.email]
    assert "<script" not in write([Parcel(message(), about)], "vi", offices(), LINKS, NOW).html


@pytest.mark.parametrize(
    "text", [one for one in HOSTILE if not one.isascii() or not one.isalnum()], ids=lambda text: repr(text[:24])
)
def test_what_is_no_address_is_refused_where_it_is_written_and_where_it_is_used(text: str) -> None:
    assert not is_address(text)
    assert not is_address(f"leader@unit-1.example.vn{text}")
    if set(text) & {"\r", "\n"}:
        letter = Letter("subject", "body", "<p>body</p>")
        for reader in (Recipient(text, "", "vi"), Recipient(f"a@b.vn{text}", "", "vi")):
            with pytest.raises((ValueError, IndexError)):
                built(letter, SENDER, reader, ("c1-7-1",), NOW)
        with pytest.raises(ValueError):
            built(letter, SENDER, READER, (text,), NOW)
        with pytest.raises(ValueError):
            headers_of(letter, sender=Address(text, "cascade", "office.example.vn"))


@pytest.mark.parametrize("address", ["vanthu@example.vn", "so.khcn+1@mail.tinh.gov.vn", "a@localhost"])
def test_an_address_is_an_address(address: str) -> None:
    assert is_address(address)


def test_a_vietnamese_subject_arrives_as_it_was_written() -> None:
    letter = Letter("Đôn đốc: nhiệm vụ 9 — quá hạn 2 ngày, đề nghị báo cáo", "Nội dung", "<p>Nội dung</p>")
    found = headers_of(letter)
    assert found["Subject"] == letter.subject
    assert found["From"] == "Hệ thống <cascade@office.example.vn>"
    assert found["To"] == "Trưởng phòng <leader@unit-1.example.vn>"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["Date"] == "Mon, 14 Aug 2023 02:00:00 +0000"
