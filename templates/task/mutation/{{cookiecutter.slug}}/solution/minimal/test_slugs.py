import pytest
from slugs import slugify, unique


def test_words_are_joined():
    assert slugify("Hello, World") == "hello-world"


def test_digits_stay():
    assert slugify("Top 10") == "top-10"


def test_accents_are_dropped():
    assert slugify("Café Olé") == "cafe-ole"


def test_special_letters():
    assert slugify("Straße") == "strasse"
    assert slugify("Rock & Roll") == "rock-and-roll"


def test_a_long_word_is_cut():
    assert slugify("abcdefgh", longest=4) == "abcd"


def test_nothing_left():
    with pytest.raises(ValueError):
        slugify("?!")


def test_a_taken_slug_gets_a_number():
    assert unique("page", {"page"}) == "page-2"
    assert unique("page", {"page", "page-2"}) == "page-3"
    assert unique("page", set()) == "page"
