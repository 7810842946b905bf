"""`cascade outbox`: messages that wait, fail or were given up; what became of each try; a trial of the mail server."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from engine.cli.opening import looking, opened
from engine.cli.options import DatabaseOption, JsonOption, LimitOption, command, group, one_of, settings
from engine.cli.printing import cut, data, json_document, pairs, table, talk
from engine.clock import SystemClock
from engine.language import told
from engine.machine_words import MESSAGE_WORDS, OUTCOME_WORDS, seat_of
from engine.notify import letters
from engine.notify.mail import recipient_of, trial
from engine.notify.parcels import Parcel
from engine.notify.secrets import MAIL_PASSWORD, Secrets
from engine.notify.smtp import Closed, NotTaken, server_of
from engine.resending import RETRY_MAX, message_named, resend, resend_all
from engine.wording import moment_words
from storage import attempts
from storage.attempts import Attempt
from storage.errors import Unavailable
from storage.outbox import Message
from storage.queries import messages as message_lists
from storage.queries.messages import MessageLine
from storage.queries.subjects import read_about
from workflows.errors import Unmet
from workflows.text import Text, say, say_count

app = group("Messages: list, show, log, retry, check.")
IdArgument = Annotated[str, typer.Argument(metavar="ID", show_default=False)]


@command(app, "list", "cascade outbox list", "cascade outbox list --state dead")
def list_messages(
    state: Annotated[
        str, typer.Option("--state", metavar="STATE", help="waiting, failing, dead, sent or all.")
    ] = "waiting",
    office: Annotated[str, typer.Option("--office", metavar="OFFICE", show_default=False, help="Only to this.")] = "",
    limit: LimitOption = 50,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """The messages that wait to be sent, those that failed, or those that were given up."""
    one_of(state, message_lists.STATES, "--state")
    with looking(database) as (_, connection):
        listed, total = message_lists.listed(connection, state, office or None, limit)
    if as_json:
        json_document({"total": total, "messages": [{**asdict(one), "state": one.state} for one in listed]})
        return
    if listed:
        heads = [say("STATE"), say("ID"), say("TO"), say("KIND"), say("TRIES"), say("WHEN"), say("LAST ERROR")]
        table(heads, map(_line, listed))
    else:
        talk(say("No message is so."))
    cut(len(listed), total, say("messages"))


@command(app, "show", "cascade outbox show ID")
def show(id_: IdArgument, database: DatabaseOption = "", as_json: JsonOption = False) -> None:
    """One message in words, with every try to send it."""
    with looking(database) as (found, connection):
        message = message_named(connection, id_)
        key = message.cascade_id, message.seq, message.place
        abouts = read_about(connection, [(message.cascade_id, message.obligation)])
        about = abouts.get((message.cascade_id, message.obligation or 0))
        log = attempts.of_message(connection, *key, RETRY_MAX)
        offices = found.executor.known(connection).offices
    reader = recipient_of(offices, message)
    letter = letters.write([Parcel(message, about)], reader.language if reader else "vi", offices, None, found.now())
    if as_json:
        line = _of(message)
        json_document({**asdict(line), "state": line.state, "email": reader.email if reader else None,
                       "subject": letter.subject, "attempts": [_document(one) for one in log]})  # fmt: skip
        return
    data(letter.text.rstrip())
    line = _of(message)
    pairs([(say("state"), MESSAGE_WORDS[line.state]), (say("to"), seat_of(line)),
           (say("e-mail"), reader.email if reader else ""), (say("error"), message.error or "")])  # fmt: skip
    _table_of(log)


@command(app, "log", "cascade outbox log", "cascade outbox log ID")
def log(
    id_: Annotated[str, typer.Argument(metavar="[ID]", show_default=False)] = "",
    limit: LimitOption = 50,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """The tries to send one message; without an ID, the newest tries of all that did not get through.

    A try that a console or file took is not logged: the message itself says when it was sent, and at which try.
    """
    with looking(database) as (_, connection):
        if id_:
            message = message_named(connection, id_)
            listed = attempts.of_message(connection, message.cascade_id, message.seq, message.place, limit)
        else:
            listed = attempts.failures(connection, limit)
    if as_json:
        json_document({"attempts": [_document(one) for one in listed]})
    elif listed:
        _table_of(listed)
    else:
        talk(say("No try is in the log."))


@command(app, "retry", "cascade outbox retry ID", "cascade outbox retry --all")
def retry(
    id_: Annotated[str, typer.Argument(metavar="[ID]", show_default=False)] = "",
    all_dead: Annotated[bool, typer.Option("--all", help="Everything that was given up, webhooks too.")] = False,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Let what was given up, or fails, be tried once more with the next round, under the id it had."""
    if bool(id_) == all_dead:
        raise typer.BadParameter(say("give an ID, or --all"), param_hint="ID")
    with opened(database) as found, found.database.transaction() as connection:
        if all_dead:
            messages, hooks = resend_all(connection, found.now())
        else:
            messages, hooks = resend(connection, id_, found.now()), 0
    if as_json:
        json_document({"messages": messages, "webhooks": hooks})
        return
    count = messages + hooks
    talk(say_count("{count} message is tried again with the next round.", "{count} messages are tried again with the next"
                   " round.", count))  # fmt: skip


