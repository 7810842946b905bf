"""Whom a dispatch is for: the lines from "Kính gửi" on, or below "… điện:" in a telegram."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.exchange.bodies import names_body
from engine.exchange.errors import UnreadableDocument
from engine.exchange.layout import Line, has_bullet, joined, one_line, starts_marked, without_bullet
from workflows.text import say

LINES_MAX = 100
ADDRESSEES_MAX = 500

_TO = re.compile(r"^Kính gửi ?[:.]? ?(?P<rest>.*)$", re.IGNORECASE)
_WIRE = re.compile(r"^(?P<who>.{4,80}) điện ?: ?(?P<rest>.*)$", re.IGNORECASE)
_BODY_OPENS = re.compile(r"^(?:Căn cứ|Thực hiện|Triển khai|Xét đề nghị|Theo đề nghị)\b")


@dataclass(frozen=True, slots=True)
class Addressees:
    """Their names; whether "Kính gửi" introduced them; how many lines they take."""

    names: list[str]
    is_letter: bool
    length: int


def read_addressees(lines: Sequence[Line]) -> Addressees | None:
    """The addressees that the first of these lines introduces; None when it introduces none."""
    opens = _opening(lines[0].text)
    if opens is None:
        return None
    below = _below(lines[1 : LINES_MAX + 1], opens.group("rest"))
    parts = [[Line(0, opens.group("rest"))]] if opens.group("rest") else []
    for line in below:
        if line.text and not (parts and _continues(parts[-1][-1].text, line.text)):
            parts.append([Line(line.number, without_bullet(line.text))])
        elif line.text:
            parts[-1].append(line)
    names = [name for part in parts for name in _split(joined(part))]
    if len(names) > ADDRESSEES_MAX:
        says = say("More than {most} addressees: this does not read as a dispatch.", most=ADDRESSEES_MAX)
        raise UnreadableDocument(says)
    return Addressees(names, opens.re is _TO, 1 + len(below))


def opens_addressees(text: str) -> bool:
    """The line introduces addressees."""
    return _opening(text) is not None


def _opening(text: str) -> re.Match[str] | None:
    to = _TO.match(text)
    wire = _WIRE.match(text) if to is None else None
    return wire if wire is not None and names_body(wire.group("who")) else to


def _below(lines: Sequence[Line], first: str) -> Sequence[Line]:
    """The lines under "Kính gửi" that still name addressees; a blank one ends them unless a list goes on."""
    last = first
    for at, line in enumerate(lines):
        goes_on = not last or last.endswith((";", ",", "-"))
        if not line.text and not goes_on:
            return lines[:at]
        if not line.text or has_bullet(line.text):
            last = line.text or last
            continue
        ends = last.endswith(".") or starts_marked(line.text) or _BODY_OPENS.match(line.text)
        if ends or (at and not lines[at - 1].text and last):
            return lines[:at]
        last = line.text
    return lines


def _continues(above: str, text: str) -> bool:
    """The line goes on with the name above; a list without bullets has one body on each line."""
    new = names_body(text) and not above.endswith((",", "và", "các"))
    return not (has_bullet(text) or above.endswith(";") or new)


def _split(part: str) -> list[str]:
    names = (one_line(name).strip(" .,") for name in part.split(";"))
    return [without_bullet(name) for name in names if name]
