"""A message as a letter: what, whose, by when and why then, what to do, and where; as plain text and as simple HTML."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

import orjson

from engine.language import speaking, told
from engine.notify.links import Links
from engine.notify.parcels import Parcel
from engine.notify.todo import to_do
from engine.notify.words import subject_of
from workflows import deadlines
from workflows.calendar import VIETNAM, day_end, last_day
from workflows.decoding import decoder
from workflows.obligation import Because
from workflows.offices import Offices
from workflows.text import say

SUBJECT_MAX = 180  # characters
_TEXT_MAX = 2_000
_BECAUSE = decoder(Because)


@dataclass(frozen=True, slots=True)
class Section:
    """One message in a letter, every part in the language of who reads it."""

    id: str
    headline: str
    rows: tuple[tuple[str, str], ...]
    page: tuple[str, str] | None
    acknowledge: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Letter:
    """`subject` is one line; `text` and `html` say the same."""

    subject: str
    text: str
    html: str


def write(parcels: Sequence[Parcel], language: str, offices: Offices, links: Links | None, now: datetime) -> Letter:
    """One letter about one message, or about several to the same reader."""
    with speaking(language):
        sections = [_section(one, offices, links, now) for one in parcels]
        subject = sections[0].headline
        if len(sections) > 1:
            subject = told(say("{count} messages: {first}", count=len(sections), first=subject))
        foot = told(say("Sent by the office's own program; do not answer this message. A repeat has the same id."))
    return Letter(one_line(subject, SUBJECT_MAX), _as_text(sections, foot), _as_html(sections, foot, language))


def one_line(text: str, most: int) -> str:
    """Without anything that ends a line, is not shown, or turns the writing round. What looks like an encoded word of a header
    is none any more: the email package would read a text of ours as one, and find an end of a line in it."""
    said = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split()).replace("=?", "= ?")
    return said if len(said) <= most else said[: most - 1].rstrip() + "…"


def _section(parcel: Parcel, offices: Offices, links: Links | None, now: datetime) -> Section:
    message = parcel.message
    rows = tuple((told(name), one_line(told(value), _TEXT_MAX)) for name, value in _rows(parcel, offices) if value)
    page = acknowledge = None
    if links and message.obligation is not None:
        page = told(say("Open the obligation")), links.of_obligation(message.cascade_id, message.obligation)
        signed = links.to_acknowledge(message, now)
        acknowledge = (told(say("Acknowledge with one click")), signed) if signed else None
    return Section(message.id, one_line(told(subject_of(message, parcel.about)), _TEXT_MAX), rows, page, acknowledge)


def _rows(parcel: Parcel, offices: Offices) -> Iterator[tuple[str, str]]:
    message, about = parcel.message, parcel.about
    if about:
        yield say("What"), about.text
        period = say("{label} ({period})", label=about.label, period=about.period) if about.period else about.label
        item = {"symbol": about.symbol, "subject": about.subject, "label": period}
        yield say("Under"), say("{symbol}, {subject}: item {label}", **item)
        yield say("From"), _named(offices, about.issuer)
        yield say("Whose"), _named(offices, about.holder)
        if about.due_at:
            yield say("By when"), _moment(about.due_at)
        if about.because:
            yield say("Why that date"), deadlines.sentence(_BECAUSE(orjson.loads(about.because)), about.due_at)
    yield say("What to do"), to_do(message)
    if message.deputy:
        yield say("Why you"), say("you stand in for {seat}", seat=f"{message.office}/{message.role}")


def _named(offices: Offices, id_: str) -> str:
    found = offices.find(id_)
    return found.name if found else id_


def _moment(at: datetime) -> str:
    day = last_day(at)
    return f"{day:%d/%m/%Y}" if at == day_end(day) else f"{at.astimezone(VIETNAM):%d/%m/%Y %H:%M}"


def _as_text(sections: Sequence[Section], foot: str) -> str:
    lines: list[str] = []
    for one in sections:
        lines += [one.headline, "", *(f"{name}: {value}" for name, value in one.rows)]
        lines += [f"{name}: {url}" for name, url in filter(None, (one.page, one.acknowledge))]
        lines += [f"[{one.id}]", "", "-" * 40, ""]
    return "\n".join([*lines, foot, ""])


def _as_html(sections: Sequence[Section], foot: str, language: str) -> str:
    parts = [f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"></head><body>']
    for one in sections:
        rows = "".join(
            f'<tr><th align="left" valign="top" scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>'
            for name, value in one.rows
        )
        links = " · ".join(
            f'<a href="{escape(url)}">{escape(name)}</a>' for name, url in filter(None, (one.page, one.acknowledge))
        )
        parts.append(f'<h1 style="font-size:1.1em">{escape(one.headline)}</h1><table cellpadding="4">{rows}</table>')
        parts.append(f"<p>{links}</p><p><small>[{escape(one.id)}]</small></p><hr>")
    return "\n".join([*parts, f"<p><small>{escape(foot)}</small></p></body></html>", ""])
