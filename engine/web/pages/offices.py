"""The directory of offices: the tree, one office with its seats, the directory as a file, one office more."""

from fastapi import Response

from engine.administration import add_office as put_office
from engine.exchange.offices_blocks import to_yaml
from engine.labels import ROLE_WORDS
from engine.office_words import absences, deputies, mark
from engine.web.replies import Page, go
from engine.web.routes import Routes
from engine.web.visit import Visit
from storage import accounts, directory
from storage.queries import groups
from workflows.calendar import day_of
from workflows.errors import NotFound, Refused
from workflows.offices import Office, Offices
from workflows.text import Text, say
from workflows.words import ROLES

routes = Routes()
FOUND_MAX = 500
_FIELDS = ("id", "name", "short", "level", "above", "outside", "host", *ROLES)
_DEPTH_MAX = 32
_NEEDED = {
    "id": say("Give it a short name, such as vp."),
    "name": say("Give its name, as documents write it."),
    "level": say("Give its level."),
}


@routes.get("/offices", "look.office")
def offices(visit: Visit, q: str = "", done: str = "") -> Page:
    """The tree; a search narrows it to what is found, each with its way up."""
    with visit.reading() as connection:
        known = directory.read_offices(connection)
    words = q.casefold().split()[:8]
    matching = [
        one for one in known if all(word in f"{one.id} {one.name} {one.short}".casefold() for word in words)
    ] if words else list(known)  # fmt: skip
    rows = _tree(known, {one.id for one in matching} if words else None)
    told = {"imported": say("The directory is imported; it holds from now on.")}
    return Page(
        "offices.html",
        {
            "rows": rows[:FOUND_MAX], "total": len(rows), "all": len(known), "q": q.strip()[:80], "done": told.get(done),
            "outside": sum(one.outside for one in known),
        },
    )  # fmt: skip


@routes.get("/offices/{office}", "look.office")
def one_office(visit: Visit, office: str, done: str = "") -> Page:
    """One office: where it hangs, who sits in it, who stands in, who is away, where its mail goes, how much it owes."""
    with visit.reading() as connection:
        known = directory.read_offices(connection)
        one = known.find(office)
        if one is None:
            raise NotFound(say("No office {id!r} in the directory.", id=office[:80]))
        today = day_of(visit.now())
        holders = (
            {role: accounts.holders(connection, one.id, role) for role in ROLES} if visit.may("look.account") else {}
        )
        totals = groups.totals(connection, visit.now(), office=one.id)
    way = [
        (above.label, f"/offices/{above.id}") for above in reversed(list(known.way_up(one.id))) if above.id != one.id
    ]
    seats = [(ROLE_WORDS[role], one.people.get(role, ""), holders.get(role, [])) for role in ROLES]
    mailboxes = [
        (ROLE_WORDS.get(role, say("office")), address)
        for found in (one.email, one.phone)
        for role, address in found.items()
    ]
    return Page(
        "office_one.html",
        {
            "one": one, "way": [(say("Offices"), "/offices"), *way, (one.label, "")], "seats": seats, "mark": mark(one),
            "deputies": list(deputies(one, today)), "absences": list(absences(one, today)), "email": mailboxes,
            "below": known.below(one.id), "total": sum(totals.values()), "accounts": visit.may("look.account"),
            "counted": visit.may("look.counts"), "done": say("The office is in the directory.") if done == "added" else None,
        },
    )  # fmt: skip


@routes.get("/directory.yaml", "look.office")
def directory_file(visit: Visit) -> Response:
    """The directory as a file that the import reads again."""
    with visit.reading() as connection:
        text = to_yaml(directory.read_offices(connection))
    return Response(text + "\n", media_type="text/plain; charset=utf-8",
                    headers={"Content-Disposition": 'attachment; filename="offices.yaml"'})  # fmt: skip


@routes.get("/new/office", "office.edit")
def new_office(visit: Visit, above: str = "") -> Page:
    """The form for one office more."""
    return _form(visit, {}, {"above": above})


@routes.post("/new/office", "office.edit")
def add_office(visit: Visit) -> Page | Response:
    """Add it; it is checked with all the others, as a whole file would be."""
    typed = {one: visit.typed(one) for one in _FIELDS}
    errors: dict[str, str | Text] = {field: said for field, said in _NEEDED.items() if not typed[field]}
    if errors:
        return _form(visit, errors, typed)
    block: dict[str, object] = {key: typed[key] for key in ("short", "above") if typed[key]}
    block |= {
        "name": typed["name"],
        "level": typed["level"],
        "outside": bool(typed["outside"]),
        "host": bool(typed["host"]),
    }
    block["people"] = {role: typed[role] for role in ROLES if typed[role]}
    try:
        with visit.database.transaction() as connection:
            made = put_office(connection, typed["id"], block, visit.now(), visit.known.administrator())
    except (Refused, NotFound) as refused:
        return _form(visit, {"": refused.text}, typed)
    return go(f"/offices/{made.id}?done=added")


def _form(visit: Visit, errors: dict[str, str | Text], typed: dict[str, str]) -> Page:
    with visit.reading() as connection:
        known = directory.read_offices(connection)
    values = {
        "errors": errors, "typed": {one: typed.get(one, "") for one in _FIELDS},
        "levels": list(dict.fromkeys(one.level for one in known)), "above": [(one.id, one.label) for one in known][:FOUND_MAX],
        "roles": [(role, ROLE_WORDS[role]) for role in ROLES],
    }  # fmt: skip
    return Page("office_new.html", values, 422 if errors else 200)


def _tree(known: Offices, only: set[str] | None) -> list[dict[str, object]]:
    """Every office under the one above it; one whose `above` is missing hangs at the top."""
    wanted = None if only is None else only | {up.id for one in only for up in known.way_up(one)}
    rows: list[dict[str, object]] = []

    def add(office: Office, depth: int) -> None:
        if (wanted is not None and office.id not in wanted) or depth > _DEPTH_MAX:
            return
        seats = [(ROLE_WORDS[role], office.people[role]) for role in ROLES if role in office.people]
        found = only is None or office.id in only
        rows.append({"one": office, "depth": min(depth, 8), "seats": seats, "mark": mark(office), "found": found})
        for below in known.below(office.id):
            add(below, depth + 1)

    for office in known:
        if known.find(office.above) is None:
            add(office, 0)
    return rows
