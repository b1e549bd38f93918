"""Walking, matching and digesting folders."""

import os

import pytest

from awb_core.tree import digest_file, digest_tree, matches, walk


def write(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)


def test_walk_yields_regular_files_in_order_and_leaves_out_what_tools_make(tmp_path):
    kept = ["a.py", "b/c/d", "b/é.txt", "z"]
    write(tmp_path, *reversed(kept))
    write(tmp_path, "__pycache__/a.pyc", ".git/HEAD", "b/.pytest_cache/x", "b/old.pyc")
    (tmp_path / "link").symlink_to("a.py")
    (tmp_path / "folder").symlink_to("b", target_is_directory=True)
    (tmp_path / "dangling").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "empty").mkdir()

    assert sorted(walk(tmp_path)) == kept
    assert list(walk(tmp_path)) == list(walk(tmp_path))


@pytest.mark.parametrize(
    ("glob", "yes", "no"),
    [
        ("a.py", ["a.py"], ["b/a.py", "aXpy", "a.pyc"]),
        ("*.py", ["a.py", ".py"], ["b/a.py", "a.py/b"]),
        ("**/*.py", ["a.py", "b/a.py", "b/c/a.py"], ["a.pyc", "b/a.txt"]),
        ("tests/**", ["tests/a", "tests/b/c", "tests/new\nline"], ["tests", "src/tests/a"]),
        ("**", ["a", "a/b", "a\nb"], []),
        ("a/**/z", ["a/z", "a/b/z", "a/b/c/z"], ["a/bz", "z"]),
        ("a?c", ["abc", "a.c"], ["ac", "a/c", "abbc"]),
        ("*", ["a", "a\nb"], ["a/b"]),
        ("/tests/", ["tests"], ["tests/a"]),
        ("a+(b)[c]", ["a+(b)[c]"], ["aab", "a+bc"]),
    ],
)
def test_globs_match_whole_paths_and_only_two_stars_cross_folders(glob, yes, no):
    assert [name for name in yes if not matches(name, [glob])] == []
    assert [name for name in no if matches(name, [glob])] == []


def test_a_name_matches_if_any_glob_does():
    assert matches("b", ["a", "b"])
    assert not matches("c", ["a", "b"])
    assert not matches("a", [])


def test_a_digest_is_over_names_contents_and_executable_bits_only(tmp_path):
    write(tmp_path / "one", "a", "b/c")
    write(tmp_path / "two", "b/c", "a", "__pycache__/x", "b/x.pyc")
    (tmp_path / "two/empty").mkdir()
    os.utime(tmp_path / "two/a", (1, 1))
    (tmp_path / "two/a").chmod(0o600)
    seen = {digest_tree(tmp_path / "one")}
    assert digest_tree(tmp_path / "two") in seen

    (tmp_path / "two/a").chmod(0o700)
    seen.add(digest_tree(tmp_path / "two"))
    (tmp_path / "two/a").write_text("other")
    seen.add(digest_tree(tmp_path / "two"))
    (tmp_path / "two/a").rename(tmp_path / "two/d")
    seen.add(digest_tree(tmp_path / "two"))
    (tmp_path / "two/d").unlink()
    seen.add(digest_tree(tmp_path / "two"))

    assert len(seen) == 5


def test_digests_stay_what_they_are(tmp_path):
    write(tmp_path, "a", "b/c")

    assert digest_file(tmp_path / "a").startswith("ca978112ca1bbdca")
    assert digest_tree(tmp_path) == digest_tree(tmp_path, ["b/c", "a"])
    assert digest_tree(tmp_path).startswith("dc32ef682807e1ab")
