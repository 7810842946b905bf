"""An administrator keeps accounts at the command line: who may sign in, what they hold, and who did."""

import sqlite3
from pathlib import Path

import pytest

from engine.access.gate import Gate
from engine.access.rules import ALL_SCOPES
from engine.runtime import opened
from tests.acceptance.conftest import Typed

PASSWORD = "con mèo trèo cây cau"
ADD = ("account", "add", "chi", "--shown", "Trần Thị Chi", "--seat", "vp/clerk", "--seat", "skhcn/clerk")


def test_an_account_is_added_and_its_owner_chooses_a_password_by_the_link(office: Typed) -> None:
    said = office(*ADD, "--role", "auditor", "--address", "https://viec.skhcn.example/")
    assert said.data.startswith("https://viec.skhcn.example/link/")
    assert "Account chi (Trần Thị Chi) is there" in said.talk
    assert "good once, for 24 hours" in said.talk
    shown = office.json("account", "show", "CHI")
    assert (shown["seats"], shown["roles"]) == (["skhcn/clerk", "vp/clerk"], ["auditor"])
    assert (shown["has_password"], shown["last_signed_in_at"], shown["tokens"]) == (False, None, [])
    assert "no password yet" in office("account", "list").data
    with opened(str(office.database)) as runtime:
        gate = Gate(runtime.database, runtime.clock)
        gate.links.choose_password(said.data.strip().rpartition("/")[2], PASSWORD, "10.0.0.7")
        secret, person = gate.sessions.sign_in("chi", PASSWORD, "10.0.0.7")
        assert gate.sessions.person_of(secret) == person
        assert person.scopes == ALL_SCOPES
    page = office("account", "show", "chi").data
    assert "in use" in page
    assert "last came in  never" not in page
    listed = office.json("account", "sign-ins")["sign_ins"]
    assert [(one["account"], one["what"], one["turned_away"]) for one in listed] == [
        ("chi", "signed_in", False),
        ("chi", "link_used", False),
    ]
    assert "signed in" in office("account", "sign-ins").data
    assert "Nobody was turned away." in office("account", "sign-ins", "--denied").talk


def test_a_password_is_typed_twice_or_piped_and_never_an_argument(office: Typed) -> None:
    office(*ADD, "--ask", text=f"{PASSWORD}\n{PASSWORD}\n")
    assert office.json("account", "show", "chi")["has_password"]
    assert (
        "the two are not the same"
        in office("account", "password", "chi", "--ask", text=f"{PASSWORD}\nanother\n", ends=2).talk
    )
    said = office("account", "password", "chi", "--password-stdin", "--must-change", text=f"{PASSWORD} 2\n".encode())
    assert "its sessions have ended" in said.talk
    assert PASSWORD not in said.data + said.talk
    assert "has to change its password" in office("account", "list").data
    weak = office("account", "password", "chi", "--password-stdin", text="matkhau1234\n", ends=5).talk
    assert "Cannot use this password: it is among the first that are guessed." in weak
    assert "fewer than 10 letters" in office("account", "password", "chi", "--password-stdin", text="", ends=5).talk
    both = office("account", "password", "chi", "--password-stdin", "--ask", text="", ends=2).talk
    assert "give one of --ask and --password-stdin" in both
    office("account", "password", "chi", PASSWORD, ends=2)
    assert "/link/" in office("account", "password", "chi").data


def test_what_an_account_holds_is_changed_and_on_the_record(office: Typed) -> None:
    office(*ADD)
    office("account", "seat", "remove", "chi", "vp/clerk")
    office("account", "seat", "add", "chi", "ttut/leader")
    office("account", "role", "add", "chi", "admin")
    assert "nobody could administer any more" in office("account", "role", "remove", "chi", "admin", ends=5).talk
    assert "nobody could administer any more" in office("account", "disable", "chi", ends=5).talk
    office("account", "add", "root", "--shown", "Quản trị", "--role", "admin")
    office("account", "disable", "chi", "--why", "moved on")
    assert "disabled since" in office("account", "list").data
    assert "it is disabled; cascade account enable chi" in office("account", "password", "chi", ends=5).talk
    office("account", "enable", "chi")
    office("account", "unlock", "chi")
    record = office("journal", "show", "--cascade", "administration").data.lower()
    for words in (
        "created account chi [", "took from account chi [seat ",
        "gave to account chi [seat ",
        "gave to account chi [role admin]", "disabled account chi [why moved on]", "enabled account chi",
        "unlocked account chi", "reset the password of account chi [by link]",
    ):  # fmt: skip
        assert words in record, words
    office("journal", "verify")
    assert "khóa tài khoản chi" in office("--lang", "vi", "journal", "show", "--cascade", "administration").data.lower()


