from __future__ import annotations

from ..fields import Field, amount, text
from .base import Service


class ProductService(Service):
    entity = "products"
    fields = {
        "sku": Field(text),
        "name": Field(text),
        "price_cents": Field(amount),
    }
