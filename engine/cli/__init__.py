"""The console's door: only translation. Words become commands or queries, answers become text or JSON."""
