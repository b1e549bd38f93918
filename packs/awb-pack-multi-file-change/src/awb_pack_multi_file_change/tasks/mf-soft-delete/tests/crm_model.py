"""A model of the specification: the whole CRM over plain dictionaries, without SQL.

awb-canary 7023becb-6790-4dae-ac98-1a6c226f2225
"""

from __future__ import annotations

import csv
import io
import json
from urllib.parse import parse_qs, unquote, urlsplit

from crm_features import CONFLICT, INVALID, NOT_FOUND, Features, Refused, listing

ORDER = ("users", "accounts", "contacts", "products", "deals", "line_items", "activities", "attachments", "tags")
REFERENCES = {
    "users": (),
    "accounts": (("owner_id", "users"),),
    "contacts": (("account_id", "accounts"),),
    "products": (),
    "deals": (("account_id", "accounts"), ("owner_id", "users")),
    "line_items": (("deal_id", "deals"), ("product_id", "products")),
    "activities": (("account_id", "accounts"), ("contact_id", "contacts"), ("deal_id", "deals")),
    "attachments": (("activity_id", "activities"),),
    "tags": (),
}
UNIQUE = {
    "users": ("email",),
    "accounts": ("domain",),
    "contacts": ("account_id", "email"),
    "products": ("sku",),
    "deals": ("number",),
    "line_items": ("deal_id", "product_id"),
    "attachments": ("activity_id", "filename"),
    "tags": ("name",),
}
DEFAULTS = {
    "users": {"email": None, "name": None, "role": "sales"},
    "accounts": {"name": None, "domain": None, "owner_id": None},
    "contacts": {"account_id": None, "name": None, "email": None, "phone": None},
    "products": {"sku": None, "name": None, "price_cents": None},
    "deals": {"account_id": None, "number": None, "title": None, "owner_id": None, "stage": "lead"},
    "line_items": {"deal_id": None, "product_id": None, "quantity": 1, "price_cents": None},
    "activities": {"account_id": None, "kind": None, "subject": None, "contact_id": None, "deal_id": None, "done": False},
    "attachments": {"activity_id": None, "filename": None, "size": 0},
    "tags": {"name": None},
}
NESTED = {
    ("accounts", "contacts"): "account_id",
    ("accounts", "deals"): "account_id",
    ("accounts", "activities"): "account_id",
    ("contacts", "activities"): "contact_id",
    ("deals", "line_items"): "deal_id",
    ("deals", "activities"): "deal_id",
    ("activities", "attachments"): "activity_id",
}
HOLDERS = ("users", "products")


def time_of(step):
    return f"2024-03-{step // 1440 + 1:02}T{step // 60 % 24:02}:{step % 60:02}:00Z"


