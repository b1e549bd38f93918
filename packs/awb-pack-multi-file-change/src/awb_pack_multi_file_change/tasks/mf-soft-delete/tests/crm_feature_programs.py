"""Topics about events, webhooks, figures, digest, merging, bulk and lists.

awb-canary 7023becb-6790-4dae-ac98-1a6c226f2225
"""

from __future__ import annotations

from crm_model import REFERENCES, time_of

BIG = ("accounts", "contacts", "deals", "activities")
LEAVES = ("attachments", "line_items", "tags")
CHANGES = {
    "accounts": lambda draw: {"name": f"renamed {draw.randrange(9)}"},
    "contacts": lambda draw: {"phone": str(draw.randrange(99))},
    "deals": lambda draw: {"stage": draw.choice(["lead", "offer", "won", "lost"])},
    "activities": lambda draw: {"done": draw.random() < 0.5},
}


def change_some(program, count=2):
    for _ in range(count):
        entity = program.draw.choice(BIG)
        if program.live(entity):
            program.request("PATCH", f"/{entity}/{program.pick(entity)}", CHANGES[entity](program.draw))


def restore_first(program, *entities):
    """Bring back something of these entities that can come back, or anything."""
    roots = [row for row in program.trashed_roots() if row[0] in entities]
    for entity, number in roots:
        if program.model.trashed_reference(entity, program.model.rows[entity][number]) is None:
            program.restore(entity, number)
            return entity, number
    return program.bring_one_back()


# Events and webhooks.


def events(program):
    """Each row of a deletion has its event, and so when it comes back."""
    draw = program.draw
    before = len(program.model.events)
    change_some(program)
    _, account = program.request("GET", f"/accounts/{program.pick('accounts')}")
    program.delete_some(1, ("contacts", "deals", "activities"))
    _, product = program.create("products")
    body = {"account_id": account["id"], "number": program.fresh("E-"), "title": "told", "owner_id": account["owner_id"]}
    _, deal = program.request("POST", "/deals", body)
    program.request("POST", "/line_items", {"deal_id": deal["id"], "product_id": product["id"]})
    program.delete("accounts", account["id"])
    program.delete("products", product["id"])
    program.request("GET", f"/events?after={before}")
    program.request("GET", f"/accounts/{account['id']}/history")
    program.restore("accounts", account["id"])
    program.request("GET", f"/accounts/{account['id']}/history")
    entity = draw.choice(["contacts", "deals", "activities", "attachments"])
    program.request("GET", f"/events?after={before}&action={draw.choice(['deleted', 'restored'])}")
    program.request("GET", f"/events?after={before}&entity={entity}&limit=4")
    program.request("GET", f"/events?after={before}&action=vanished")
    for entity, number in program.trashed_roots():
        program.restore(entity, number)
        program.request("GET", f"/{entity}/{number}/history")
    program.request("GET", f"/events?after={before}&action=restored")


def writing(program):
    """What is written beside a trash that is not empty leaves the events that it always left."""
    draw = program.draw
    before = len(program.model.events)
    program.delete_some(3, ("accounts", "deals", "contacts", "tags"))
    change_some(program, 3)
    first, second = draw.sample(program.live("users"), 2)
    program.request("POST", f"/users/{first}/reassign", {"to": second})
    contact, tag = program.pick("contacts"), draw.choice(["vip", "press", "north"])
    for method in ("PUT", "PUT", "DELETE"):
        program.request(method, f"/contacts/{contact}/tags/{tag}")
    program.create("activities")
    program.request("GET", f"/events?after={before}")
    program.bring_one_back()


def outbox(program):
    """Rows in the trash are null for a webhook until they are back."""
    draw = program.draw
    hooks = []
    for entity in (None, draw.choice(["contacts", "deals", "activities"])):
        body = {"url": f"https://hooks.test/{program.fresh('h')}"}
        _, hook = program.request("POST", "/webhooks", body if entity is None else {**body, "entity": entity})
        hooks.append(hook["id"])
    change_some(program, 3)
    program.delete_some(2, ("contacts", "deals", "activities"))
    for hook in hooks:
        program.request("GET", f"/webhooks/{hook}/outbox")
    restore_first(program, "contacts", "deals", "activities")
    for hook in hooks:
        program.request("GET", f"/webhooks/{hook}/outbox")
    program.request("POST", f"/webhooks/{hooks[0]}/ack", {"event": len(program.model.events) - draw.randrange(3)})
    change_some(program, 1)
    program.request("GET", f"/webhooks/{hooks[0]}/outbox")
    program.request("DELETE", f"/webhooks/{hooks[1]}")
    program.request("GET", "/webhooks")


