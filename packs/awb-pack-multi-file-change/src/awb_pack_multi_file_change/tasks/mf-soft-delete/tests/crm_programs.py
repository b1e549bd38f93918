"""Programs of operations, each around one topic; drawn with the model at hand, so that they hit what is there.

awb-canary 7023becb-6790-4dae-ac98-1a6c226f2225
"""

from __future__ import annotations

import json
import random

import crm_feature_programs
from crm_feature_programs import BIG, LEAVES
from crm_model import ORDER, Model, time_of

NAMES = "Ada Bo Cy Dana Eli Fay Gus Hana Ivo Jo Kim Lars Mia Ned Ola Pia".split()
WORDS = "pump valve north river audit budget spring steel contract renewal demo roof".split()
TAGS = ["vip", "press", "north", "Partner"]


class Program:
    def __init__(self, number, *, file=False, old=False):
        self.draw = random.Random(number)
        self.model = Model()
        self.operations = []
        self.file = file
        self.old = None
        self.step = 0
        self.serial = 0
        self._populate()
        if old:
            crm_feature_programs.save_lists(self, self.draw.sample(BIG, 2))
            self.request("POST", "/webhooks", {"url": "https://hooks.test/old", "entity": "contacts"})
            self.request("PATCH", f"/contacts/{self.pick('contacts')}", {"name": "Old"})
            self._make_old()

    # What goes into the program.

    def request(self, method, path, body=None):
        self.step += 1
        now = time_of(self.step)
        operation = {"do": "request", "method": method, "path": path, "now": now}
        if body is not None:
            operation["body"] = body
        self.operations.append(operation)
        self.model.now = now
        return self.model.handle(method, path, body)

    def command(self, *argv):
        self.step += 1
        self.operations.append({"do": "command", "argv": list(argv), "now": time_of(self.step)})
        self.model.now = time_of(self.step)
        return self.model.command(list(argv))

    def reopen(self):
        self.step += 1
        self.operations.append({"do": "reopen", "now": time_of(self.step)})

    def done(self):
        found = {"file": self.file, "operations": self.operations}
        if self.old:
            found["old"] = self.old
        return found

    # Data.

    def fresh(self, text):
        self.serial += 1
        return f"{text}{self.serial}"

    def live(self, entity):
        return [row["id"] for row in self.model.live(entity)]

    def pick(self, entity):
        found = self.live(entity)
        return self.draw.choice(found) if found else 1

    def body(self, entity):
        draw = self.draw
        if entity == "users":
            return {"email": f"{self.fresh('user')}@crm.test", "name": draw.choice(NAMES)}
        if entity == "accounts":
            return {"name": f"{draw.choice(WORDS)} works", "domain": f"{self.fresh('acc')}.test", "owner_id": self.pick("users")}
        if entity == "contacts":
            email = draw.choice([f"{self.fresh('c')}@mail.test", f"{draw.choice(NAMES).lower()}@mail.test"])
            return {"account_id": self.pick("accounts"), "name": draw.choice(NAMES), "email": email}
        if entity == "products":
            return {"sku": self.fresh("P-"), "name": draw.choice(WORDS), "price_cents": draw.randrange(1, 50) * 100}
        if entity == "deals":
            return {
                "account_id": self.pick("accounts"),
                "number": self.fresh("D-"),
                "title": f"{draw.choice(WORDS)} {draw.choice(WORDS)}",
                "owner_id": self.pick("users"),
                "stage": draw.choice(["lead", "offer", "won", "won", "lost"]),
            }
        if entity == "line_items":
            return {"deal_id": self.pick("deals"), "product_id": self.pick("products"), "quantity": draw.randrange(1, 6)}
        if entity == "activities":
            account = self.pick("accounts")
            contacts = [row["id"] for row in self.model.where("contacts", account_id=account)]
            deals = [row["id"] for row in self.model.where("deals", account_id=account)]
            return {
                "account_id": account,
                "kind": draw.choice(["call", "mail", "meeting", "note"]),
                "subject": f"{draw.choice(WORDS)} talk",
                "contact_id": draw.choice(contacts) if contacts and draw.random() < 0.7 else None,
                "deal_id": draw.choice(deals) if deals and draw.random() < 0.6 else None,
                "done": draw.random() < 0.4,
            }
        if entity == "attachments":
            return {
                "activity_id": self.pick("activities"),
                "filename": f"{draw.choice(WORDS)}{draw.randrange(3)}.txt",
                "size": draw.randrange(900),
            }
        return {"name": self.fresh("tag")}

    def create(self, entity):
        return self.request("POST", f"/{entity}", self.body(entity))

    def _populate(self):
        sizes = {"users": 3, "accounts": 3, "contacts": 6, "products": 4, "deals": 5, "line_items": 7, "activities": 8, "attachments": 6}
        for entity, size in sizes.items():
            for _ in range(size):
                self.create(entity)
        for _ in range(6):
            self.request("PUT", f"/contacts/{self.pick('contacts')}/tags/{self.draw.choice(TAGS)}")

    def _make_old(self):
        """Turn what is there into a database of the former version."""
        tables = {}
        for entity in ORDER:
            tables[entity] = [
                {name: int(value) if isinstance(value, bool) else value for name, value in row.items() if name not in ("deleted_at", "root")}
                for row in self.model.rows[entity].values()
            ]
            # One more row was there once: its id is not used again.
            self.model.next[entity] += 1
        model = self.model
        model.next_list += 1
        model.next_hook += 1
        tables["events"] = [{**event, "changes": json.dumps(event["changes"])} for event in model.events]
        tables["account_figures"] = [{"account_id": number, **model.figures(number)} for number in model.rows["accounts"]]
        tables["lists"] = [
            {**{name: row[name] for name in ("id", "name", "entity", "created_at")}, "conditions": json.dumps(row["where"])}
            for row in model.lists.values()
        ]
        tables["webhooks"] = [dict(row) for row in model.hooks.values()]
        tables["contact_tags"] = [{"contact_id": contact, "tag_id": tag} for contact, tag in sorted(self.model.links)]
        self.old = {name: rows for name, rows in tables.items() if rows}
        self.old["bump"] = [{"name": entity, "seq": self.model.next[entity] - 1} for entity in ORDER]
        self.old["bump"] += [{"name": "lists", "seq": model.next_list - 1}, {"name": "webhooks", "seq": model.next_hook - 1}]
        self.operations = []
        self.file = True

    # Steps that many topics share.

    def delete(self, entity, number=None):
        return self.request("DELETE", f"/{entity}/{self.pick(entity) if number is None else number}")

    def restore(self, entity, number):
        return self.request("POST", f"/{entity}/{number}/restore")

    def trashed_roots(self):
        return [(entity, row["id"]) for entity in ORDER for row in self.model.trashed(entity) if row["root"] == (entity, row["id"])]

    def delete_some(self, count, entities):
        for _ in range(count):
            entity = self.draw.choice(entities)
            if self.live(entity):
                self.delete(entity)

    def bring_one_back(self):
        """Every program comes to a restore that works, so that deleting for good is never right."""
        roots = self.trashed_roots()
        self.draw.shuffle(roots)
        for entity, number in roots:
            if self.model.trashed_reference(entity, self.model.rows[entity][number]) is None:
                self.restore(entity, number)
                return
        entity = "tags"
        _, made = self.create(entity)
        self.delete(entity, made["id"])
        self.restore(entity, made["id"])

    def look_at(self, *entities):
        for entity in entities:
            self.request("GET", f"/{entity}")


