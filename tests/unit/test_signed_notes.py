"""Notes are read as strictly as they are written, and their signatures are those of RFC 8032 and C2SP."""

from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import notes

MINE = "0f" * 16
AT = datetime(2026, 11, 28, 9, 30, 5, 120, tzinfo=UTC)
# The first test of RFC 8032 §7.1: a secret key, its public key, and the signature over nothing.
SECRET = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
SIGNATURE = bytes.fromhex(
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
)


def signed(number: int = 2, previous: str = "ab" * 32) -> str:
    text = notes.text_of(MINE, number, 3, bytes(range(32)), previous, AT)
    return notes.signed(text, MINE, {1: notes.key_of(SECRET)})


def test_keys_and_signatures_are_those_of_the_rfc() -> None:
    assert notes.public_of(notes.key_of(SECRET)) == PUBLIC
    assert notes.key_of(SECRET).sign(b"") == SIGNATURE
    assert notes.holds(PUBLIC, SIGNATURE, b"")
    assert not notes.holds(PUBLIC, SIGNATURE, b"x")
    assert not notes.holds(b"short", SIGNATURE, b"")


def test_a_key_is_named_as_c2sp_names_it() -> None:
    name = f"directive-cascade/{MINE}/1"
    assert notes.key_name(MINE, 1) == name
    assert notes.key_id(name, PUBLIC) == sha256(name.encode() + b"\n\x01" + PUBLIC).digest()[:4]


def test_a_note_reads_as_it_was_written() -> None:
    whole = signed()
    note = notes.read(whole)
    assert (note.number, note.leaves, note.root, note.previous, note.at) == (2, 3, bytes(range(32)), "ab" * 32, AT)
    assert (note.installation, note.digest) == (MINE, sha256(whole.encode()).hexdigest())
    assert whole == f"{note.text}\n{whole.splitlines()[-1]}\n"
    assert notes.signers(note, {1: PUBLIC}) == [1]
    assert notes.read(signed(1, "")).previous == ""


@given(st.data())
def test_a_changed_letter_leaves_no_note_that_this_key_signed(data: st.DataObject) -> None:
    whole = signed().encode()
    place = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda one: one != whole[place]))
    try:
        note = notes.read(whole[:place] + bytes([other]) + whole[place + 1 :])
    except notes.Malformed:
        return
    assert not (notes.signers(note, {1: PUBLIC}) == [1] and note.installation == MINE and note.whole == whole.decode())
    assert note.digest != notes.digest_of(whole.decode())


@pytest.mark.parametrize(
    "bad",
    [
        "", "x", signed()[:-1], signed() + "more\n", signed().replace("seal 2", "seal 02"), signed().replace("—", "-"),
        signed().replace("at 2026-11", "at 2026-13"), signed().rpartition("—")[0], "x" * (notes.NOTE_MAX + 1),
    ],
)  # fmt: skip
def test_what_is_no_whole_note_is_refused(bad: str) -> None:
    with pytest.raises(notes.Malformed):
        notes.read(bad)
    with pytest.raises(notes.Malformed):
        notes.read(b"\xff")


def test_a_signature_is_written_in_one_way_alone() -> None:
    """The last letter of its base64 has bits that mean nothing: another one would be another note of the same seal."""
    whole = signed()
    last = whole[-3]
    others = [one for one in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" if one != last]
    for one in others:
        try:
            note = notes.read(f"{whole[:-3]}{one}=\n")
        except notes.Malformed:
            continue
        assert notes.signers(note, {1: PUBLIC}) == []
