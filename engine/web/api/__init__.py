"""The API: the same looks and commands as the pages, as JSON. One file for each subject; `door` is what all come in by."""
