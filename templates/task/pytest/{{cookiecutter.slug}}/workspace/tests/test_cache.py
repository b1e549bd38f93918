from cache import Cache


def test_a_value_comes_back():
    cache = Cache()
    cache.put("a", 1)

    assert cache.get("a") == 1


def test_an_unknown_key_gives_the_default():
    cache = Cache()

    assert cache.get("a") is None
    assert cache.get("a", 7) == 7


def test_a_value_is_replaced():
    cache = Cache()
    cache.put("a", 1)
    cache.put("a", 2)

    assert cache.get("a") == 2
