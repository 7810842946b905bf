"""The schema's history, run by Alembic: four digits and a sentence each."""