@command(app, "check", "cascade outbox check --to admin@example.vn")
def check(
    to: Annotated[str, typer.Option("--to", metavar="ADDRESS", show_default=False, help="Who gets the trial.")],
    as_json: JsonOption = False,
) -> None:
    """Send a trial e-mail as the settings say (CASCADE_MAIL_SERVER and those beside it), and show what the server answers."""
    from engine.exchange.addresses import is_address

    given = settings()
    if not given.mail_server:
        raise Unmet(say("send a trial e-mail"), say("no mail server is set"), [say("CASCADE_MAIL_SERVER=HOST:PORT")])
    if not is_address(to):
        raise typer.BadParameter(
            say("{address!r} is not an address such as vanthu@example.vn", address=to), param_hint="--to"
        )
    secret = Secrets(given.secrets).find(MAIL_PASSWORD) if given.secrets and given.mail_user else None
    server = server_of(
        given.mail_server, given.mail_security, given.mail_from, given.mail_user, secret, given.mail_trusted
    )
    try:
        answer = trial(server, to, SystemClock().now())
    except (Closed, NotTaken) as error:
        raise Unavailable(say("{server} does not take it: {why}", server=given.mail_server, why=str(error))) from error
    if as_json:
        json_document({"server": given.mail_server, "to": to, "answer": answer})
        return
    talk(say("{server} took it: {answer}", server=given.mail_server, answer=answer))


def _of(one: Message) -> MessageLine:
    return MessageLine(one.id, one.obligation, one.kind, one.office, one.role, one.deputy, one.letter_to, one.available_at,
                       one.attempts, one.error, one.sent_at, one.dead_at)  # fmt: skip


def _line(one: MessageLine) -> list[str]:
    when = moment_words(one.sent_at or one.available_at)
    return [MESSAGE_WORDS[one.state], one.id, seat_of(one), one.kind, str(one.attempts), when, one.error or ""]


def _table_of(listed: list[Attempt]) -> None:
    if listed:
        heads = [say("WHEN"), say("ID"), say("TRY"), say("CHANNEL"), say("NODE"), say("OUTCOME"), say("ANSWER")]
        table(heads, map(_attempt_line, listed))


def _attempt_line(one: Attempt) -> list[str | Text]:
    outcome = OUTCOME_WORDS.get(one.outcome, one.outcome)
    return [moment_words(one.at), one.message, str(one.number), one.channel, one.node, told(outcome), one.answer or ""]


def _document(one: Attempt) -> dict[str, Any]:
    return {"message": one.message, "channel": one.channel, "number": one.number, "node": one.node, "at": one.at,
            "outcome": one.outcome, "answer": one.answer}  # fmt: skip
