"""Writes a report's four files, each of them whole; all are made before the first is replaced."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from pipeline.errors import StorageError
from pipeline.messages import Texts
from pipeline.publish.edition import edition_of
from pipeline.publish.html import page_html
from pipeline.publish.jsonfile import json_text
from pipeline.publish.tables import csv_bytes, xlsx_bytes
from pipeline.publish.view import Report

FILES = ("index.html", "report.json", "decisions.csv", "decisions.xlsx")


def write_report(report: Report, texts: Texts, folder: Path) -> tuple[Path, ...]:
    """Writes index.html, report.json, decisions.csv and decisions.xlsx into `folder` and returns their paths.

    Everything is made in memory and in a temporary folder beside `folder` first, then each file is renamed into place:
    a reader never sees half a file, and other files of the folder stay. The same report gives the same bytes.
    StorageError if the folder cannot be written.
    """
    shown = edition_of(report)
    made = {
        "index.html": page_html(shown, texts).encode("utf-8", "replace"),
        "report.json": json_text(shown, texts).encode(),
        "decisions.csv": csv_bytes(shown, texts),
        "decisions.xlsx": xlsx_bytes(shown, texts),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            for name in FILES:
                (beside / name).write_bytes(made[name])
            for name in FILES:
                os.replace(beside / name, folder / name)  # noqa: PTH105 - the one call that replaces atomically on every system
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        raise StorageError(
            f"the report could not be written: {error.strerror or error}",
            where=str(folder),
            remedy="choose another folder with --out, or make room",
        ) from error
    return tuple(folder / name for name in FILES)
