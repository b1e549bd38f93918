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

    def test_import_of_accounts(self):
        self.small()
        text = "domain,name,owner\nacme.test,Acme Inc,ann@crm.test\nnew.test,New,ANN@crm.test\nlost.test,Lost,no@crm.test\n"
        done = self.call("POST", "/import/accounts", {"csv": text}, 200)
        self.assertEqual(done, {"created": 1, "updated": 1, "failed": [{"row": 3, "error": "not_found"}]})
        self.assertEqual(self.call("GET", "/accounts/1")["name"], "Acme Inc")

    def test_command_line(self):
        self.small()
        out = io.StringIO()
        self.assertEqual(main(["--database", self.path, "list", "contacts"], out), 0)
        self.assertEqual(json.loads(out.getvalue())["name"], "Bo")

    def test_events_and_history(self):
        self.small()
        self.call("PATCH", "/deals/1", {"stage": "won"}, 200)
        self.call("PATCH", "/deals/1", {"stage": "won"}, 200)
        items = self.call("GET", "/deals/1/history", status=200)["items"]
        self.assertEqual([(each["action"], each["changes"]) for each in items], [("created", {}), ("updated", {"stage": ["lead", "won"]})])
        self.call("DELETE", "/deals/1", status=204)
        gone = self.call("GET", "/events?action=deleted", status=200)["items"]
        self.assertEqual([(each["entity"], each["entity_id"]) for each in gone], [("deals", 1), ("line_items", 1)])
        self.call("GET", "/deals/1/history", status=404)

    def test_webhooks(self):
        self.small()
        hook = self.call("POST", "/webhooks", {"url": "https://hooks.test/crm", "entity": "contacts"}, 201)
        self.call("PATCH", "/contacts/1", {"name": "Bob"}, 200)
        self.call("PATCH", "/deals/1", {"title": "More pumps"}, 200)
        box = self.call("GET", f"/webhooks/{hook['id']}/outbox", status=200)
        self.assertEqual((box["total"], box["items"][0]["row"]["name"]), (1, "Bob"))
        self.call("POST", f"/webhooks/{hook['id']}/ack", {"event": box["items"][0]["event"]["id"]}, 200)
        self.assertEqual(self.call("GET", f"/webhooks/{hook['id']}/outbox")["total"], 0)

    def test_figures_and_dashboard(self):
        self.small()
        self.assertEqual(self.call("GET", "/accounts/1/figures")["open_cents"], 1500)
        self.call("PATCH", "/line_items/1", {"quantity": 1}, 200)
        self.call("POST", "/accounts", {"name": "Quiet", "domain": "quiet.test", "owner_id": 1}, 201)
        found = self.call("GET", "/dashboard?owner=1", status=200)
        self.assertEqual((found["accounts"], found["open_cents"], found["todo"], found["quiet"]), (2, 500, 1, [2]))
        self.assertEqual(found["top"], [{"id": 1, "name": "Acme", "open_cents": 500}])

    def test_digest(self):
        self.small()
        self.call("PATCH", "/deals/1", {"stage": "won"}, 200)
        mail = self.call("GET", "/users/1/digest?since=2024", status=200)
        self.assertEqual(mail["subject"], "1 new contacts, 1 deals won, 1 to do")
        self.assertEqual(mail["lines"], ["new: Bo <bo@acme.test>, Acme", "won: D1 Pumps, 1500", "to do: call Hello, Acme"])

    def test_merging_contacts(self):
        self.small()
        self.call("POST", "/contacts", {"account_id": 1, "name": "Bo B.", "email": "b@acme.test", "phone": "12"}, 201)
        self.call("PUT", "/contacts/1/tags/vip", status=204)
        row = self.call("POST", "/contacts/2/merge", {"from": 1}, 200)
        self.assertEqual((row["tags"], row["activity_count"], row["phone"]), (["vip"], 1, "12"))
        self.call("GET", "/contacts/1", status=404)
        self.call("POST", "/contacts/2/merge", {"from": 2}, 422)

    def test_merging_accounts(self):
        self.small()
        self.call("POST", "/accounts", {"name": "Acme Inc", "domain": "acme.example", "owner_id": 1}, 201)
        self.call("POST", "/contacts", {"account_id": 2, "name": "Bo", "email": "bo@acme.test", "phone": "7"}, 201)
        self.call("POST", "/contacts", {"account_id": 2, "name": "Cy", "email": "cy@acme.test"}, 201)
        row = self.call("POST", "/accounts/1/merge", {"from": 2}, 200)
        self.assertEqual((row["contact_count"], self.call("GET", "/contacts/1")["phone"]), (2, "7"))
        self.assertEqual(self.call("GET", "/counts")["contacts"], 2)

    def test_bulk(self):
        self.small()
        done = self.call("POST", "/bulk", {"action": "update", "entity": "deals", "ids": [1, 9], "values": {"stage": "won"}}, 200)
        self.assertEqual(done, {"done": [1], "failed": [{"id": 9, "error": "not_found"}]})
        self.call("POST", "/bulk", {"action": "tag", "entity": "contacts", "ids": [1], "tag": "vip"}, 200)
        self.call("POST", "/bulk", {"action": "tag", "entity": "deals", "ids": [1], "tag": "vip"}, 422)
        self.assertEqual(self.call("GET", "/contacts/1")["tags"], ["vip"])

    def test_lists(self):
        self.small()
        where = [{"field": "cents", "test": "at_least", "value": 1000}, {"field": "product", "test": "has", "value": "p1"}]
        found = self.call("POST", "/lists", {"name": "Big", "entity": "deals", "where": where}, 201)
        self.assertEqual(found["size"], 1)
        self.call("PATCH", "/line_items/1", {"quantity": 1}, 200)
        self.assertEqual(self.call("GET", "/lists/1/items")["total"], 0)
        self.call("PATCH", "/lists/1", {"where": [{"field": "tag", "test": "has", "value": "x"}]}, 422)
        self.call("POST", "/lists", {"name": "BIG", "entity": "deals"}, 409)


if __name__ == "__main__":
    unittest.main()
