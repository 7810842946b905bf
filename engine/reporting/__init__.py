"""Reports as values: what they say is made once, and a page, a command, the API and a workbook show the same rows."""
