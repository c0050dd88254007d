"""Reads the workspace once: contest.yaml, cases, rubrics, roster, settings from the environment."""
