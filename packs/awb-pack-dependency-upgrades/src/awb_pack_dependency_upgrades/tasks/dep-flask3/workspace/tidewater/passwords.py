"""Passwords. Members have joined over many years; the hashes of all of them are in use."""

from werkzeug.security import check_password_hash, generate_password_hash, safe_str_cmp

METHOD = "pbkdf2:sha256:2000"


def hash_password(password):
    return generate_password_hash(password, method=METHOD, salt_length=8)


def verify(member, password):
    return check_password_hash(member.password, password or "")


def outdated(member):
    """Whether the hash should be replaced at the next chance."""
    return not member.password.startswith("pbkdf2:")


def same(one, other):
    """Compare in a time that does not tell where the difference is."""
    return safe_str_cmp(one or "", other or "")
