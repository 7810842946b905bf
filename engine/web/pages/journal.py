"""The journal for auditors: entries as filtered, walked from either end; one entry as it is stored, with its hash."""

import orjson
from fastapi import Response
from sqlalchemy import Connection

from engine.kind_words import KIND_WORDS
from engine.reporting.paper import heads_words
from engine.showing.entries import Reader
from engine.showing.entry_changes import SET_BEFORE
from engine.web import entries as words
from engine.web import journal_filters
from engine.web.asked import OFFICES_SHOWN, Address, way
from engine.web.pages import journal_lists
from engine.web.replies import Page
from engine.web.routes import Routes
from engine.web.spreadsheet import csv_file
from engine.web.visit import Visit
from storage import cascades, seals, verification
from storage import journal as entries_of
from storage.journal import Entry, chain_hash
from storage.queries import entries as entry_lists
from storage.queries import heads, history, unsealed
from storage.queries.entry_filters import Wanted
from storage.queries.heads import Heads
from storage.queries.paging import NoSuchPage
from storage.queries.sight import Sight
from workflows.calendar import VIETNAM, day_of
from workflows.directive import ADMINISTRATION
from workflows.errors import Incomplete, NotFound
from workflows.facts import Corrected
from workflows.text import Text, joined, say

routes = Routes()
PATH, ROWS, COUNTED_MAX, SAVED_MAX = "/journal", 50, 10_000, 10_000
TABS: tuple[tuple[str, Text, dict[str, object]], ...] = (
    ("all", say("everything"), {}),
    ("late", say("recorded late"), {"late": "1"}),
    ("corrected", say("corrections"), {"kind": "Corrected"}),
    ("missed", say("dates missed"), {"kind": "DeadlineMissed"}),
    ("incident", say("incidents"), {"kind": "Incident"}),
    ("claimed", say("only claimed"), {"claimed": "1"}),
    ("administration", say("administration"), {"cascade": ADMINISTRATION}),
)


@routes.get("/journal", "look.journal")
def journal(visit: Visit, cursor: str = "") -> Page:
    """A page of entries."""
    address = Address(visit.request.query_params)
    with visit.reading() as connection:
        known = visit.known_rules(connection)
        offices = known.offices.on(day_of(visit.now()))
        sight = visit.known.sight(offices)
        actions = journal_filters.actions_of(known.workflows)
        wanted, values = journal_filters.read(address, connection, offices, actions)
        newest = values["order"] != "oldest"
        try:
            found = history.listed(connection, sight, wanted, ROWS, cursor or None, newest)
        except NoSuchPage:
            found = history.listed(connection, sight, wanted, ROWS, None, newest)
        total = history.count(connection, sight, wanted, COUNTED_MAX)
        tops = _tops(connection, sight) if not cursor and not _narrowed(values) else []
        chain = wanted.chain or ""
        head = verification.count_entries(connection, chain) if chain else 0
        held = cascades.find(connection, chain) if chain and chain != ADMINISTRATION else None
        made_from = heads_words(_heads(connection, chain, sight))
    verified = visit.site.verdicts.of(chain)
    return Page(
        "journal.html",
        {
            "rows": [words.shown(visit, one, known, offices) for one in found.rows], "values": values, "newest": newest,
            "errors": address.errors, "typed": {name: address.text(name) for name in journal_filters.TYPED},
            "office_name": office.name if (office := offices.find(wanted.office)) else "",
            "total": total, "most": COUNTED_MAX, "begun": bool(cursor), "first": way(PATH, values),
            "further": way(PATH, values, cursor=found.next) if found.next else "",
            "turned": way(PATH, values, order="oldest" if newest else ""),
            "kinds": [("", say("any")), *sorted(KIND_WORDS.items(), key=lambda one: str(one[1]))],
            "roles": [("", say("any")), *journal_filters.ROLES.items()],
            "offered": list(offices)[:OFFICES_SHOWN], "tabs": _tabs(values), "chain": chain, "head": head, "held": held,
            "administration": ADMINISTRATION, "verified": verified, "file": way("/journal.csv", values),
            "narrowed": _narrowed(values), "tops": tops,
            "actions": [("", say("any")), *actions.items()],
            "made_from": made_from, "subject": _subject(visit, wanted), "sign_ins": visit.way("sign_ins"),
        },
    )  # fmt: skip


def _heads(connection: Connection, chain: str, sight: Sight) -> Heads:
    """The head of the chain that is looked at, or of all."""
    if chain == ADMINISTRATION:
        return heads.administration(connection)
    return heads.of(connection, chain) if chain else heads.seen(connection, sight)


@routes.get("/journal.csv", "look.journal")
def journal_file(visit: Visit) -> Response:
    """The entries as a file, with what each says, its hash and its body. Raises Incomplete where there are too many."""
    address = Address(visit.request.query_params)
    with visit.reading() as connection:
        known = visit.known_rules(connection)
        offices = known.offices.on(day_of(visit.now()))
        sight = visit.known.sight(offices)
        actions = journal_filters.actions_of(known.workflows)
        wanted, _ = journal_filters.read(address, connection, offices, actions)
        found = history.first(connection, sight, wanted, SAVED_MAX + 1)
    if len(found) > SAVED_MAX:
        raise Incomplete(
            say("save these entries as a file"),
            say("there are more than {most}; narrow them by time, office or cascade", most=SAVED_MAX),
        )
    heads = [say("Cascade"), say("Entry"), say("Recorded"), say("Happened"), say("Kind"), say("Who"), say("Obligation"),
             say("What"), say("Hash"), say("Body")]  # fmt: skip
    rows = (_cells(words.shown(visit, one, known, offices)) for one in found)
    return csv_file(f"nhat-ky-{day_of(visit.now()):%Y%m%d}.csv", heads, rows)


