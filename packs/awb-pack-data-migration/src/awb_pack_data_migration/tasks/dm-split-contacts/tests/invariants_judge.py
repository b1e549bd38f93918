"""The share of invariants that hold on the migrated data set.

awb-canary d1b08700-1fbd-465d-8b2a-d5076e021755
"""

from __future__ import annotations

import hashlib
import json
import random
import re

from contacts_data import rows
from contacts_rules import blank, clean, lower, pieces, split

SIZE = 8000


def cases(seed):
    drawn = random.Random(seed).randrange(1 << 30)
    return [
        {"id": step, "input": {"seed": drawn, "size": size, "step": step}}
        for step, size in (("split", SIZE), ("again", 1500), ("edited", 1500))
    ]


def sign(*values):
    return hashlib.sha256(json.dumps(values, ensure_ascii=True).encode()).hexdigest()[:8]


def grouped(values):
    return sign(*[[position, value] for position, value in enumerate(values, 1)]) if values else None


def listed(values):
    return sign(*sorted(values)) if values else None


def expected(book, companies):
    """{facet: {contact id: digest or None where nothing is to be there}}"""
    found = {}

    def facet(name, make):
        found[name] = {number: make(record) for number, record in book.items()}

    def of_person(make):
        return lambda record: make(record) if record["person"] else None

    def directory(record):
        parts = [part for part in (record["honorific"], record["given"], record["family"]) if part]
        return sign(
            " ".join(parts) or None,
            record["emails"][0] if record["emails"] else None,
            record["phones"][0] if record["phones"] else None,
            companies[record["company"]] if record["company"] else None,
        )

    facet("honorific", of_person(lambda record: sign(record["honorific"])))
    facet("name", of_person(lambda record: sign(record["given"], record["family"])))
    facet("country", of_person(lambda record: sign(record["country"])))
    facet("created", of_person(lambda record: sign(record["created"])))
    facet("source", of_person(lambda record: sign(record["source"])))
    facet("company", of_person(lambda record: sign(record["company"])))
    facet("emails", of_person(lambda record: grouped(record["emails"])))
    facet("phones", of_person(lambda record: grouped(record["phones"])))
    facet("tags", of_person(lambda record: listed(record["tags"])))
    facet("directory", of_person(directory))
    facet("q_row", lambda record: None if record["person"] else sign([None][0]))
    facet("q_country", lambda record: listed([record["country_bad"]] if record["country_bad"] is not None else []))
    facet("q_created", lambda record: listed([record["created_bad"]] if record["created_bad"] is not None else []))
    facet("q_email", lambda record: listed(record["bad_emails"]))
    facet("q_shared", lambda record: listed(record["lost"]))
    facet("q_phone", lambda record: listed(record["bad_phones"]))
    facet("q_national", lambda record: listed(record["national"]))
    return found


def text(record, column):
    value = record["row"][column]
    return "" if value is None else str(value)


def tidy(record, column):
    return text(record, column) == clean(text(record, column))


def plain_list(value):
    return not re.search(r"[;,|/]", value)


def sure(record):
    """A person whatever else is wrong, so that one wrong rule does not show in the invariants of the others."""
    if record["given"] or record["family"]:
        return True
    return bool(record["claimed"]) and not record["shared"] and text(record, EMAILS) == record["claimed"][0]


NAME, COMPANY, EMAILS, PHONES, COUNTRY, TAGS, CREATED = 1, 2, 3, 4, 5, 6, 7
ISO, DAYS, STAMP = r"\d{4}-\d\d-\d\d([ T].*)?", r"\d\d\.\d\d\.\d{4}|\d\d/\d\d/\d{4}", r"\d{9,10}"

SURE = {"honorific", "name", "country", "created", "source", "company", "tags", "directory"}

