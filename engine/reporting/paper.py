"""What stands around a report on paper: the lines of an office's document above it, what proves it below.

A document of the office is Vietnamese in every language of the screen; see decree 30/2020/NĐ-CP.
"""

from engine.reporting import periods
from engine.reporting.report import Report
from engine.wording import moment_words
from storage.queries.heads import Heads
from workflows.calendar import last_day
from workflows.text import Text, joined, say, say_count

NATION = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
MAKER, HEAD, SIGN = "NGƯỜI LẬP BIỂU", "THỦ TRƯỞNG ĐƠN VỊ", "(Ký, ghi rõ họ tên)"


def issuer_lines(report: Report) -> tuple[str, str]:
    """The office above the one whose report it is, and that one."""
    issuer = report.offices.find(report.issuer)
    above = report.offices.find(issuer.above) if issuer else None
    return (above.name if above else "", issuer.name if issuer else "")


def place_and_day(report: Report) -> str:
    """The line for place and day; the place is written by hand."""
    day = last_day(report.at)
    return f"............, ngày {day.day} tháng {day.month} năm {day.year}"


def about(report: Report) -> list[Text]:
    """The lines under the title: the period, what was asked for, and of which record the report is."""
    lines: list[Text] = []
    if report.period:
        named = periods.words(report.period)
        if report.period.label:
            span = say(
                "from {first} to {last}", first=f"{report.period.first:%d/%m/%Y}", last=f"{report.period.last:%d/%m/%Y}"
            )
            named = say("{period} ({span})", period=named, span=span)
        lines.append(say("Period: {period}", period=named))
    if report.asks:
        lines.append(joined(report.asks, "; "))
    lines.append(known_words(report))
    return lines


def known_words(report: Report) -> Text:
    """Of which moment it is, and of which record."""
    moment = moment_words(report.at)
    if report.known == "corrected":
        return say("As it was on {moment}, with every correction recorded since", moment=moment)
    if report.known == "then":
        return say("As it was known on {moment}", moment=moment)
    return say("As it stood on {moment}", moment=moment)


def heads_words(heads: Heads) -> Text:
    """The head of the journal that it was made from, short enough for paper."""
    if not heads.hash:
        return say("Journal: no entry yet")
    entries = say_count("{count} entry", "{count} entries", heads.entries)
    if heads.chain:
        return say("Journal {chain}, {entries}: {hash}", chain=heads.chain, entries=entries, hash=heads.short)
    chains = say_count("{count} cascade", "{count} cascades", heads.chains)
    return say("Journal of {chains}, {entries}: {hash}", chains=chains, entries=entries, hash=heads.short)


def foot(report: Report) -> list[Text]:
    """What stands below it: the digest of its rows and the head of the journal."""
    return [say("Digest of the rows (sha256): {digest}", digest=report.digest), heads_words(report.heads)]