# Figures, dashboard, digest.


def figures(program):
    """Figures follow every deletion and every restore."""
    draw = program.draw

    def look():
        for account in program.live("accounts"):
            program.request("GET", f"/accounts/{account}/figures")

    program.delete_some(3, ("contacts", "deals", "line_items", "activities"))
    look()
    roots = program.trashed_roots()
    draw.shuffle(roots)
    for entity, number in roots[:2]:
        program.restore(entity, number)
        look()
    account = program.pick("accounts")
    program.delete("accounts", account)
    program.request("GET", f"/accounts/{account}/figures")
    program.restore("accounts", account)
    look()


def dashboard(program):
    """The dashboard adds up live accounts only; a user that comes back brings deals of several accounts along."""
    draw = program.draw
    _, owner = program.create("users")
    for account in draw.sample(program.live("accounts"), 2):
        body = {"account_id": account, "number": program.fresh("B-"), "title": "big", "owner_id": owner["id"], "stage": "offer"}
        _, deal = program.request("POST", "/deals", body)
        program.request("POST", "/line_items", {"deal_id": deal["id"], "product_id": program.pick("products"), "quantity": 9})
    gone = [row["account_id"] for row in program.model.where("deals", owner_id=owner["id"])]
    for account in gone:
        program.delete("accounts", account)
    program.request("GET", "/dashboard")
    program.delete("users", owner["id"])
    program.request("GET", f"/dashboard?owner={owner['id']}")
    for account in gone:
        program.restore("accounts", account)
        program.request("GET", "/dashboard")
    program.restore("users", owner["id"])
    program.request("GET", "/dashboard")
    program.request("GET", f"/dashboard?owner={draw.choice(program.live('users'))}")
    program.create("accounts")
    program.delete_some(2, BIG)
    program.request("GET", "/dashboard")
    for user in program.live("users"):
        program.request("GET", f"/dashboard?owner={user}")


def digest(program):
    draw = program.draw
    since = time_of(draw.randrange(6, 24))

    def look():
        for user in program.live("users"):
            program.request("GET", f"/users/{user}/digest?since={since}")

    for deal in draw.sample(program.live("deals"), min(3, len(program.live("deals")))):
        program.request("PATCH", f"/deals/{deal}", {"stage": "won"})
    program.delete_some(3, ("contacts", "deals", "activities", "line_items"))
    look()
    for entity, number in program.trashed_roots()[:2]:
        program.restore(entity, number)
    program.delete_some(1, ("accounts",))
    look()
    _, user = program.create("users")
    program.delete("users", user["id"])
    program.request("GET", f"/users/{user['id']}/digest?since={since}")
    program.bring_one_back()
    look()


# Merging.


def merging_contacts(program):
    draw = program.draw
    account = program.pick("accounts")
    pair = []
    for name in ("Uma", "Vic"):
        body = {"account_id": account, "name": name, "email": f"{program.fresh('m')}@mail.test"}
        _, contact = program.request("POST", "/contacts", {**body, "phone": "55"} if name == "Vic" else body)
        pair.append(contact["id"])
    stays, goes = pair
    talks = []
    for number in range(3):
        body = {"account_id": account, "kind": "call", "subject": f"merge {number}", "contact_id": goes}
        talks.append(program.request("POST", "/activities", body)[1]["id"])
    for tag in draw.sample(["vip", "press", "north", "partner"], 3):
        program.request("PUT", f"/contacts/{draw.choice(pair)}/tags/{tag}")
    program.delete("activities", talks[0])
    program.request("PUT", f"/contacts/{goes}/tags/hidden")
    tag = program.model.live("tags")[-1]["id"]
    program.delete("tags", tag)
    before = len(program.model.events)
    program.request("POST", f"/contacts/{stays}/merge", {"from": goes})
    program.request("POST", f"/contacts/{stays}/merge", {"from": goes})
    program.request("POST", f"/contacts/{goes}/merge", {"from": stays})
    program.request("GET", f"/contacts/{goes}")
    program.request("GET", "/trash")
    program.request("GET", f"/events?after={before}&action={draw.choice(['merged', 'updated', 'deleted'])}")
    program.request("GET", f"/contacts/{stays}/activities")
    program.restore("activities", talks[0])
    program.restore("tags", tag)
    program.request("GET", f"/contacts/{stays}")
    program.restore("contacts", goes)
    program.request("GET", f"/contacts/{goes}")
    program.request("GET", f"/contacts/{goes}/activities")
    program.look_at("tags")


