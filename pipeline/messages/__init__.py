"""Reasons and texts in Russian and English, by gettext: English is the source, `locale/` has the rest."""

from pipeline.messages.texts import N_, Texts

__all__ = ["N_", "Texts"]
