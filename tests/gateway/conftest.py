"""A gateway in front of a scripted model server."""

from pathlib import Path

import pytest
from gateway.calls import KEY, PROVIDERS, Client

from awb_core.gateway.client import Gateway
from awb_core.gateway.config import Settings, Upstream
from awb_core.testing import ModelServer


@pytest.fixture
def server():
    with ModelServer() as made:
        yield made


@pytest.fixture
def open_gateway(tmp_path, server, monkeypatch):
    """Return a function that opens a gateway whose upstreams are the server's trial `x`."""
    monkeypatch.setenv("PROVIDER_KEY", KEY)

    def make(folder="gateway", trial="x", base=None, **options):
        options["settings"] = Settings(**options.pop("settings", {}))
        upstreams = [
            Upstream(
                name=name,
                base_url=base or f"{server.url}/t/{trial}/{name}",
                protocol=name,
                key_variable="PROVIDER_KEY",
            )
            for name in PROVIDERS
        ]
        folder = Path(tmp_path, folder)
        return Gateway(folder, upstreams=upstreams, run="run", secret="secret", **options)

    return make


@pytest.fixture
def client(open_gateway):
    with open_gateway() as gateway:
        yield Client(gateway).admit()
