def test_sign_in_and_out(client, sign_in):
    response = sign_in("cleo", "halyard")
    assert response.status_code == 302
    assert b"Cleo Marsh" in client.get("/members/me").data
    assert client.post("/sign-out").status_code == 303
    assert client.get("/members/me").status_code == 302


def test_wrong_password(sign_in):
    assert sign_in("cleo", "mainsail").status_code == 401


def test_old_hash_is_replaced(app, sign_in):
    assert sign_in("bo", "bowline").status_code == 302
    assert app.store.member("bo").password.startswith("pbkdf2:sha256:2000$")


def test_remember_cookie(client, sign_in):
    client.post("/sign-in", data={"login": "cleo", "password": "halyard", "remember": "1"})
    client.delete_cookie("tw_session")
    assert client.get_cookie("tw_remember") is not None
    assert client.get("/members/me").status_code == 200


def test_booking(client, sign_in):
    sign_in("cleo", "halyard")
    response = client.post("/bookings/new/petrel", data={"start": "2021-06-06", "days": "9"})
    assert response.headers["Location"] == "http://localhost/bookings/1005"
    assert "384.00" in client.get("/bookings/1005").data.decode()
    assert client.post("/bookings/new/petrel", data={"start": "2021-06-10"}).status_code == 409


def test_office_is_for_staff(client, sign_in):
    sign_in("cleo", "halyard")
    assert client.get("/office/").status_code == 403
    sign_in("ada", "sextant")
    assert client.get("/office/").status_code == 200


def test_session_in_a_test(client):
    client.get("/")
    with client.session_transaction() as session:
        session["login"] = "dag"
    assert b"Dag" in client.get("/members/me").data
