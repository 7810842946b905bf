"""An outbox message in words: one line that says what happened to which obligation, and what is wanted."""

from typing import Any

import orjson

from storage.outbox import Message


def subject_of(message: Message) -> str:
    """The subject line of a message."""
    data: dict[str, Any] = orjson.loads(message.body)
    fact, what = data["fact"], f"obligation {message.obligation}"
    letter = f"Draft a letter to {message.letter_to}: " if message.letter_to else ""
    match message.kind:
        case "Assigned":
            said = f"new: {what}; receive it"
        case "RungReached":
            said = f"{fact['label']}: {what}"
        case "ReceiptMissed":
            said = f"{what} has not been received in time"
        case "AnswerMissed":
            said = f"{what} waits for your answer ({fact['about']})"
        case "ExtensionRequested":
            said = f"{what}: another date is asked for, {fact['request']['until'][:10]}"
        case "ExtensionGranted":
            said = f"{what}: the date asked for is granted"
        case "ExtensionRefused":
            said = f"{what}: the date stays ({fact['reason']})"
        case "Joined":
            said = f"{what}: everything below is done; report upward"
        case "Acted":
            said = f"{what}: {fact['action']} ({fact['before']} to {fact['after']})"
        case _:
            said = f"{what}: {message.kind}"
    return letter + said
