"""Names as documents write them → offices of the directory: "UBND tỉnh", "Các phòng, đơn vị thuộc Sở"."""

import re
from collections.abc import Sequence

from engine.exchange.document_types import folded
from workflows.offices import Office, Offices

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
