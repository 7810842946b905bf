"""The trees of seals are those of RFC 6962: compared with its definition, written out once more here, and with known roots."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import merkle

# The leaves and roots that implementations of Certificate Transparency test themselves with.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def as_the_rfc_says(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 §2.1, word by word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return sha256(b"\x01" + as_the_rfc_says(leaves[:half]) + as_the_rfc_says(leaves[half:])).digest()


@pytest.mark.parametrize("size", ROOTS)
def test_the_known_roots_come_out(size: int) -> None:
    leaves = [bytes.fromhex(one) for one in LEAVES[:size]]
    assert as_the_rfc_says(leaves).hex() == ROOTS[size]
    assert merkle.root([merkle.leaf_hash(one) for one in leaves]).hex() == ROOTS[size]


@given(st.lists(st.binary(max_size=9), max_size=70))
def test_a_root_is_that_of_the_definition(leaves: list[bytes]) -> None:
    assert merkle.root(merkle.leaf_hash(one) for one in leaves) == as_the_rfc_says(leaves)


@given(st.lists(st.binary(max_size=9), min_size=1, max_size=40), st.data())
def test_a_path_leads_to_the_root_from_its_own_leaf_and_place_alone(leaves: list[bytes], data: st.DataObject) -> None:
    hashes = [merkle.leaf_hash(one) for one in leaves]
    place = data.draw(st.integers(0, len(leaves) - 1))
    path, root = merkle.path(hashes, place), as_the_rfc_says(leaves)
    assert merkle.root_by_path(hashes[place], place, len(leaves), path) == root
    assert merkle.root_by_path(merkle.leaf_hash(b"another leaf"), place, len(leaves), path) != root
    for at in range(len(path)):
        wrong = [*path[:at], bytes(32), *path[at + 1 :]]
        assert merkle.root_by_path(hashes[place], place, len(leaves), wrong) != root
    for bad in ([*path, bytes(32)], path[:-1] if path else [bytes(32)]):
        with pytest.raises(ValueError):
            merkle.root_by_path(hashes[place], place, len(leaves), bad)


def test_a_place_outside_the_tree_is_refused() -> None:
    with pytest.raises(IndexError):
        merkle.path([bytes(32)], 1)
    with pytest.raises(ValueError):
        merkle.root_by_path(bytes(32), 2, 2, [bytes(32)])
