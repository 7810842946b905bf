"""Names as documents write them → offices of the directory: "UBND tỉnh", "Các phòng, đơn vị thuộc Sở"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from storage.folding import folded
from workflows.offices import Office, Offices

DEPTH_MAX = 32  # no tree of offices is deeper

_ABBREVIATIONS = (
    ("ubnd", "uy ban nhan dan"),
    ("hdnd", "hoi dong nhan dan"),
    ("khcn", "khoa hoc va cong nghe"),
)
_EVERY_OFFICE = re.compile(r"\b(?:don vi|co quan|to chuc)\b|\bthuoc\b")
_COLLECTIVE = re.compile(r"^(?:(?:thu )?truong |giam doc |lanh dao |chu tich )?(?:tat ca )?(?:cac|nhung|toan the) ")
_TITLE = re.compile(
    r"^(?:(?:dong chi|ong|ba|pho|quyen|thu truong|giam doc|chu tich|cuc truong|chi cuc truong|truong|chanh|lanh dao) )+"
)
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
_IN_PARTICULAR = re.compile(r"\blien quan\b")
_PLACES = re.compile(r"^(?P<head>uy ban nhan dan|hoi dong nhan dan|ubnd|hdnd) cac (?P<kinds>.+)$")
_OF_A_PLACE = re.compile(r"\b(?:truc thuoc|thuoc|tren dia ban)\b.*$")
_OF_A_KIND = re.compile(
    r"^(?:tat ca )?(?:cac |nhung )?(?P<kind>uy ban nhan dan|ubnd|so|bo|phong|ban|chi cuc|cuc|vu|trung tam|vien|truong)"
    r"(?: ?: ?| )(?P<names>.+)$"
)
_BETWEEN = re.compile(r"(, va |, | va |; )")


@dataclass(frozen=True, slots=True)
class Meant:
    """Which offices a name in a text means. `several` could each be meant; with neither, and not `vague`, it is unknown.

    A vague name ("các đơn vị liên quan") means nobody in particular.
    """

    offices: tuple[Office, ...] = ()
    several: tuple[Office, ...] = ()
    vague: bool = False


def plain(name: str) -> str:
    """A name for comparing: small letters, no accents or punctuation, the usual abbreviations written out."""
    words = _NOT_LETTERS.sub(" ", folded(name)).split()
    spelt = dict(_ABBREVIATIONS)
    return " ".join(spelt.get(word, word) for word in words)


def named(name: str, offices: Sequence[Office]) -> list[Office]:
    """The offices that a name can mean: one where it is clear, several where it is not, or none.

    An id or the very name decides alone; else a title before an office's name, or words behind it ("Giám đốc Sở …",
    "UBND tỉnh Quảng Trị"); else a part of an office's name. "Văn phòng UBND tỉnh" is not the UBND.
    """
    wanted = plain(name)
    if not wanted:
        return []
    exact = [one for one in offices if name.strip() == one.id] or [one for one in offices if plain(one.name) == wanted]
    if exact:
        return exact
    untitled = _TITLE.sub("", wanted)
    opens = [one for one in offices if any(f"{text} ".startswith(f"{plain(one.name)} ") for text in (wanted, untitled))]
    if opens:
        longest = max(len(plain(one.name)) for one in opens)
        return [one for one in opens if len(plain(one.name)) == longest]
    return [one for one in offices if f" {wanted} " in f" {plain(one.name)} "]


def addressed(name: str, issuer: Office, offices: Offices) -> list[Office]:
    """The offices that an addressee means, seen from the issuer; those directly below it are looked at first.

    "Các phòng, đơn vị thuộc Sở" are all of them, "Các sở, ban, ngành" those so called.
    """
    below = offices.below(issuer.id)
    words = plain(name)
    if not _COLLECTIVE.search(words):
        found = named(name, below)
        return found or named(name, list(offices))
    if _EVERY_OFFICE.search(words):
        return below
    kinds = [plain(kind) for kind in re.split(r"[,;]", name.lower())]
    kinds[0] = _COLLECTIVE.sub("", kinds[0])
    return [one for one in below if any(f"{plain(one.name)} ".startswith(f"{kind} ") for kind in kinds if kind)]


def meant(name: str, issuer: Office, below: Sequence[Office], offices: Offices) -> Meant:
    """The offices that a name in one of the issuer's documents means: one, a group of them, or a list in one name.

    `below` are the offices under the issuer. "Sở" alone is the issuer, if it is one; "các Sở: Nội vụ, Tài chính" are two;
    "UBND các xã, phường" are all of those below it.
    """
    words = folded(" ".join(name.split()))
    untitled = _TITLE.sub("", words)
    if _IN_PARTICULAR.search(words):
        return Meant(vague=True)
    if plain(untitled) in _short_names(issuer):
        return Meant((issuer,))
    places = _PLACES.match(untitled)
    if places:
        return Meant(tuple(_of_kinds(plain(places["head"]), _kinds(places["kinds"]), below or list(offices))))
    listed = _OF_A_KIND.match(untitled)
    if listed and (":" in name or _BETWEEN.search(listed["names"])):
        found = _listed(listed["kind"], _BETWEEN.split(listed["names"]), list(offices))
        if found:
            return Meant(found)
    if _COLLECTIVE.search(plain(name)):
        return Meant(tuple(addressed(name, issuer, offices)))
    found_below = named(name, below)
    matched = found_below if len(found_below) == 1 else named(name, list(offices))
    return Meant(tuple(matched)) if len(matched) == 1 else Meant(several=tuple(matched))


def all_below(top: Office, offices: Offices) -> list[Office]:
    """The offices under one, at any depth, in the order of the directory."""
    under = {top.id}
    for _ in range(DEPTH_MAX):
        found = {one.id for one in offices if one.above in under} | under
        if found == under:
            break
        under = found
    return [one for one in offices if one.id in under and one.id != top.id]


def _short_names(issuer: Office) -> set[str]:
    """How a document calls its own issuer: "Sở", "Bộ", "Ủy ban nhân dân"."""
    words = plain(issuer.name).split()
    head = " ".join(words[:4]) if words[:2] == ["uy", "ban"] else words[0] if words else ""
    return {head, f"{head} nay"} - {"", " nay"}


def _kinds(text: str) -> list[str]:
    pieces = re.split(r", | va |; ", _OF_A_PLACE.sub("", text))
    return [plain(piece) for piece in pieces if plain(piece)]


def _of_kinds(head: str, kinds: Sequence[str], offices: Sequence[Office]) -> list[Office]:
    return [one for one in offices if any(f"{plain(one.name)} ".startswith(f"{head} {kind} ") for kind in kinds)]


def _listed(kind: str, pieces: Sequence[str], offices: Sequence[Office]) -> tuple[Office, ...] | None:
    """The offices of one kind that a list names, the longest names first; None where a part of it is not known.

    `pieces` alternate with what stood between them: "Văn hóa, Thể thao và Du lịch" is one name.
    """
    by_name = {plain(one.name): one for one in offices}
    found: list[Office] = []
    at = 0
    while at < len(pieces):
        for end in range(len(pieces), at, -2):
            one = by_name.get(plain(f"{kind} {''.join(pieces[at:end])}"))
            if one is not None:
                found.append(one)
                at = end + 1
                break
        else:
            likely = named(f"{kind} {pieces[at]}", offices)
            if len(likely) != 1:
                return None
            found.append(likely[0])
            at += 2
    return tuple({one.id: one for one in found}.values())
