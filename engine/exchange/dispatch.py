"""Reads the text of a Vietnamese dispatch into a draft that a person reviews.

Pure: bytes and text in, values out. Where a text is unclear it guesses, and a doubt says so each time; what
the text does not hold it never fills in.
"""

from collections.abc import Iterator, Mapping, Sequence

from engine.exchange.body_clues import Reported, find_reported, infer_issuer
from engine.exchange.citations import Mention, cited, find_mentions, suspect_symbols
from engine.exchange.draft_yaml import from_yaml, to_dict, to_yaml
from engine.exchange.drafts import Citation, Doubt, Draft, Item, Signature, standing_doubts
from engine.exchange.endings import END_MARK, Ending, body_end, read_ending
from engine.exchange.errors import SecretDocument, UnreadableDocument
from engine.exchange.headings import Heading, read_heading_of
from engine.exchange.identities import Identity, as_number, identity_of, identity_reported
from engine.exchange.items import Paragraph, ReadItems, read_items
from engine.exchange.layout import flow, joined, lines_of, paragraphs
from engine.exchange.plain_text import decode, refuse_secret, tidied
from engine.exchange.relations import urges, with_urged
from engine.exchange.symbols import parts_of
from workflows.text import say

__all__ = [
    "Citation",
    "Doubt",
    "Draft",
    "Item",
    "SecretDocument",
    "Signature",
    "UnreadableDocument",
    "decode",
    "from_yaml",
    "read_dispatch",
    "standing_doubts",
    "to_dict",
    "to_yaml",
]


def read_dispatch(text: str) -> Draft:
    """A dispatch as far as its text tells, with a doubt for everything that a reviewer must look at.

    Raises `SecretDocument` for a text with a secrecy mark, `UnreadableDocument` for one that is no dispatch.
    """
    text = tidied(text)
    refuse_secret(text)
    lines = lines_of(text)
    heading = read_heading_of(lines)
    end = body_end(lines, heading.ends)
    body = paragraphs(lines[heading.ends : end])
    running = flow(paragraphs([line for line in lines if line.number not in heading.own_lines]))
    mentions = find_mentions(running)
    reported = None if heading.numbers or heading.written else find_reported(running, mentions)
    identity = identity_reported(reported.mention) if reported else identity_of(heading)
    citations, about_citations = cited(mentions, identity.own)
    symbols_on = _symbols_by_line(mentions, citations)
    read = read_items(body, lambda line: symbols_on.get(line, ()), identity.not_before)
    _refuse_what_is_no_dispatch(heading, body, read, is_reported=reported is not None)
    issuer, about_issuer = _issuer(heading, reported, body, read)
    subject = heading.subject or (reported.mention.citation.about if reported else None)
    ending = read_ending(lines[end:])
    opening = [joined(part) for part in body if read.first_line is None or part[0].number < read.first_line]
    if urges(subject, "\n".join(opening)):
        citations = tuple(with_urged(citations, identity.notation, read.first_line))
    doubts = [
        *identity.doubts,
        *about_issuer,
        *_about_heading(heading, identity, subject),
        *read.doubts,
        *about_citations,
        *suspect_symbols(citations, mentions, parts_of(identity.notation or "")),
        *_about_ending(body, ending),
    ]
    return Draft(
        type=identity.type,
        number=as_number(identity.number) if identity.number else None,
        notation=identity.notation,
        symbol=identity.symbol,
        issuer=issuer,
        issuer_inferred=issuer is not None and heading.issuer is None,
        place=heading.place,
        issued_on=identity.issued_on,
        issued_month=identity.month,
        issued_year=identity.year,
        subject=subject,
        urgency=heading.urgency,
        addressees=tuple(heading.addressees),
        cites=citations,
        items=read.items,
        recipients=ending.recipients,
        archived=ending.archived,
        signer=ending.signer,
        doubts=tuple(doubts),
    )


def _symbols_by_line(mentions: Sequence[Mention], citations: Sequence[Citation]) -> Mapping[int, list[str]]:
    """The cited symbols that begin on each line, written as the citations write them."""
    written = {mention.symbol.key: mention.citation.symbol for mention in reversed(mentions)}
    known = {citation.symbol for citation in citations}
    found: dict[int, list[str]] = {}
    for mention in mentions:
        symbol, line = written[mention.symbol.key], mention.citation.line
        if symbol in known and line is not None:
            found.setdefault(line, []).append(symbol)
    return found


def _refuse_what_is_no_dispatch(
    heading: Heading, body: Sequence[Paragraph], read: ReadItems, *, is_reported: bool
) -> None:
    if heading.is_empty and not read.numbered and not is_reported:
        says = say(
            "No number, no date, no subject, no item found: this does not read as a dispatch. "
            "Give the text of the letter, from its heading on."
        )
        raise UnreadableDocument(says)
    if not body:
        says = say("The text stops after its heading: it has no body and is cut off. Copy it again from the source.")
        raise UnreadableDocument(says)


def _issuer(
    heading: Heading, reported: Reported | None, body: Sequence[Paragraph], read: ReadItems
) -> tuple[str | None, list[Doubt]]:
    """The issuer, from the heading or else from whoever speaks before the first item."""
    if heading.issuer is not None:
        return heading.issuer, []
    if reported is not None:
        says = say('"{issuer}" is who the text says issued it.', issuer=reported.issuer)
        return reported.issuer, [Doubt("issuer-inferred", reported.mention.citation.line, "issuer", says)]
    first = read.first_line if read.numbered else None
    inferred = infer_issuer(joined(part) for part in body if first is None or part[0].number < first)
    if inferred is None:
        says = say("No issuer is named in the heading or by the body; name the office in `issue.issuer`.")
        return None, [Doubt("issuer-missing", None, "issuer", says)]
    line = next((part[0].number for part in body if inferred.words in joined(part)), None)
    says = say('The heading names no issuer; "{words}" speaks in the body.', words=inferred.words)
    return inferred.name, [Doubt("issuer-inferred", line, "issuer", says)]


def _about_heading(heading: Heading, identity: Identity, subject: str | None) -> Iterator[Doubt]:
    if subject is None:
        says = say('Neither "V/v …" nor a heading under the type was found; give `subject`.')
        yield Doubt("subject-missing", None, "subject", says)
    if identity.type == "CV" and not heading.addressees:
        yield Doubt("addressees-missing", None, "addressees", say('The letter has no "Kính gửi".'))


def _about_ending(body: Sequence[Paragraph], ending: Ending) -> Iterator[Doubt]:
    last = body[-1][-1]
    if not any(END_MARK.search(part[-1].text[-8:]) for part in body):
        says = say("The body does not end with ./. and may be cut off; compare it with the paper.")
        yield Doubt("end-mark-missing", last.number, "items", says)
    if not ending.recipients and ending.archived is None:
        says = say("There is no Nơi nhận; the text may be cut off.")
        yield Doubt("recipients-missing", None, "recipients", says)
    if ending.signer is None:
        yield Doubt("signer-missing", None, "signer", say("There is no signature; the text may be cut off."))
    elif ending.signer.name is None:
        says = say("{position} signs, but no name was found below.", position=ending.signer.position)
        yield Doubt("signer-missing", None, "signer", says)
