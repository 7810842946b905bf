"""Passwords: argon2id by RFC 9106, the same time for whoever is unknown, and what is too easy to guess."""

import threading
import unicodedata

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from engine.access.errors import WeakPassword
from workflows.text import say

LEAST, MOST = 10, 200  # letters
# RFC 9106, section 4, second recommended option: 64 MiB, three passes, four lanes.
MEMORY_KIB, PASSES, LANES = 65536, 3, 4
_AT_ONCE = 4  # hashes being worked out in one process: each takes its 64 MiB
_DUMMY = "no account has this password"
_EASY = """
123456 12345678 123456789 1234567890 0123456789 9876543210 0987654321 1111111111 0000000000 1234512345 1122334455
password passw0rd password1 password12 password123 password1234 p@ssw0rd p@ssword123 qwerty qwertyuiop qwerty123
qwerty1234 qwerty12345 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc qazwsxedc abc123 abc123456 abcd1234 abcd123456
abcdefghij asdfghjkl asdfghjkl1 zxcvbnm123 letmein123 welcome123 admin12345 admin123456 administrator iloveyou
iloveyou123 sunshine123 football123 superman123 changeme123 secret1234 matkhau matkhau123 matkhau1234 matkhau12345
matkhau123456 anhyeuem123 emyeuanh123 anhyeuem anhyeuemnhieu yeuemnhieulam vietnam123 vietnam1234 vietnam2023
vietnam2024 vietnam2025 vietnam2026 vietnamvodich hanoi12345 saigon12345 hochiminh123 xinchao123 xinchaovietnam
khongcomatkhau khongbiet123 quenmatkhau vanphong123 vanthu1234 lanhdao123 giamdoc123 ubnd123456 cascade123
"""


class Passwords:
    """Hashes and compares. Bounded: so many at once, so many letters."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher(PASSES, MEMORY_KIB, LANES, type=Type.ID)
        self._room = threading.BoundedSemaphore(_AT_ONCE)
        self._dummy: str | None = None

    def hashed(self, password: str) -> str:
        with self._room:
            return self._hasher.hash(_plain(password))

    def matches(self, stored: str | None, password: str) -> bool:
        """Is it the password of this hash? Where there is no hash a dummy one is compared, which takes as long."""
        given = _plain(password)
        with self._room:
            if self._dummy is None:
                self._dummy = self._hasher.hash(_DUMMY)
            try:
                self._hasher.verify(stored or self._dummy, given)
            except (VerificationError, InvalidHashError):
                return False
        return stored is not None

    def outdated(self, stored: str) -> bool:
        """Was it hashed by other parameters than today's?"""
        return self._hasher.check_needs_rehash(stored)


def check_strength(password: str, name: str, shown: str = "") -> None:
    """Raises WeakPassword for one that is too short or too long, that is among the first to be guessed, or that is the
    account's own name."""
    plain = unicodedata.normalize("NFKC", password)
    if len(plain) < LEAST:
        raise WeakPassword(say("it has fewer than {least} letters", least=LEAST))
    if len(plain) > MOST:
        raise WeakPassword(say("it has more than {most} letters", most=MOST))
    bare, easy = _bare(plain), _EASY.split()
    if bare in easy or bare.strip("0123456789!@#.") in easy or len(set(bare)) <= 3:
        raise WeakPassword(say("it is among the first that are guessed"))
    if any(len(own) >= 4 and own in bare for own in (_bare(name), _bare(shown))):
        raise WeakPassword(say("it holds your own name"))


def _plain(password: str) -> str:
    """As it is hashed: a keyboard that composes its accents otherwise types the same password."""
    return unicodedata.normalize("NFKC", password[: MOST * 4])


def _bare(text: str) -> str:
    """Without case, accents and spaces: `Mật khẩu` is matkhau."""
    parted = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in parted if not unicodedata.combining(letter) and not letter.isspace())
