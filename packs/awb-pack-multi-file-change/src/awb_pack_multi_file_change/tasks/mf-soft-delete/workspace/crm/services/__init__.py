"""The rules of each entity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..below import ORDER as ENTITIES
from .accounts import AccountService
from .activities import ActivityService
from .attachments import AttachmentService
from .base import Service
from .contacts import ContactService
from .deals import DealService
from .line_items import LineItemService
from .products import ProductService
from .tags import TagService
from .users import UserService

if TYPE_CHECKING:
    from ..app import Crm


class Services:
    def __init__(self, crm: Crm) -> None:
        self.users = UserService(crm)
        self.accounts = AccountService(crm)
        self.contacts = ContactService(crm)
        self.products = ProductService(crm)
        self.deals = DealService(crm)
        self.line_items = LineItemService(crm)
        self.activities = ActivityService(crm)
        self.attachments = AttachmentService(crm)
        self.tags = TagService(crm)

    def named(self, entity: str) -> Service | None:
        return getattr(self, entity) if entity in ENTITIES else None
