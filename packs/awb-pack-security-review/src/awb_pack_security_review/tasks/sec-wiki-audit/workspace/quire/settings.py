"""Everything that differs between installations."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from quire import net

PLACEHOLDER_SECRET = "change-me"


class Misconfigured(Exception):
    """The settings do not allow a safe start."""


@dataclass(kw_only=True)
class Settings:
    """The settings of one wiki; `now`, `resolve` and `send` are replaced in tests."""

    data_dir: Path
    secret_key: str = PLACEHOLDER_SECRET
    base_url: str = "http://localhost:8080"
    site_name: str = "Quire"
    portal_origin: str = ""
    open_registration: bool = False
    debug: bool = False

    password_rounds: int = 310_000
    session_days: int = 14
    reset_minutes: int = 30
    link_minutes: int = 60
    login_attempts: int = 8
    login_window_seconds: int = 900

    max_request_bytes: int = 8 << 20
    max_page_chars: int = 400_000
    max_attachment_bytes: int = 4 << 20
    max_import_bytes: int = 16 << 20
    max_import_members: int = 2000

    now: Callable[[], float] = time.time
    resolve: Callable[[str], list[str]] = field(default=net.system_resolve)
    send: Callable[[net.Delivery], int] = field(default=net.system_send)

    def check(self) -> None:
        """Refuse to start with what would be unsafe.

        Raises:
            Misconfigured: the secret is the placeholder or too short outside of debugging.
        """
        if self.debug:
            return
        if self.secret_key == PLACEHOLDER_SECRET or len(self.secret_key) < 24:
            raise Misconfigured("set QUIRE_SECRET_KEY to at least 24 random characters")

    @property
    def secure_cookies(self) -> bool:
        return self.base_url.startswith("https://")


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings from QUIRE_* variables."""
    return Settings(
        data_dir=Path(environ.get("QUIRE_DATA", "data")),
        secret_key=environ.get("QUIRE_SECRET_KEY", PLACEHOLDER_SECRET),
        base_url=environ.get("QUIRE_BASE_URL", "http://localhost:8080").rstrip("/"),
        site_name=environ.get("QUIRE_SITE_NAME", "Quire"),
        portal_origin=environ.get("QUIRE_PORTAL_ORIGIN", ""),
        open_registration=environ.get("QUIRE_OPEN_REGISTRATION") == "1",
        debug=environ.get("QUIRE_DEBUG") == "1",
    )
