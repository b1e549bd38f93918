"""The model, continued: events, webhooks, figures, digest, merging, bulk and lists.

awb-canary 7023becb-6790-4dae-ac98-1a6c226f2225
"""

from __future__ import annotations

ACTIONS = ("created", "updated", "deleted", "tagged", "untagged", "merged", "restored", "purged")
OPEN = ("lead", "offer")


class Refused(Exception):
    def __init__(self, status, code):
        super().__init__(code)
        self.status, self.code = status, code


NOT_FOUND = (404, "not_found")
INVALID = (422, "invalid")
CONFLICT = (409, "conflict")


class Features:
    """What is built on the rows of the model; `rows`, `live`, `find` and the like are there."""

    def __init__(self):
        self.events = []
        self.hooks = {}
        self.lists = {}
        self.next_hook = self.next_list = 1

    # Events and webhooks.

    def record(self, action, entity, number, changes=None):
        self.events.append(
            {
                "id": len(self.events) + 1,
                "at": self.now,
                "action": action,
                "entity": entity,
                "entity_id": number,
                "changes": changes or {},
            }
        )

    def record_all(self, action, rows):
        for entity, number in sorted(rows, key=lambda row: (self.place[row[0]], row[1])):
            self.record(action, entity, number)

    def history(self, entity, number):
        if entity not in self.place:
            raise Refused(*NOT_FOUND)
        self.find(entity, number)
        return [event for event in self.events if (event["entity"], event["entity_id"]) == (entity, number)]

    def feed(self, query):
        entity, action = query.get("entity"), query.get("action")
        if (entity is not None and entity not in self.place) or (action is not None and action not in ACTIONS):
            raise Refused(*INVALID)
        found = self.events[int(query.get("after", 0)) :]
        found = [event for event in found if entity in (None, event["entity"]) and action in (None, event["action"])]
        return {"items": found[: int(query.get("limit", 100))], "total": len(found)}

    def webhooks(self, method, parts, body):
        if len(parts) == 1:
            if method == "GET":
                return 200, listing(list(self.hooks.values()))
            if any(hook["url"] == body["url"] for hook in self.hooks.values()):
                raise Refused(*CONFLICT)
            hook = {
                "id": self.next_hook,
                "url": body["url"],
                "entity": body.get("entity"),
                "acknowledged": len(self.events),
                "created_at": self.now,
            }
            self.hooks[self.next_hook] = hook
            self.next_hook += 1
            return 201, dict(hook)
        hook = self.hooks.get(int(parts[1]))
        if hook is None:
            raise Refused(*NOT_FOUND)
        if method == "DELETE":
            del self.hooks[hook["id"]]
            return 204, None
        if parts[2] == "outbox":
            waiting = [event for event in self.events[hook["acknowledged"] :] if hook["entity"] in (None, event["entity"])]
            items = [{"event": event, "row": self.row_or_none(event["entity"], event["entity_id"])} for event in waiting[:20]]
            return 200, {"items": items, "total": len(waiting)}
        if not hook["acknowledged"] < body["event"] <= len(self.events):
            raise Refused(*INVALID)
        hook["acknowledged"] = body["event"]
        return 200, dict(hook)

    def row_or_none(self, entity, number):
        try:
            return self.shown(entity, self.find(entity, number))
        except Refused:
            return None

    # Figures, dashboard, digest.

    def figures(self, account):
        deals, activities = (self.where(entity, account_id=account) for entity in ("deals", "activities"))
        opened = [deal for deal in deals if deal["stage"] in OPEN]
        return {
            "contacts": len(self.where("contacts", account_id=account)),
            "open_deals": len(opened),
            "open_cents": sum(map(self.total, opened)),
            "won_cents": sum(self.total(deal) for deal in deals if deal["stage"] == "won"),
            "todo": sum(not row["done"] for row in activities),
            "last_activity": max((row["created_at"] for row in activities), default=None),
        }

    def dashboard(self, owner=None):
        if owner is not None:
            self.must_exist("users", owner)
        accounts = self.live("accounts") if owner is None else self.where("accounts", owner_id=owner)
        figures = {account["id"]: self.figures(account["id"]) for account in accounts}
        names = ("contacts", "open_deals", "open_cents", "won_cents", "todo")
        top = [{"id": row["id"], "name": row["name"], "open_cents": figures[row["id"]]["open_cents"]} for row in accounts]
        top = sorted((row for row in top if row["open_cents"]), key=lambda row: (-row["open_cents"], row["id"]))
        return {
            "accounts": len(accounts),
            **{name: sum(each[name] for each in figures.values()) for name in names},
            "last_activity": max((each["last_activity"] for each in figures.values() if each["last_activity"]), default=None),
            "top": top[:3],
            "quiet": [number for number, each in figures.items() if each["last_activity"] is None],
        }

    def digest(self, number, since):
        user = self.find("users", number)
        if not since:
            raise Refused(*INVALID)
        name = {account["id"]: account["name"] for account in self.where("accounts", owner_id=number)}
        contacts = [row for row in self.live("contacts") if row["account_id"] in name and row["created_at"] >= since]
        won = {
            event["entity_id"]
            for event in self.events
            if event["entity"] == "deals" and event["at"] >= since and event["changes"].get("stage", [None, None])[1] == "won"
        }
        deals = [row for row in self.where("deals", stage="won") if row["account_id"] in name and row["id"] in won]
        tasks = [row for row in self.where("activities", done=False) if row["account_id"] in name]
        return {
            "to": user["email"],
            "subject": f"{len(contacts)} new contacts, {len(deals)} deals won, {len(tasks)} to do",
            "lines": [
                *(f"new: {row['name']} <{row['email']}>, {name[row['account_id']]}" for row in contacts),
                *(f"won: {row['number']} {row['title']}, {self.total(row)}" for row in deals),
                *(f"to do: {row['kind']} {row['subject']}, {name[row['account_id']]}" for row in tasks),
            ],
        }

    # Merging.

    def merge(self, entity, number, other):
        if entity not in ("accounts", "contacts"):
            raise Refused(*NOT_FOUND)
        row = self.find(entity, number)
        if other == number or other not in {each["id"] for each in self.live(entity)}:
            raise Refused(*INVALID)
        duplicate = self.rows[entity][other]
        if entity == "contacts":
            if row["account_id"] != duplicate["account_id"]:
                raise Refused(*INVALID)
            self.absorb(row, duplicate)
        else:
            self.merge_accounts(number, other)
        self.delete(entity, other)
        return row

    def move(self, entity, column, old, new):
        """Rows in the trash move too, but in silence."""
        for number, row in sorted(self.rows[entity].items()):
            if row[column] == old:
                row[column] = new
                if row["deleted_at"] is None:
                    self.record("updated", entity, number, {column: [old, new]})

    def absorb(self, contact, duplicate):
        self.move("activities", "contact_id", duplicate["id"], contact["id"])
        self.links |= {(contact["id"], tag) for holder, tag in self.links if holder == duplicate["id"]}
        if contact["phone"] is None and duplicate["phone"] is not None:
            self.update("contacts", contact["id"], {"phone": duplicate["phone"]})
        self.record("merged", "contacts", contact["id"], {"from": duplicate["id"]})

    def merge_accounts(self, number, other):
        for theirs in sorted(self.rows["contacts"].values(), key=lambda row: row["id"]):
            if theirs["account_id"] != other:
                continue
            ours = self.where("contacts", account_id=number, email=theirs["email"])
            if theirs["deleted_at"] is not None:
                theirs["account_id"] = number
            elif ours:
                self.absorb(ours[0], theirs)
            else:
                theirs["account_id"] = number
                self.record("updated", "contacts", theirs["id"], {"account_id": [other, number]})
        self.move("deals", "account_id", other, number)
        self.move("activities", "account_id", other, number)
        self.record("merged", "accounts", number, {"from": other})

    # Bulk.

    def bulk(self, body):
        action, entity = body["action"], body["entity"]
        if entity not in self.place or action not in ("update", "delete", "tag", "untag", "restore", "purge"):
            raise Refused(*INVALID)
        if action in ("tag", "untag") and entity != "contacts":
            raise Refused(*INVALID)
        steps = {
            "update": lambda number: self.update(entity, number, body["values"]),
            "delete": lambda number: self.delete(entity, number),
            "tag": lambda number: self.tagging("PUT", number, body["tag"]),
            "untag": lambda number: self.tagging("DELETE", number, body["tag"]),
            "restore": lambda number: self.restore(entity, number),
            "purge": lambda number: self.purge(entity, number),
        }
        answer = {"done": [], "failed": []}
        for number in body["ids"]:
            try:
                steps[action](number)
                answer["done"].append(number)
            except Refused as refusal:
                answer["failed"].append({"id": number, "error": refusal.code})
        return answer

    # Lists.

    def saved_lists(self, method, parts, query, body):
        if len(parts) == 1:
            if method == "GET":
                return 200, listing([self.list_shown(each) for each in self.lists.values()])
            self.list_name_must_be_free(body["name"])
            each = {
                "id": self.next_list,
                "name": body["name"],
                "entity": body["entity"],
                "created_at": self.now,
                "where": body.get("where", []),
            }
            self.lists[self.next_list] = each
            self.next_list += 1
            return 201, self.list_shown(each)
        each = self.lists.get(int(parts[1]))
        if each is None:
            raise Refused(*NOT_FOUND)
        if len(parts) == 3:
            rows = self.in_list(each)
            limit, offset = int(query.get("limit", 100)), int(query.get("offset", 0))
            items = [self.shown(each["entity"], row) for row in rows[offset : offset + limit]]
            return 200, {"items": items, "total": len(rows)}
        if method == "DELETE":
            del self.lists[each["id"]]
            return 204, None
        if method == "PATCH":
            self.list_name_must_be_free(body.get("name"), each["id"])
            each.update(body)
        return 200, self.list_shown(each)

    def list_name_must_be_free(self, name, number=None):
        if name is not None and any(each["id"] != number and each["name"].lower() == name.lower() for each in self.lists.values()):
            raise Refused(*CONFLICT)

    def list_shown(self, each):
        return {**each, "size": len(self.in_list(each))}

    def in_list(self, each):
        rows = self.live(each["entity"])
        return [row for row in rows if all(self.fits(each["entity"], row, condition) for condition in each["where"])]

    def fits(self, entity, row, condition):
        found, test, value = self.column(entity, row, condition["field"]), condition["test"], condition["value"]
        if isinstance(value, str):
            value = value.lower()
        if test == "is":
            return found == value
        if test == "is_not":
            return found != value
        if test == "at_least":
            return found >= value
        if test == "at_most":
            return found <= value
        inside = found is not None and value in found
        return not inside if test == "has_not" else inside

    def column(self, entity, row, field):
        """What a condition is about, in small letters."""
        found = row[field] if field in row else self.related(entity, row, field)
        if isinstance(found, list):
            return [each.lower() for each in found]
        return found.lower() if isinstance(found, str) else found

    def related(self, entity, row, field):
        number = row["id"]
        if field == "owner":
            return self.rows["users"][row["owner_id"]]["email"]
        if field == "domain":
            return self.rows["accounts"][row["account_id"]]["domain"]
        if entity == "accounts":
            contacts = self.where("contacts", account_id=number)
            if field == "tag":
                return [tag for contact in contacts for tag in self.tags_of(contact)]
            return len(contacts) if field == "contacts" else len(self.where("deals", account_id=number))
        if entity == "contacts":
            return self.tags_of(row) if field == "tag" else len(self.where("activities", contact_id=number))
        if entity == "deals":
            items = self.where("line_items", deal_id=number)
            return self.total(row) if field == "cents" else [self.rows["products"][item["product_id"]]["sku"] for item in items]
        if field == "file":
            return [item["filename"] for item in self.where("attachments", activity_id=number)]
        above, name = {"contact": ("contacts", "email"), "deal": ("deals", "number")}[field]
        return None if row[f"{field}_id"] is None else self.rows[above][row[f"{field}_id"]][name]


def listing(items):
    return {"items": items, "total": len(items)}
