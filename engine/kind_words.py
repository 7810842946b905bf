"""The kinds of entries of the journal, as a list names them."""

from collections.abc import Mapping

from workflows.facts import Fact
from workflows.text import Text, say

KIND_WORDS: Mapping[str, Text] = {
    "CascadeOpened": say("cascade opened"),
    "Issued": say("directive issued"),
    "DirectiveMoved": say("directive moved"),
    "Assigned": say("assigned"),
    "Acted": say("action taken"),
    "DueSet": say("date set"),
    "ExtensionRequested": say("extension asked for"),
    "ExtensionGranted": say("extension granted"),
    "ExtensionRefused": say("extension refused"),
    "ExtensionCountered": say("another date proposed"),
    "ExtensionWithdrawn": say("extension no longer asked for"),
    "ItemAmended": say("item amended"),
    "EventDaySet": say("day of an event entered"),
    "EventAsked": say("day of an event asked for"),
    "Repointed": say("goes on under a new document"),
    "Kept": say("goes on for another document"),
    "Linked": say("basis linked"),
    "BasisEnded": say("basis ended"),
    "Urged": say("urged by letter"),
    "ReportOffered": say("report offered elsewhere"),
    "Offered": say("report offered from elsewhere"),
    "OfferAnswered": say("offered report answered"),
    "Corrected": say("entry corrected"),
    "ReceiptMissed": say("not received in time"),
    "DeadlineMissed": say("date missed"),
    "AnswerMissed": say("no answer in time"),
    "RungReached": say("rung reached"),
    "TaskRecorded": say("task done"),
    "OfficerNamed": say("officer named"),
    "PeriodOpened": say("period opened"),
    "Returned": say("return sent"),
    "ReviewDue": say("year-end review due"),
    "CarriedOver": say("carried over"),
    "RenewalDue": say("next year due"),
    "RenewalRefused": say("next year not opened"),
    "Continued": say("continued in the next year"),
    "Acknowledged": say("rung acknowledged"),
    "Joined": say("everything below is done"),
    "Unjoined": say("open again below"),
    "Incident": say("incident"),
    "Administered": say("administration"),
    "SealKeySet": say("a key that seals the journal"),
}
assert set(KIND_WORDS) == {kind.__name__ for kind in Fact.__args__}
