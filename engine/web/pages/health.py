"""For monitors: does it live, is it ready, and its figures."""

from datetime import timedelta
from ipaddress import ip_address

from fastapi import Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST

from engine.web.routes import Routes
from engine.web.site import Site
from engine.web.visit import Visit
from storage import installation
from storage.errors import Unavailable
from workflows.errors import NotFound
from workflows.text import say

routes = Routes()
_PERIODS_MAX = 3
_PATIENCE = timedelta(seconds=10)  # a beat of less than three seconds is not red for one long statement


@routes.get("/health/live", "health")
def live(visit: Visit) -> Response:
    """The process answers."""
    return PlainTextResponse("live\n")


@routes.get("/health/ready", "health")
def ready(visit: Visit) -> Response:
    """200 where work goes on: the database answers, and the rounds of this process, where it makes any, come in time.

    To strangers it names what is red and nothing else."""
    red = list(_red(visit.site))
    return JSONResponse({"ready": not red, "red": red}, 503 if red else 200)


def _red(site: Site) -> list[str]:
    found = []
    try:
        with site.runtime.database.reading() as connection:
            installation.read(connection)
    except Unavailable:
        found.append("database")
    pulse = site.pulse() if site.pulse else None
    if pulse and pulse.held:
        found.append("held")
    elif pulse and pulse.silent > max(_PERIODS_MAX * pulse.period, _PATIENCE):
        found.append("rounds")
    elif pulse and not pulse.ready and "database" not in found:
        found.append("not_ready")
    return found


@routes.get("/metrics", "metrics")
def metrics(visit: Visit) -> Response:
    """Figures for Prometheus, on this address only where they have none of their own, and only for this machine itself.

    Behind a proxy every request comes from this machine: one that was passed on is a stranger's."""
    if visit.site.metrics_apart or not _of_this_machine(visit):
        raise NotFound(say("Nothing is found at {path}.", path="/metrics"))
    return Response(visit.request.app.state.metrics.text(), media_type=CONTENT_TYPE_LATEST)


def _of_this_machine(visit: Visit) -> bool:
    if getattr(visit.request.state, "forwarded", True):
        return False
    try:
        return ip_address(visit.address).is_loopback
    except ValueError:
        return False
