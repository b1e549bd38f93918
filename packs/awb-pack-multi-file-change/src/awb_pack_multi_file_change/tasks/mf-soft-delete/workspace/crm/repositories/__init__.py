"""The SQL of each entity."""

from __future__ import annotations

from ..db import Database
from .accounts import Accounts
from .activities import Activities
from .attachments import Attachments
from .contacts import Contacts
from .deals import Deals
from .line_items import LineItems
from .products import Products
from .tags import Tags
from .users import Users


class Repositories:
    def __init__(self, db: Database) -> None:
        self.users = Users(db)
        self.accounts = Accounts(db)
        self.contacts = Contacts(db)
        self.products = Products(db)
        self.deals = Deals(db)
        self.line_items = LineItems(db)
        self.activities = Activities(db)
        self.attachments = Attachments(db)
        self.tags = Tags(db)
