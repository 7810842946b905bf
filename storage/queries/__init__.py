"""Look: SELECTs for screens and reports. Frozen rows out, every list with a limit; nothing here writes."""
