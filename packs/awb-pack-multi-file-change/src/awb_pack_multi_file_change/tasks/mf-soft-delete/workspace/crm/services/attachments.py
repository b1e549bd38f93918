from __future__ import annotations

from ..fields import Field, amount, text, whole
from .base import Service


class AttachmentService(Service):
    entity = "attachments"
    fields = {
        "activity_id": Field(whole, fixed=True),
        "filename": Field(text),
        "size": Field(amount, 0),
    }

    def check_new(self, values: dict) -> None:
        self.must_exist("activities", values["activity_id"])
