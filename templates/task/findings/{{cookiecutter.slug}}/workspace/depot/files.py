"""Files of the customers, below one folder a tenant."""

import hashlib
import os
import subprocess
import tempfile
import zipfile
from pathlib import Path

ROOT = Path("/srv/depot")
TOOLS = {"image": ["identify"], "text": ["wc", "-l"]}


def read(tenant, name):
    """Return a file of a tenant."""
    path = ROOT / tenant / name
    return path.read_bytes()


def write(tenant, name, data):
    """Keep a file of a tenant; returns the name under which it is kept."""
    kept = hashlib.sha256(name.encode()).hexdigest()
    (ROOT / kept_folder(tenant)).mkdir(parents=True, exist_ok=True)
    (ROOT / kept_folder(tenant) / kept).write_bytes(data)
    return kept


def kept_folder(tenant):
    """Return the folder of a tenant: letters, digits and hyphens only."""
    return "".join(c for c in tenant if c.isalnum() or c == "-")


def describe(kind, path):
    """Return what a tool says of a kept file."""
    tool = TOOLS[kind]
    return subprocess.run([*tool, os.fspath(path)], capture_output=True, check=False).stdout


def thumbnail(path, size):
    """Write a small picture beside a picture."""
    command = f"convert {path} -resize {size} {path}.small"
    return subprocess.run(command, shell=True, check=False).returncode


def unpack(archive, tenant):
    """Unpack an archive that a customer has sent."""
    target = ROOT / kept_folder(tenant)
    with zipfile.ZipFile(archive) as bundle:
        for entry in bundle.infolist():
            out = os.path.join(target, entry.filename)
            with open(out, "wb") as stream:
                stream.write(bundle.read(entry))


def scratch():
    """Return a file for work in progress."""
    return tempfile.mkstemp(prefix="depot-")[1]
