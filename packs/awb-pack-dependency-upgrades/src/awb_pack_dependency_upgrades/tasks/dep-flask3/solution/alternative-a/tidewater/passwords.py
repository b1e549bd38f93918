"""Passwords. Members have joined over many years; the hashes of all of them are in use."""

import hashlib
import hmac
import re

from werkzeug.security import check_password_hash, generate_password_hash

METHOD = "pbkdf2:sha256:2000"


def hash_password(password):
    return generate_password_hash(password, method=METHOD, salt_length=8)


def verify(member, password):
    """Whether the password is the member's; an entry of a kind that docs/formats.md does not know fits none."""
    entry, password = member.password, password or ""
    if not isinstance(entry, str) or entry.count("$") < 2:
        return False
    method, salt, value = entry.split("$", 2)
    if method == "plain":
        return same(password, value)
    if method == "sha256":
        return same(_old_digest(salt, password), value)
    if re.fullmatch(r"pbkdf2:sha256:[1-9][0-9]{0,8}", method) and salt:
        return check_password_hash(entry, password)
    return False


def _old_digest(salt, password):
    if not salt:
        return hashlib.sha256(password.encode()).hexdigest()
    return hmac.new(salt.encode(), password.encode(), "sha256").hexdigest()


def outdated(member):
    """Whether the hash should be replaced at the next chance."""
    return not member.password.startswith("pbkdf2:")


def same(one, other):
    """Compare in a time that does not tell where the difference is."""
    return hmac.compare_digest(_octets(one), _octets(other))


def _octets(text):
    return (text or "").encode() if not isinstance(text, bytes) else text