class Model(Features):
    place = {entity: number for number, entity in enumerate(ORDER)}

    def __init__(self):
        super().__init__()
        self.rows = {entity: {} for entity in ORDER}
        self.next = dict.fromkeys(ORDER, 1)
        self.links = set()
        self.now = ""

    # Rows.

    def live(self, entity):
        return [row for _, row in sorted(self.rows[entity].items()) if row["deleted_at"] is None]

    def trashed(self, entity):
        return [row for _, row in sorted(self.rows[entity].items()) if row["deleted_at"] is not None]

    def find(self, entity, number):
        row = self.rows[entity].get(number)
        if row is None or row["deleted_at"] is not None:
            raise Refused(*NOT_FOUND)
        return row

    def where(self, entity, **values):
        return [row for row in self.live(entity) if all(row[name] == value for name, value in values.items())]

    def key(self, entity, row):
        key = tuple(row[name] for name in UNIQUE[entity])
        return tuple(part.lower() for part in key) if entity == "tags" else key

    def must_be_free(self, entity, row):
        if entity not in UNIQUE:
            return
        key = self.key(entity, row)
        if any(other["id"] != row.get("id") and self.key(entity, other) == key for other in self.live(entity)):
            raise Refused(*CONFLICT)

    def total(self, deal):
        return sum(item["quantity"] * item["price_cents"] for item in self.where("line_items", deal_id=deal["id"]))

    def tags_of(self, contact):
        names = [tag["name"] for tag in self.live("tags") if (contact["id"], tag["id"]) in self.links]
        return sorted(names, key=str.lower)

    def shown(self, entity, row):
        number = row["id"]
        value = {name: part for name, part in row.items() if name not in ("deleted_at", "root")}
        if entity == "users":
            value["account_count"] = len(self.where("accounts", owner_id=number))
            value["deal_count"] = len(self.where("deals", owner_id=number))
        elif entity == "accounts":
            deals = self.where("deals", account_id=number)
            value["contact_count"] = len(self.where("contacts", account_id=number))
            value["deal_count"] = len(deals)
            value["open_cents"] = sum(self.total(deal) for deal in deals if deal["stage"] in ("lead", "offer"))
        elif entity == "contacts":
            value["tags"] = self.tags_of(row)
            value["activity_count"] = len(self.where("activities", contact_id=number))
        elif entity == "products":
            won = {deal["id"] for deal in self.where("deals", stage="won")}
            items = self.where("line_items", product_id=number)
            value["sold"] = sum(item["quantity"] for item in items if item["deal_id"] in won)
        elif entity == "deals":
            value["total_cents"] = self.total(row)
            value["item_count"] = len(self.where("line_items", deal_id=number))
        elif entity == "activities":
            value["attachment_count"] = len(self.where("attachments", activity_id=number))
        elif entity == "tags":
            value["contact_count"] = sum((contact["id"], number) in self.links for contact in self.live("contacts"))
        return value

    # Writing.

    def insert(self, entity, values):
        self.must_be_free(entity, values)
        number = self.next[entity]
        self.next[entity] += 1
        row = {"id": number, **values, "created_at": self.now, "deleted_at": None, "root": None}
        self.rows[entity][number] = row
        self.record("created", entity, number)
        return row

    def must_exist(self, entity, number):
        if number is not None and number not in {row["id"] for row in self.live(entity)}:
            raise Refused(*INVALID)

    def create(self, entity, body):
        values = {**DEFAULTS[entity], **body}
        for column, above in REFERENCES[entity]:
            self.must_exist(above, values[column])
        if entity == "activities":
            for column, above in (("contact_id", "contacts"), ("deal_id", "deals")):
                if values[column] is not None and self.rows[above][values[column]]["account_id"] != values["account_id"]:
                    raise Refused(*INVALID)
        if entity == "line_items" and values["price_cents"] is None:
            values["price_cents"] = self.rows["products"][values["product_id"]]["price_cents"]
        return self.insert(entity, values)

    def update(self, entity, number, body):
        row = self.find(entity, number)
        if "owner_id" in body:
            self.must_exist("users", body["owner_id"])
        self.must_be_free(entity, {**row, **body})
        changes = {name: [row[name], value] for name, value in body.items() if row[name] != value}
        row.update(body)
        if changes:
            self.record("updated", entity, number, changes)
        return row

    def referring(self, entity):
        return [(below, column) for below in ORDER for column, above in REFERENCES[below] if above == entity]

    def delete(self, entity, number):
        self.find(entity, number)
        if entity in HOLDERS and any(self.where(below, **{column: number}) for below, column in self.referring(entity)):
            raise Refused(409, "referenced")
        gone = set()
        self.mark(entity, number, (entity, number), gone)
        self.record_all("deleted", gone)

    def mark(self, entity, number, root, gone):
        row = self.rows[entity][number]
        row["deleted_at"], row["root"] = self.now, root
        gone.add((entity, number))
        for below, column in self.referring(entity):
            for found in self.where(below, **{column: number}):
                self.mark(below, found["id"], root, gone)

    def trashed_reference(self, entity, row):
        for column, above in REFERENCES[entity]:
            found = self.rows[above].get(row[column])
            if found is not None and found["deleted_at"] is not None:
                return found
        return None

    def restore(self, entity, number):
        row = self.rows[entity].get(number)
        if row is None:
            raise Refused(*NOT_FOUND)
        if row["deleted_at"] is None:
            raise Refused(409, "not_deleted")
        if self.trashed_reference(entity, row) is not None:
            raise Refused(409, "parent_deleted")
        root, back = row["root"], []
        kept = {kind: {key: dict(value) for key, value in rows.items()} for kind, rows in self.rows.items()}
        try:
            for kind in ORDER:
                for member in self.trashed(kind):
                    if member["root"] != root:
                        continue
                    above = self.trashed_reference(kind, member)
                    if above is not None:
                        member["root"] = above["root"]
                        continue
                    self.must_be_free(kind, member)
                    member["deleted_at"], member["root"] = None, None
                    back.append((kind, member["id"]))
        except Refused:
            self.rows = kept
            raise
        self.record_all("restored", back)
        return self.rows[entity][number]

    def purge(self, entity, number):
        row = self.rows[entity].get(number)
        if row is None or row["deleted_at"] is None:
            raise Refused(*NOT_FOUND)
        if entity in HOLDERS:
            for below, column in self.referring(entity):
                if any(other[column] == number for other in self.rows[below].values()):
                    raise Refused(409, "referenced")
        gone = set()
        self.remove(entity, number, gone)
        self.record_all("purged", gone)

    def remove(self, entity, number, gone):
        del self.rows[entity][number]
        gone.add((entity, number))
        position = {"contacts": 0, "tags": 1}.get(entity)
        if position is not None:
            self.links = {link for link in self.links if link[position] != number}
        for below, column in self.referring(entity):
            for found in [key for key, row in self.rows[below].items() if row[column] == number]:
                if found in self.rows[below]:
                    self.remove(below, found, gone)

    def trash(self, kind=None):
        if kind is not None and kind not in ORDER:
            raise Refused(*INVALID)
        return [
            {
                "type": entity,
                "id": row["id"],
                "deleted_at": row["deleted_at"],
                "root": {"type": row["root"][0], "id": row["root"][1]},
            }
            for entity in ORDER
            if kind in (None, entity)
            for row in self.trashed(entity)
        ]

    # Reading over everything.

    def counts(self):
        return {entity: len(self.live(entity)) for entity in ORDER}

    def search(self, text):
        text = text.strip().lower()
        if not text:
            raise Refused(*INVALID)

        def holds(*values):
            return any(text in value.lower() for value in values)

        name = {row["id"]: row["name"] for row in self.rows["accounts"].values()}
        found = []
        found += [("accounts", row, row["name"]) for row in self.live("accounts") if holds(row["name"], row["domain"])]
        found += [
            ("contacts", row, f"{row['name']} <{row['email']}> {name[row['account_id']]}")
            for row in self.live("contacts")
            if holds(row["name"], row["email"])
        ]
        found += [
            ("deals", row, f"{row['number']} {row['title']}") for row in self.live("deals") if holds(row["number"], row["title"])
        ]
        found += [
            ("products", row, f"{row['sku']} {row['name']}") for row in self.live("products") if holds(row["sku"], row["name"])
        ]
        found += [("activities", row, row["subject"]) for row in self.live("activities") if holds(row["subject"])]
        found += [("attachments", row, row["filename"]) for row in self.live("attachments") if holds(row["filename"])]
        found += [("tags", row, row["name"]) for row in self.live("tags") if holds(row["name"])]
        items = [{"type": kind, "id": row["id"], "label": label} for kind, row, label in found]
        return {"items": items[:50], "total": len(items)}

    def report(self, name, query):
        deals = self.live("deals")
        if name == "pipeline":
            return [
                {
                    "stage": stage,
                    "deals": sum(deal["stage"] == stage for deal in deals),
                    "cents": sum(self.total(deal) for deal in deals if deal["stage"] == stage),
                }
                for stage in ("lead", "offer", "won", "lost")
            ]
        if name == "owners":
            rows = [
                {
                    "id": user["id"],
                    "name": user["name"],
                    "accounts": len(self.where("accounts", owner_id=user["id"])),
                    "open_deals": sum(deal["owner_id"] == user["id"] and deal["stage"] in ("lead", "offer") for deal in deals),
                    "won_cents": sum(self.total(deal) for deal in deals if deal["owner_id"] == user["id"] and deal["stage"] == "won"),
                }
                for user in self.live("users")
            ]
            return sorted(rows, key=lambda row: (-row["won_cents"], row["id"]))
        if name == "activity":
            result = []
            for kind in ("call", "mail", "meeting", "note"):
                rows = self.where("activities", kind=kind)
                numbers = {row["id"] for row in rows}
                files = [row for row in self.live("attachments") if row["activity_id"] in numbers]
                result.append(
                    {
                        "kind": kind,
                        "total": len(rows),
                        "done": sum(row["done"] for row in rows),
                        "bytes": sum(row["size"] for row in files),
                    }
                )
            return result
        contacts = self.live("contacts")
        if name == "duplicates":
            emails = [contact["email"] for contact in contacts]
            return [{"email": email, "contacts": emails.count(email)} for email in sorted(set(emails)) if emails.count(email) > 1]
        if name == "mailing":
            wanted = query.get("tag")
            if wanted is not None and not wanted:
                raise Refused(*INVALID)
            return sorted(
                {
                    contact["email"]
                    for contact in contacts
                    if wanted is None or wanted.lower() in [tag.lower() for tag in self.tags_of(contact)]
                }
            )
        raise Refused(*NOT_FOUND)

    def export(self, kind, form):
        def name(entity, number, field):
            return None if number is None else self.rows[entity][number][field]

        def joined(parts):
            return ";".join(parts) or None

        if form not in ("csv", "json"):
            raise Refused(*INVALID)
        if kind == "backup":
            if form != "json":
                raise Refused(*INVALID)
            value = {
                entity: [
                    {"id": row["id"], **{field: row[field] for field in DEFAULTS[entity]}} for row in self.live(entity)
                ]
                for entity in ORDER
            }
            value["deals"] = [
                {field: row[field] for field in ("id", "account_id", "number", "title", "stage", "owner_id")}
                for row in value["deals"]
            ]
            value["activities"] = [
                {
                    **{field: row[field] for field in ("id", "account_id", "contact_id", "deal_id", "kind", "subject")},
                    "done": int(row["done"]),
                }
                for row in value["activities"]
            ]
            contacts, tags = ({row["id"] for row in self.live(entity)} for entity in ("contacts", "tags"))
            value["contact_tags"] = [
                {"contact_id": contact, "tag_id": tag} for contact, tag in sorted(self.links) if contact in contacts and tag in tags
            ]
            return value
        if kind == "accounts":
            rows = [
                {
                    "id": row["id"],
                    "name": row["name"],
                    "domain": row["domain"],
                    "owner": name("users", row["owner_id"], "email"),
                    "contacts": len(self.where("contacts", account_id=row["id"])),
                }
                for row in self.live("accounts")
            ]
        elif kind == "contacts":
            rows = [
                {
                    "id": row["id"],
                    "account": name("accounts", row["account_id"], "name"),
                    "name": row["name"],
                    "email": row["email"],
                    "phone": row["phone"],
                    "tags": joined(self.tags_of(row)),
                }
                for row in self.live("contacts")
            ]
        elif kind == "deals":
            rows = [
                {
                    "id": row["id"],
                    "number": row["number"],
                    "account": name("accounts", row["account_id"], "name"),
                    "title": row["title"],
                    "stage": row["stage"],
                    "owner": name("users", row["owner_id"], "email"),
                    "cents": self.total(row),
                    "products": joined(
                        sorted(name("products", item["product_id"], "sku") for item in self.where("line_items", deal_id=row["id"]))
                    ),
                }
                for row in self.live("deals")
            ]
        elif kind == "activities":
            rows = [
                {
                    "id": row["id"],
                    "account": name("accounts", row["account_id"], "name"),
                    "contact": name("contacts", row["contact_id"], "name"),
                    "deal": name("deals", row["deal_id"], "number"),
                    "kind": row["kind"],
                    "subject": row["subject"],
                    "done": int(row["done"]),
                    "files": joined(sorted(item["filename"] for item in self.where("attachments", activity_id=row["id"]))),
                }
                for row in self.live("activities")
            ]
        else:
            raise Refused(*INVALID)
        if form == "json":
            return rows
        return [{field: "" if value is None else str(value) for field, value in row.items()} for row in rows]

    def import_contacts(self, text):
        done = {"created": 0, "updated": 0, "failed": []}
        for number, row in enumerate(csv.DictReader(io.StringIO(text)), 1):
            accounts = self.where("accounts", domain=row["domain"])
            if not accounts:
                done["failed"].append({"row": number, "error": "not_found"})
                continue
            found = self.where("contacts", account_id=accounts[0]["id"], email=row["email"])
            values = {"name": row["name"], "phone": row["phone"] or None}
            if found:
                self.update("contacts", found[0]["id"], values)
                done["updated"] += 1
            else:
                self.create("contacts", {"account_id": accounts[0]["id"], "email": row["email"], **values})
                done["created"] += 1
        return done

    def import_accounts(self, text):
        done = {"created": 0, "updated": 0, "failed": []}
        for number, row in enumerate(csv.DictReader(io.StringIO(text)), 1):
            owners = self.where("users", email=row["owner"])
            if not owners:
                done["failed"].append({"row": number, "error": "not_found"})
                continue
            found = self.where("accounts", domain=row["domain"])
            values = {"name": row["name"], "owner_id": owners[0]["id"]}
            if found:
                self.update("accounts", found[0]["id"], values)
                done["updated"] += 1
            else:
                self.create("accounts", {"domain": row["domain"], **values})
                done["created"] += 1
        return done

    # Requests.

    def handle(self, method, path, body=None):
        split = urlsplit(path)
        parts = [unquote(part) for part in split.path.strip("/").split("/")]
        query = {name: values[-1] for name, values in parse_qs(split.query, keep_blank_values=True).items()}
        try:
            return self.route(method, parts, query, body)
        except Refused as refusal:
            return refusal.status, {"error": refusal.code}

    def route(self, method, parts, query, body):
        first = parts[0]
        if first == "counts":
            return 200, self.counts()
        if first == "search":
            return 200, self.search(query.get("q", ""))
        if first == "reports":
            return 200, self.report(parts[1], query)
        if first == "export":
            return 200, self.export(parts[1], query.get("format", "csv"))
        if first == "import":
            return 200, (self.import_accounts if parts[1] == "accounts" else self.import_contacts)(body["csv"])
        if first == "events":
            return 200, self.feed(query)
        if first == "webhooks":
            return self.webhooks(method, parts, body)
        if first == "dashboard":
            return 200, self.dashboard(int(query["owner"]) if "owner" in query else None)
        if first == "bulk":
            return 200, self.bulk(body)
        if first == "lists":
            return self.saved_lists(method, parts, query, body)
        if first == "trash":
            if method == "GET":
                return 200, listing(self.trash(query.get("type")))
            self.purge(parts[1], int(parts[2]))
            return 204, None
        if len(parts) == 1:
            if method == "POST":
                return 201, self.shown(first, self.create(first, body))
            rows = self.live(first)
            limit, offset = int(query.get("limit", 100)), int(query.get("offset", 0))
            return 200, {"items": [self.shown(first, row) for row in rows[offset : offset + limit]], "total": len(rows)}
        number = int(parts[1])
        if len(parts) == 2:
            if method == "DELETE":
                self.delete(first, number)
                return 204, None
            row = self.find(first, number) if method == "GET" else self.update(first, number, body)
            return 200, self.shown(first, row)
        if len(parts) == 4:
            return self.tagging(method, number, parts[3])
        if parts[2] == "restore":
            return 200, self.shown(first, self.restore(first, number))
        if parts[2] == "history":
            return 200, listing(self.history(first, number))
        if parts[2] == "merge":
            return 200, self.shown(first, self.merge(first, number, body["from"]))
        if parts[2] == "figures":
            self.find(first, number)
            return 200, self.figures(number)
        if parts[2] == "digest":
            return 200, self.digest(number, query.get("since", ""))
        if parts[2] == "reassign":
            self.find(first, number)
            if body["to"] == number:
                raise Refused(*INVALID)
            self.must_exist("users", body["to"])
            moved = {}
            for entity in ("accounts", "deals"):
                rows = self.where(entity, owner_id=number)
                for row in rows:
                    self.update(entity, row["id"], {"owner_id": body["to"]})
                moved[entity] = len(rows)
            return 200, moved
        self.find(first, number)
        if first == "tags":
            rows = [row for row in self.live("contacts") if (row["id"], number) in self.links]
        else:
            rows = self.where(parts[2], **{NESTED[first, parts[2]]: number})
        return 200, {"items": [self.shown(parts[2], row) for row in rows], "total": len(rows)}

    def tagging(self, method, number, name):
        self.find("contacts", number)
        found = [tag for tag in self.live("tags") if tag["name"].lower() == name.lower()]
        if method == "PUT":
            tag = found[0] if found else self.insert("tags", {"name": name})
            if (number, tag["id"]) not in self.links:
                self.links.add((number, tag["id"]))
                self.record("tagged", "contacts", number, {"tag": tag["name"]})
            return 204, None
        if not found or (number, found[0]["id"]) not in self.links:
            raise Refused(*NOT_FOUND)
        self.links.remove((number, found[0]["id"]))
        self.record("untagged", "contacts", number, {"tag": found[0]["name"]})
        return 204, None

    # The command line: exit code and the lines it prints, JSON lines as values.

    def command(self, argv):
        try:
            return 0, self.run(argv)
        except Refused:
            return 1, []

    def run(self, argv):
        command = argv[0]
        if command == "list":
            return [self.shown(argv[1], row) for row in self.live(argv[1])]
        if command == "show":
            return [self.shown(argv[1], self.find(argv[1], int(argv[2])))]
        if command == "counts":
            return [f"{name} {number}" for name, number in self.counts().items()]
        if command == "search":
            return [f"{item['type']} {item['id']} {item['label']}" for item in self.search(argv[1])["items"]]
        if command == "export":
            form = argv[argv.index("--format") + 1] if "--format" in argv else "csv"
            return self.export(argv[1], form)
        if command == "trash":
            return [f"{item['type']} {item['id']} {item['deleted_at']}" for item in self.trash()]
        if command == "lists":
            return [f"{each['id']} {each['name']} {len(self.in_list(each))}" for each in self.lists.values()]
        if command == "dashboard":
            return [self.dashboard()]
        entity, number = argv[1], int(argv[2])
        if command == "history":
            lines = [(event["at"], event["action"], event["changes"]) for event in self.history(entity, number)]
            return [f"{at} {action} {json.dumps(changes, ensure_ascii=False, sort_keys=True)}" for at, action, changes in lines]
        if command == "merge":
            self.merge(entity, number, int(argv[3]))
            return [f"merged {entity} {argv[3]} into {argv[2]}"]
        if command == "delete":
            self.delete(entity, number)
            return [f"deleted {entity} {number}"]
        if command == "restore":
            self.restore(entity, number)
            return [f"restored {entity} {number}"]
        self.purge(entity, number)
        return [f"purged {entity} {number}"]


def parsed_export(text, form):
    """An export as rows, whatever its quoting."""
    if form == "json":
        return json.loads(text)
    return list(csv.DictReader(io.StringIO(text)))


def same(expected, found):
    """Equal with types: JSON true is not 1, and 1 is not 1.0."""
    if isinstance(expected, dict):
        return isinstance(found, dict) and expected.keys() == found.keys() and all(same(expected[key], found[key]) for key in expected)
    if isinstance(expected, list):
        return isinstance(found, list) and len(expected) == len(found) and all(map(same, expected, found))
    return type(expected) is type(found) and expected == found