# name, facet, which contacts: each must hold for every contact of its kind, of which there must be some.
BY_CONTACT = [
    ("two plain words are given and family name", "name", lambda r: tidy(r, NAME) and len(text(r, NAME).split()) == 2 and "," not in text(r, NAME) and not r["honorific"]),
    ("one word, three words and more", "name", lambda r: not blank(r["row"][NAME]) and len(text(r, NAME).split()) != 2 and "," not in text(r, NAME) and not r["honorific"]),
    ("family name before the comma", "name", lambda r: "," in text(r, NAME) and tidy(r, NAME) and not r["honorific"]),
    ("the honorific is taken off the name", "name", lambda r: bool(r["honorific"])),
    ("the honorific", "honorific", lambda r: True),
    ("white space in names", "name", lambda r: not tidy(r, NAME) and not r["honorific"]),
    ("a blank name is none", "name", lambda r: blank(r["row"][NAME])),
    ("country codes", "country", lambda r: len(text(r, COUNTRY)) == 2 and r["country"]),
    ("country names", "country", lambda r: len(text(r, COUNTRY)) > 2),
    ("ISO dates", "created", lambda r: re.fullmatch(ISO, text(r, CREATED)) and r["created"]),
    ("German and American dates", "created", lambda r: re.fullmatch(DAYS, text(r, CREATED)) and r["created"]),
    ("seconds since 1970", "created", lambda r: re.fullmatch(STAMP, clean(text(r, CREATED)))),
    ("dates that do not exist are none", "created", lambda r: r["created_bad"] is not None),
    ("dates that do not exist are quarantined", "q_created", lambda r: True),
    ("source is unchanged", "source", lambda r: True),
    ("companies without a legal form", "company", lambda r: tidy(r, COMPANY) and r["company"] == lower(text(r, COMPANY))),
    ("legal forms and spellings share a company", "company", lambda r: True),
    ("single addresses", "emails", lambda r: plain_list(text(r, EMAILS)) and "<" not in text(r, EMAILS) and ":" not in text(r, EMAILS) and tidy(r, EMAILS) and not r["shared"] and not r["bad_emails"]),
    ("lists of addresses", "emails", lambda r: not plain_list(text(r, EMAILS)) and len(r["claimed"]) > 1 and not r["shared"] and len(pieces(r["row"][EMAILS], ";,|")) == len(r["claimed"])),
    ("addresses in mailto and angle brackets", "emails", lambda r: bool(re.search("[<:]", text(r, EMAILS))) and not r["shared"] and not r["bad_emails"]),
    ("addresses named twice in a contact", "emails", lambda r: len(pieces(r["row"][EMAILS], ";,|")) > len(r["claimed"]) + len(r["bad_emails"])),
    ("contacts with a bad address keep the others", "emails", lambda r: bool(r["bad_emails"]) and not r["shared"]),
    ("bad addresses are quarantined", "q_email", lambda r: True),
    ("shared addresses have the right owner", "emails", lambda r: r["shared"]),
    ("shared addresses are quarantined elsewhere", "q_shared", lambda r: True),
    ("single international numbers", "phones", lambda r: plain_list(text(r, PHONES)) and text(r, PHONES).startswith("+") and "(0)" not in text(r, PHONES)),
    ("numbers with 00 and (0)", "phones", lambda r: plain_list(text(r, PHONES)) and bool(re.match(r"00|\(00", text(r, PHONES)) or "(0)" in text(r, PHONES))),
    ("national numbers", "phones", lambda r: plain_list(text(r, PHONES)) and bool(re.match(r"\(?0[1-9]", text(r, PHONES))) and r["country"] not in ("US", None)),
    ("American numbers", "phones", lambda r: plain_list(text(r, PHONES)) and r["country"] == "US" and "(0)" not in text(r, PHONES) and not text(r, PHONES).startswith("+")),
    ("numbers stored as integers", "phones", lambda r: isinstance(r["row"][PHONES], int)),
    ("lists of numbers", "phones", lambda r: not plain_list(text(r, PHONES))),
    ("bad numbers are quarantined", "q_phone", lambda r: True),
    ("national numbers without a country are quarantined", "q_national", lambda r: True),
    ("tags", "tags", lambda r: True),
    ("unknown countries are quarantined", "q_country", lambda r: True),
    ("empty contacts are quarantined", "q_row", lambda r: True),
    ("the directory", "directory", lambda r: True),
]


