from __future__ import annotations

import pytest
from model_server.trees import make_trees

from awb_core.testing import ModelServer


@pytest.fixture
def server():
    with ModelServer() as running:
        yield running


@pytest.fixture(scope="session")
def trees(tmp_path_factory):
    return make_trees(tmp_path_factory.mktemp("trees"))
