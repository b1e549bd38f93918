"""The runner applies, repeats and takes back: python -m unittest discover tests"""

import sqlite3
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import migrate  # noqa: E402


class RunnerTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.database = str(self.folder / "book.db")

    def objects(self):
        connection = sqlite3.connect(self.database)
        try:
            return {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        finally:
            connection.close()

    def test_first_migration_can_be_repeated_and_taken_back(self):
        script = ROOT / "migrations" / "001_up.sql"
        migrate.run_script(self.database, script)
        first = self.objects()
        migrate.run_script(self.database, script)
        self.assertEqual(self.objects(), first)
        self.assertIn("contacts", first)
        migrate.run_script(self.database, ROOT / "migrations" / "001_down.sql")
        self.assertNotIn("contacts", self.objects())

    def test_a_failing_script_leaves_nothing(self):
        script = self.folder / "broken.sql"
        script.write_text("CREATE TABLE half (id INTEGER);\nINSERT INTO nowhere VALUES (1);\n")
        with self.assertRaises(sqlite3.Error):
            migrate.run_script(self.database, script)
        self.assertEqual(self.objects(), set())

    def test_the_sample_loads(self):
        migrate.run_script(self.database, ROOT / "migrations" / "001_up.sql")
        connection = sqlite3.connect(self.database)
        try:
            connection.executescript((ROOT / "data" / "sample.sql").read_text(encoding="utf-8"))
            (rows,) = connection.execute("SELECT count(*) FROM contacts").fetchone()
        finally:
            connection.close()
        self.assertGreater(rows, 100)


if __name__ == "__main__":
    unittest.main()
