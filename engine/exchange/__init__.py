"""Documents in and out: text to and from commands and facts, with no I/O of its own."""
