"""Time: bounded rounds, one a file. `beat.py` alone imports APScheduler, and only to beat."""
