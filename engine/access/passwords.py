"""Passwords: argon2id by RFC 9106, the same time for whoever is unknown, and what is too easy to guess."""

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from engine.access.errors import WeakPassword
from storage.errors import Unavailable
from workflows.text import say

LEAST, MOST = 10, 200  # letters
# RFC 9106, section 4, second recommended option: 64 MiB, three passes, four lanes.
MEMORY_KIB, PASSES, LANES = 65536, 3, 4
_AT_ONCE = 2  # hashes being worked out in one process: each takes its 64 MiB, and a quarter of a second of a core
_WAITING_MAX = 8  # who waits for that holds a thread of the service; more are told to try again
_DUMMY = "no account has this password"
# What people take with some figures behind it, without accents and spaces.
_EASY = """
1 password passw0rd p@ssw0rd p@ssword qwerty qwertyuiop asdfghjkl zxcvbnm qazwsxedc qwertyuiopasdfghjkl q2w3e4r q2w3e4r5t
q2w3e4r5t6y qaz2wsx qaz2wsx3edc abc abcd abcdef abcdefgh abcdefghij letmein welcome admin administrator root user guest
iloveyou sunshine football superman batman dragon monkey princess changeme secret matkhau matkhaumoi khongcomatkhau
quenmatkhau anhyeuem emyeuanh anhyeuemnhieu yeuemnhieulam vietnam vietnamvodich hanoi saigon danang haiphong cantho
hochiminh tphcm xinchao xinchaovietnam khongbiet vanphong vanthu chuyenvien lanhdao giamdoc chutich truongphong ubnd
ubndtinh sokhcn cascade congvan nhanvien conyeu giadinh
"""


class Passwords:
    """Hashes and compares. Bounded: so many at once, so many letters."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher(PASSES, MEMORY_KIB, LANES, type=Type.ID)
        self._room = threading.BoundedSemaphore(_AT_ONCE)
        self._queue = threading.BoundedSemaphore(_AT_ONCE + _WAITING_MAX)
        self._dummy: str | None = None

    def hashed(self, password: str) -> str:
        with self._turn():
            return self._hasher.hash(_plain(password))

    def matches(self, stored: str | None, password: str) -> bool:
        """Is it the password of this hash? Where there is no hash a dummy one is compared, which takes as long."""
        given = _plain(password)
        with self._turn():
            if self._dummy is None:
                self._dummy = self._hasher.hash(_DUMMY)
            try:
                self._hasher.verify(stored or self._dummy, given)
            except (VerificationError, InvalidHashError):
                return False
        return stored is not None

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Room to work one out. Raises Unavailable where too many wait for it: a flood of tries must not take every
        thread from those who are signed in."""
        if not self._queue.acquire(blocking=False):
            raise Unavailable(say("Too many people are signing in at this moment; try again in a few seconds."))
        try:
            with self._room:
                yield
        finally:
            self._queue.release()

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
    bare = _bare(plain)
    if _root(bare) in {_root(one) for one in _EASY.split()} or len(set(bare)) <= 3:
        raise WeakPassword(say("it is among the first that are guessed"))
    if any(len(own) >= 4 and own in bare for own in (_bare(name), _bare(shown))):
        raise WeakPassword(say("it holds your own name"))


def _plain(password: str) -> str:
    """As it is hashed: a keyboard that composes its accents otherwise types the same password."""
    return unicodedata.normalize("NFKC", password[: MOST * 4])


def _root(bare: str) -> str:
    """Without the figures that people put before and behind; of a number alone, such as a telephone's, nothing is left."""
    return bare.strip("0123456789!@#.*_-+")


def _bare(text: str) -> str:
    """Without case, accents and spaces: `Mật khẩu` is matkhau."""
    parted = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in parted if not unicodedata.combining(letter) and not letter.isspace())
