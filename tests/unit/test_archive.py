"""The one extractor: hostile archives write nothing outside and never surprise."""

import contextlib
import io
import os
import tarfile
from pathlib import Path

import pytest

from awb_core.sandbox.archive import ArchiveLimits, Refused, extract, pack

LIMITS = ArchiveLimits(bytes=1 << 20, members=50, depth=8)


def archive(*members):
    """Make a tar stream of (name, content or None, options)."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content, options in members:
            info = tarfile.TarInfo(name)
            for key, value in options.items():
                setattr(info, key, value)
            if isinstance(content, bytes):
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
            else:
                tar.addfile(info)
    return [buffer.getvalue()]


def test_plain_files_arrive_with_content_and_safe_modes(tmp_path):
    stream = archive(
        ("a/b.txt", b"text", {"mode": 0o6777}), ("run", b"#!", {"mode": 0o755}), ("c", b"", {})
    )

    found = extract(stream, tmp_path / "out", LIMITS)

    assert (tmp_path / "out/a/b.txt").read_bytes() == b"text"
    assert (tmp_path / "out/a/b.txt").stat().st_mode & 0o7777 == 0o755
    assert (tmp_path / "out/c").stat().st_mode & 0o7777 == 0o644
    assert found.files == 3


@pytest.mark.parametrize(
    "name", ["/etc/evil", "../evil", "a/../../evil", "x" * 300, "/".join("d" * 20), "a\0b"]
)
def test_names_that_leave_or_overflow_are_refused(tmp_path, name):
    stream = (
        archive((name, b"x", {}))
        if "\0" not in name
        else [archive(("aQb", b"x", {}))[0].replace(b"aQb", b"a\0b", 1)]
    )
    if "\0" in name:
        extract_or_refuse(stream, tmp_path / "out")
    else:
        with pytest.raises(Refused):
            extract(stream, tmp_path / "out", LIMITS)
    assert not (tmp_path / "evil").exists()
    assert not Path("/etc/evil").exists()


def extract_or_refuse(stream, target):
    with contextlib.suppress(Refused):
        extract(stream, target, LIMITS)


def test_links_devices_and_pipes_are_left_out_and_listed(tmp_path):
    stream = archive(
        ("link", None, {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}),
        ("hard", None, {"type": tarfile.LNKTYPE, "linkname": "good"}),
        ("pipe", None, {"type": tarfile.FIFOTYPE}),
        ("dev", None, {"type": tarfile.CHRTYPE, "devmajor": 1, "devminor": 3}),
        ("good", b"1", {}),
    )

    found = extract(stream, tmp_path / "out", LIMITS)

    assert [name for name, _ in found.refused] == ["link", "hard", "pipe", "dev"]
    assert os.listdir(tmp_path / "out") == ["good"]


def test_a_planted_link_is_never_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "folder").symlink_to(outside)

    with pytest.raises(Refused):
        extract(archive(("folder/file", b"x", {})), tmp_path / "out", LIMITS)

    assert list(outside.iterdir()) == []


def test_a_name_given_twice_is_refused(tmp_path):
    with pytest.raises(Refused):
        extract(archive(("a", b"1", {}), ("a", b"2", {})), tmp_path / "out", LIMITS)


def test_too_many_members_are_refused(tmp_path):
    with pytest.raises(Refused, match="members"):
        extract(archive(*((f"f{n}", b"", {}) for n in range(60))), tmp_path / "out", LIMITS)


def test_too_much_content_is_refused(tmp_path):
    with pytest.raises(Refused, match="bytes"):
        extract(archive(("big", bytes(2 << 20), {})), tmp_path / "out", LIMITS)


def test_an_endless_stream_is_refused(tmp_path):
    def endless():
        yield archive(("a", b"", {}))[0][:512]
        while True:
            header = tarfile.TarInfo("b")
            header.type = b"x"
            header.size = 1 << 40
            yield header.tobuf()
            while True:
                yield bytes(1 << 20)

    with pytest.raises(Refused):
        extract(endless(), tmp_path / "out", LIMITS)


@pytest.mark.parametrize("data", [b"", b"not a tar archive" * 100, bytes(512)])
def test_garbage_never_raises_anything_else(tmp_path, data):
    extract_or_refuse([data], tmp_path / "out")


def test_a_truncated_archive_is_refused(tmp_path):
    data = archive(("a", bytes(100_000), {}))[0][:50_000]
    with pytest.raises(Refused):
        extract([data], tmp_path / "out", LIMITS)


def test_pack_and_extract_are_a_round_trip(tmp_path):
    source = tmp_path / "source"
    (source / "deep/er").mkdir(parents=True)
    (source / "deep/er/file").write_bytes(b"x" * 1000)
    (source / "tool").write_text("#!/bin/sh\n")
    (source / "tool").chmod(0o755)
    (source / "link").symlink_to("/etc/passwd")
    (source / ("long" * 40)).write_text("long")

    found = extract(pack(source), tmp_path / "out", LIMITS)

    assert (tmp_path / "out/deep/er/file").read_bytes() == b"x" * 1000
    assert (tmp_path / "out/tool").stat().st_mode & 0o100
    assert found.refused == (("link", "link to /etc/passwd"),)


def test_names_that_are_not_utf8_are_listed(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    with open(os.fsencode(source) + b"/\xff\xfe", "wb"):
        pass
    (source / "good").write_text("1")

    found = extract(pack(source), tmp_path / "out", LIMITS)

    assert found.files == 1
    assert "UTF-8" in found.refused[0][1]
