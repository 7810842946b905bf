"""Puts the web together: guards around routes around pages. Nothing at import, nothing global."""

from fastapi import FastAPI
from starlette.middleware import Middleware

from engine.web import faults
from engine.web.api import document
from engine.web.guards.headers import Headers
from engine.web.guards.limits import Limits
from engine.web.guards.origin import Origin
from engine.web.guards.proxy import Proxy
from engine.web.guards.rates import Rates
from engine.web.guards.sieve import Sieve
from engine.web.guards.trace import Net, Trace
from engine.web.metrics import Metrics
from engine.web.pages import (
    account,
    account_changes,
    accounts,
    acknowledge,
    act,
    administration,
    attaching,
    batch,
    calendar,
    calendar_edit,
    changes,
    directive,
    directive_changes,
    feed,
    files,
    health,
    incidents,
    journal,
    journal_lists,
    my_work,
    obligation,
    obligations,
    office_import,
    office_persons,
    offices,
    outbox,
    overview,
    own_tokens,
    register,
    register_entry,
    registering,
    relay,
    reports,
    rounds,
    search,
    set_up,
    sign_in,
    verifying,
    views,
    webhooks,
    workflow_editor,
    workflow_publishing,
    workflows,
)
from engine.web.routes import Routes, declared
from engine.web.site import Site

PAGES: tuple[Routes, ...] = (
    my_work.routes, sign_in.routes, account.routes, set_up.routes, files.routes, health.routes,
    obligation.routes, act.routes, attaching.routes, relay.routes, directive.routes, batch.routes, acknowledge.routes,
    overview.routes, obligations.routes, journal_lists.routes, journal.routes, changes.routes, verifying.routes, search.routes,
    views.routes, feed.routes,
    reports.routes,
    register.routes, registering.routes, register_entry.routes, directive_changes.routes,
    workflows.routes, workflow_editor.routes, workflow_publishing.routes, calendar.routes,
    calendar_edit.routes,
    offices.routes, office_persons.routes, office_import.routes, accounts.routes, account_changes.routes, own_tokens.routes,
    rounds.routes, incidents.routes, outbox.routes, webhooks.routes, administration.routes,
)  # fmt: skip


def build(site: Site, metrics: Metrics | None = None) -> FastAPI:
    """The application of one site. Raises ValueError where a route names no deed."""
    counted = metrics or Metrics(site.runtime)
    guards = [
        Middleware(Trace, measured=counted.requested),
        Middleware(Proxy, trusted=site.proxies),
        Middleware(Headers, secure=site.secure),
        Middleware(Rates, per_second=site.requests_per_second, burst=site.requests_burst),
        Middleware(Sieve),
        Middleware(Limits, site=site),
        Middleware(Net),
        Middleware(Origin),
    ]
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, middleware=guards, redirect_slashes=False)
    app.state.site, app.state.metrics = site, counted
    for routes in PAGES:
        routes.onto(app)
    document.open_api(app)
    faults.handle(app)
    declared(app)
    return app
