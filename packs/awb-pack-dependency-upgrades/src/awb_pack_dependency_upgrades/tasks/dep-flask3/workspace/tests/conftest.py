import pytest

from tidewater import create_app
from tidewater.clock import FixedClock


@pytest.fixture
def clock():
    return FixedClock("2021-06-05T10:00:00")


@pytest.fixture
def app(clock):
    return create_app({"CLOCK": clock, "TESTING": True})


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def sign_in(client):
    def sign_in(login, password):
        return client.post("/sign-in", data={"login": login, "password": password})

    return sign_in
