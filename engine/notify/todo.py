"""What whoever is told has to do about it: a sentence for every kind of message."""

from collections.abc import Mapping

import orjson

from storage.outbox import Message
from workflows.text import Text, mark, say

TO_DO: Mapping[str, str] = {
    "Assigned": mark("Receive it, name the officer who does the work, and pass on what others have to do."),
    "RungReached": mark(
        "See that it is done by its date, or ask for another date; acknowledge that you have read this."
    ),
    "ReceiptMissed": mark("Receive it now, or say why it is not yours."),
    "AnswerMissed": mark("Answer: until you do, the holder's clock rests and yours runs."),
    "Joined": mark("Look through what was reported from below, and report upward."),
    "OfficerNamed": mark("Do the work, or see that it is done, and report."),
    "Acted": mark("See what was done, and answer where an answer is asked of you."),
    "ExtensionRequested": mark("Grant the date asked for, refuse it, or propose another one."),
    "ExtensionGranted": mark("Work by the new date."),
    "ExtensionRefused": mark("Work by the date as it stands."),
    "ExtensionCountered": mark("Take the date that is proposed, or withdraw your request."),
    "ExtensionWithdrawn": mark("Nothing: the date stays as it is."),
    "EventAsked": mark("Enter the day of the event as soon as it is known."),
    "DueSet": mark("Work by the date as it is now."),
    "ReviewDue": mark("Decide whether it ends with the year or stands for another one."),
    "CarriedOver": mark("Go on as before; reports are due in the new year too."),
    "RenewalDue": mark("See that the document of the next year is issued, where it does not open by itself."),
    "RenewalRefused": mark("See why, put it right, and issue the document of the next year."),
    "Continued": mark("Look for the work of the new year under its own document."),
    "Repointed": mark("Go on with the work; cite the new document in what you send."),
    "Kept": mark("Go on with the work."),
    "BasisEnded": mark("See whether the work still has to be done, and end it where it has not."),
    "Urged": mark("Read the letter, and answer it by its date."),
    "Offered": mark("Take the report as your answer, or decline it and say why."),
}


def to_do(message: Message) -> Text:
    """What to do about a message; the task that a rung opened goes before."""
    if message.letter_to:
        return say("Draft the letter, have it signed and send it; then record that it was sent.")
    fact = orjson.loads(message.body)["fact"]
    for task in fact.get("tasks", []):
        if (task["office"], task["role"], task.get("to")) == (message.office, message.role, None):
            return say("Do the task that was opened for you, and record it.")
    return say(TO_DO[message.kind]) if message.kind in TO_DO else say("Open it and see what is asked of you.")