def leaves(program):
    """Single rows disappear and come back."""
    for _ in range(3):
        entity = program.draw.choice(LEAVES)
        if not program.live(entity):
            continue
        number = program.pick(entity)
        program.delete(entity, number)
        program.request("GET", f"/{entity}/{number}")
        program.request("PATCH", f"/{entity}/{number}", {"attachments": {"size": 4}, "line_items": {"quantity": 2}, "tags": {"name": "x"}}[entity])
        program.delete(entity, number)
        program.look_at(entity)
        program.request("GET", f"/{entity}?limit=2&offset=1")
        if program.draw.random() < 0.6:
            program.restore(entity, number)
            program.request("GET", f"/{entity}/{number}")
    program.bring_one_back()
    program.look_at(*LEAVES)


def cascades(program):
    program.delete_some(program.draw.randrange(1, 4), BIG)
    program.look_at("contacts", "deals", "line_items", "activities", "attachments")
    for entity, below in (("accounts", "contacts"), ("accounts", "activities"), ("contacts", "activities"), ("deals", "line_items"), ("activities", "attachments")):
        number = program.draw.choice(list(program.model.rows[entity]))
        program.request("GET", f"/{entity}/{number}/{below}")
    for entity in BIG:
        program.request("GET", f"/{entity}/{program.draw.choice(list(program.model.rows[entity]))}")
    program.bring_one_back()
    program.request("GET", "/counts")


