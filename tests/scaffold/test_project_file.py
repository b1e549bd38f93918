"""A line is added to a pyproject.toml as a careful person would."""

import pytest

from awb_core.errors import UsageError
from awb_core.scaffold.project_file import with_dependency, with_entry_point

LINE = 'b = "m.b"'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '[project]\nname = "x"\n\n[project.entry-points.awb]\n# mine\na = "m"  # first\n\n[tool.x]\ny = 1\n',
            f'[project]\nname = "x"\n\n[project.entry-points.awb]\n# mine\na = "m"  # first\n{LINE}\n\n[tool.x]\ny = 1\n',
        ),
        (
            '[project.entry-points."awb"]\na = "m"',
            f'[project.entry-points."awb"]\na = "m"\n{LINE}\n',
        ),
        ("[project.entry-points.awb]\n", f"[project.entry-points.awb]\n{LINE}\n"),
        (
            '[project]\nname = "x"\n',
            f'[project]\nname = "x"\n\n[project.entry-points.awb]\n{LINE}\n',
        ),
        (
            '[project.entry-points.awb]\r\na = "m"\r\n',
            f'[project.entry-points.awb]\r\na = "m"\r\n{LINE}\r\n',
        ),
        (
            '[project.entry-points]\nawb = { a = "m" } # mine\n',
            f'[project.entry-points]\nawb = {{ a = "m", {LINE}}} # mine\n',
        ),
        (
            '[project]\nentry-points.awb.a = "m"\nname = "x"\n',
            f'[project]\nentry-points.awb.a = "m"\nentry-points.awb.{LINE}\nname = "x"\n',
        ),
    ],
)
def test_only_one_line_is_added(tmp_path, before, after):
    path = tmp_path / "pyproject.toml"
    path.write_bytes(before.encode())

    assert with_entry_point(path, "b", "m.b") == after


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[project.entry-points.awb]\nb = "m"\n', "already"),
        ('[project.entry-points.awb]\na = "m.b"\n', "already"),
        ('[project]\nentry-points = "awb"\n', "entry-points: is no table"),
        ("project = 1\n", "project: is no table"),
        ("[project\n", "cannot be read"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path, text, words):
    path = tmp_path / "pyproject.toml"
    path.write_text(text)

    with pytest.raises(UsageError, match=words):
        with_entry_point(path, "b", "m.b")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('["awb-core"]', '["awb-core", "x>=1"]'),
        ("[]", '["x>=1"]'),
        ('[\n  "a",\n  "b", # why\n]', '[\n  "a",\n  "b", # why\n  "x>=1",\n]'),
        ('[\n  "a",\n  "b",\n]', '[\n  "a",\n  "b",\n  "x>=1",\n]'),
        ('["awb-core", "X==2"]', '["awb-core", "X==2"]'),
    ],
)
def test_a_dependency_is_added_once(tmp_path, before, after):
    path = tmp_path / "pyproject.toml"
    frame = '# kept\n[project]\nname = "x"\ndependencies = {}\n\n[tool.y]\ndependencies = ["z"]\n'
    path.write_text(frame.format(before))

    assert with_dependency(path, "x>=1") == frame.format(after)


def test_dependencies_are_made_where_there_are_none_and_must_be_a_list(tmp_path):
    path = tmp_path / "pyproject.toml"
    path.write_text('[project]\nname = "x"\n')
    assert with_dependency(path, "x>=1") == '[project]\nname = "x"\ndependencies = ["x>=1"]\n'
    path.write_text('[project]\ndependencies = "y"\n')
    with pytest.raises(UsageError, match=r"project\.dependencies: is no list"):
        with_dependency(path, "x>=1")
