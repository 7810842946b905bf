"""The closed sets of the workflow language: every word a definition may use, with one line on what it means.

Each set is extended here and nowhere else; `cascade workflow words` prints them.
"""

from workflows.text import mark

ROLES = {
    "clerk": "văn thư: registers, receives, records what arrives on paper",
    "officer": "người thụ lý: does the work, keeps its progress",
    "leader": "lãnh đạo: assigns, reports, confirms, decides",
}

OFFICES = {
    "holder": "the office that owes the obligation",
    "giver": "the office that issued the directive",
    "above_holder": "the office above the holder in the tree of offices",
    "above_giver": "the office above the giver in the tree of offices",
    "controller": "the office that watches the obligation; the giver where none is named",
    "recipient": "the office the product goes to; the giver where none is named",
    "host": "the office that runs this installation and records for outside offices",
}

EFFECTS = {
    "mark_received": "the holder has received the obligation: the receipt clock stops, dates after receipt are set",
    "mark_reported": "a report was sent: its sent date decides whether the obligation was on time",
    "issue_below": "the holder passes the obligation on by a directive of its own",
    "assign_again": "another office gets the obligation; what was below it is stopped",
    "stop_below": "the obligation ends and everything open below it ends with it",
    "end_standing": "a standing obligation ends as fulfilled: by the giver, or by itself at its year end",
}

MEANS = {
    "dispatch": "by a document of the holder's own, with its own symbol",
    "endorsement": "by a direction on the processing slip, without a new symbol",
}

FIELDS = {
    "text": "words, at least one",
    "number": "a whole number, zero or more",
    "date": "a day, written 2023-08-31 or 31/08/2023",
    "document": "the symbol of a document, such as 61/SKHCN-VP",
    "attachment": "a file, kept by its hash",
    "office": "the id of an office in the directory",
}

UNITS = {
    "working day": "days on which offices work, by the calendar; the first day does not count",
    "day": "calendar days; a last day that is off moves to the next working day",
    "hour": "hours on the clock, day and night",
}

EVENTS = {
    "issue": "the directive reached the holder: its arrival, or its issue where none is recorded",
    "receipt": "the holder received it, at the latest the last day on which it had to",
    "due": "the obligation's own date",
    "parent_due": "the date of the obligation above",
    "reported": "the report was sent",
    "asked": "an extension was asked for",
    "window_end": "the last day of a period's data window",
    "event": "the day on which the event took place",
    "until": "the year end until which a standing obligation is followed up",
}

CONDITIONS = {
    "date_written": "the item itself gives a date",
    "parent_dated": "the obligation above has a date",
    "otherwise": "always",
}

ANSWERS = {
    "as_written": "the date the item gives",
    "choose_below": "a way to follow an undated item up has to be chosen",
}

MODES = {
    "once": "done once, by a date that is computed; says what has to be shown",
    "periodic": "stands; every period opens an obligation of its own",
    "on_event": "stands and is silent; every event opens an obligation of its own",
    "linked": "followed under another document",
    "info": "to be known; nothing is reported",
}

STANDING = ("periodic", "on_event", "linked")  # the modes whose items have no end of their own
DATED = "dated"  # how an item is followed up that has a date: its own, or one that follows from the obligation above

PERIODS = {
    "month": "every calendar month",
    "quarter": "every quarter",
    "half_year": "every half-year",
    "nine_months": "the first nine months of every year",
    "year": "every year",
}

WINDOWS = {
    "nd09": "data windows of decree 09/2019: a period closes on the 14th of its last month",
    "calendar": "data windows that end with the period's last day",
}

OUTCOMES = {
    "fulfilled": "ended because it was done",
    "void": "ended without being done: stopped, or given to another",
}

POLICIES = {
    "refuse": "it is refused",
    "allow": "it is allowed",
    "stop": "open work is stopped",
    "keep": "open work goes on",
    "repoint": "open work moves under the new document",
    "ask_giver": "the giver decides",
    "allowed": "it may be done",
    "refuse_report": "the holder cannot report before",
    "all_leads": "every lead obligation below is done or void, and at least one is done",
    "office_above": "the office above is told",
    "year_end": "until 31 December",
    "close": mark("it ends, and counts as done"),
    "carry_over": mark("it stands for another year"),
    "merge": mark("what was not reported by its date becomes part of the next period"),
    "basis": "the document the item rests on",
    "choose_another": "another date has to be chosen",
}

SETS = {
    "roles": ROLES,
    "offices": OFFICES,
    "effects": EFFECTS,
    "means": MEANS,
    "fields": FIELDS,
    "units": UNITS,
    "events": EVENTS,
    "conditions": CONDITIONS,
    "answers": ANSWERS,
    "modes": MODES,
    "periods": PERIODS,
    "windows": WINDOWS,
    "outcomes": OUTCOMES,
    "policies": POLICIES,
}

# Steps the machine knows besides a definition's own actions. None of them changes the state; all go through it.
BUILT_IN = {
    "elapse": "a clock has run out",
    "acknowledge": "a person who was told says so; the next rung is held",
    "request_extension": "the holder asks for another date",
    "grant_extension": "the giver grants the date asked for",
    "refuse_extension": "the giver keeps the date",
    "open_event": "the holder enters an event under a standing obligation",
    "carry_over": "the giver lets a standing obligation stand for another year",
}