def computed(program):
    for _ in range(2):
        program.delete_some(2, (*BIG, *LEAVES))
        program.look_at("users", "accounts", "contacts", "products", "deals", "activities", "tags")
    program.bring_one_back()
    program.look_at("users", "accounts", "products", "deals", "tags")
    program.request("GET", f"/tags/{program.pick('tags')}/contacts")


def reports(program):
    program.delete_some(2, (*BIG, *LEAVES))
    for turn in range(2):
        for name in ("pipeline", "owners", "activity", "duplicates", "mailing", f"mailing?tag={program.draw.choice(TAGS)}"):
            program.request("GET", f"/reports/{name}")
        program.request("GET", "/counts")
        if turn == 0:
            program.bring_one_back()


def searching(program):
    program.delete_some(4, (*BIG, *LEAVES))
    texts = ["a", "mail.test", "D-", "txt", "works", program.draw.choice(WORDS), program.draw.choice(TAGS), program.draw.choice(NAMES)]
    for text in texts:
        program.request("GET", f"/search?q={text}")
    program.bring_one_back()
    for text in texts[:5]:
        program.request("GET", f"/search?q={text}")


def exporting(program):
    program.delete_some(3, (*BIG, *LEAVES))
    for turn in range(2):
        for kind in ("accounts", "contacts", "deals", "activities"):
            program.request("GET", f"/export/{kind}?format={program.draw.choice(['csv', 'json'])}")
        program.request("GET", "/export/backup?format=json")
        if turn == 0:
            program.bring_one_back()


def references(program):
    """What is in the trash cannot be referred to, nor moved."""
    draw = program.draw
    bodies = {entity: program.body(entity) for entity in ("contacts", "deals", "line_items", "activities", "attachments")}
    moved = draw.choice(program.live("users"))
    program.delete_some(2, ("accounts", "deals", "activities", "contacts"))
    for entity, body in bodies.items():
        program.request("POST", f"/{entity}", body)
    _, user = program.create("users")
    program.delete("users", user["id"])
    program.request("PATCH", f"/deals/{program.pick('deals')}", {"owner_id": user["id"]})
    program.request("POST", "/accounts", {"name": "x", "domain": program.fresh("ref") + ".test", "owner_id": user["id"]})
    program.request("POST", f"/users/{moved}/reassign", {"to": user["id"]})
    other = draw.choice([number for number in program.live("users") if number != moved])
    program.request("POST", f"/users/{moved}/reassign", {"to": other})
    program.request("POST", f"/users/{user['id']}/reassign", {"to": other})
    for entity, number in program.trashed_roots()[:3]:
        program.restore(entity, number)
    program.look_at("accounts", "deals")
    program.restore("users", user["id"])
    program.look_at("users")