def merging_accounts(program):
    draw = program.draw
    stays, goes = draw.sample(program.live("accounts"), 2)
    email = f"{program.fresh('both')}@mail.test"
    _, gone = program.request("POST", "/contacts", {"account_id": goes, "name": "Wes", "email": email})
    program.delete("contacts", gone["id"])
    both = []
    for account in (stays, goes):
        body = {"account_id": account, "name": "Wes", "email": email, "phone": draw.choice([None, "77"])}
        both.append(program.request("POST", "/contacts", body)[1]["id"])
    for _ in range(2):
        body = {"account_id": goes, "kind": "mail", "subject": "merging", "contact_id": both[1]}
        talk = program.request("POST", "/activities", body)[1]["id"]
    program.request("POST", "/contacts", {"account_id": goes, "name": "Xia", "email": f"{program.fresh('x')}@mail.test"})
    program.request(
        "POST", "/deals", {"account_id": goes, "number": program.fresh("M-"), "title": "merged", "owner_id": program.pick("users")}
    )
    inner = [("activities", talk)]
    inner += [
        (entity, draw.choice(rows)["id"])
        for entity in ("contacts", "deals")
        if (rows := [row for row in program.model.where(entity, account_id=goes) if row["id"] != both[1]])
    ]
    for entity, number in draw.sample(inner, 2):
        if number in program.live(entity):
            program.delete(entity, number)
    before = len(program.model.events)
    program.request("POST", f"/accounts/{stays}/merge", {"from": goes})
    program.request("GET", f"/accounts/{goes}")
    program.request("GET", f"/accounts/{stays}/figures")
    program.request("GET", f"/events?after={before}&action={draw.choice(['merged', 'updated', 'deleted'])}")
    program.request("GET", f"/accounts/{stays}/contacts")
    for entity, number in inner:
        program.restore(entity, number)
    program.request("GET", f"/accounts/{stays}/figures")
    program.restore("accounts", goes)
    program.look_at("accounts", "contacts", "deals", "activities")
    program.restore("contacts", gone["id"])
    program.delete("contacts", both[0])
    program.restore("contacts", gone["id"])
    program.request("GET", f"/accounts/{stays}/contacts")
    program.request("POST", f"/accounts/{goes}/merge", {"from": goes})


# Many rows.


def bulk(program):
    """Each id is a deletion, a restore, a purge of its own."""
    draw = program.draw
    entity = draw.choice(BIG)

    def some(count):
        found = list(program.model.rows[entity])
        return [*draw.sample(found, min(count, len(found))), draw.choice([1, 999])]

    program.request("POST", "/bulk", {"action": "delete", "entity": entity, "ids": some(3)})
    program.request("POST", "/bulk", {"action": "update", "entity": entity, "ids": some(4), "values": CHANGES[entity](draw)})
    gone = [row["id"] for row in program.model.trashed(entity)]
    program.request("POST", "/bulk", {"action": "tag", "entity": "contacts", "ids": [1, 2, 3], "tag": draw.choice(["vip", "new"])})
    program.request("POST", "/bulk", {"action": "untag", "entity": "contacts", "ids": [1, 2, 4], "tag": "vip"})
    program.request("GET", "/trash")
    program.request("POST", "/bulk", {"action": "restore", "entity": entity, "ids": [*gone[:2], *some(1)]})
    program.look_at(entity)
    before = len(program.model.events)
    program.request("POST", "/bulk", {"action": "purge", "entity": entity, "ids": [*gone[1:], *some(1)]})
    program.request("GET", f"/events?after={before}")
    program.request("POST", "/bulk", {"action": "forget", "entity": entity, "ids": [1]})
    program.bring_one_back()
    program.request("GET", "/counts")
    program.look_at("contacts")


