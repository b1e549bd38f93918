"""The file: read whole, written whole and by renaming."""

from __future__ import annotations

import datetime
import json
import os
from pathlib import Path

from .errors import Exists, Missing, StoreError
from .model import Entry, Item

FORMAT = 1
KEPT = 500


def now() -> str:
    fixed = os.environ.get("DEPOT_NOW")
    if fixed:
        return fixed
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Store:
    def __init__(self, path: str) -> None:
        self.path = Path(path)
        self.items: dict[str, Item] = {}
        self.log: list[Entry] = []
        self.next_number = 1

    @classmethod
    def create(cls, path: str, *, force: bool = False) -> Store:
        store = cls(path)
        if store.path.exists() and not force:
            raise Exists(f"{path} exists already")
        store.save()
        return store

    @classmethod
    def load(cls, path: str) -> Store:
        store = cls(path)
        try:
            value = json.loads(store.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise StoreError(f"{path} does not exist") from None
        except (OSError, ValueError) as error:
            raise StoreError(f"{path} cannot be read") from error
        if not isinstance(value, dict) or value.get("format") != FORMAT:
            raise StoreError(f"{path} is not a depot of format {FORMAT}")
        try:
            for entry in value["items"]:
                item = Item.from_json(entry)
                store.items[item.sku] = item
            store.log = [Entry.from_json(entry) for entry in value["log"]]
            store.next_number = value["next_number"]
        except (KeyError, TypeError, AttributeError) as error:
            raise StoreError(f"{path} is damaged") from error
        return store

    def save(self) -> None:
        value = {
            "format": FORMAT,
            "next_number": self.next_number,
            "items": [item.to_json() for _, item in sorted(self.items.items())],
            "log": [entry.to_json() for entry in self.log[-KEPT:]],
        }
        fresh = self.path.with_name(self.path.name + ".new")
        try:
            fresh.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            fresh.replace(self.path)
        except OSError as error:
            raise StoreError(f"{self.path} cannot be written") from error

    def item(self, sku: str) -> Item:
        if sku not in self.items:
            raise Missing(f"no item {sku}")
        return self.items[sku]

    def record(self, action: str, sku: str, detail: str, before: dict | None) -> Entry:
        entry = Entry(self.next_number, now(), action, sku, detail, before)
        self.next_number += 1
        self.log.append(entry)
        return entry