def unique(program):
    """Unique values of what is in the trash are free."""
    draw = program.draw
    done = []
    for entity in draw.sample(["contacts", "products", "deals", "line_items", "attachments", "tags", "users", "accounts"], 4):
        status, made = program.create(entity)
        if status != 201:
            continue
        fields = [name for name in made if name in _FIELDS[entity]]
        body = {name: made[name] for name in fields}
        program.request("POST", f"/{entity}", body)
        program.delete(entity, made["id"])
        if draw.random() < 0.4:
            program.restore(entity, made["id"])
            program.request("POST", f"/{entity}", body)
        else:
            program.request("POST", f"/{entity}", body)
            program.request("POST", f"/{entity}", body)
        done.append(entity)
    contact = program.pick("contacts")
    program.request("PUT", f"/contacts/{contact}/tags/fresh")
    tag = [row["id"] for row in program.model.live("tags") if row["name"] == "fresh"][0]
    program.delete("tags", tag)
    program.request("DELETE", f"/contacts/{contact}/tags/fresh")
    program.request("PUT", f"/contacts/{contact}/tags/FRESH")
    program.request("GET", f"/contacts/{contact}")
    program.look_at("tags", *done)
    program.bring_one_back()


_FIELDS = {
    "users": ("email", "name"),
    "accounts": ("name", "domain", "owner_id"),
    "contacts": ("account_id", "name", "email"),
    "products": ("sku", "name", "price_cents"),
    "deals": ("account_id", "number", "title", "owner_id"),
    "line_items": ("deal_id", "product_id", "quantity"),
    "attachments": ("activity_id", "filename"),
    "tags": ("name",),
}


def restricted(program):
    """Users and products are held by live rows only."""
    user, product = program.pick("users"), program.pick("products")
    program.delete("users", user)
    program.delete("products", product)
    for deal in [row["id"] for row in program.model.where("line_items", product_id=product)]:
        program.delete("line_items", deal)
    program.delete("products", product)
    program.request("GET", f"/products/{product}")
    for row in program.model.where("accounts", owner_id=user):
        program.delete("accounts", row["id"])
    program.delete("users", user)
    for row in program.model.where("deals", owner_id=user):
        program.delete("deals", row["id"])
    program.delete("users", user)
    program.look_at("users", "products")
    program.restore("users", user)
    program.restore("products", product)
    program.look_at("users", "products")


def restoring(program):
    """A deletion comes back whole, what was deleted before it does not."""
    draw = program.draw
    account = program.pick("accounts")
    inner = [(entity, row["id"]) for entity in ("contacts", "deals", "activities") for row in program.model.where(entity, account_id=account)]
    draw.shuffle(inner)
    for entity, number in inner[:2]:
        program.delete(entity, number)
    program.delete("accounts", account)
    program.request("GET", "/counts")
    program.restore("accounts", account)
    program.look_at("accounts", "contacts", "deals", "line_items", "activities", "attachments")
    for entity, number in program.trashed_roots():
        program.restore(entity, number)
    program.look_at("contacts", "deals", "activities")


def refusals(program):
    draw = program.draw
    account = program.pick("accounts")
    program.restore("accounts", account)
    program.restore("accounts", 4711)
    _, contact = program.request("POST", "/contacts", {"account_id": account, "name": "Zed", "email": f"{program.fresh('z')}@mail.test"})
    _, deal = program.request("POST", "/deals", {"account_id": account, "number": program.fresh("Z-"), "title": "Zed", "owner_id": program.pick("users")})
    if draw.random() < 0.5:
        program.delete("contacts", contact["id"])
    program.delete("accounts", account)
    program.restore("contacts", contact["id"])
    program.restore("deals", deal["id"])
    program.look_at("accounts", "deals")
    others = [number for number in program.live("accounts") if number != account]
    body = {"account_id": others[0], "number": deal["number"], "title": "New", "owner_id": program.pick("users")}
    if others and draw.random() < 0.7:
        _, taken = program.request("POST", "/deals", body)
        program.restore("accounts", account)
        program.request("GET", "/counts")
        program.request("GET", f"/accounts/{account}")
        program.delete("deals", taken["id"])
    program.restore("accounts", account)
    program.restore("accounts", account)
    program.request("GET", "/counts")


