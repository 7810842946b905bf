"""The law: what may happen. Values in, facts or a refusal out; no clock, database, log or environment in here."""
