"""The closed sets of the workflow language: every word a definition may use, with one line on what it means.

Each set is extended here and nowhere else; `cascade workflow words` prints them.
"""

from workflows.text import mark

ROLES = {
    "clerk": mark("văn thư: registers, receives, records what arrives on paper"),
    "officer": mark("người thụ lý: does the work, keeps its progress"),
    "leader": mark("lãnh đạo: assigns, reports, confirms, decides"),
}

OFFICES = {
    "holder": mark("the office that owes the obligation"),
    "giver": mark("the office that issued the directive"),
    "above_holder": mark("the office above the holder in the tree of offices"),
    "above_giver": mark("the office above the giver in the tree of offices"),
    "controller": mark("the office that watches the obligation; the giver where none is named"),
    "recipient": mark("the office the product goes to; the giver where none is named"),
    "host": mark("the office that runs this installation and records for outside offices"),
}

EFFECTS = {
    "mark_received": mark(
        "the holder has received the obligation: the receipt clock stops, dates after receipt are set"
    ),
    "mark_reported": mark("a report was sent: its sent date decides whether the obligation was on time"),
    "issue_below": mark("the holder passes the obligation on by a directive of its own"),
    "assign_again": mark("another office gets the obligation; what was below it is stopped"),
    "stop_below": mark("the obligation ends and everything open below it ends with it"),
    "pause": mark(
        "the clock rests until the day asked for as `until`, here and in what is below; what was left is left again"
    ),
    "resume": mark("the clock runs on; taken by time itself when the day has come"),
    "end_standing": mark("a standing obligation ends as fulfilled: by the giver, or by itself at its year end"),
}

MEANS = {
    "dispatch": mark("by a document of the holder's own, with its own symbol"),
    "endorsement": mark("by a direction on the processing slip, without a new symbol"),
}

DIRECTIVE_MEANS = {
    **MEANS,
    "automatic": mark("passed on by itself, where the workflow says so"),
    "opening": mark("taken over from the list that the office kept before"),
    "renewal": mark("opened anew for the next year, under the document of the year before"),
}

DOCUMENT_MEANS = ("dispatch", "opening")  # those under a symbol of the document's own

FIELDS = {
    "text": mark("words, at least one"),
    "number": mark("a whole number, zero or more"),
    "date": mark("a day, written 2023-08-31 or 31/08/2023"),
    "document": mark("the symbol of a document, such as 61/SKHCN-VP"),
    "attachment": mark("a file, kept by its hash"),
    "office": mark("the id of an office in the directory"),
}

UNITS = {
    "working day": mark("days on which offices work, by the calendar; the first day does not count"),
    "day": mark("calendar days; a last day that is off moves to the next working day"),
    "hour": mark("hours on the clock, day and night"),
}

EVENTS = {
    "issue": mark("the directive reached the holder: its arrival, or its issue where none is recorded"),
    "receipt": mark("the holder received it, at the latest the last day on which it had to"),
    "due": mark("the obligation's own date"),
    "parent_due": mark("the date of the obligation above"),
    "reported": mark("the report was sent"),
    "asked": mark("an extension was asked for"),
    "window_end": mark("the last day of a period's data window"),
    "event": mark("the day on which the event took place"),
    "answer_due": mark("the day by which the giver has to answer a report, a dispute or a request"),
    "until": mark("the year end until which a standing obligation is followed up"),
}

# Conditions that hold or do not, by what they are asked about: an item as it gets its date, or an obligation that is acted on.
CONDITIONS = {
    "date_written": mark("the item itself gives a date"),
    "parent_dated": mark("the obligation above has a date"),
    "otherwise": mark("always"),
    "at_once": mark("the item has to be done at once"),
    "soft": mark("the date is only expected, or planned"),
    "urgent": mark("the document is urgent: khẩn, thượng khẩn, hỏa tốc"),
    "dated": mark("the obligation has a date"),
    "late": mark("its date has passed, or its report was sent after it"),
    "received": mark("its holder has received it"),
    "passed_on": mark("there are obligations below it"),
    "all_leads_done": mark("every lead obligation below it is done or void, and at least one is done"),
    "stands": mark("it is followed up period by period, event by event, or under another document"),
    "in_a_period": mark("it is the obligation of one period of what stands"),
    "evidence_given": mark("the report names an attachment"),
}

