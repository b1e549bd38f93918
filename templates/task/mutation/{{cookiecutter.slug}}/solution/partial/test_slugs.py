from slugs import slugify, unique


def test_words_are_joined():
    assert slugify("Hello, World") == "hello-world"


def test_digits_stay():
    assert slugify("Top 10") == "top-10"


def test_a_taken_slug_gets_a_number():
    assert unique("page", {"page"}) == "page-2"
    assert unique("page", set()) == "page"
