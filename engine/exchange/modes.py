"""How an item without a date could be followed up: a proposal from its words, for the reviewer to judge."""

import re
from collections.abc import Mapping
from dataclasses import replace

from engine.exchange.document_types import folded
from engine.exchange.drafts import Doubt, Draft, Item

# Words after folding: small letters, no accents. The earliest in the text decides; "linked" goes first.
_LINKED = re.compile(
    r"\bcam ket\b.{0,400}?\btai (?:van ban|cong van|ke hoach|ban cam ket|quyet dinh)(?: so)?\b", re.DOTALL
)
_SIGNS: Mapping[str, re.Pattern[str]] = {
    "once": re.compile(r"\bquan triet\b|\bpho bien\b|\btuyen truyen\b"),
    "periodic": re.compile(
        r"\bbao cao (?:dinh ky|hang|hang thang|thang|quy)\b|\bdinh ky\b|\b(?:hang|moi) (?:thang|quy|nam)\b"
        r"|\bke hoach so\b|\bke hoach (?:nam|quy|cong tac nam)\b"
    ),
    "on_event": re.compile(
        r"^khong\b|\bkhong (?:de|duoc de) xay ra\b|\bdung hen\b|\b(?:khi|neu) (?:co )?phat sinh\b"
        r"|\btuan thu\b.{0,20}\bnguyen tac\b"
    ),
}


def proposed_mode(text: str) -> str:
    """The follow-up mode that an undated item's words suggest; `once` where they suggest none."""
    plain = folded(text)
    if _LINKED.search(plain):
        return "linked"
    starts = {mode: found.start() for mode, sign in _SIGNS.items() if (found := sign.search(plain))}
    return min(starts, key=starts.__getitem__, default="once")


def propose_modes(draft: Draft) -> Draft:
    """The draft with a mode for every item that has neither date nor mode, each marked by a doubt."""
    items, said = [], dict[str, str]()
    for place, item in enumerate(draft.items, start=1):
        if item.due or item.mode:
            items.append(item)
            continue
        mode = proposed_mode(item.text)
        items.append(replace(item, mode=mode))
        said[f"items[{place}].due"] = _says(item, mode)
    doubts = [
        replace(doubt, says=said.pop(doubt.field)) if doubt.code == "item-undated" and doubt.field in said else doubt
        for doubt in draft.doubts
    ]
    lines = {f"items[{place}].due": item.line for place, item in enumerate(draft.items, start=1)}
    doubts += [Doubt("item-undated", lines[field], field, says) for field, says in said.items()]
    return replace(draft, items=tuple(items), doubts=tuple(doubts))


def _says(item: Item, mode: str) -> str:
    name = item.number if item.number.startswith("Điều") else f"Item {item.number}"
    given = f'"{item.due_wording}" is no plain date' if item.due_wording else "no date"
    return f"{name}: {given}: proposed mode {mode}; review it."
