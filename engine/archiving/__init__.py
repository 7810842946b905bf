"""What leaves with an auditor: the archive that proves itself, and tables of entries to read in a spreadsheet.

Nothing is written under its final name before it is whole, nothing is replaced, and memory stays bounded.
"""
