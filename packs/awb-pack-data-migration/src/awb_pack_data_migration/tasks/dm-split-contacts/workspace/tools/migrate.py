"""Apply the migrations of this folder to an SQLite database.

    python tools/migrate.py DATABASE up            apply every migration that is not yet applied
    python tools/migrate.py DATABASE down          take the latest migration back
    python tools/migrate.py DATABASE run FILE      run one script, whatever has been applied
    python tools/migrate.py DATABASE status        list what is applied

Each script runs on a connection of its own, with foreign keys enforced, inside one transaction: it is applied whole or
not at all. So a script holds no BEGIN, COMMIT or ROLLBACK, and nothing but SQL; no functions are registered.
"""

from __future__ import annotations

import argparse
import re
import sqlite3
import sys
from pathlib import Path

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def connect(database: str) -> sqlite3.Connection:
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def run_script(database: str, script: Path) -> None:
    """Run one script whole or not at all."""
    connection = connect(database)
    try:
        connection.executescript("BEGIN IMMEDIATE;\n" + script.read_text(encoding="utf-8") + "\nCOMMIT;")
    except sqlite3.Error:
        if connection.in_transaction:
            connection.rollback()
        raise
    finally:
        connection.close()


def versions() -> list[str]:
    found = (re.fullmatch(r"(\d{3})_up\.sql", path.name) for path in MIGRATIONS.iterdir())
    return sorted(match.group(1) for match in found if match)


def applied(database: str) -> list[str]:
    connection = connect(database)
    try:
        connection.execute("CREATE TABLE IF NOT EXISTS schema_migrations (version TEXT PRIMARY KEY)")
        return [row[0] for row in connection.execute("SELECT version FROM schema_migrations ORDER BY version")]
    finally:
        connection.close()


def record(database: str, statement: str, version: str) -> None:
    connection = connect(database)
    try:
        connection.execute(statement, (version,))
    finally:
        connection.close()


def up(database: str) -> None:
    done = applied(database)
    for version in versions():
        if version not in done:
            run_script(database, MIGRATIONS / f"{version}_up.sql")
            record(database, "INSERT INTO schema_migrations VALUES (?)", version)
            print(f"{version} applied")


def down(database: str) -> None:
    done = applied(database)
    if not done:
        print("nothing is applied")
        return
    version = done[-1]
    run_script(database, MIGRATIONS / f"{version}_down.sql")
    record(database, "DELETE FROM schema_migrations WHERE version = ?", version)
    print(f"{version} taken back")


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Apply SQL migrations.")
    parser.add_argument("database")
    parser.add_argument("command", choices=["up", "down", "run", "status"])
    parser.add_argument("file", nargs="?")
    options = parser.parse_args(argv)
    try:
        if options.command == "up":
            up(options.database)
        elif options.command == "down":
            down(options.database)
        elif options.command == "run":
            if not options.file:
                parser.error("run needs a file")
            run_script(options.database, Path(options.file))
        else:
            print("\n".join(applied(options.database)) or "nothing is applied")
    except (sqlite3.Error, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
