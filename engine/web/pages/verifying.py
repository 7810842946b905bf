"""Verifying in a browser: one chain or all of them, within a bound of time, with the first bad entry of each named."""

from fastapi import Response

from engine import seal_status
from engine.web.asked import way
from engine.web.replies import Page, go
from engine.web.routes import Routes
from engine.web.verdicts import EVERYTHING
from engine.web.visit import Visit
from storage import cascades, verification
from workflows.directive import ADMINISTRATION
from workflows.errors import NotFound
from workflows.text import say

routes = Routes()
_FAULTS_MAX = 100


@routes.get("/journal/verify", "journal.verify")
def verifying(visit: Visit, cascade: str = "", busy: str = "") -> Page:
    """What was found last, and the button to look again."""
    with visit.reading() as connection:
        _check(connection, cascade)
        total = verification.count_entries(connection, cascade or None)
        round_ = visit.site.runtime.seals
        sealed = seal_status.stored(connection, round_.witnesses if round_ else ())
    verified = visit.site.verdicts.of(cascade)
    faults = verified.verdict.faults if verified and verified.verdict else ()
    shown = [(one, f"/journal/{one.chain}/{one.seq}" if one.seq else "") for one in faults[:_FAULTS_MAX]]
    return Page(
        "verifying.html",
        {
            "chain": cascade, "total": total, "verified": verified, "faults": shown, "more": len(faults) - len(shown),
            "busy": bool(busy), "administration": ADMINISTRATION, "may_read": visit.may("look.journal"),
            "seconds": int(visit.site.verdicts.seconds_max), "sealed": sealed,
        },
    )  # fmt: skip


@routes.post("/journal/verify", "journal.verify")
def verify(visit: Visit) -> Response:
    """Look now. It changes nothing."""
    chain = visit.typed("cascade")
    with visit.reading() as connection:
        _check(connection, chain)
    made = visit.site.verdicts.verify(visit.database, chain, visit.now())
    return go(way("/journal/verify", {"cascade": chain, "busy": made is None}))


def _check(connection: object, chain: str) -> None:
    """Raises NotFound where there is no such chain."""
    if chain not in (EVERYTHING, ADMINISTRATION) and cascades.find(connection, chain) is None:  # type: ignore[arg-type]
        raise NotFound(say("There is no cascade {chain}.", chain=chain[:80]))
