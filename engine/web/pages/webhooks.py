"""Webhooks: which addresses are told of messages, by whom added; add one, remove one."""

from fastapi import Response

from engine.hooks import subscribe, unsubscribe
from engine.machine_words import KIND_WORDS
from engine.notify.todo import TO_DO
from engine.web.replies import Page, go
from engine.web.routes import Routes
from engine.web.visit import Visit
from storage import webhooks as hook_rows
from workflows.errors import CascadeError, NotFound, Refused
from workflows.text import Text, say

routes = Routes()


@routes.get("/webhooks", "look.rounds")
def webhooks(visit: Visit, done: str = "") -> Page:
    """Who is told of what."""
    told = {"added": say("It is told from now on."), "removed": say("It is told nothing more.")}
    return _page(visit, done=told.get(done))


@routes.post("/webhooks", "webhook.edit")
def add_webhook(visit: Visit) -> Page | Response:
    """Tell an address from now on. Its secret is made in the folder of secrets, and is never on a page."""
    name, url = visit.typed("name"), visit.typed("url")
    errors: dict[str, str | Text] = {}
    if not name:
        errors["name"] = say("Give it a name.")
    if not url:
        errors["url"] = say("Give the address that is told.")
    if errors:
        return _page(visit, errors)
    secrets = visit.site.runtime.secrets
    if secrets is None:
        return _page(visit, {"": say("CASCADE_SECRETS has to name a folder for its secret")})
    offices = visit.typed("offices").replace(",", " ").split()
    kinds = [one for one in TO_DO if visit.typed(f"kind-{one}")]
    try:
        with visit.database.transaction() as connection:
            known = visit.known_rules(connection).offices
            subscribe(connection, known, (name, url), offices, kinds, visit.now(), visit.known.administrator(),
                      private=visit.site.runtime.webhooks_private)  # fmt: skip
            secrets.make_for_webhook(name)
    except (Refused, NotFound) as refused:
        return _page(visit, {"": refused.text})
    return go("/webhooks?done=added")


@routes.post("/webhooks/{name}/remove", "webhook.edit")
def remove_webhook(visit: Visit, name: str) -> Page | Response:
    """Tell it nothing more."""
    try:
        with visit.database.transaction() as connection:
            unsubscribe(connection, name, visit.now(), visit.known.administrator())
    except CascadeError as refused:
        return _page(visit, {"": refused.text})
    return go("/webhooks?done=removed")


def _page(visit: Visit, errors: dict[str, str | Text] | None = None, done: Text | None = None) -> Page:
    with visit.reading() as connection:
        rows = hook_rows.listed(connection)
    typed = {one: visit.typed(one) for one in ("name", "url", "offices", *(f"kind-{one}" for one in TO_DO))}
    values = {
        "rows": rows, "errors": errors or {}, "done": done, "typed": typed, "secrets": visit.site.runtime.secrets is not None,
        "simulated": visit.site.runtime.simulated, "kinds": [(one, KIND_WORDS[one]) for one in TO_DO], "kind_words": KIND_WORDS,
    }  # fmt: skip
    return Page("webhooks.html", values, 422 if errors else 200)
