"""Passwords: what is hashed and how, what is too weak, and what takes as long."""

import unicodedata

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from engine.access import naming
from engine.access.errors import WeakPassword
from engine.access.passwords import LANES, LEAST, MEMORY_KIB, MOST, PASSES, Passwords, check_strength
from engine.access.throttling import LOCKED_AFTER, LOCKED_FOR, pause_of_address, pause_of_name
from tests.support.people import CHEAP, PASSWORD
from workflows.errors import Incomplete


def test_a_password_is_kept_as_argon2id_by_the_parameters_that_are_stated() -> None:
    passwords = Passwords()
    stored = passwords.hashed(PASSWORD)
    found = extract_parameters(stored)
    assert (found.type, found.memory_cost, found.time_cost, found.parallelism) == (Type.ID, MEMORY_KIB, PASSES, LANES)
    assert PASSWORD not in stored
    assert passwords.matches(stored, PASSWORD)
    assert not passwords.matches(stored, PASSWORD + "x")
    assert stored != passwords.hashed(PASSWORD), "each has a salt of its own"


def test_whoever_has_no_password_is_compared_all_the_same_and_never_comes_in(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    verify = PasswordHasher.verify

    def watched(hasher: PasswordHasher, stored: str | bytes, password: str | bytes) -> bool:
        compared.append(str(stored))
        return verify(hasher, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", watched)
    passwords = Passwords(CHEAP)
    assert not passwords.matches(None, PASSWORD)
    assert not passwords.matches(None, "no account has this password"), "not even by the dummy's own"
    assert len(compared) == 2
    real = extract_parameters(passwords.hashed(PASSWORD))
    assert all(extract_parameters(one) == real for one in compared), "the dummy costs what a real one costs"


def test_a_damaged_hash_lets_nobody_in() -> None:
    assert not Passwords(CHEAP).matches("$argon2id$", PASSWORD)


def test_hashes_by_other_parameters_are_known() -> None:
    assert Passwords().outdated(CHEAP.hash(PASSWORD))
    assert not Passwords(CHEAP).outdated(CHEAP.hash(PASSWORD))


def test_accents_composed_otherwise_are_the_same_password() -> None:
    passwords, phrase = Passwords(CHEAP), "mật khẩu của tôi"
    composed, parted = (unicodedata.normalize(form, phrase) for form in ("NFC", "NFD"))
    assert composed != parted
    assert passwords.matches(passwords.hashed(composed), parted)


@pytest.mark.parametrize("weak", [
    "", "x" * (LEAST - 1), "x" * (MOST + 1), "mật khẩu 123", "MatKhau123456", "password1234", "aaaaaaaaaaaa", "1111111111",
    "0123456789", "chi.tran 2026", "Trần Thị Chi 1990", "vietnam2026!!", "0912 345 678",
])  # fmt: skip
def test_a_weak_password_is_refused(weak: str) -> None:
    with pytest.raises(WeakPassword, match="Cannot use this password"):
        check_strength(weak, "chi.tran", "Trần Thị Chi")


@pytest.mark.parametrize("good", [PASSWORD, "x7#Kq!mZ2v", "con mèo trèo cây cau", "Đường 3 tháng 2 đông xe"])
def test_a_good_password_is_taken(good: str) -> None:
    check_strength(good, "chi.tran", "Trần Thị Chi")


def test_pauses_grow_until_the_lock() -> None:
    assert [pause_of_name(n).total_seconds() for n in range(LOCKED_AFTER)] == [0, 0, 0, 0, 0, 2, 4, 8, 16, 32]
    assert pause_of_name(LOCKED_AFTER) == pause_of_name(500) == LOCKED_FOR
    assert pause_of_address(20).total_seconds() == 0
    assert pause_of_address(21).total_seconds() == 2
    assert pause_of_address(59).total_seconds() == 32
    assert pause_of_address(60) == LOCKED_FOR


def test_a_name_is_folded_and_a_password_typed_as_a_name_is_not_kept() -> None:
    assert naming.folded("  Chi.TRAN ") == "chi.tran"
    assert naming.typed_name("Chi.Tran") == "chi.tran"
    assert naming.typed_name("S3cret pass!") == naming.NO_NAME
    assert naming.checked_name("ＣＨＩ") == "chi", "wide letters are the same name"
    for bad in ("", "a b", "-chi", "chị", "x" * 64, "a/b"):
        with pytest.raises(Incomplete):
            naming.checked_name(bad)
    for bad in ("", "  ", "x" * 201, "a\x00b"):
        with pytest.raises(Incomplete):
            naming.checked_shown(bad)
    assert naming.bounded("10.0.0.7\nforged", 40) == "10.0.0.7?forged"
