"""What doors show, put together once for all of them: values read and put in words. No printing, no HTML."""
