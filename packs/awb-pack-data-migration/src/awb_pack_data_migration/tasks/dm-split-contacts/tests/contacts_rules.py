"""What the specification makes of a contact book, computed apart from any SQL.

awb-canary d1b08700-1fbd-465d-8b2a-d5076e021755
"""

from __future__ import annotations

import datetime
import re
from collections import Counter, defaultdict

BLANK = {"", "-", "--", "?", "n/a", "na", "none", "null", "unknown"}
TITLES = {"dr": "Dr", "prof": "Prof", "mr": "Mr", "mrs": "Mrs", "ms": "Ms"}
FORMS = {"inc", "ltd", "llc", "gmbh", "ag", "sa", "bv", "plc"}
SPELLINGS = {
    "DE": ["de", "deu", "germany", "deutschland"],
    "AT": ["at", "aut", "austria", "österreich", "Österreich"],
    "CH": ["ch", "che", "switzerland", "schweiz"],
    "FR": ["fr", "fra", "france"],
    "GB": ["gb", "uk", "gbr", "united kingdom"],
    "US": ["us", "usa", "united states", "u.s."],
}
CODES = {spelling: code for code, spellings in SPELLINGS.items() for spelling in spellings}
PREFIX = {"DE": "49", "AT": "43", "CH": "41", "FR": "33", "GB": "44"}
LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def lower(text):
    return text.translate(LOWER)


def clean(value):
    return re.sub(" +", " ", re.sub("[\t\n\r\u00a0]", " ", str(value))).strip(" ")


def blank(value):
    return value is None or lower(clean(value)) in BLANK


def pieces(value, separators):
    if blank(value):
        return []
    return [piece for piece in map(clean, re.split(f"[{separators}]", str(value))) if lower(piece) not in BLANK]


def name(value):
    if blank(value):
        return None, None, None
    words = clean(value).split(" ")
    title = TITLES.get(re.sub(r"\.\Z", "", lower(words[0])))
    if title and len(words) > 1:
        words = words[1:]
    else:
        title = None
    rest = " ".join(words)
    if "," in rest:
        family, given = (clean(part) or None for part in rest.split(",", 1))
        return title, given, family
    return title, " ".join(words[:-1]) or None, words[-1]


def country(value):
    if blank(value):
        return None, True
    code = CODES.get(lower(clean(value)))
    return code, code is not None


DATE = [
    re.compile(r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)(?:[ T](?P<H>\d\d):(?P<M>\d\d):(?P<S>\d\d)Z?)?", re.ASCII),
    re.compile(r"(?P<d>\d\d)\.(?P<m>\d\d)\.(?P<y>\d{4})", re.ASCII),
    re.compile(r"(?P<m>\d\d)/(?P<d>\d\d)/(?P<y>\d{4})", re.ASCII),
]


def created(value):
    if blank(value):
        return None, True
    text = clean(value)
    if re.fullmatch(r"[0-9]{9,10}", text):
        moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=int(text))
        return moment.strftime("%Y-%m-%d %H:%M:%S"), True
    for pattern in DATE:
        match = pattern.fullmatch(text)
        if match:
            parts = {key: int(part or 0) for key, part in match.groupdict().items()}
            try:
                moment = datetime.datetime(
                    parts["y"], parts["m"], parts["d"], parts.get("H", 0), parts.get("M", 0), parts.get("S", 0)
                )
            except ValueError:
                return None, False
            return moment.strftime("%Y-%m-%d %H:%M:%S"), True
    return None, False


def company(value):
    if blank(value):
        return None
    key = clean(re.sub("[.,]", "", lower(clean(value))))
    words = key.split(" ")
    if len(words) > 1 and words[-1] in FORMS:
        words = words[:-1]
    return " ".join(words) or None


