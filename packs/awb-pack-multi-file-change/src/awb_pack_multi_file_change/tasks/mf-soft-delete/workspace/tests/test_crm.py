"""python -m unittest discover tests"""

import io
import json
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from crm import open_crm  # noqa: E402
from crm.api import handle  # noqa: E402
from crm.cli import main  # noqa: E402


class CrmTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = str(Path(folder.name) / "crm.db")
        self.crm = open_crm(self.path, clock=lambda: "2024-01-01T00:00:00Z")
        self.addCleanup(self.crm.close)

    def call(self, method, path, body=None, status=None):
        found, value = handle(self.crm, method, path, body)
        if status is not None:
            self.assertEqual(found, status, value)
        return value

    def small(self):
        self.call("POST", "/users", {"email": "ann@crm.test", "name": "Ann"}, 201)
        self.call("POST", "/accounts", {"name": "Acme", "domain": "acme.test", "owner_id": 1}, 201)
        self.call("POST", "/contacts", {"account_id": 1, "name": "Bo", "email": "bo@acme.test"}, 201)
        self.call("POST", "/products", {"sku": "P1", "name": "Pump", "price_cents": 500}, 201)
        self.call("POST", "/deals", {"account_id": 1, "number": "D1", "title": "Pumps", "owner_id": 1}, 201)
        self.call("POST", "/line_items", {"deal_id": 1, "product_id": 1, "quantity": 3}, 201)
        self.call("POST", "/activities", {"account_id": 1, "kind": "call", "subject": "Hello", "contact_id": 1}, 201)
        self.call("POST", "/attachments", {"activity_id": 1, "filename": "notes.txt", "size": 9}, 201)

    def test_computed_fields(self):
        self.small()
        self.assertEqual(self.call("GET", "/accounts/1")["open_cents"], 1500)
        self.assertEqual(self.call("GET", "/deals/1")["total_cents"], 1500)
        self.assertEqual(self.call("GET", "/contacts/1")["activity_count"], 1)

    def test_unique_values(self):
        self.small()
        self.call("POST", "/accounts", {"name": "Other", "domain": "acme.test", "owner_id": 1}, 409)
        self.call("POST", "/contacts", {"account_id": 1, "name": "B", "email": "BO@acme.test"}, 409)

    def test_references(self):
        self.small()
        self.call("POST", "/contacts", {"account_id": 7, "name": "B", "email": "b@acme.test"}, 422)
        self.assertEqual(self.call("DELETE", "/users/1", status=409), {"error": "referenced"})
        self.assertEqual(self.call("DELETE", "/products/1", status=409), {"error": "referenced"})

    def test_delete_takes_what_hangs_below(self):
        self.small()
        self.call("DELETE", "/accounts/1", status=204)
        counts = self.call("GET", "/counts")
        self.assertEqual((counts["contacts"], counts["deals"], counts["line_items"], counts["attachments"]), (0, 0, 0, 0))
        self.call("DELETE", "/products/1", status=204)

    def test_tags_and_mailing(self):
        self.small()
        self.call("PUT", "/contacts/1/tags/vip", status=204)
        self.assertEqual(self.call("GET", "/reports/mailing?tag=VIP"), ["bo@acme.test"])
        self.call("DELETE", "/contacts/1/tags/vip", status=204)
        self.call("DELETE", "/contacts/1/tags/vip", status=404)

    def test_search_and_export(self):
        self.small()
        self.assertEqual(self.call("GET", "/search?q=acme")["total"], 2)
        self.assertIn("D1,Acme,Pumps", self.call("GET", "/export/deals"))

    def test_import(self):
        self.small()
        text = "domain,name,email,phone\nacme.test,Bob,bo@acme.test,1\nacme.test,Cy,cy@acme.test,\nno.test,X,x@no.test,\n"
        done = self.call("POST", "/import/contacts", {"csv": text}, 200)
        self.assertEqual(done, {"created": 1, "updated": 1, "failed": [{"row": 3, "error": "not_found"}]})

    def test_command_line(self):
        self.small()
        out = io.StringIO()
        self.assertEqual(main(["--database", self.path, "list", "contacts"], out), 0)
        self.assertEqual(json.loads(out.getvalue())["name"], "Bo")


if __name__ == "__main__":
    unittest.main()
