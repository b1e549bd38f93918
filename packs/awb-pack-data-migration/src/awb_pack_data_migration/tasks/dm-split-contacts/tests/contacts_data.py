"""A dirty contact book, drawn from a seed: raw rows only, no expectations.

awb-canary d1b08700-1fbd-465d-8b2a-d5076e021755
"""

from __future__ import annotations

import random
import sqlite3

SCHEMA = """
CREATE TABLE IF NOT EXISTS contacts (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    name     TEXT,
    company  TEXT,
    emails,
    phones,
    country  TEXT,
    tags     TEXT,
    created,
    source   TEXT
);
CREATE INDEX IF NOT EXISTS contacts_company ON contacts (company);
CREATE INDEX IF NOT EXISTS contacts_created ON contacts (created DESC);
CREATE TABLE IF NOT EXISTS change_log (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    table_name TEXT NOT NULL,
    row_id     INTEGER NOT NULL,
    action     TEXT NOT NULL
);
CREATE TRIGGER IF NOT EXISTS contacts_log_insert AFTER INSERT ON contacts
BEGIN
    INSERT INTO change_log (table_name, row_id, action) VALUES ('contacts', new.id, 'insert');
END;
CREATE TRIGGER IF NOT EXISTS contacts_log_update AFTER UPDATE ON contacts
BEGIN
    INSERT INTO change_log (table_name, row_id, action) VALUES ('contacts', new.id, 'update');
END;
CREATE TRIGGER IF NOT EXISTS contacts_log_delete AFTER DELETE ON contacts
BEGIN
    INSERT INTO change_log (table_name, row_id, action) VALUES ('contacts', old.id, 'delete');
END;
CREATE TABLE IF NOT EXISTS interactions (
    id          INTEGER PRIMARY KEY,
    contact_id  INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    happened_on TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS interactions_contact ON interactions (contact_id);
CREATE VIEW IF NOT EXISTS contact_directory AS
    SELECT id, name, emails AS email, phones AS phone, company FROM contacts;
"""

COLUMNS = ("id", "name", "company", "emails", "phones", "country", "tags", "created", "source")

GIVEN = (
    "Jane John Mira Otto Lena Paul Ines Tariq Zoë Jürgen Anaïs Karl Vera Nils Olga Femi Rosa Hugo Iris Élodie Mads Lou "
    "Ada Bo Chen Dina Emil Gita"
).split()
FAMILY = (
    "Doe Miller Müller Kern Adams Okafor Lindt Weiß Moreau Hansen Ortiz Baker Chen Fischer Öztürk Novak Rossi Silva Ueda "
    "Voss Wolf Young Zander O'Neil Brandt Carter Dupont Engel"
).split()
STEMS = (
    "Acme|Blue Harbor|Nordwind|Kestrel Labs|Ostsee Logistik|Pine & Sons|Quanta|Rhein Data|Solaris|Tessera|Umbra Media|"
    "Vektor|Westbank|Xenon Parts|Yarrow|Zephyr Air|Alpine Foods|Brick Lane|Côte d'Or|Delta-Werk|Elm Street Books|Fjord"
).split("|")
FORMS = ["", "", "", " Inc.", ", Inc.", " INC", " GmbH", " gmbh", " AG", " S.A.", " B.V.", " Ltd.", " Ltd", " LLC", " plc"]
BLANKS = ["", " ", "-", "--", "?", "n/a", "N/A", "na", "None", "NULL", "unknown", " Unknown ", "\t", "\u00a0"]
COUNTRIES = {
    "DE": ["DE", "de", "DEU", "Germany", "Deutschland", " germany ", "DEUTSCHLAND"],
    "AT": ["AT", "AUT", "Austria", "Österreich", "at\u00a0"],
    "CH": ["CH", "CHE", "Switzerland", "Schweiz"],
    "FR": ["FR", "FRA", "France", "france\t"],
    "GB": ["GB", "UK", "GBR", "United  Kingdom", "united kingdom"],
    "US": ["US", "USA", "United States", "U.S.", "usa"],
}
TAGS = ["vip", "newsletter", "partner", "press", "lead", "churned", "event 2019", "do-not-call"]
SOURCES = ["fair", "web", "Web", "import-2014", " legacy ", "", None]
HOSTS = ["example.com", "mail.example.org", "kern-media.de", "x1.example.net", "office.example.co.uk"]