VALUES = {
    "part": mark("lead, support or info"),
    "mode": mark("the follow-up mode, or `dated`"),
    "level": mark("the level of the holder"),
    "giver_level": mark("the level of the giver"),
    "type": mark("the type of the document, such as CT or CV"),
    "days_late": mark("how many days its date has passed; 0 in time"),
    "days_left": mark("how many days are left; 0 when it has passed"),
    "extensions": mark("how often its date was moved on request"),
    "rung": mark("the highest rung of the ladder that was told"),
    "leads_open": mark("how many lead obligations below it are open"),
    "leads_done": mark("how many lead obligations below it are done"),
    "leads_void": mark("how many lead obligations below it ended without being done"),
}

VALUE_GROUPS = {
    "ask": mark("a field that the action asks for: ask.people"),
    "number": mark(
        "a figure of `numbers` with all below, as this report gives it or as it was last reported: number.spent"
    ),
    "target": mark("what the item asks of a figure: target.par_index"),
}

DUE_CONDITIONS = ("date_written", "parent_dated", "otherwise", "at_once", "soft", "urgent")
DUE_VALUES = ("part", "mode", "level", "giver_level", "type")

# How an item says by when, where that is more than a plain date.
DUE_FORMS = {
    "before": mark("before a day; whether that day itself counts is the office's policy, `deadlines.before_day`"),
    "interval": mark("from one day to another; by the last one, and nobody is reminded before the first"),
    "counted": mark("so many days or hours after issue or receipt, as the item itself says"),
    "after_event": mark("so many days or hours after an event whose day is not known yet"),
    "until_event": mark("until an event whose day is not known yet"),
    "by_reference": mark("as another document says, under which it is followed up"),
    "soft": mark("a date that is only expected, or planned"),
    "at_once": mark("at once; how long that may take is for a line `when: at_once` to say"),
}
WAITING_FORMS = ("after_event", "until_event")  # no date until the day of the event is known

BEFORE_DAY = {
    "included": mark("'before day X': X is the last day"),
    "excluded": mark("'before day X': the day before X is the last day"),
}

SOFT_DATES = {
    "counted": mark("a date that is only planned counts like any other"),
    "reminded": mark("it is reminded of up to the day, and never missed: the obligation has no deadline"),
}

PARTS = {
    "lead": mark("chủ trì: owes the item"),
    "support": mark("phối hợp: owes its own share"),
    "info": mark("để biết: owes nothing"),
}

TOTALS = {
    "sum": mark("what is below and the office's own share are added up"),
    "largest": mark("the largest of what is below and its own"),
    "smallest": mark("the smallest of what is below and its own"),
    "own": mark("each office's own; nothing is put together"),
}

BETTER = {
    "higher": mark("a target is reached by as much or more"),
    "lower": mark("a target is kept by as much or less"),
}

RENEWED = {
    "year": mark("every year"),
}

OPENINGS = {
    "itself": mark("it opens by itself, under the same document"),
    "ask_giver": mark("its giver is told that the new document is due, and issues it"),
}

CARRIED = {
    "all": mark("every item goes into the next year"),
    "open": mark("the items with open work go into the next year"),
    "standing": mark("the items that stand go into the next year"),
}

DIRECTIVES = {
    "standard": mark("a draft is issued, and then completed, revoked or replaced"),
}

ANSWERS = {
    "as_written": mark("the date the item gives"),
    "choose_below": mark("a way to follow an undated item up has to be chosen"),
}

MODES = {
    "once": mark("done once, by a date that is computed; says what has to be shown"),
    "periodic": mark("stands; every period opens an obligation of its own"),
    "on_event": mark("stands and is silent; every event opens an obligation of its own"),
    "linked": mark("followed under another document"),
    "info": mark("to be known; nothing is reported"),
}

