"""Alembic's scripts: one file a step in `versions`, never edited after a release."""
