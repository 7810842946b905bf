"""A reviewed draft issued: under what it comes, is it here already, what it rests on. For every door that issues."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from engine import links as bearing
from engine.exchange.drafts import Draft
from engine.exchange.issuing import Choices, Prepared, to_issue
from engine.exchange.symbols import number_in
from engine.execute import Answer, Executor, Known
from engine.showing.worlds import world_of
from storage import documents
from storage.queries import kept_files, links, unreported
from storage.queries.links import Registered
from storage.queries.numbers import series
from workflows.commands import Act, Actor, Attach, Issue, ItemDraft, Link
from workflows.directive import Attachment, Basis
from workflows.errors import Refused, Unmet
from workflows.text import say
from workflows.world import World

_URGED_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Ready:
    """A draft as it would be issued, and the same document where it is registered here already."""

    prepared: Prepared
    known: tuple[Registered, ...]


def ready(connection: Connection, known: Known, draft: Draft, choices: Choices, *, another: bool = False) -> Ready:
    """The command that issues a draft. `another` says that it is another document than the one registered under its symbol.

    Raises Refused or Incomplete naming all that has to be settled first."""

    def next_number(issuer: str, year: int, notation: str) -> int:
        return series(connection, issuer, year, notation, number_in).next

    prepared = to_issue(draft, known.offices, known.workflows, replace(choices, next_number=next_number))
    return Ready(prepared, () if another else tuple(bearing.registered_before(connection, prepared.issue)))


def relayed(
    world: World, number: int, by: Actor, direction: str, today: date, command_id: str, draft: ItemDraft
) -> Issue:
    """An obligation passed on by a direction on its slip, under the symbol of the document it came by."""
    one = world.obligation(number)
    above, item = world.directive(one.directive), world.item(one.directive, one.item)
    draft = replace(draft, label=item.label, text=direction, parent=number)
    return Issue(command_id, by, above.symbol, above.type, by.office, today, direction, (draft,), one.workflow,
                 world.opened.id, "endorsement")  # fmt: skip


def link_what_is_known(executor: Executor, asked: Issue, answer: Answer) -> tuple[int, list[str]]:
    """Link the further documents of a directive that was just issued to what they are about, as far as that is known. How
    many, and what whoever issued it should be told."""
    with executor.database.reading() as connection:
        asked_links = bearing.known_links(connection, asked, answer.cascade, answer.directive or 0)
        ended = bearing.ended_before(connection, asked, answer.cascade, answer.directive or 0)
    done, told = 0, list[str]()
    for one in asked_links:
        try:
            executor.execute([one])
            done += 1
        except Refused as refused:  # the document is issued all the same; what it rests on can be linked by hand
            told.append(refused.text)
    for end in ended:
        executor.execute([end])
        told.append(say("Warning: {symbol}, on which it rests, was revoked by {document}.",
                        symbol=end.symbol, document=end.document))  # fmt: skip
    return done, told


def attached(executor: Executor, asked: Issue, known: Registered) -> int:
    """Let the items of a document that is registered already rest on what this registration names. Returns how many links."""
    bases = {basis for item in asked.items for basis in item.bases}
    with executor.database.reading() as connection:
        items = links.labels(connection, known.cascade, known.number)
        rules = executor.known(connection)
        for number in {item.parent for item in asked.items if item.parent}:
            world = world_of(connection, rules, str(asked.cascade), executor.clock.now())
            above = world.directive(world.obligation(number).directive)
            bases.add(Basis("implements", above.symbol, above.issued_on, cascade=asked.cascade, obligation=number))
    done = 0
    for item in items:
        for basis in sorted(bases, key=lambda one: (one.symbol, one.kind)):
            link_id = f"{asked.id}:attach:{item}:{basis.kind}:{basis.symbol}"
            try:
                [answer] = executor.execute([Link(link_id, asked.by, known.cascade, known.number, item, basis)])
                done += not answer.again
            except Unmet:  # it rests on it already
                continue
    return done


def copy_added(executor: Executor, asked_id: str, by: Actor, cascade: str, number: int, copy: Attachment) -> bool:
    """Keep another copy of a document that is registered already, with an entry that names it. False where it is kept."""
    with executor.database.reading() as connection:
        kept = {one.file.digest for one in kept_files.of_directive(connection, cascade, number)}
        original = documents.original_of(connection, cascade, number)
    if copy.digest in {*kept, original}:
        return False
    attach_id = f"{asked_id}:copy:{copy.digest}"
    executor.execute([Attach(attach_id, by, cascade, (copy,), directive=number)])
    return True


def urged(executor: Executor, by: Actor, cascade: str, number: int, symbol: str, on: date | None) -> Iterator[Act]:
    """The acts that urge what is open and unreported under a directive. The same letter urges the same obligation once."""
    with executor.database.reading() as connection:
        [document] = unreported.documents(connection, cascade=cascade, number=number)
        waiting = [one.number for one in unreported.listed(connection, document, _URGED_MAX).rows]
        world = world_of(connection, executor.known(connection), cascade, executor.clock.now())
        outside = {one: world.office(world.obligation(one).giver).outside for one in waiting}
    for one in waiting:
        fields = {"document": symbol} | ({"happened_on": str(on)} if outside[one] and on else {})
        yield Act(f"urge:{symbol}:{on.year if on else ''}:{cascade}:{one}", by, cascade, one, "urge", fields)
