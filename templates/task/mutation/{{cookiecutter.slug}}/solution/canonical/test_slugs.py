"""What the docstrings of `slugs` promise."""

import pytest
from slugs import slugify, unique


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Hello, World", "hello-world"),
        ("  --Top 10!  ", "top-10"),
        ("Crème brûlée", "creme-brulee"),
        ("Straße", "strasse"),
        ("Færøerne", "faeroerne"),
        ("Rock & Roll", "rock-and-roll"),
        ("R&B", "r-and-b"),
        ("Пять 5 звёзд", "5"),
        ("日本 go", "go"),
        ("snake_case", "snake-case"),
        ("a" * 20 + " " + "b" * 19, "a" * 20 + "-" + "b" * 19),
        ("a" * 20 + " " + "b" * 20, "a" * 20),
    ],
)
def test_a_title_becomes_a_slug(title, slug):
    assert slugify(title) == slug


@pytest.mark.parametrize(
    ("longest", "slug"), [(1, "o"), (2, "on"), (3, "one"), (6, "one"), (7, "one-two"), (11, "one-two")]
)
def test_a_slug_is_cut_at_the_end_of_a_word(longest, slug):
    assert slugify("one two three x", longest) == slug


def test_a_title_without_letters():
    with pytest.raises(ValueError):
        slugify("日本?!")


def test_no_room_at_all():
    with pytest.raises(ValueError):
        slugify("page", 0)


def test_a_free_slug_stays():
    assert unique("page", {"page-2", "other"}) == "page"


def test_the_first_free_number():
    assert unique("page", {"page", "page-2", "page-4"}) == "page-3"
    assert unique("page", {"page", *(f"page-{n}" for n in range(2, 12))}) == "page-12"


def test_room_for_the_number():
    assert unique("abcdef", {"abcdef"}, longest=6) == "abcd-2"
    assert unique("abc-ef", {"abc-ef"}, longest=6) == "abc-2"
