"""Passwords. Members have joined over many years; the hashes of all of them are in use."""

import hashlib
import hmac
import re

from werkzeug.security import generate_password_hash

METHOD = "pbkdf2:sha256:2000"
PBKDF2 = re.compile(r"pbkdf2:sha256:([1-9][0-9]{0,8})")


def hash_password(password):
    return generate_password_hash(password, method=METHOD, salt_length=8)


def verify(member, password):
    """Whether a password fits; docs/formats.md has the kinds of hashes. What is none of them fits nothing."""
    entry = member.password
    if not isinstance(entry, str) or entry.count("$") < 2:
        return False
    method, salt, kept = entry.split("$", 2)
    found = _hashed(method, _bytes(salt), _bytes(password or ""))
    return found is not None and hmac.compare_digest(found, _bytes(kept))


def outdated(member):
    """Whether the hash should be replaced at the next chance."""
    return not member.password.startswith("pbkdf2:")


def same(one, other):
    """Compare in a time that does not tell where the difference is."""
    return hmac.compare_digest(_bytes(one or ""), _bytes(other or ""))


def _hashed(method, salt, password):
    if method == "plain":
        return password
    if method == "sha256":
        # Without a salt there is no key either.
        digest = hmac.new(salt, password, hashlib.sha256) if salt else hashlib.sha256(password)
        return digest.hexdigest().encode("ascii")
    match = PBKDF2.fullmatch(method)
    if match and salt:
        return hashlib.pbkdf2_hmac("sha256", password, salt, int(match[1])).hex().encode("ascii")
    return None


def _bytes(text):
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
