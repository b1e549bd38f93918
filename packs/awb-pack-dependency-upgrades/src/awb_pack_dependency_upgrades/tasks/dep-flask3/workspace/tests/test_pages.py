from flask import template_rendered


def test_index_lists_the_fleet(client):
    text = client.get("/").data.decode()
    assert "Petrel" in text and "Auk" not in text


def test_index_by_kind(client):
    text = client.get("/?kind=kayak").data.decode()
    assert "Teal" in text and "Gannet" not in text
    assert client.get("/?kind=raft").status_code == 404


def test_boat(client):
    text = client.get("/boats/gannet/").data.decode()
    assert "&lt;oilskins&gt;" in text
    assert "€\N{NO-BREAK SPACE}180.00" in text


def test_berth_redirects_to_its_boat(client):
    response = client.get("/berths/C/1/7")
    assert response.status_code == 302
    assert response.headers["Location"] == "http://localhost/boats/eider/"


def test_template_of_a_day(app, client):
    seen = []
    with template_rendered.connected_to(lambda sender, template, context, **extra: seen.append(template.name), app):
        client.get("/boats/petrel/on/2021-06-05")
    assert seen == ["boats/on.html"]


def test_error_page(client):
    response = client.get("/nope")
    assert response.status_code == 404
    assert b"Nothing is moored here." in response.data


def test_documents(client):
    response = client.get("/documents/gannet/latest")
    assert response.cache_control.max_age == 600
    assert response.headers["Content-Disposition"] == "attachment; filename=gannet-latest.txt"
