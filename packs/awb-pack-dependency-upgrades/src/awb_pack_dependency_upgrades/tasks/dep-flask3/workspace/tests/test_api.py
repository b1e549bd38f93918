import pytest

from tidewater import tokens


@pytest.fixture
def headers(app, client):
    client.get("/")
    with app.app_context():
        return {"Authorization": "Bearer " + tokens.issue_api_token(app.store.member("cleo"), ["read", "write"])}


def test_boats(client):
    data = client.get("/api/v1/boats?kind=kayak").get_json()
    assert data["count"] == 2
    assert list(data["boats"][0]) == ["slug", "name", "kind", "seats", "daily", "berth", "uid"]


def test_booking(client, headers):
    response = client.post("/api/v1/bookings", json={"boat": "petrel", "start": "2021-09-01"}, headers=headers)
    assert response.status_code == 201
    assert response.headers["Location"] == "http://localhost/api/v1/bookings/1005"
    assert response.get_json()["price"] == "48.00"


def test_no_json(client, headers):
    response = client.post("/api/v1/bookings", data={"boat": "petrel"}, headers=headers)
    assert response.status_code == 422
    assert response.mimetype == "application/problem+json"


def test_token_is_needed(client):
    response = client.get("/api/v1/bookings")
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer ")


def test_commands(app):
    runner = app.test_cli_runner()
    assert "gannet" in runner.invoke(args=["desk", "fleet"]).output
    assert runner.invoke(args=["desk", "token", "nobody"]).exit_code == 1