@routes.get("/journal/{chain}/{seq}", "look.journal")
def entry(visit: Visit, chain: str, seq: str) -> Page:
    """One entry: in words, and exactly as it is stored, with its hash and the one before it."""
    number = int(seq) if seq.isascii() and seq.isdigit() and len(seq) < 10 else 0
    with visit.reading() as connection:
        known = visit.known_rules(connection)
        offices = known.offices.on(day_of(visit.now()))
        wanted = entry_lists.Wanted(chain, after=max(number - 2, 0), until=number + 1)
        near = {one.seq: one for one in entry_lists.listed(connection, wanted, 3).entries} if number else {}
        one = near.get(number)
        if one is None:
            raise NotFound(say("There is no entry {seq} in {chain}.", seq=seq[:20], chain=chain[:80]))
        corrected, reader = _corrected(connection, chain, number), Reader(offices, known.workflows)
        kinds = SET_BEFORE.get(one.kind, ())
        set_by = (
            entry_lists.before(connection, chain, one.obligation, number, kinds) if one.obligation and kinds else None
        )
        covering = seals.covering(connection, chain, number)
        seal = seals.find(connection, covering[0]) if covering else None
    before = near.get(number - 1)
    return Page(
        "entry.html",
        {
            "shown": words.shown(visit, one, known, offices), "before": before, "after": near.get(number + 1),
            "follows": chain_hash(before.hash if before else "", one.body) == one.hash and (number == 1 or before is not None),
            "parts": list(_parts(one)), "corrected": corrected, "changed": list(reader.changed(one, set_by)),
            "known_by": reader.known_by(one), "field_of": reader.names(one).field, "verified": visit.site.verdicts.of(chain),
            "administration": ADMINISTRATION, "chain_way": way(PATH, {"cascade": chain}),
            "seal": seal,
        },
    )  # fmt: skip


def _corrected(connection: Connection, chain: str, number: int) -> list[Corrected]:
    """What was corrected of it since; nothing where a correction cannot be read: verifying says that, this page goes on."""
    try:
        return entries_of.corrections(connection, chain, number) if chain != ADMINISTRATION else []
    except (KeyError, ValueError, TypeError, AttributeError):
        return []


def _narrowed(values: dict[str, object]) -> bool:
    return any(value for name, value in values.items() if name != "order")


def _tops(connection: Connection, sight: Sight) -> list[tuple[Text, str, str]]:
    """How much there is of what an auditor asks for first, and where it is read."""
    asked = {"late": Wanted(late=True), "corrected": Wanted(kind="Corrected"), "claimed": Wanted(claimed=True)}
    counts = {name: history.count(connection, sight, one, COUNTED_MAX) for name, one in asked.items()}
    counts["unsealed"] = unsealed.count(connection)[1]
    return [(_TOPS[name], f"{count:,}" if name == "unsealed" or count < COUNTED_MAX else f"{COUNTED_MAX:,}+",
             journal_lists.PATHS[name]) for name, count in counts.items()]  # fmt: skip


_TOPS: dict[str, Text] = {
    "late": say("recorded late"),
    "corrected": say("corrections"),
    "claimed": say("actors only claimed"),
    "unsealed": say("not sealed outside"),
}


def _tabs(values: dict[str, object]) -> list[tuple[Text, str, bool]]:
    """Lists that auditors ask for by name; the one that is shown is the one whose filters are all there are."""
    asked = {name: "1" if value is True else value for name, value in values.items() if value and name != "order"}
    return [(says, way(PATH, filters), asked == filters) for _, says, filters in TABS]


def _subject(visit: Visit, wanted: Wanted) -> tuple[Text, str] | None:
    """What the list is about where it is about one thing, and where that is seen."""
    if wanted.chain and wanted.obligation:
        said = say("obligation {number}", number=wanted.obligation)
        return said, visit.way("obligation", cascade=wanted.chain, number=wanted.obligation)
    if wanted.chain and wanted.directive:
        said = say("directive {number}", number=wanted.directive)
        return said, visit.way("directive", cascade=wanted.chain, number=wanted.directive)
    return None


def _parts(one: Entry) -> list[tuple[str, str]]:
    """What the stored body holds, a line a field, as far as it can be read."""
    try:
        data = one.data
    except ValueError:
        return []
    return [(name, _plain(value)) for name, value in data.items() if name not in ("fact", "by")] + [
        (f"{name}.{part}", _plain(value)) for name in ("by", "fact") if isinstance(data.get(name), dict)
        for part, value in data[name].items()
    ]  # fmt: skip


def _plain(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def _cells(shown: words.Shown) -> list[object]:
    one = shown.entry
    recorded, happened = (f"{at.astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}" for at in (one.recorded_at, one.happened_at))
    return [
        one.cascade_id,
        one.seq,
        recorded,
        happened,
        shown.kind,
        joined(filter(None, [shown.who, shown.person])),
        one.obligation,
        shown.says,
        one.hash,
        one.body,
    ]
