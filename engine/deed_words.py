"""What administrators did to the installation, as a sentence: the closed set of deeds, their subjects and details."""

from engine.wording import short
from workflows import facts as f
from workflows.text import Text, joined, mark, say


def administered_words(fact: f.Administered) -> str:
    told = (one for one in fact.details if one[0] not in _TOLD_ALREADY)
    details = joined((_detail(name, value) for name, value in told), "; ")
    kind, _, name = fact.subject.partition(" ")
    subject = say(_SUBJECTS[kind], name=name) if name and kind in _SUBJECTS else _PLAIN.get(fact.subject, fact.subject)
    about = joined([subject, say("[{details}]", details=details)], " ") if details else subject
    return say(DEEDS[fact.what], subject=about) if fact.what in DEEDS else f"{fact.what} {about}"


def seal_key_set_words(fact: f.SealKeySet) -> str:
    if fact.signed_by is None and fact.key == 1:
        return say("seals are signed with key {number} from now on: {public}", number=fact.key, public=fact.public_key)
    if fact.signed_by is None:
        return say("seals are signed with key {number} from now on, which NO key before it has signed: {public}",
                   number=fact.key, public=fact.public_key)  # fmt: skip
    return say("seals are signed with key {number} from now on, signed by key {before}: {public}", number=fact.key,
               before=fact.signed_by, public=fact.public_key)  # fmt: skip


def _detail(name: str, value: str) -> Text:
    if name == "reach" and value in _REACHES:
        return say(_REACHES[value])
    said = short(value, 16 if name in ("digest", "sha256") else 90)
    return say(_DETAILS[name], value=said) if name in _DETAILS else joined([name, said], " ")


_SUBJECTS = {
    "account": mark("account {name}"),
    "workflow": mark("workflow {name}"),
    "calendar": mark("calendar {name}"),
    "office": mark("office {name}"),
    "webhook": mark("webhook {name}"),
}
_REACHES = {"all": mark("also for what runs"), "new": mark("for new cascades alone")}
_PLAIN = {"offices": say("offices"), "two_persons": say("the rule of two persons")}
_DETAILS = {
    "seat": mark("seat {value}"),
    "role": mark("role {value}"),
    "shown": mark("shown {value}"),
    "author": mark("author {value}"),
    "publisher": mark("publisher {value}"),
    "warnings": mark("warnings {value}"),
    "why": mark("why {value}"),
    "basis": mark("basis {value}"),
    "digest": mark("digest {value}"),
    "count": mark("count {value}"),
    "token": mark("token {value}"),
    "called": mark("called {value}"),
    "scope": mark("scope {value}"),
    "schema": mark("schema {value}"),
    "url": mark("url {value}"),
    "kind": mark("kind {value}"),
    "user": mark("user {value}"),
    "node": mark("node {value}"),
    "size": mark("{value} bytes"),
    "entries": mark("{value} entries"),
    "seconds": mark("{value} s"),
    "made": mark("made {value}"),
    "database": mark("of {value}"),
    "later_seals": mark("without the seals {value}, which lie outside"),
    "outcome": mark("outcome: {value}"),
    "fault": mark("fault: {value}"),
    "deputy": mark("deputy {value}"),
    "absence": mark("absence {value}"),
    "email": mark("e-mail {value}"),
    "phone": mark("telephone {value}"),
    "ended": mark("ended {value}"),
    "how": mark("by {value}"),
}


DEEDS = {
    "created": mark("created {subject}"),
    "upgraded": mark("upgraded {subject}"),
    "copied": mark("copied everything here from {subject}"),
    "backed_up": mark("made the backup {subject}"),
    "drilled": mark("tried the backup {subject}"),
    "restored": mark("restored everything here from the backup {subject}"),
    "imported": mark("imported {subject}"),
    "added": mark("added {subject}"),
    "changed": mark("changed {subject}"),
    "published": mark("published {subject}"),
    "retired": mark("retired {subject}"),
    "unretired": mark("took back into use {subject}"),
    "settled": mark("settled {subject}"),
    "given": mark("gave to {subject}"),
    "taken": mark("took from {subject}"),
    "disabled": mark("disabled {subject}"),
    "enabled": mark("enabled {subject}"),
    "unlocked": mark("unlocked {subject}"),
    "reset": mark("reset the password of {subject}"),
    "revoked": mark("revoked a {subject}"),
    "subscribed": mark("subscribed {subject}"),
    "unsubscribed": mark("unsubscribed {subject}"),
}
# By the subject, and by who did it; and what only a rebuilding of the directory needs.
_TOLD_ALREADY = ("name", "version", "publisher", "was", "new", "order")