STANDING = ("periodic", "on_event", "linked")  # the modes whose items have no end of their own
DATED = "dated"  # how an item is followed up that has a date: its own, or one that follows from the obligation above

MODE_USES = {  # the keys of `undated_items` that have an effect in each mode, beside its label
    "once": {"due", "ask"},
    "periodic": {"every", "window", "due", "if_still_open", "until", "then", "review", "ask", "one_report_per_office"},
    "on_event": {"each_event_due", "nil_return_in", "until", "then", "review", "ask"},
    "linked": {"follows", "until", "then", "review"},
    "info": set[str](),
}

PERIODS = {
    "day": mark("every day, also on days off"),
    "week": mark("every week, from Monday to Sunday"),
    "month": mark("every calendar month"),
    "quarter": mark("every quarter"),
    "half_year": mark("every half-year"),
    "nine_months": mark("the first nine months of every year"),
    "year": mark("every year"),
}

WINDOWS = {
    "nd09": mark("data windows of decree 09/2019: a period closes on the 14th of its last month"),
    "calendar": mark("data windows that end with the period's last day"),
}

OUTCOMES = {
    "fulfilled": mark("ended because it was done"),
    "void": mark("ended without being done: stopped, or given to another"),
}

TASKS = {
    "call": mark("a telephone call to whom it concerns"),
    "visit": mark("a visit, to see how the work stands"),
    "letter": mark("a letter to draft, to have signed and to send"),
}

POLICIES = {
    "refuse": mark("it is refused"),
    "allow": mark("it is allowed"),
    "stop": mark("open work is stopped"),
    "keep": mark("open work goes on"),
    "repoint": mark("open work moves under the new document"),
    "ask_giver": mark("the giver decides"),
    "allowed": mark("it may be done"),
    "refuse_report": mark("the holder cannot report before"),
    "all_leads": mark("every lead obligation below is done or void, and at least one is done"),
    "office_above": mark("the office above is told"),
    "year_end": mark("until 31 December"),
    "close": mark("it ends, and counts as done"),
    "carry_over": mark("it stands for another year"),
    "merge": mark("what was not reported by its date becomes part of the next period"),
    "basis": mark("the document the item rests on"),
    "quiet": mark("nobody is told"),
    "loud": mark("it is told as on any day"),
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
    "values": VALUES,
    "value_groups": VALUE_GROUPS,
    "parts": PARTS,
    "totals": TOTALS,
    "better": BETTER,
    "renewed": RENEWED,
    "openings": OPENINGS,
    "carried": CARRIED,
    "directives": DIRECTIVES,
    "answers": ANSWERS,
    "modes": MODES,
    "due_forms": DUE_FORMS,
    "before_day": BEFORE_DAY,
    "soft_dates": SOFT_DATES,
    "periods": PERIODS,
    "windows": WINDOWS,
    "outcomes": OUTCOMES,
    "tasks": TASKS,
    "policies": POLICIES,
}

# Steps the machine knows besides a definition's own actions. None of them changes the state; all go through it.
BUILT_IN = {
    "elapse": mark("a clock has run out"),
    "acknowledge": mark("a person who was told says so; the next rung is held"),
    "request_extension": mark("the holder asks for another date"),
    "grant_extension": mark("the giver grants the date asked for"),
    "refuse_extension": mark("the giver keeps the date"),
    "counter_extension": mark("the giver proposes another date than the one asked for"),
    "accept_counter": mark("the holder takes the date that the giver proposed"),
    "withdraw_extension": mark("the holder no longer asks for another date; it wins no days by having asked"),
    "urge": mark("the giver has urged the holder by a letter"),
    "take_offer": mark("the holder answers with a report that was accepted under another document"),
    "decline_offer": mark("the holder says why that report is no answer here"),
    "open_event": mark("the holder enters an event under a standing obligation"),
    "carry_over": mark("the giver lets a standing obligation stand for another year"),
    "name_officer": mark("the holder's leader names the officer who does the work"),
    "record_task": mark("a person's task that a rung opened is done"),
    "set_event_day": mark("the day of the event that a date waits for is known now, or has changed"),
}