@pytest.mark.parametrize(("words", "ends", "says"), [
    (("add", "a b", "--shown", "X"), 5, "'a b' is no name for an account"),
    (("add", "an", "--shown", "An", "--seat", "nowhere/clerk"), 4, "No office 'nowhere'"),
    (("add", "an", "--shown", "An", "--seat", "vp"), 5, "'vp' is not OFFICE/ROLE"),
    (("add", "an", "--shown", "An", "--seat", "vp/king"), 5, "'king' is no role of a seat; there is clerk"),
    (("add", "an", "--shown", "An", "--role", "king"), 5, "there is admin, auditor, operator"),
    (("add", "an", "--shown", "An", "--language", "fr"), 5, "'fr' is not spoken here"),
    (("add", "an"), 2, "--shown"),
    (("show", "an"), 4, "No account 'an'. See: cascade account list"),
    (("disable", "an"), 4, "No account 'an'"),
    (("token", "revoke", "none"), 4, "No token 'none' here"),
    (("token", "add", "an", "--name", "x"), 4, "No account 'an' is in use here"),
])  # fmt: skip
def test_what_cannot_be_is_refused_with_what_is_open(
    office: Typed, words: tuple[str, ...], ends: int, says: str
) -> None:
    said = office("account", *words, ends=ends)
    assert says in said.talk
    assert "No account yet" in office("account", "list").talk


def test_a_token_is_printed_once_listed_and_revoked(office: Typed) -> None:
    office(*ADD)
    said = office("account", "token", "add", "chi", "--name", "monthly report", "--scope", "write", "--days", "30")
    secret = said.data.strip()
    assert secret.startswith("cas_")
    [one] = office.json("account", "token", "list")["tokens"]
    assert (one["account"], one["name"], one["scope"], one["good"], one["used_at"]) == (
        "chi", "monthly report", "write", True, None,
    )  # fmt: skip
    assert secret not in office("account", "token", "list", "chi").data
    assert secret.encode() not in Path(office.database).read_bytes()
    assert f"{one['id']} monthly report (write)" in office("account", "show", "chi").data
    office("account", "token", "revoke", one["id"])
    assert "it was revoked before" in office("account", "token", "revoke", one["id"], ends=5).talk
    assert not office.json("account", "token", "list", "chi")["tokens"][0]["good"]
    assert "No token." in office("account", "token", "list", "nobody").talk


def test_what_strangers_typed_cannot_write_on_the_terminal(office: Typed) -> None:
    with opened(str(office.database)) as runtime:
        gate = Gate(runtime.database, runtime.clock)
        gate.noting.note("denied", "chi\x1b[2J", "10.0.0.7\nforged", "x" * 500)
        gate.noting.flush()
    data = office("account", "sign-ins", "--denied").data
    assert "\x1b" not in data
    assert len(data.splitlines()) == 2
    assert "chi?[2J" in data


def test_every_command_speaks_vietnamese(office: Typed) -> None:
    said = office("--lang", "vi", *ADD)
    assert "Đã có tài khoản chi (Trần Thị Chi)" in said.talk
    assert "chưa có mật khẩu" in office("--lang", "vi", "account", "list").data
    assert (
        "Không thể dùng mật khẩu này"
        in office("--lang", "vi", "account", "password", "chi", "--password-stdin", text="ngắn\n", ends=5).talk
    )
    for words in ((), ("add",), ("seat",), ("token", "add"), ("password",), ("sign-ins",)):
        page = office("--lang", "vi", "account", *words, "--help").data
        assert "tài khoản" in page.lower() or "mã truy cập" in page.lower()


def test_the_database_keeps_no_secret(office: Typed) -> None:
    link = office(*ADD).data.strip().rpartition("/")[2]
    office("account", "password", "chi", "--password-stdin", text=f"{PASSWORD}\n")
    token = office("account", "token", "add", "chi", "--name", "x").data.strip()
    with sqlite3.connect(office.database) as file:
        dump = "\n".join(file.iterdump())
    file.close()
    for secret in (link, token, PASSWORD):
        assert secret not in dump
    assert "$argon2id$" in dump