def crossing(program):
    """Rows that refer to two things which were deleted separately."""
    draw = program.draw
    account = program.pick("accounts")
    kind = draw.choice(["contact", "product", "owner"])
    _, deal = program.request(
        "POST", "/deals", {"account_id": account, "number": program.fresh("X-"), "title": "crossing", "owner_id": program.pick("users")}
    )
    _, contact = program.request("POST", "/contacts", {"account_id": account, "name": "Xen", "email": f"{program.fresh('x')}@mail.test"})
    _, talk = program.request(
        "POST",
        "/activities",
        {"account_id": account, "kind": "call", "subject": "crossing", "contact_id": contact["id"], "deal_id": deal["id"]},
    )
    program.request("POST", "/attachments", {"activity_id": talk["id"], "filename": "x.txt", "size": 5})
    if kind == "contact":
        pair = [("deals", deal["id"]), ("contacts", contact["id"])]
        draw.shuffle(pair)
        for entity, number in pair:
            program.delete(entity, number)
        for entity, number in pair:
            program.restore(entity, number)
            program.request("GET", f"/activities/{talk['id']}")
            program.request("GET", "/trash")
            program.look_at("attachments")
    elif kind == "product":
        _, product = program.create("products")
        program.request("POST", "/line_items", {"deal_id": deal["id"], "product_id": product["id"], "quantity": 2})
        program.request("POST", "/line_items", {"deal_id": deal["id"], "product_id": program.draw.choice([n for n in program.live("products") if n != product["id"]])})
        program.delete(*draw.choice([("deals", deal["id"]), ("accounts", account)]))
        program.delete("products", product["id"])
        for entity, number in program.trashed_roots():
            if entity != "products":
                program.restore(entity, number)
        program.request("GET", f"/deals/{deal['id']}")
        program.look_at("line_items")
        program.request("GET", "/trash")
        program.restore("products", product["id"])
        program.request("GET", f"/deals/{deal['id']}/line_items")
    else:
        _, user = program.create("users")
        _, product = program.create("products")
        program.request("PATCH", f"/deals/{deal['id']}", {"owner_id": user["id"]})
        program.request("POST", "/line_items", {"deal_id": deal["id"], "product_id": product["id"], "quantity": 3})
        for entity, number in (("accounts", account), ("products", product["id"]), ("users", user["id"])):
            program.delete(entity, number)
        body = {"account_id": program.live("accounts")[0], "number": deal["number"], "title": "New", "owner_id": program.live("users")[0]}
        _, taken = program.request("POST", "/deals", body)
        program.restore("accounts", account)
        program.request("GET", "/trash")
        program.request("GET", f"/deals/{deal['id']}")
        program.request("GET", f"/activities/{talk['id']}")
        program.restore("deals", deal["id"])
        program.restore("users", user["id"])
        program.delete("deals", taken["id"])
        program.restore("users", user["id"])
        program.request("GET", f"/activities/{talk['id']}")
        program.look_at("deals", "attachments")
        program.restore("products", product["id"])
        program.look_at("line_items")
    program.request("GET", "/counts")


def trash(program):
    program.request("GET", "/trash")
    for _ in range(2):
        program.delete_some(2, (*BIG, *LEAVES))
        program.request("GET", "/trash")
    program.request("GET", f"/trash?type={program.draw.choice(ORDER)}")
    program.request("GET", "/trash?type=things")
    program.bring_one_back()
    program.request("GET", "/trash")


