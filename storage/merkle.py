"""Merkle trees as RFC 6962 §2.1 makes them: the root of many leaves, and the path that proves one of them. Hashing alone."""

from collections.abc import Iterable, Sequence
from hashlib import sha256


def leaf_hash(data: bytes) -> bytes:
    """The hash of one leaf; its prefix keeps a node from being passed off as a leaf."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of what two hashes stand for."""
    return sha256(b"\x01" + left + right).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over the hashes of leaves, in one pass: a full tree is joined as soon as its right half is whole."""
    waiting: list[tuple[int, bytes]] = []  # full trees, each smaller than the one before it: how many leaves, and root
    for one in leaves:
        size, joined = 1, one
        while waiting and waiting[-1][0] == size:
            joined = node_hash(waiting.pop()[1], joined)
            size *= 2
        waiting.append((size, joined))
    if not waiting:
        return sha256(b"").digest()
    _, found = waiting.pop()
    while waiting:
        found = node_hash(waiting.pop()[1], found)
    return found


def path(leaves: Sequence[bytes], place: int) -> list[bytes]:
    """The hashes that lead from the leaf at a place to the root, the nearest first. Raises IndexError outside the tree."""
    if not 0 <= place < len(leaves):
        raise IndexError(f"leaf {place} of {len(leaves)}")
    if len(leaves) == 1:
        return []
    half = _half(len(leaves))
    if place < half:
        return [*path(leaves[:half], place), root(leaves[half:])]
    return [*path(leaves[half:], place - half), root(leaves[:half])]


def root_by_path(leaf: bytes, place: int, size: int, hashes: Sequence[bytes]) -> bytes:
    """The root that a path leads to from the hash of a leaf. Raises ValueError where it is too short or too long for a
    tree of that size."""
    if not 0 <= place < size:
        raise ValueError(f"leaf {place} of {size}")
    turns: list[bool] = []  # from the root down: is our leaf in the left half?
    while size > 1:
        half = _half(size)
        turns.append(place < half)
        place, size = (place, half) if place < half else (place - half, size - half)
    if len(hashes) != len(turns):
        raise ValueError(f"{len(hashes)} hashes where {len(turns)} lead to the root")
    found = leaf
    for other, left in zip(hashes, reversed(turns), strict=True):
        found = node_hash(found, other) if left else node_hash(other, found)
    return found


def _half(size: int) -> int:
    """The largest power of two below a size of two or more."""
    return int(1 << ((size - 1).bit_length() - 1))