def rows(seed: int, size: int) -> list[tuple]:
    """Rows of the table contacts, by rising id."""
    draw = random.Random(seed)
    found = []
    number = draw.randrange(5, 40)
    shared = [f"team{index}@{draw.choice(HOSTS)}" for index in range(max(4, size // 60))]
    for _ in range(size):
        number += draw.choice([1, 1, 1, 1, 2, 5])
        given, family = draw.choice(GIVEN), draw.choice(FAMILY)
        code = draw.choice(list(COUNTRIES))
        if draw.random() < 0.03:
            row = _hollow(draw)
        else:
            row = (
                _name(draw, given, family),
                _company(draw),
                _emails(draw, given, family, number, shared),
                _phones(draw, code),
                _country(draw, code),
                _tags(draw),
                _created(draw),
                draw.choice(SOURCES),
            )
        found.append((number, *row))
    return found


def build(path: str, seed: int, size: int) -> None:
    """Write the database as it stands after migration 001."""
    draw = random.Random(seed + 1)
    data = rows(seed, size)
    connection = sqlite3.connect(path)
    connection.executescript(SCHEMA)
    connection.executemany(f"INSERT INTO contacts VALUES ({', '.join('?' * len(COLUMNS))})", data)
    connection.execute("DELETE FROM contacts WHERE id = ?", (data[len(data) // 2][0],))
    connection.execute("INSERT INTO contacts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", data[len(data) // 2])
    connection.execute("INSERT INTO contacts (id, name) VALUES (?, 'gone')", (data[-1][0] + 977,))
    connection.execute("DELETE FROM contacts WHERE id = ?", (data[-1][0] + 977,))
    connection.executemany(
        "INSERT INTO interactions (contact_id, kind, happened_on) VALUES (?, ?, ?)",
        [
            (draw.choice(data)[0], draw.choice(["call", "mail", "visit"]), f"2024-{draw.randrange(1, 13):02}-11")
            for _ in range(size // 4)
        ],
    )
    connection.commit()
    connection.close()


def _hollow(draw: random.Random) -> tuple:
    def nothing():
        return draw.choice([None, *BLANKS])

    emails = draw.choice([nothing(), nothing(), "nobody(at)example.com", "x@y", "; ;", "lost..dots@example.com"])
    phones = draw.choice([nothing(), nothing(), "ask reception", "12"])
    wholly = str(emails).strip() in ("None", *BLANKS) and str(phones).strip() in ("None", *BLANKS)
    company = draw.choice([nothing(), "Hollow Holdings Ltd"]) if wholly else draw.choice([nothing(), "Acme Inc."])
    return (nothing(), company, emails, phones, draw.choice([None, "DE"]), draw.choice([None, "vip"]), _created(draw), "fair")


def _space(draw: random.Random, text: str) -> str:
    words = text.split(" ")
    joined = words[0]
    for word in words[1:]:
        joined += draw.choice(["  ", " \t", "\u00a0", " \u00a0 ", "\n"]) + word
    return draw.choice([" ", "\t", "", "\r\n"]) + joined + draw.choice([" ", "\u00a0", "", "   "])


def _name(draw: random.Random, given: str, family: str) -> str | None:
    kind = draw.random()
    if kind < 0.06:
        return draw.choice([None, *BLANKS])
    if kind < 0.36:
        text = f"{given} {family}"
    elif kind < 0.50:
        text = draw.choice([f"{family}, {given}", f"{family},{given}", f"{family}, {given} {draw.choice(GIVEN)}"])
    elif kind < 0.56:
        text = draw.choice([family, given, family.upper()])
    elif kind < 0.64:
        text = draw.choice([f"{given} van {family}", f"{given} {draw.choice(GIVEN)} {family}", f"{given} {family}-{family}"])
    elif kind < 0.66:
        text = draw.choice([f"{family},", f", {given}", f"{family}, {given}, MBA", "Dr.", "ms"])
    elif kind < 0.80:
        title = draw.choice(["Dr.", "dr", "DR.", "Prof.", "prof", "Mr", "Mr.", "Mrs.", "MRS", "Ms", "ms."])
        text = f"{title} " + draw.choice([f"{given} {family}", f"{family}, {given}", family])
    elif kind < 0.82:
        text = draw.choice([f"Prof. Dr. {given} {family}", f"Dr {family}, Dr {given}", f"Drs. {given} {family}", f"Mr.. {family}"])
    else:
        text = _space(draw, draw.choice([f"{given} {family}", f"{family}, {given}", f"Dr. {given} {family}"]))
    if draw.random() < 0.05:
        text = text.upper()
    return text


def _company(draw: random.Random) -> str | None:
    kind = draw.random()
    if kind < 0.15:
        return draw.choice([None, *BLANKS])
    if kind < 0.17:
        return draw.choice(["Inc.", "GmbH", "AG Holding", "Sa", "Ltd. Inc.", ".", " , ", "Holding AG Ltd", "B. V."])
    if kind < 0.21:
        pair = f"Pair {draw.randrange(60)} Optics"
        return draw.choice([pair, pair.upper(), f"{pair} Ltd", f"{pair}, Inc."])
    stem = draw.choice(STEMS)
    if kind < 0.40:
        return stem
    text = stem + draw.choice(FORMS)
    if kind > 0.80:
        text = draw.choice([text.upper(), text.lower(), text.replace(" ", "  "), f" {text}", f"{text}\u00a0", f"{text}\n"])
    return text


def _address(draw: random.Random, given: str, family: str, number: int) -> str:
    plain = {"ö": "oe", "ü": "ue", "ß": "ss", "ë": "e", "ï": "i", "É": "E", "Ö": "Oe", "'": ""}
    local = "".join(plain.get(letter, letter) for letter in draw.choice([f"{given}.{family}", f"{given}_{family}", family]))
    return f"{local}{draw.choice(['', '+crm', '-x', '%a'])}{number}@{draw.choice(HOSTS)}"


def _bad_email(draw: random.Random, number: int) -> str:
    return draw.choice(
        [
            f"nobody{number}(at)example.com",
            f"x{number}@localhost",
            f"two@at{number}@example.com",
            f".lead{number}@example.com",
            f"trail{number}.@example.com",
            f"dots..{number}@example.com",
            f"gap {number}@example.com",
            f"@example{number}.com",
            f"u{number}@.example.com",
            f"u{number}@example..com",
            f"u{number}@example.com.",
            f"u{number}@-example.com",
            f"u{number}@example-.com",
            f"u{number}@exam_ple.com",
            f"jürgen{number}@example.com",
            f"{str(number):l>65}@example.com",
            f"Call <u{number}@example>",
            f"u{number}@",
            f"no address {number}",
            f"<u{number}@example.com",
            f"mailto:mailto:u{number}@example.com",
        ]
    )


def _emails(draw: random.Random, given: str, family: str, number: int, shared: list[str]) -> str | None:
    kind = draw.random()
    if kind < 0.10:
        return draw.choice([None, *BLANKS])
    first = _address(draw, given, family, number)
    if draw.random() < 0.01:
        first = f"{str(number):k>64}@{draw.choice(HOSTS)}"
    if kind < 0.35:
        return first.lower()
    if kind < 0.45:
        return first
    dressed = draw.choice(
        [
            f"mailto:{first}",
            f"MAILTO:{first.upper()}",
            f"{given} {family} <{first}>",
            f"<{first.lower()}>",
            f"{family} < mailto:{first} >",
            f"  {first}\t",
            f"{first}\u00a0",
        ]
    )
    if kind < 0.57:
        return dressed
    pieces = [first]
    if kind < 0.72:
        pieces = [f"{count}.{first}" for count in range(draw.randrange(2, 5))]
    elif kind < 0.80:
        pieces = [first, first.lower(), f"other.{first}", dressed, first.upper()][: draw.randrange(2, 6)]
    elif kind < 0.88:
        pieces = [draw.choice(shared), first] if draw.random() < 0.5 else [first, draw.choice(shared).upper()]
        if draw.random() < 0.25:
            pieces = [draw.choice(shared)]
    elif kind < 0.97:
        pieces = [_bad_email(draw, number), first]
        if draw.random() < 0.3:
            pieces.append(_bad_email(draw, number + 1))
        if draw.random() < 0.4:
            pieces.reverse()
    else:
        pieces = [first, "", "n/a", " ", f"b{first}", "-"]
    text = pieces[0]
    for piece in pieces[1:]:
        text += draw.choice([";", ",", "|", "; ", ", ", " | ", ";;"]) + piece
    return text


def _digits(draw: random.Random, count: int) -> str:
    return str(draw.randrange(1, 10)) + "".join(str(draw.randrange(10)) for _ in range(count - 1))


def _phone(draw: random.Random, code: str) -> object:
    prefix = {"DE": "49", "AT": "43", "CH": "41", "FR": "33", "GB": "44", "US": "1"}[code]
    area, rest = _digits(draw, 3), _digits(draw, 7)
    kind = draw.random()
    if kind < 0.25:
        return draw.choice([f"+{prefix} {area} {rest}", f"+{prefix}-{area}-{rest}", f"+{prefix}{area}{rest}", f"+{prefix} ({area}) {rest}"])
    if kind < 0.35:
        return draw.choice([f"00{prefix} {area} {rest}", f"00 {prefix} {area}.{rest}", f"(00{prefix}) {area}{rest}"])
    if kind < 0.43:
        return draw.choice([f"+{prefix} (0){area} {rest}", f"+{prefix}(0)\u00a0{area}-{rest}", f"00{prefix} (0) {area} {rest}"])
    if kind < 0.80:
        if code == "US":
            return draw.choice([f"({area}) {rest[:3]}-{rest[3:]}", f"{area}.{rest[:3]}.{rest[3:]}", f"1-{area}-{rest}", f"1 {area}{rest}"])
        return draw.choice([f"0{area} {rest}", f"(0{area}) {rest}", f"0{area}-{rest[:3]}.{rest[3:]}", f"0{area}{rest[:3]}"])
    return draw.choice(
        [
            "ask reception",
            f"{area}-CALL-NOW",
            f"+{prefix} {area} {rest} ext 12",
            "12",
            f"+{_digits(draw, 16)}",
            f"+{prefix}{area}",
            f"+{prefix} {_digits(draw, 7 - len(prefix))}",
            f"+{prefix} {_digits(draw, 8 - len(prefix))}",
            f"+{_digits(draw, 15)}",
            f"+0{prefix} {rest}",
            f"++{prefix} {area} {rest}",
            f"{prefix}+{area}{rest}",
            f"{area} {rest[:4]}",
            f"0049{area}",
            f"000{area}{rest}",
            f"2 {area}{rest}",
            "+",
            "(0)",
        ]
    )


def _phones(draw: random.Random, code: str) -> object:
    kind = draw.random()
    if kind < 0.22:
        return draw.choice([None, None, *BLANKS])
    if kind < 0.28:
        return int(_digits(draw, draw.choice([10, 10, 7, 11])))
    if kind < 0.30:
        return int("1" + _digits(draw, 10))
    if kind < 0.66:
        return _phone(draw, code)
    pieces = [str(_phone(draw, code)) for _ in range(draw.randrange(2, 4))]
    if kind < 0.74:
        pieces.insert(draw.randrange(2), pieces[0])
    if kind > 0.96:
        pieces.insert(0, draw.choice(["", "n/a", "-"]))
    text = pieces[0]
    for piece in pieces[1:]:
        text += draw.choice(["/", ";", ",", "|", " / ", "; "]) + piece
    return text


def _country(draw: random.Random, code: str) -> str | None:
    kind = draw.random()
    if kind < 0.10:
        return draw.choice([None, *BLANKS])
    if kind < 0.14:
        return draw.choice(["XX", "Narnia", "Germany / Austria", "ÖSTERREICH", "D", "Great  Britain", "U.S.A."])
    if kind < 0.50:
        return code
    return draw.choice(COUNTRIES[code])


def _tags(draw: random.Random) -> str | None:
    kind = draw.random()
    if kind < 0.4:
        return draw.choice([None, *BLANKS])
    chosen = [draw.choice(TAGS) for _ in range(draw.randrange(1, 5))]
    chosen = [tag.upper() if draw.random() < 0.2 else tag for tag in chosen]
    if draw.random() < 0.1:
        chosen.append(draw.choice(["", " ", "n/a", "event  2019", "\tpress"]))
    return draw.choice(["|", ",", " | ", ", "]).join(chosen)


def _created(draw: random.Random) -> object:
    year, month, day = draw.randrange(2009, 2024), draw.randrange(1, 13), draw.randrange(1, 29)
    clock = f"{draw.randrange(24):02}:{draw.randrange(60):02}:{draw.randrange(60):02}"
    kind = draw.random()
    if kind < 0.08:
        return draw.choice([None, *BLANKS])
    if kind < 0.28:
        return f"{year}-{month:02}-{day:02}"
    if kind < 0.48:
        return draw.choice([f"{year}-{month:02}-{day:02} {clock}", f"{year}-{month:02}-{day:02}T{clock}Z", f"{year}-{month:02}-{day:02}T{clock}"])
    if kind < 0.50:
        return f" {year}-{month:02}-{day:02}\t{clock}Z"
    if kind < 0.64:
        return f"{day:02}.{month:02}.{year}"
    if kind < 0.76:
        return f"{month:02}/{day:02}/{year}"
    if kind < 0.80:
        return draw.choice(["29.02.2016", "02/29/2020", "2012-02-29"])
    stamp = draw.randrange(1_200_000_000, 1_700_000_000) if kind < 0.87 else draw.randrange(300_000_000, 999_999_999)
    if kind < 0.90:
        return draw.choice([stamp, str(stamp), f" {stamp}"])
    return draw.choice(
        [
            "31.02.2021",
            "2021-13-01",
            "2019-02-29",
            "02/30/2020",
            "13/12/2019",
            "2021-1-5",
            "1.2.2020",
            f"{year}-{month:02}-{day:02} 24:00:00",
            f"{year}-{month:02}-{day:02} 12:61:00",
            f"{year}-{month:02}-{day:02} 12:30",
            f"{year}-{month:02}-{day:02}Z",
            f"{year}-{month:02}-{day:02} {clock}ZZ",
            f"{year}{month:02}{day:02}",
            12345,
            "yesterday",
            "03.04.21",
            "00.01.2020",
            "31.04.2020 10:00:00",
        ]
    )
