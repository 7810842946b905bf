"""Cells of a spreadsheet that cannot be taken for formulas: what a person typed stays text in every program."""

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # a program may take a full-width sign too


def is_risky(text: str) -> bool:
    """Would a spreadsheet take it for a formula, or for more than one cell?"""
    return text.lstrip(" ").startswith(_STARTS)


def safe(text: str) -> str:
    """The text with an apostrophe before what would be a formula, and without a NUL."""
    text = text.replace("\0", "")
    return f"'{text}" if is_risky(text) else text