def conditions(program):
    draw, model = program.draw, program.model

    def one(entity, field):
        rows = model.live(entity)
        return draw.choice(rows)[field] if rows else "none"

    number = draw.randrange(0, 4)
    return {
        "accounts": [
            ("name", "contains", "works"),
            ("owner", "is", one("users", "email")),
            ("contacts", "at_least", number),
            ("deals", "at_most", number),
            ("tag", draw.choice(["has", "has_not"]), draw.choice(["VIP", "press", "partner"])),
        ],
        "contacts": [
            ("email", "contains", "MAIL"),
            ("domain", "is", one("accounts", "domain")),
            ("activities", draw.choice(["at_least", "at_most"]), 1),
            ("tag", "has", draw.choice(["vip", "press"])),
            ("tag", "has_not", draw.choice(["north", "partner"])),
        ],
        "deals": [
            ("stage", "is", "won"),
            ("owner", "is_not", one("users", "email")),
            ("cents", draw.choice(["at_least", "at_most"]), draw.randrange(1, 30) * 100),
            ("product", draw.choice(["has", "has_not"]), one("products", "sku")),
        ],
        "activities": [
            ("done", "is", draw.random() < 0.5),
            ("contact", draw.choice(["is", "is_not"]), one("contacts", "email")),
            ("deal", "contains", "d-"),
            ("file", draw.choice(["has", "has_not"]), one("attachments", "filename")),
            ("kind", "is_not", "call"),
        ],
    }


def save_lists(program, entities=BIG):
    for entity in entities:
        found = conditions(program)[entity]
        where = [
            {"field": field, "test": test, "value": value}
            for field, test, value in program.draw.sample(found, program.draw.choice([0, 1, 1, 1, 1, 2]))
        ]
        program.request("POST", "/lists", {"name": program.fresh("list "), "entity": entity, "where": where})


def save_list_about(program):
    """A list with a condition on a row below others, and that row."""
    model, draw = program.model, program.draw
    entity = draw.choice([entity for entity in (*LEAVES, "activities") if model.live(entity)])
    row = draw.choice(model.live(entity))
    if entity == "line_items":
        deal = model.rows["deals"][row["deal_id"]]
        sku = model.rows["products"][row["product_id"]]["sku"]
        about, (field, test, value) = "deals", draw.choice([("cents", "at_least", model.total(deal)), ("product", "has", sku)])
    elif entity == "attachments":
        about, field, test, value = "activities", "file", "has", row["filename"]
    elif entity == "tags":
        about, field, test, value = draw.choice(["accounts", "contacts"]), "tag", "has", row["name"]
    else:
        count = len(model.where("activities", contact_id=row["contact_id"]))
        about, field, test, value = "contacts", "activities", "at_least", count
    where = [{"field": field, "test": test, "value": value}]
    program.request("POST", "/lists", {"name": program.fresh("about "), "entity": about, "where": where})
    return entity, row["id"]


def lists(program):
    draw = program.draw
    save_lists(program, BIG * 2)
    found = {save_list_about(program) for _ in range(4)}
    for entity, number in sorted(found):
        program.delete(entity, number)
    program.delete_some(2, ("contacts", "deals", *LEAVES))
    for turn in range(2):
        program.request("GET", "/lists")
        for number in draw.sample(range(1, 13), 4):
            program.request("GET", f"/lists/{number}/items")
        if turn == 0:
            program.bring_one_back()
            program.delete_some(1, ("accounts",))
            program.request("GET", f"/lists/{draw.randrange(1, 13)}/items?limit=2&offset=1")
    program.request("DELETE", "/lists/2")
    program.request("GET", "/lists/2/items")


def present(program):
    """Nothing is deleted."""
    draw = program.draw
    before = len(program.model.events)
    program.request("POST", "/webhooks", {"url": "http://hooks.test"})
    change_some(program, 2)
    save_lists(program, draw.sample(BIG, 2))
    program.request("POST", "/bulk", {"action": "update", "entity": "deals", "ids": [1, 2, 99], "values": CHANGES["deals"](draw)})
    program.request("POST", "/bulk", {"action": "tag", "entity": "contacts", "ids": [1, 2, 99], "tag": "bulk"})
    program.request("GET", f"/events?after={before}")
    program.request("GET", "/webhooks/1/outbox")
    program.request("GET", "/lists")
    program.request("GET", "/lists/1/items")
    program.request("GET", "/dashboard")
    program.request("GET", f"/accounts/{program.pick('accounts')}/figures")
    program.request("GET", f"/users/{program.pick('users')}/digest?since={time_of(20)}")
    entity = draw.choice(sorted(REFERENCES))
    program.request("GET", f"/{entity}/{program.pick(entity)}/history")


TOPICS = {
    "events": events,
    "writing": writing,
    "outbox": outbox,
    "figures": figures,
    "dashboard": dashboard,
    "digest": digest,
    "merging-contacts": merging_contacts,
    "merging-accounts": merging_accounts,
    "bulk": bulk,
    "lists": lists,
}