def purging(program):
    draw = program.draw
    program.delete_some(3, (*BIG, *LEAVES))
    live = draw.choice(["accounts", "contacts", "products"])
    program.request("DELETE", f"/trash/{live}/{program.pick(live)}")
    program.request("DELETE", f"/trash/{live}/999")
    before = len(program.model.events)
    for _ in range(2):
        found = [(entity, row["id"]) for entity in ORDER for row in program.model.trashed(entity)]
        if found:
            entity, number = draw.choice(found)
            program.request("DELETE", f"/trash/{entity}/{number}")
            program.request("DELETE", f"/trash/{entity}/{number}")
            program.restore(entity, number)
    product = program.pick("products")
    for row in program.model.where("line_items", product_id=product):
        program.delete("line_items", row["id"])
    program.delete("products", product)
    program.request("DELETE", f"/trash/products/{product}")
    _, tag = program.create("tags")
    program.request("PUT", f"/contacts/{program.pick('contacts')}/tags/{tag['name']}")
    program.delete("tags", tag["id"])
    program.request("DELETE", f"/trash/tags/{tag['id']}")
    program.request("GET", f"/events?after={before}")
    program.create("tags")
    program.create("products")
    _, account = program.create("accounts")
    _, contact = program.request("POST", "/contacts", {"account_id": account["id"], "name": "Pat", "email": "pat@mail.test"})
    body = {"account_id": account["id"], "contact_id": contact["id"], "kind": "call", "subject": "purging"}
    program.request("POST", "/activities", body)
    program.delete("contacts", contact["id"])
    program.delete("accounts", account["id"])
    program.request("DELETE", f"/trash/accounts/{account['id']}")
    program.request("GET", f"/events?after={before}&action=purged")
    program.bring_one_back()
    program.request("GET", "/counts")
    program.look_at("tags", "contacts")


def importing(program):
    draw = program.draw
    contacts = program.model.live("contacts")
    chosen = draw.sample(contacts, min(4, len(contacts)))
    for contact in chosen[:2]:
        if program.model.rows["contacts"][contact["id"]]["deleted_at"] is None:
            program.delete("contacts", contact["id"])
    accounts = list(program.model.rows["accounts"].values())
    gone = draw.choice(accounts)["id"]
    if draw.random() < 0.5:
        program.delete("accounts", gone)
    domain = {row["id"]: row["domain"] for row in accounts}
    lines = ["domain,name,email,phone"]
    lines += [f"{domain[contact['account_id']]},Imported,{contact['email']},{draw.randrange(999)}" for contact in chosen]
    lines += [f"{domain[gone]},Newcomer,{program.fresh('n')}@mail.test,", "nowhere.test,X,x@mail.test,"]
    program.request("POST", "/import/contacts", {"csv": "\n".join(lines) + "\n"})
    program.look_at("contacts")
    _, user = program.create("users")
    program.delete("users", user["id"])
    lines = ["domain,name,owner", f"{domain[gone]},Again,user1@crm.test", f"{program.fresh('i')}.test,No,{user['email']}"]
    program.request("POST", "/import/accounts", {"csv": "\n".join(lines) + "\n"})
    program.look_at("accounts")
    for entity, number in program.trashed_roots():
        program.restore(entity, number)
    program.look_at("contacts")
    program.bring_one_back()


def commands(program):
    draw = program.draw
    for _ in range(2):
        entity = draw.choice((*BIG, *LEAVES))
        if program.live(entity):
            number = program.pick(entity)
            program.command("delete", entity, str(number))
            program.command("show", entity, str(number))
            program.command("list", entity)
    program.command("counts")
    program.command("search", draw.choice(["a", "mail", "D-"]))
    program.command("export", draw.choice(["contacts", "deals"]))
    roots = [
        (entity, number)
        for entity, number in program.trashed_roots()
        if program.model.trashed_reference(entity, program.model.rows[entity][number]) is None
    ]
    for entity, number in roots[:1]:
        program.command("restore", entity, str(number))
        program.command("restore", entity, str(number))
        program.command("show", entity, str(number))
    tag = program.pick("tags")
    program.delete("tags", tag)
    program.command("purge", "tags", str(tag))
    program.command("restore", "tags", str(tag))
    program.command("purge", "accounts", "999")


