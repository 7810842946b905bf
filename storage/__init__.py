"""The memory: what has happened. SQLModel, SQLAlchemy and Alembic live here alone; it decides nothing and reads no clock."""
