"""The database: the one place that knows SQLAlchemy. `store.Store` is the door, `records` what goes through it."""
