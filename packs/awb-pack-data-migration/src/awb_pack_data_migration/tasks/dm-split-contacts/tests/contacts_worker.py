"""Run the migration scripts on a drawn data set and tell what came out, as digests per contact.

awb-canary d1b08700-1fbd-465d-8b2a-d5076e021755
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import re
import sqlite3
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from awb_worker import serve  # noqa: E402
from contacts_data import build  # noqa: E402

UP, DOWN = "migrations/002_up.sql", "migrations/002_down.sql"
STEPS = 20_000  # of 100,000 instructions of the virtual machine each, for all that happens on one connection


def connect(path):
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    taken = itertools.count(1)
    connection.set_progress_handler(lambda: next(taken) > STEPS, 100_000)
    return connection


def run(path, script):
    text = Path(script).read_text(encoding="utf-8")
    if re.search(r"\b(attach|load_extension|writable_schema)\b", text, re.IGNORECASE):
        raise ValueError("the script uses what the instruction rules out")
    connection = connect(path)
    try:
        connection.executescript("BEGIN IMMEDIATE;\n" + text + "\nCOMMIT;")
    finally:
        connection.close()


def attempt(path, *scripts):
    try:
        for script in scripts:
            run(path, script)
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:300]
    return None


def tidy(sql):
    return re.sub(r"[\s\"'`\[\]]+", "", (sql or "").lower().replace("if not exists", ""))


def snapshot(path, tables=None):
    """Everything there is, as one digest per object: definitions, rows with rowid and storage class, sequences."""
    connection = connect(path)
    found = {}
    try:
        if tables is None:
            for kind, name, table, sql in connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master"):
                found[f"{kind} {name}"] = tidy(sql) + tidy(table)
            tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
            if not columns:
                found[f"rows {table}"] = "none"
                continue
            marks = [f'quote("{name}")' for name in columns]
            row = " || ',' || ".join(marks if table.startswith("sqlite_") else ["quote(rowid)", *marks])
            try:
                lines = sorted(line for (line,) in connection.execute(f'SELECT {row} FROM "{table}"'))
            except sqlite3.OperationalError:
                row = " || ',' || ".join(marks)
                lines = sorted(line for (line,) in connection.execute(f'SELECT {row} FROM "{table}"'))
            found[f"rows {table}"] = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    finally:
        connection.close()
    return found


def sign(*values):
    return hashlib.sha256(json.dumps(values, ensure_ascii=True).encode()).hexdigest()[:8]


def facets(path):
    """What the new tables say about each contact: {facet: {contact id: digest}}."""
    connection = connect(path)
    found = {}

    def rows(name, sql, shape):
        try:
            found[name] = shape(connection.execute(sql))
        except Exception as error:
            found[name] = {"error": f"{type(error).__name__}: {error}"[:200]}

    def single(cursor):
        return {str(row[0]): sign(*row[1:]) for row in cursor}

    def grouped(cursor):
        groups = defaultdict(list)
        for row in cursor:
            groups[row[0]].append(row[1:])
        return {str(key): sign(*values) for key, values in groups.items()}

    def unordered(cursor):
        groups = defaultdict(list)
        for key, value in cursor:
            groups[key].append(value)
        return {str(key): sign(*sorted(values, key=lambda value: (value is not None, value))) for key, values in groups.items()}

    try:
        rows("honorific", "SELECT id, honorific FROM people", single)
        rows("name", "SELECT id, given_name, family_name FROM people", single)
        rows("country", "SELECT id, country FROM people", single)
        rows("created", "SELECT id, created_at FROM people", single)
        rows("source", "SELECT id, source FROM people", single)
        rows("company", "SELECT p.id, c.name_key FROM people p LEFT JOIN companies c ON c.id = p.company_id", single)
        rows("companies", "SELECT name_key, name FROM companies", single)
        rows("emails", "SELECT person_id, position, address FROM emails ORDER BY person_id, position, address", grouped)
        rows("phones", "SELECT person_id, position, number FROM phones ORDER BY person_id, position, number", grouped)
        rows("tags", "SELECT person_id, tag FROM person_tags", unordered)
        rows("directory", "SELECT id, name, email, phone, company FROM contact_directory", single)
        for name, field, reason in [
            ("q_row", "row", "empty"),
            ("q_country", "country", "unknown_country"),
            ("q_created", "created", "bad_date"),
            ("q_email", "email", "bad_email"),
            ("q_shared", "email", "duplicate_email"),
            ("q_phone", "phone", "bad_phone"),
            ("q_national", "phone", "no_country"),
        ]:
            sql = f"SELECT contact_id, value FROM quarantine WHERE field = '{field}' AND reason = '{reason}'"
            rows(name, sql, unordered)
        rows("q_all", "SELECT count(*) FROM quarantine", lambda cursor: {"count": cursor.fetchone()[0]})
    finally:
        connection.close()
    return found


def refused(connection, sql, *values):
    """Is this statement refused by a constraint?"""
    connection.execute("SAVEPOINT probe")
    try:
        connection.execute(sql, values)
    except sqlite3.IntegrityError:
        return True
    except sqlite3.Error:
        return None
    finally:
        connection.execute("ROLLBACK TO probe")
        connection.execute("RELEASE probe")
    return False


def searches(connection, sql):
    """Does the plan of this lookup do without a scan of a whole table?"""
    try:
        plan = [row[3] for row in connection.execute("EXPLAIN QUERY PLAN " + sql)]
    except sqlite3.Error:
        return None
    return bool(plan) and all(step.startswith("SEARCH") for step in plan)


def probes(path):
    connection = connect(path)
    found = {}
    try:
        person, address = connection.execute("SELECT person_id, address FROM emails ORDER BY person_id LIMIT 1").fetchone()
        owner, number = connection.execute("SELECT person_id, number FROM phones ORDER BY person_id LIMIT 1").fetchone()
        tagged, tag = connection.execute("SELECT person_id, tag FROM person_tags ORDER BY person_id LIMIT 1").fetchone()
        employer, key = connection.execute(
            "SELECT c.id, c.name_key FROM companies c JOIN people p ON p.company_id = c.id ORDER BY c.name_key LIMIT 1"
        ).fetchone()
        other = connection.execute("SELECT id FROM people WHERE id <> ? ORDER BY id LIMIT 1", (person,)).fetchone()[0]
        email = "INSERT INTO emails (person_id, address, position) VALUES (?, ?, ?)"
        phone = "INSERT INTO phones (person_id, number, position) VALUES (?, ?, ?)"
        mark = "INSERT INTO person_tags (person_id, tag) VALUES (?, ?)"
        found["unique"] = [
            refused(connection, email, other, address, 91),
            refused(connection, phone, owner, number, 91),
            refused(connection, mark, tagged, tag),
            refused(connection, "INSERT INTO companies (name, name_key) VALUES ('x', ?)", key),
            refused(connection, email, other, "new.address@example.com", 91) is False,
            refused(connection, phone, other, "+4930999999", 91) is False,
            refused(connection, mark, other, "a brand new tag") is False,
        ]
        found["checks"] = [
            refused(connection, email, person, "Upper.Case@example.com", 91),
            refused(connection, phone, owner, "0301234567", 91),
            refused(connection, email, person, "upper.case@example.com", 91) is False,
        ]
        ghost = 99_999_999
        found["references"] = [
            refused(connection, email, ghost, "ghost@example.com", 1),
            refused(connection, phone, ghost, "+4930123456", 1),
            refused(connection, mark, ghost, "ghost"),
            refused(connection, "UPDATE people SET company_id = ? WHERE id = ?", ghost, person),
            refused(connection, "DELETE FROM companies WHERE id = ?", employer),
        ]
        found["cascade"] = []
        connection.execute("BEGIN")
        for table, who in (("emails", person), ("phones", owner), ("person_tags", tagged)):
            try:
                connection.execute("DELETE FROM people WHERE id = ?", (who,))
                left = connection.execute(f"SELECT count(*) FROM {table} WHERE person_id = ?", (who,)).fetchone()[0]
            except sqlite3.Error:
                left = -1
            found["cascade"].append(left == 0)
        connection.execute("ROLLBACK")
        found["lookups"] = [
            searches(connection, "SELECT * FROM people WHERE company_id = 3"),
            searches(connection, "SELECT * FROM emails WHERE address = 'a@example.com'"),
            searches(connection, "SELECT * FROM emails WHERE person_id = 3"),
            searches(connection, "SELECT * FROM phones WHERE number = '+4930123456'"),
            searches(connection, "SELECT * FROM phones WHERE person_id = 3"),
            searches(connection, "SELECT * FROM quarantine WHERE contact_id = 3"),
        ]
    except Exception as error:
        found["error"] = f"{type(error).__name__}: {error}"[:200]
    finally:
        connection.close()
    return found


def application_writes(path):
    """What the application does after the migration: it inserts, changes and deletes."""
    connection = connect(path)
    try:
        connection.executescript(
            """
            INSERT INTO people (id, given_name, family_name) VALUES (8000000, 'New', 'Person');
            INSERT INTO emails (person_id, address, position) VALUES (8000000, 'new.person@example.com', 1);
            UPDATE people SET family_name = 'Changed' WHERE id IN (SELECT id FROM people ORDER BY id LIMIT 5);
            DELETE FROM people WHERE id IN (SELECT person_id FROM emails ORDER BY person_id LIMIT 3);
            DELETE FROM phones WHERE person_id IN (SELECT person_id FROM phones ORDER BY person_id LIMIT 3);
            DELETE FROM quarantine WHERE id IN (SELECT id FROM quarantine ORDER BY id LIMIT 7);
            UPDATE companies SET name = name || ' Renamed' WHERE id IN (SELECT id FROM companies ORDER BY id LIMIT 2);
            """
        )
    finally:
        connection.close()


def names(path):
    connection = connect(path)
    try:
        return sorted(row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"))
    finally:
        connection.close()


def handle(case):
    with tempfile.TemporaryDirectory() as folder:
        return examine(case, os.path.join(folder, "book.db"))


def examine(case, path):
    build(path, case["seed"], case["size"])
    before = snapshot(path)
    step = case["step"]
    answer = {"before": before}
    if step == "split":
        answer["error"] = attempt(path, UP)
        if answer["error"] is None:
            answer["facets"] = facets(path)
            answer["probes"] = probes(path)
            answer["objects"] = names(path)
            after = snapshot(path)
            answer["others"] = {key: after.get(key) for key in before if key.split()[-1] not in ("contacts", "contact_directory")}
    elif step == "again":
        answer["error"] = attempt(path, UP)
        if answer["error"] is None:
            first = snapshot(path)
            answer["again"] = attempt(path, UP)
            answer["same"] = first == snapshot(path)
            logical = facets(path)
            answer["round"] = attempt(path, DOWN, UP)
            answer["round_same"] = logical == facets(path) and len(logical.get("name", {})) > 1
    elif step == "edited":
        answer["error"] = attempt(path, UP)
        if answer["error"] is None:
            application_writes(path)
            edited = snapshot(path)
            answer["again"] = attempt(path, UP)
            answer["same"] = edited == snapshot(path)
    elif step == "rows":
        answer["error"] = attempt(path, UP)
        connection = connect(path)
        try:
            answer["people"] = [row[0] for row in connection.execute("SELECT id FROM people ORDER BY id")]
            answer["rows"] = [
                row[0] for row in connection.execute("SELECT contact_id FROM quarantine WHERE field = 'row' ORDER BY contact_id")
            ]
        except sqlite3.Error as error:
            answer["error"] = answer["error"] or str(error)
        finally:
            connection.close()
    else:
        scripts = {"u": UP, "d": DOWN}
        answer["error"] = attempt(path, *(scripts[letter] for letter in step))
        answer["after"] = snapshot(path)
    return answer


# Only SQL of the workspace runs here, and that is interrupted when it takes too long.
serve(handle, isolate=False)
