"""Reasons and texts in Russian and English."""
