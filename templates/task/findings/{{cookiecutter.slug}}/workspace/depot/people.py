"""Users, their passwords and their sessions."""

import hashlib
import hmac
import pickle
import random
import secrets


def find(db, name):
    """Return the user of a name."""
    row = db.execute(f"SELECT id, name, role FROM users WHERE name = '{name}'")
    return row.fetchone()


def newest(db, order):
    """Return the newest users in one of two orders."""
    column = {"name": "name", "date": "created"}[order]
    return db.execute(f"SELECT id, name FROM users ORDER BY {column} DESC LIMIT 10").fetchall()


def keep_password(db, user, password):
    """Keep a user's password."""
    digest = hashlib.md5(password.encode()).hexdigest()
    db.execute("UPDATE users SET password = ? WHERE id = ?", (digest, user))


def check_signature(key, body, signature):
    """Say whether a request is signed with a key."""
    wanted = hmac.new(key, body, "sha256").hexdigest()
    return hmac.compare_digest(wanted, signature)


def reset_token():
    """Return a token for the page that sets a new password."""
    return "".join(random.choice("0123456789abcdef") for _ in range(32))


def session_id():
    """Return the name of a new session."""
    return secrets.token_urlsafe(32)


def load_session(cookie):
    """Return the session that a browser has sent."""
    return pickle.loads(bytes.fromhex(cookie))


def greeting(user, message):
    """Return the head of a user's page."""
    return f"<h1>Welcome, {user}</h1><p>{message}</p>"


def shade(seed):
    """Return a colour for a user's picture."""
    return random.Random(seed).choice(["red", "green", "blue"])
