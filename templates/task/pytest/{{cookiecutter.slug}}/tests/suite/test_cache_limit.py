"""{{ cookiecutter.canary }}"""

import pytest
from cache import Cache


def filled(limit, **options):
    cache = Cache(limit, **options)
    for number in range(limit):
        cache.put(f"k{number}", number)
    return cache


def present(cache, limit):
    return [f"k{number}" for number in range(limit + 1) if cache.peek(f"k{number}") is not None]


@pytest.mark.parametrize("limit", [1, 3])
def test_the_oldest_goes(limit):
    cache = filled(limit)
    cache.put(f"k{limit}", limit)

    assert cache.get("k0") is None
    assert cache.get(f"k{limit}") == limit


def test_get_is_a_use():
    cache = filled(3)
    cache.get("k0")
    cache.put("k3", 3)

    assert cache.get("k0") == 0
    assert cache.get("k1") is None


def test_put_is_a_use():
    cache = filled(3)
    cache.put("k0", 10)
    cache.put("k3", 3)

    assert cache.get("k0") == 10
    assert cache.get("k1") is None


def test_replacing_drops_nothing():
    cache = filled(3)
    cache.put("k1", 10)

    assert [cache.get(f"k{number}") for number in range(3)] == [0, 10, 2]


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_is_at_least_one(limit):
    with pytest.raises(ValueError, match=""):
        Cache(limit)


def test_peek_is_no_use():
    cache = filled(3)

    assert cache.peek("k0") == 0
    assert cache.peek("x", 5) == 5
    cache.put("k3", 3)
    assert present(cache, 3) == ["k1", "k2", "k3"]


def test_asking_is_no_use():
    cache = filled(3)

    assert "k0" in cache
    assert "x" not in cache
    assert len(cache) == 3
    cache.put("k3", 3)
    assert "k0" not in cache
    assert len(cache) == 3


def test_what_goes_is_told():
    told = []
    cache = filled(2, dropped=lambda key, value: told.append((key, value)))
    cache.put("k1", 11)
    cache.put("k2", 2)
    cache.put("k3", 3)

    assert told == [("k0", 0), ("k1", 11)]


def test_it_is_gone_when_it_is_told():
    seen = []
    cache = filled(2, dropped=lambda key, value: seen.append((key in cache, len(cache))))
    cache.put("k2", 2)

    assert seen == [(False, 2)]


def test_who_is_told_may_put():
    saved = {}

    def again(key, value):
        if key not in saved:
            saved[key] = value
            cache.put("k1", value)

    cache = filled(2, dropped=again)
    cache.put("k2", 2)

    assert saved == {"k0": 0}
    assert cache.peek("k1") == 0
    assert len(cache) == 2


def test_resize_drops_at_once():
    told = []
    cache = filled(4, dropped=lambda key, value: told.append(key))
    cache.get("k0")
    cache.resize(2)

    assert told == ["k1", "k2"]
    assert len(cache) == 2


def test_resize_refuses_what_the_constructor_refuses():
    cache = filled(2)

    with pytest.raises(ValueError, match=""):
        cache.resize(0)
    assert len(cache) == 2