def trash_commands(program):
    """The trash as the command line shows it, after reopening too."""
    program.delete_some(2, (*BIG, *LEAVES))
    program.command("trash")
    program.command("dashboard")
    program.reopen()
    program.command("trash")
    program.command("counts")
    program.bring_one_back()
    program.command("trash")
    contact = program.pick("contacts")
    program.command("history", "contacts", str(contact))


def upgrading(program):
    """A database of the former version: everything is live, unique values are freed by deleting, ids go on."""
    program.look_at(*program.draw.sample(ORDER, 4))
    program.request("GET", "/export/backup?format=json")
    program.create("tags")
    program.create("deals")
    program.request("POST", "/lists", {"name": "new", "entity": "deals", "where": []})
    program.request("POST", "/webhooks", {"url": "https://hooks.test/new"})
    for entity in ("contacts", "products", "deals", "tags"):
        rows = [row for row in program.model.live(entity) if not (entity == "products" and program.model.where("line_items", product_id=row["id"]))]
        if rows:
            row = program.draw.choice(rows)
            program.delete(entity, row["id"])
            program.request("POST", f"/{entity}", {name: row[name] for name in _FIELDS[entity]})
            break
    program.delete_some(2, BIG)
    program.reopen()
    program.request("GET", "/counts")
    program.request("GET", "/webhooks/1/outbox")
    program.request("GET", "/lists")
    program.request("GET", f"/contacts/{program.pick('contacts')}/history")
    program.request("GET", "/dashboard")
    program.bring_one_back()
    program.reopen()
    program.look_at("accounts", "contacts", "deals", "activities", "tags")


def present(program):
    """Nothing is deleted."""
    draw = program.draw
    for entity in draw.sample(ORDER, 4):
        status, made = program.create(entity)
        if status == 201 and entity in _FIELDS:
            program.request("POST", f"/{entity}", {name: made[name] for name in _FIELDS[entity]})
    program.look_at(*draw.sample(ORDER, 5))
    program.request("GET", f"/accounts/{program.pick('accounts')}/contacts")
    program.request("GET", "/contacts/999")
    program.request("POST", "/contacts", {"account_id": 999, "name": "X", "email": "x@mail.test"})
    for name in draw.sample(["pipeline", "owners", "activity", "duplicates", "mailing"], 3):
        program.request("GET", f"/reports/{name}")
    program.request("GET", f"/search?q={draw.choice(['a', 'mail', 'D-', 'txt'])}")
    program.request("GET", f"/export/{draw.choice(['accounts', 'contacts', 'deals', 'activities'])}?format=csv")
    program.request("GET", "/export/backup?format=json")
    first, second = draw.sample(program.live("users"), 2)
    program.request("POST", f"/users/{first}/reassign", {"to": second})
    program.request("GET", "/counts")
    crm_feature_programs.present(program)
    if program.file:
        program.command("dashboard")
        program.command("lists")
        program.command("list", draw.choice(ORDER))
        program.command("counts")
        program.command("export", "deals", "--format", "json")
        program.command("search", "mail")
        program.reopen()
        program.look_at("deals")


TOPICS = {
    "leaves": leaves,
    "cascades": cascades,
    "computed": computed,
    "reports": reports,
    "search": searching,
    "exports": exporting,
    "references": references,
    "unique": unique,
    "restricted": restricted,
    "restoring": restoring,
    "refusals": refusals,
    "crossing": crossing,
    "trash": trash,
    "purging": purging,
    "import": importing,
    "commands": commands,
    "trash-commands": trash_commands,
    "upgrade": upgrading,
    **crm_feature_programs.TOPICS,
}
ON_DISK = ("commands", "trash-commands")


def build(topic, number):
    program = Program(number, file=topic in ON_DISK, old=topic == "upgrade")
    TOPICS[topic](program)
    return {"topic": topic, "number": number, **program.done()}


def build_present(number):
    program = Program(number, file=number % 4 == 0)
    present(program)
    return {"topic": "present", "number": number, **program.done()}

