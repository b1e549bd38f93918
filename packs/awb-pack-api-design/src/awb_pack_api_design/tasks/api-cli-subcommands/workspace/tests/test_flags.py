"""python -m unittest discover tests"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class FlagsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.depot("--init")
        self.depot("--add", "bolt-m8", "--name", "Bolt  M8", "--price", "0.12", "--min", "200", "--tags", "metal,fastener")

    def depot(self, *arguments, code=0):
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "DEPOT_NOW": "2024-05-01T10:00:00Z", "PYTHONIOENCODING": "utf-8"}
        done = subprocess.run(
            [sys.executable, "-m", "depot", *arguments], cwd=self.folder, env=environment, capture_output=True, text=True
        )
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout

    def test_stock(self):
        self.assertEqual(self.depot("--in", "BOLT-M8", "--qty", "500", "--loc", "a1"), "BOLT-M8: +500 A1, now 500\n")
        self.depot("--move", "BOLT-M8", "--qty", "100", "--loc", "A1", "--to", "B2")
        self.assertEqual(self.depot("--out", "BOLT-M8", "--qty", "101", "--loc", "B2", code=1), "Error: BOLT-M8: only 100 in B2\n")
        self.assertIn("  A1: 400\n  B2: 100\n", self.depot("--show", "BOLT-M8"))

    def test_undo(self):
        self.depot("--in", "BOLT-M8", "--qty", "5", "--loc", "A1")
        self.assertEqual(self.depot("--undo"), "undone: in BOLT-M8\n")
        self.assertEqual(self.depot("--report", "locations"), "nothing to report\n")

    def test_low(self):
        self.assertIn("BOLT-M8", self.depot("--list", "--low"))

    def test_export_and_import(self):
        self.depot("--export", "items.csv")
        self.depot("--delete", "BOLT-M8")
        self.assertEqual(self.depot("--import", "items.csv"), "1 created, 0 updated, 0 skipped\n")
        value = json.loads(Path(self.folder, "depot.json").read_text())
        self.assertEqual(value["items"][0]["tags"], ["fastener", "metal"])

    def test_usage(self):
        self.depot("--list", "--show", "X", code=2)
        self.depot(code=2)


if __name__ == "__main__":
    unittest.main()