def measure(cases, answers):
    items = []

    def item(name, holds, note=""):
        items.append({"id": name, "credit": 1.0 if holds else 0.0, "note": "" if holds else note[:200]})

    values = {}
    for case in cases:
        answer = answers.get(case["id"])
        value = answer.get("value") if isinstance(answer, dict) else None
        values[case["id"]] = value if isinstance(value, dict) else {"error": f"{answer}"[:200]}
    given = cases[0]["input"]
    book, companies = split(rows(given["seed"], given["size"]))
    wanted = expected(book, companies)
    value = values["split"]
    failed = value.get("error")
    found = value.get("facets") if isinstance(value.get("facets"), dict) else {}
    numbers = {str(number) for number in book}
    for name, facet, belongs in BY_CONTACT:
        told = found.get(facet)
        if failed or not isinstance(told, dict) or "error" in told:
            item(name, False, str(failed or (told or {}).get("error", "no answer") if isinstance(told, dict) or failed else "no answer"))
            continue
        certain = facet in SURE
        kind = [number for number, record in book.items() if belongs(record) and (sure(record) or not certain)]
        wrong = [number for number in kind if told.get(str(number)) != wanted[facet][number]]
        stray = [key for key in told if key not in numbers]
        note = f"{len(wrong)} of {len(kind)} contacts, {len(stray)} strays; e.g. {[book[number]['row'] for number in wrong[:1]]}"
        item(name, bool(kind) and not wrong and not stray, note)
    told = found.get("companies") if isinstance(found.get("companies"), dict) else {}
    item("companies: those that people have", not failed and set(told) == set(companies), "other keys")
    good = not failed and told == {key: sign(name) for key, name in companies.items()}
    item("companies: the commonest spelling", good, "other names")
    told = found.get("q_all") if isinstance(found.get("q_all"), dict) else {}
    total = sum(
        len(record["bad_emails"]) + len(record["lost"]) + len(record["bad_phones"]) + len(record["national"])
        + (record["country_bad"] is not None) + (record["created_bad"] is not None) + (not record["person"])
        for record in book.values()
    )
    item("quarantine: nothing else", not failed and told.get("count") == total, f"{told.get('count')} rows, not {total}")
    probes = value.get("probes") if isinstance(value.get("probes"), dict) else {}
    sizes = {"unique": 7, "checks": 3, "references": 5, "cascade": 3, "lookups": 6}
    for name, size in sizes.items():
        item(f"constraints: {name}", not failed and probes.get(name) == [True] * size, f"{probes.get(name)} {probes.get('error', '')}")
    objects = value.get("objects") if isinstance(value.get("objects"), list) else []
    before = value.get("before") if isinstance(value.get("before"), dict) else {}
    needed = {"companies", "people", "emails", "phones", "person_tags", "quarantine", "contact_directory"}
    old = {key.split()[-1] for key in before if key.startswith(("table ", "view "))} - {"contacts"}
    extra = [name for name in objects if isinstance(name, str) and name not in needed | old and not name.startswith(("v1_", "sqlite_"))]
    item("the tables asked for", not failed and needed <= set(map(str, objects)) and "contacts" not in objects and not extra, f"{objects}")
    others = value.get("others") if isinstance(value.get("others"), dict) else {}
    skip = re.compile(r".* contacts(_\w+)?|.* contact_directory|rows sqlite_.*|rows change_log")
    kept = all(others.get(key) == before[key] for key in before if not skip.fullmatch(key))
    silent = others.get("rows change_log") == before.get("rows change_log")
    item("everything else is left alone", not failed and bool(others) and kept and silent, "differs")
    again, edited = values["again"], values["edited"]
    ran = not again.get("error") and again.get("again") is None
    item("up twice", ran and again.get("same") is True, f"{again.get('error')} {again.get('again')}")
    ran = not again.get("error") and again.get("round") is None
    item("up, down, up", ran and again.get("round_same") is True, f"{again.get('error')} {again.get('round')}")
    ran = not edited.get("error") and edited.get("again") is None
    item("up twice with writes between", ran and edited.get("same") is True, f"{edited.get('error')} {edited.get('again')}")
    return {"value": sum(entry["credit"] for entry in items) / len(items), "items": items}