def email(piece):
    text = piece
    start = text.find("<")
    if start >= 0:
        end = text.find(">", start + 1)
        if end >= 0:
            text = text[start + 1 : end]
    text = clean(text)
    if lower(text).startswith("mailto:"):
        text = text[len("mailto:") :]
    text = lower(text)
    if text.count("@") != 1:
        return None
    local, domain = text.split("@")
    if not re.fullmatch(r"[a-z0-9._%+-]{1,64}", local) or local[0] == "." or local[-1] == "." or ".." in local:
        return None
    labels = domain.split(".")
    if len(labels) < 2 or any(not re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", label) for label in labels):
        return None
    return text


def phone(piece, code):
    """The number, or the reason why there is none."""
    text = piece.replace("(0)", "")
    text = re.sub("[ .()-]", "", text)
    if not re.fullmatch(r"\+?[0-9]+", text):
        return None, "bad_phone"
    if text.startswith("00"):
        text = "+" + text[2:]
    if not text.startswith("+"):
        if code is None:
            return None, "no_country"
        if code == "US":
            if len(text) == 11 and text[0] == "1":
                text = text[1:]
            if len(text) != 10:
                return None, "bad_phone"
            text = "+1" + text
        elif text[0] == "0":
            text = f"+{PREFIX[code]}{text[1:]}"
        else:
            return None, "bad_phone"
    if not re.fullmatch(r"\+[1-9][0-9]{7,14}", text):
        return None, "bad_phone"
    return text, None


def split(rows):
    """The whole data set: one record per contact, and the companies."""
    book = {}
    for row in rows:
        number, raw_name, raw_company, raw_emails, raw_phones, raw_country, raw_tags, raw_created, source = row
        title, given, family = name(raw_name)
        code, code_known = country(raw_country)
        moment, moment_known = created(raw_created)
        addresses, bad_emails = [], []
        for piece in pieces(raw_emails, ";,|"):
            address = email(piece)
            if address is None:
                bad_emails.append(piece)
            elif address not in addresses:
                addresses.append(address)
        numbers, bad_phones, national = [], [], []
        for piece in pieces(raw_phones, ";,/|"):
            found, reason = phone(piece, code)
            if found is None:
                (national if reason == "no_country" else bad_phones).append(piece)
            elif found not in numbers:
                numbers.append(found)
        book[number] = {
            "row": row,
            "honorific": title,
            "given": given,
            "family": family,
            "country": code,
            "country_bad": None if code_known else clean(raw_country),
            "created": moment,
            "created_bad": None if moment_known else clean(raw_created),
            "company": company(raw_company),
            "spelling": None if blank(raw_company) else clean(raw_company),
            "claimed": addresses,
            "bad_emails": bad_emails,
            "phones": numbers,
            "bad_phones": bad_phones,
            "national": national,
            "tags": sorted({lower(tag) for tag in pieces(raw_tags, "|,")}),
            "source": source,
        }
    claims = defaultdict(list)
    for number, record in book.items():
        for address in record["claimed"]:
            claims[address].append(number)
    owner = {}
    for address, numbers in claims.items():
        latest = max(book[number]["created"] or "" for number in numbers)
        owner[address] = min(number for number in numbers if (book[number]["created"] or "") == latest)
    shared = {address for address, numbers in claims.items() if len(numbers) > 1}
    for number, record in book.items():
        record["emails"] = [address for address in record["claimed"] if owner[address] == number]
        record["lost"] = [address for address in record["claimed"] if owner[address] != number]
        record["shared"] = any(address in shared for address in record["claimed"])
        record["person"] = bool(record["given"] or record["family"] or record["emails"] or record["phones"])
    spellings = defaultdict(Counter)
    first = {}
    for number in sorted(book):
        record = book[number]
        if record["person"] and record["company"]:
            spellings[record["company"]][record["spelling"]] += 1
            first.setdefault((record["company"], record["spelling"]), number)
    companies = {
        key: min(counts, key=lambda spelling: (-counts[spelling], first[key, spelling])) for key, counts in spellings.items()
    }
    return book, companies
