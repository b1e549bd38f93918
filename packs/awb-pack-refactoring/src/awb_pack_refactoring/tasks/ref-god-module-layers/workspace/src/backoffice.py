"""Back office of a small mail-order business.

Customers, products and stock, orders, billing, notifications, reports and the command line. Data lives in one
sqlite file. Amounts are integer cents, rates are basis points (1900 = 19 %), dates are ISO strings.
"""

import argparse
import csv
import io
import json
import os
import re
import sqlite3
import sys
import textwrap
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

__all__ = [
    "BackOfficeError",
    "CUSTOMER_GROUPS",
    "CreditError",
    "Customer",
    "DEFAULT_SETTINGS",
    "DuplicateError",
    "INVOICE_STATES",
    "Invoice",
    "Movement",
    "NotFoundError",
    "Notification",
    "ORDER_STATES",
    "Order",
    "OrderLine",
    "OutOfStockError",
    "Product",
    "SETTINGS",
    "StateError",
    "TABLES",
    "VAT_RATES",
    "ValidationError",
    "add_campaign",
    "add_days",
    "add_voucher",
    "adjust_stock",
    "aging_report",
    "anonymise_customer",
    "apply_rate",
    "approve_order",
    "audit_trail",
    "available_credit",
    "available_quantity",
    "backup_database",
    "block_customer",
    "build_parser",
    "cancel_order",
    "change_line",
    "change_price",
    "check_database",
    "close_database",
    "close_orders",
    "configure",
    "count_stock",
    "create_customer",
    "create_product",
    "credit_invoice",
    "customer_balance",
    "customer_statement",
    "dashboard",
    "days_between",
    "delivery_note",
    "dump_data",
    "dunning_letter",
    "export_bookings",
    "export_csv",
    "fill_with_examples",
    "find_customers",
    "find_invoices",
    "find_orders",
    "flush_notifications",
    "format_money",
    "format_rate",
    "get_customer",
    "get_invoice",
    "get_order",
    "get_product",
    "import_customers",
    "import_orders",
    "interest_due",
    "invoice_document",
    "invoice_lines",
    "list_products",
    "load_data",
    "main",
    "margin_report",
    "mark_overdue",
    "merge_customers",
    "month_bounds",
    "month_summary",
    "net_of",
    "next_business_day",
    "normalise_country",
    "normalise_email",
    "normalise_postcode",
    "normalise_quantity",
    "normalise_sku",
    "normalise_vat_id",
    "notifications",
    "open_database",
    "order_history",
    "order_totals",
    "parse_date",
    "parse_money",
    "parse_rate",
    "picking_list",
    "place_order",
    "preferences",
    "price_list",
    "quarter_bounds",
    "receive_stock",
    "record_payment",
    "reorder_suggestions",
    "require_text",
    "reset_settings",
    "retire_product",
    "return_goods",
    "run_dunning",
    "running_campaigns",
    "sales_report",
    "set_preference",
    "set_tier",
    "set_today",
    "set_user",
    "ship_order",
    "shipping_cost",
    "shipping_zone",
    "split_amount",
    "stock_history",
    "stock_level",
    "stock_report",
    "stock_value",
    "submit_order",
    "text_table",
    "to_plain",
    "today",
    "top_customers",
    "unblock_customer",
    "unit_price",
    "update_customer",
    "vat_rate",
    "vat_report",
    "write_off",
]

# --------------------------------------------------------------------------------------------------------------
# Errors
# --------------------------------------------------------------------------------------------------------------


class BackOfficeError(Exception):
    """Base of all errors the back office reports to its users."""


class ValidationError(BackOfficeError):
    """Input that breaks a rule; `field` names the culprit."""

    def __init__(self, field, message):
        super().__init__(f"{field}: {message}")
        self.field = field


class NotFoundError(BackOfficeError):
    """A record that does not exist."""

    def __init__(self, kind, key):
        super().__init__(f"no {kind} {key}")
        self.kind = kind
        self.key = key


class StateError(BackOfficeError):
    """An action that the state of a record does not allow."""


class OutOfStockError(BackOfficeError):
    """Not enough stock for an action that cannot wait."""

    def __init__(self, sku, wanted, available):
        super().__init__(f"{sku}: wanted {wanted}, available {available}")
        self.sku = sku
        self.wanted = wanted
        self.available = available


class CreditError(BackOfficeError):
    """A customer who may not order on credit."""


class DuplicateError(BackOfficeError):
    """A record that exists already."""


# --------------------------------------------------------------------------------------------------------------
# Settings
# --------------------------------------------------------------------------------------------------------------

DEFAULT_SETTINGS = {
    "company": "Harbour Supplies",
    "country": "DE",
    "payment_days": 14,
    "dunning_fees": [0, 500, 1000],
    "dunning_days": [7, 14, 28],
    "interest_rate": 900,
    "default_credit_limit": 50000,
    "free_shipping_from": 10000,
    "return_days": 30,
    "low_stock_days": 30,
    "invoice_prefix": "INV",
    "credit_note_prefix": "CN",
    "order_prefix": "SO",
    "hold_above": 200000,
}

SETTINGS = dict(DEFAULT_SETTINGS)

VAT_RATES = {
    "DE": {"standard": 1900, "reduced": 700, "zero": 0},
    "FR": {"standard": 2000, "reduced": 550, "zero": 0},
    "NL": {"standard": 2100, "reduced": 900, "zero": 0},
    "AT": {"standard": 2000, "reduced": 1000, "zero": 0},
    "PL": {"standard": 2300, "reduced": 800, "zero": 0},
}

EU_COUNTRIES = ("AT", "DE", "FR", "NL", "PL")
OTHER_COUNTRIES = ("CH", "GB", "NO", "US")

POSTCODES = {
    "DE": r"\d{5}",
    "AT": r"\d{4}",
    "CH": r"\d{4}",
    "FR": r"\d{5}",
    "NL": r"\d{4} ?[A-Z]{2}",
    "PL": r"\d{2}-\d{3}",
    "NO": r"\d{4}",
    "GB": r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}",
    "US": r"\d{5}(-\d{4})?",
}

SHIPPING_ZONES = {
    "home": (490, 120),
    "eu": (990, 240),
    "world": (2490, 690),
}

CUSTOMER_GROUPS = {"retail": 0, "trade": 500, "partner": 1200}

ORDER_STATES = ("draft", "held", "backorder", "confirmed", "shipped", "closed", "cancelled")
INVOICE_STATES = ("open", "paid", "overdue", "written_off", "credited")


def configure(**changes):
    """Change settings; unknown names and unusable values are refused."""
    for name, value in changes.items():
        if name not in DEFAULT_SETTINGS:
            raise ValidationError("settings", f"unknown setting {name}")
        default = DEFAULT_SETTINGS[name]
        if isinstance(default, int) and (isinstance(value, bool) or not isinstance(value, int)):
            raise ValidationError(name, "must be a whole number")
        if isinstance(default, list) and not isinstance(value, list):
            raise ValidationError(name, "must be a list")
        if isinstance(default, str) and not isinstance(value, str):
            raise ValidationError(name, "must be text")
    SETTINGS.update(changes)
    return dict(SETTINGS)


def reset_settings():
    """Return to the defaults."""
    SETTINGS.clear()
    SETTINGS.update(DEFAULT_SETTINGS)


# --------------------------------------------------------------------------------------------------------------
# Money
# --------------------------------------------------------------------------------------------------------------


def parse_money(text):
    """Return cents for `12`, `12.5`, `1,234.50` or `1.234,50`.

    The last separator followed by one or two digits is the decimal one; others group thousands.
    """
    if isinstance(text, int) and not isinstance(text, bool):
        return text * 100
    raw = str(text).strip().replace(" ", "")
    match = re.fullmatch(r"([+-]?)(\d[\d.,]*)", raw)
    if not match:
        raise ValidationError("amount", f"not an amount: {text}")
    sign, digits = match.groups()
    tail = re.search(r"[.,](\d{1,2})$", digits)
    if tail:
        whole, fraction = digits[: tail.start()], tail.group(1).ljust(2, "0")
    else:
        whole, fraction = digits, "00"
    groups = re.split(r"[.,]", whole)
    if len(groups) > 1 and (not 1 <= len(groups[0]) <= 3 or any(len(group) != 3 for group in groups[1:])):
        raise ValidationError("amount", f"not an amount: {text}")
    cents = int("".join(groups) or "0") * 100 + int(fraction)
    return -cents if sign == "-" else cents


def format_money(cents):
    """Return `1,234.50` for 123450."""
    sign = "-" if cents < 0 else ""
    whole, fraction = divmod(abs(cents), 100)
    return f"{sign}{whole:,}.{fraction:02d}"


def apply_rate(cents, rate):
    """Return `rate` basis points of an amount, rounded half away from zero."""
    share = Decimal(cents) * Decimal(rate) / Decimal(10000)
    return int(share.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def net_of(gross, rate):
    """Return the net amount in a gross one."""
    share = Decimal(gross) * Decimal(10000) / Decimal(10000 + rate)
    return int(share.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def split_amount(cents, weights):
    """Distribute an amount over weights so that the parts sum to it; the largest remainders get the odd cents."""
    if not weights or any(weight < 0 for weight in weights):
        raise ValidationError("weights", "must be positive")
    total = sum(weights)
    if total == 0:
        weights, total = [1] * len(weights), len(weights)
    sign = -1 if cents < 0 else 1
    exact = [abs(cents) * weight for weight in weights]
    parts = [value // total for value in exact]
    missing = abs(cents) - sum(parts)
    order = sorted(range(len(weights)), key=lambda index: (-(exact[index] % total), index))
    for index in order[:missing]:
        parts[index] += 1
    return [sign * part for part in parts]


def parse_rate(text):
    """Return basis points for `19`, `19%` or `5.5 %`."""
    raw = str(text).strip().rstrip("%").strip().replace(",", ".")
    try:
        value = Decimal(raw) * 100
    except InvalidOperation:
        raise ValidationError("rate", f"not a rate: {text}") from None
    if value != value.to_integral_value() or not 0 <= value <= 10000:
        raise ValidationError("rate", f"not a rate: {text}")
    return int(value)


def format_rate(rate):
    """Return `19 %` or `5.5 %`."""
    whole, rest = divmod(rate, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + " %" if rest else f"{whole} %"


# --------------------------------------------------------------------------------------------------------------
# Dates
# --------------------------------------------------------------------------------------------------------------

_today = None


def set_today(day):
    """Fix the current date (an ISO string), or follow the clock again with None."""
    global _today
    _today = parse_date(day) if day is not None else None


def today():
    """Return the current date as an ISO string."""
    return _today or date.today().isoformat()


def parse_date(text):
    """Return the ISO form of `2024-03-01`, `01.03.2024` or `1/3/2024` (day first)."""
    raw = str(text).strip()
    match = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", raw)
    if match:
        year, month, day = match.groups()
    else:
        match = re.fullmatch(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", raw)
        if not match:
            raise ValidationError("date", f"not a date: {text}")
        day, month, year = match.groups()
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        raise ValidationError("date", f"not a date: {text}") from None


def add_days(day, count):
    """Return the date `count` days later."""
    return (date.fromisoformat(day) + timedelta(days=count)).isoformat()


def days_between(first, last):
    """Return the number of days from `first` to `last`."""
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def month_bounds(month):
    """Return the first day of `2024-03` and the first day of the month after."""
    match = re.fullmatch(r"(\d{4})-(\d{2})", str(month))
    if not match or not 1 <= int(match.group(2)) <= 12:
        raise ValidationError("month", f"not a month: {month}")
    year, number = int(match.group(1)), int(match.group(2))
    first = date(year, number, 1)
    following = date(year + number // 12, number % 12 + 1, 1)
    return first.isoformat(), following.isoformat()


def quarter_bounds(quarter):
    """Return the first day of `2024-Q1` and the first day of the quarter after."""
    match = re.fullmatch(r"(\d{4})-Q([1-4])", str(quarter))
    if not match:
        raise ValidationError("quarter", f"not a quarter: {quarter}")
    year, number = int(match.group(1)), int(match.group(2))
    first, _ = month_bounds(f"{year}-{number * 3 - 2:02d}")
    _, following = month_bounds(f"{year}-{number * 3:02d}")
    return first, following


def next_business_day(day):
    """Return the day itself, or the Monday after a weekend."""
    current = date.fromisoformat(day)
    while current.weekday() >= 5:
        current += timedelta(days=1)
    return current.isoformat()


# --------------------------------------------------------------------------------------------------------------
# Validation
# --------------------------------------------------------------------------------------------------------------


def require_text(field, value, longest=200):
    """Return stripped text that is neither empty nor too long."""
    text = str(value or "").strip()
    if not text:
        raise ValidationError(field, "is missing")
    if len(text) > longest:
        raise ValidationError(field, f"is longer than {longest} characters")
    return text


def normalise_email(value):
    """Return a mail address in lower case."""
    text = require_text("email", value).lower()
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", text):
        raise ValidationError("email", f"not an address: {value}")
    return text


def normalise_country(value):
    """Return a country code we deliver to."""
    text = require_text("country", value).upper()
    if text not in EU_COUNTRIES and text not in OTHER_COUNTRIES:
        raise ValidationError("country", f"no delivery to {text}")
    return text


def normalise_postcode(value, country):
    """Return a postcode in the form its country uses."""
    text = re.sub(r"\s+", " ", require_text("postcode", value).upper())
    if not re.fullmatch(POSTCODES[country], text):
        raise ValidationError("postcode", f"not a postcode in {country}: {value}")
    if country == "NL" and " " not in text:
        text = f"{text[:4]} {text[4:]}"
    if country == "GB" and " " not in text:
        text = f"{text[:-3]} {text[-3:]}"
    return text


def normalise_vat_id(value, country):
    """Return a VAT id without separators, None if there is none."""
    if not value:
        return None
    text = re.sub(r"[\s.-]", "", str(value).upper())
    if country not in EU_COUNTRIES:
        raise ValidationError("vat_id", f"{country} is outside the EU")
    if not text.startswith(country) or not re.fullmatch(r"[A-Z]{2}[0-9A-Z]{8,12}", text):
        raise ValidationError("vat_id", f"not a VAT id of {country}: {value}")
    return text


def normalise_sku(value):
    """Return an article number like `AB-1234`; the digits carry a check digit."""
    text = require_text("sku", value).upper()
    match = re.fullmatch(r"([A-Z]{2})-(\d{4})", text)
    if not match:
        raise ValidationError("sku", f"not an article number: {value}")
    digits = [int(digit) for digit in match.group(2)]
    if (3 * digits[0] + digits[1] + 3 * digits[2] + digits[3]) % 10:
        raise ValidationError("sku", f"wrong check digit: {text}")
    return text


def normalise_quantity(value, field="quantity"):
    """Return a positive whole number."""
    try:
        number = int(str(value))
    except ValueError:
        raise ValidationError(field, f"not a whole number: {value}") from None
    if number <= 0:
        raise ValidationError(field, "must be positive")
    return number


# --------------------------------------------------------------------------------------------------------------
# Entities
# --------------------------------------------------------------------------------------------------------------


@dataclass
class Customer:
    """Someone who orders."""

    id: int
    name: str
    email: str
    country: str
    postcode: str
    city: str
    street: str
    group: str = "retail"
    vat_id: str | None = None
    credit_limit: int = 0
    blocked: bool = False
    block_reason: str = ""
    created: str = ""

    @property
    def is_business(self):
        return self.vat_id is not None

    def address(self):
        """Return the lines of a postal address."""
        return [self.name, self.street, f"{self.postcode} {self.city}", self.country]


@dataclass
class Product:
    """Something we sell."""

    id: int
    sku: str
    name: str
    price: int
    vat_class: str = "standard"
    weight: int = 0
    reorder_level: int = 0
    reorder_quantity: int = 0
    active: bool = True


@dataclass
class OrderLine:
    """One position of an order; `unit_price` is net, after all discounts."""

    id: int
    sku: str
    name: str
    quantity: int
    list_price: int
    unit_price: int
    vat_rate: int
    reserved: int = 0
    shipped: int = 0
    returned: int = 0

    @property
    def net(self):
        return self.quantity * self.unit_price

    @property
    def open(self):
        return self.quantity - self.shipped


@dataclass
class Order:
    """An order with its lines and totals."""

    id: int
    number: str
    customer_id: int
    state: str
    ordered: str
    reference: str = ""
    shipping: int = 0
    voucher: str = ""
    voucher_amount: int = 0
    lines: list = field(default_factory=list)

    @property
    def goods(self):
        return sum(line.net for line in self.lines)

    @property
    def weight_open(self):
        return sum(line.open for line in self.lines)


@dataclass
class Invoice:
    """An invoice or, with a negative total, a credit note."""

    id: int
    number: str
    order_id: int
    customer_id: int
    issued: str
    due: str
    net: int
    vat: int
    total: int
    paid: int = 0
    fees: int = 0
    dunning_level: int = 0
    state: str = "open"
    kind: str = "invoice"

    @property
    def outstanding(self):
        return self.total + self.fees - self.paid

    def days_overdue(self, day):
        """Return how long the invoice has been due on a day, 0 if it is not."""
        return max(0, days_between(self.due, day))


@dataclass
class Movement:
    """A change of stock."""

    id: int
    sku: str
    day: str
    quantity: int
    unit_cost: int
    kind: str
    reference: str = ""


@dataclass
class Notification:
    """A message to a customer or, with customer 0, to the staff."""

    id: int
    customer_id: int
    kind: str
    subject: str
    body: str
    created: str
    state: str = "queued"


def to_plain(value):
    """Return entities as dictionaries, also inside lists and dictionaries."""
    if isinstance(value, list | tuple):
        return [to_plain(entry) for entry in value]
    if isinstance(value, dict):
        return {key: to_plain(entry) for key, entry in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        return asdict(value)
    return value


# --------------------------------------------------------------------------------------------------------------
# Database
# --------------------------------------------------------------------------------------------------------------

SCHEMA = [
    """
    CREATE TABLE customers (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        email TEXT NOT NULL UNIQUE,
        country TEXT NOT NULL,
        postcode TEXT NOT NULL,
        city TEXT NOT NULL,
        street TEXT NOT NULL,
        grp TEXT NOT NULL DEFAULT 'retail',
        vat_id TEXT,
        credit_limit INTEGER NOT NULL DEFAULT 0,
        blocked INTEGER NOT NULL DEFAULT 0,
        block_reason TEXT NOT NULL DEFAULT '',
        created TEXT NOT NULL
    );
    CREATE TABLE products (
        id INTEGER PRIMARY KEY,
        sku TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        price INTEGER NOT NULL,
        vat_class TEXT NOT NULL DEFAULT 'standard',
        weight INTEGER NOT NULL DEFAULT 0,
        reorder_level INTEGER NOT NULL DEFAULT 0,
        reorder_quantity INTEGER NOT NULL DEFAULT 0,
        active INTEGER NOT NULL DEFAULT 1
    );
    CREATE TABLE movements (
        id INTEGER PRIMARY KEY,
        sku TEXT NOT NULL,
        day TEXT NOT NULL,
        quantity INTEGER NOT NULL,
        unit_cost INTEGER NOT NULL DEFAULT 0,
        kind TEXT NOT NULL,
        reference TEXT NOT NULL DEFAULT ''
    );
    CREATE TABLE orders (
        id INTEGER PRIMARY KEY,
        number TEXT NOT NULL UNIQUE,
        customer_id INTEGER NOT NULL,
        state TEXT NOT NULL,
        ordered TEXT NOT NULL,
        reference TEXT NOT NULL DEFAULT '',
        shipping INTEGER NOT NULL DEFAULT 0,
        voucher TEXT NOT NULL DEFAULT '',
        voucher_amount INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE order_lines (
        id INTEGER PRIMARY KEY,
        order_id INTEGER NOT NULL,
        sku TEXT NOT NULL,
        name TEXT NOT NULL,
        quantity INTEGER NOT NULL,
        list_price INTEGER NOT NULL,
        unit_price INTEGER NOT NULL,
        vat_rate INTEGER NOT NULL,
        reserved INTEGER NOT NULL DEFAULT 0,
        shipped INTEGER NOT NULL DEFAULT 0,
        returned INTEGER NOT NULL DEFAULT 0
    );
    """,
    """
    CREATE TABLE invoices (
        id INTEGER PRIMARY KEY,
        number TEXT NOT NULL UNIQUE,
        order_id INTEGER NOT NULL,
        customer_id INTEGER NOT NULL,
        issued TEXT NOT NULL,
        due TEXT NOT NULL,
        net INTEGER NOT NULL,
        vat INTEGER NOT NULL,
        total INTEGER NOT NULL,
        paid INTEGER NOT NULL DEFAULT 0,
        fees INTEGER NOT NULL DEFAULT 0,
        dunning_level INTEGER NOT NULL DEFAULT 0,
        state TEXT NOT NULL DEFAULT 'open',
        kind TEXT NOT NULL DEFAULT 'invoice'
    );
    CREATE TABLE invoice_lines (
        id INTEGER PRIMARY KEY,
        invoice_id INTEGER NOT NULL,
        text TEXT NOT NULL,
        quantity INTEGER NOT NULL,
        unit_price INTEGER NOT NULL,
        vat_rate INTEGER NOT NULL,
        net INTEGER NOT NULL
    );
    CREATE TABLE payments (
        id INTEGER PRIMARY KEY,
        customer_id INTEGER NOT NULL,
        day TEXT NOT NULL,
        amount INTEGER NOT NULL,
        unallocated INTEGER NOT NULL DEFAULT 0,
        reference TEXT NOT NULL DEFAULT ''
    );
    CREATE TABLE allocations (
        payment_id INTEGER NOT NULL,
        invoice_id INTEGER NOT NULL,
        amount INTEGER NOT NULL
    );
    """,
    """
    CREATE TABLE notifications (
        id INTEGER PRIMARY KEY,
        customer_id INTEGER NOT NULL,
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        body TEXT NOT NULL,
        created TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'queued'
    );
    CREATE TABLE preferences (
        customer_id INTEGER NOT NULL,
        kind TEXT NOT NULL,
        wanted INTEGER NOT NULL,
        PRIMARY KEY (customer_id, kind)
    );
    CREATE TABLE tiers (
        sku TEXT NOT NULL,
        quantity INTEGER NOT NULL,
        discount INTEGER NOT NULL,
        PRIMARY KEY (sku, quantity)
    );
    CREATE TABLE campaigns (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        sku_prefix TEXT NOT NULL,
        discount INTEGER NOT NULL,
        starts TEXT NOT NULL,
        ends TEXT NOT NULL
    );
    CREATE TABLE vouchers (
        code TEXT PRIMARY KEY,
        amount INTEGER NOT NULL,
        minimum INTEGER NOT NULL DEFAULT 0,
        expires TEXT NOT NULL,
        order_id INTEGER
    );
    CREATE TABLE audit (
        id INTEGER PRIMARY KEY,
        day TEXT NOT NULL,
        user TEXT NOT NULL,
        action TEXT NOT NULL,
        subject TEXT NOT NULL,
        detail TEXT NOT NULL DEFAULT ''
    );
    CREATE TABLE counters (
        name TEXT PRIMARY KEY,
        value INTEGER NOT NULL
    );
    """,
]

TABLES = (
    "customers",
    "products",
    "movements",
    "orders",
    "order_lines",
    "invoices",
    "invoice_lines",
    "payments",
    "allocations",
    "notifications",
    "preferences",
    "tiers",
    "campaigns",
    "vouchers",
    "audit",
    "counters",
)

_db = None
_user = "system"


def set_user(name):
    """Name whoever is responsible for what is done next."""
    global _user
    _user = require_text("user", name, 40)


def open_database(path=":memory:"):
    """Open a database, creating or upgrading its tables; returns the schema version."""
    global _db
    if _db is not None:
        close_database()
    _db = sqlite3.connect(str(path))
    _db.row_factory = sqlite3.Row
    version = _db.execute("PRAGMA user_version").fetchone()[0]
    if version > len(SCHEMA):
        _db.close()
        _db = None
        raise StateError(f"the database has version {version}, this program knows {len(SCHEMA)}")
    for number, script in enumerate(SCHEMA[version:], version + 1):
        _db.executescript(script)
        _db.execute(f"PRAGMA user_version = {number}")
    _db.commit()
    return len(SCHEMA)


def close_database():
    """Write and close the database."""
    global _db
    if _db is not None:
        _db.commit()
        _db.close()
        _db = None


def _connection():
    if _db is None:
        raise StateError("no database is open")
    return _db


def _rows(sql, params=()):
    """Return all rows of a query."""
    return _connection().execute(sql, params).fetchall()


def _row(sql, params=()):
    """Return the first row of a query, or None."""
    return _connection().execute(sql, params).fetchone()


def _value(sql, params=()):
    """Return the first column of the first row of a query, or None."""
    row = _connection().execute(sql, params).fetchone()
    return row[0] if row is not None else None


def _run(sql, params=()):
    """Change data; returns the number of rows concerned."""
    return _connection().execute(sql, params).rowcount


def _insert(sql, params=()):
    """Add a row; returns its id."""
    try:
        return _connection().execute(sql, params).lastrowid
    except sqlite3.IntegrityError as error:
        raise DuplicateError(f"exists already: {str(error).rpartition('.')[2]}") from None


def _commit():
    _connection().commit()


def _rollback():
    _connection().rollback()


def _next_number(prefix, day):
    """Return the next number of a series that starts anew each year, like `INV-2024-0007`."""
    name = f"{prefix}-{day[:4]}"
    value = (_value("SELECT value FROM counters WHERE name = ?", (name,)) or 0) + 1
    _run(
        "INSERT INTO counters (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )
    return f"{name}-{value:04d}"


def _audit(action, subject, detail=""):
    _insert(
        "INSERT INTO audit (day, user, action, subject, detail) VALUES (?, ?, ?, ?, ?)",
        (today(), _user, action, str(subject), str(detail)),
    )


def audit_trail(subject=None):
    """Return who did what, for one subject or all."""
    if subject is None:
        rows = _rows("SELECT day, user, action, subject, detail FROM audit ORDER BY id")
    else:
        rows = _rows(
            "SELECT day, user, action, subject, detail FROM audit WHERE subject = ? ORDER BY id", (str(subject),)
        )
    return [dict(row) for row in rows]


def _customer_of(row):
    return Customer(
        id=row["id"],
        name=row["name"],
        email=row["email"],
        country=row["country"],
        postcode=row["postcode"],
        city=row["city"],
        street=row["street"],
        group=row["grp"],
        vat_id=row["vat_id"],
        credit_limit=row["credit_limit"],
        blocked=bool(row["blocked"]),
        block_reason=row["block_reason"],
        created=row["created"],
    )


def _product_of(row):
    return Product(
        id=row["id"],
        sku=row["sku"],
        name=row["name"],
        price=row["price"],
        vat_class=row["vat_class"],
        weight=row["weight"],
        reorder_level=row["reorder_level"],
        reorder_quantity=row["reorder_quantity"],
        active=bool(row["active"]),
    )


def _line_of(row):
    return OrderLine(
        id=row["id"],
        sku=row["sku"],
        name=row["name"],
        quantity=row["quantity"],
        list_price=row["list_price"],
        unit_price=row["unit_price"],
        vat_rate=row["vat_rate"],
        reserved=row["reserved"],
        shipped=row["shipped"],
        returned=row["returned"],
    )


def _order_of(row):
    lines = _rows("SELECT * FROM order_lines WHERE order_id = ? ORDER BY id", (row["id"],))
    return Order(
        id=row["id"],
        number=row["number"],
        customer_id=row["customer_id"],
        state=row["state"],
        ordered=row["ordered"],
        reference=row["reference"],
        shipping=row["shipping"],
        voucher=row["voucher"],
        voucher_amount=row["voucher_amount"],
        lines=[_line_of(line) for line in lines],
    )


def _invoice_of(row):
    return Invoice(
        id=row["id"],
        number=row["number"],
        order_id=row["order_id"],
        customer_id=row["customer_id"],
        issued=row["issued"],
        due=row["due"],
        net=row["net"],
        vat=row["vat"],
        total=row["total"],
        paid=row["paid"],
        fees=row["fees"],
        dunning_level=row["dunning_level"],
        state=row["state"],
        kind=row["kind"],
    )


def _movement_of(row):
    return Movement(
        id=row["id"],
        sku=row["sku"],
        day=row["day"],
        quantity=row["quantity"],
        unit_cost=row["unit_cost"],
        kind=row["kind"],
        reference=row["reference"],
    )


def _notification_of(row):
    return Notification(
        id=row["id"],
        customer_id=row["customer_id"],
        kind=row["kind"],
        subject=row["subject"],
        body=row["body"],
        created=row["created"],
        state=row["state"],
    )


# --------------------------------------------------------------------------------------------------------------
# Customers
# --------------------------------------------------------------------------------------------------------------


def create_customer(name, email, country, postcode, city, street, *, group="retail", vat_id=None, credit_limit=None):
    """Add a customer and greet them."""
    country = normalise_country(country)
    if group not in CUSTOMER_GROUPS:
        raise ValidationError("group", f"unknown group {group}")
    values = (
        require_text("name", name),
        normalise_email(email),
        country,
        normalise_postcode(postcode, country),
        require_text("city", city),
        require_text("street", street),
        group,
        normalise_vat_id(vat_id, country),
        SETTINGS["default_credit_limit"] if credit_limit is None else credit_limit,
        today(),
    )
    key = _insert(
        """
        INSERT INTO customers (name, email, country, postcode, city, street, grp, vat_id, credit_limit, created)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        values,
    )
    _audit("create", f"customer {key}", values[0])
    _notify(key, "welcome", {"name": values[0]})
    _commit()
    return get_customer(key)


def get_customer(key):
    """Return the customer with an id."""
    row = _row("SELECT * FROM customers WHERE id = ?", (key,))
    if row is None:
        raise NotFoundError("customer", key)
    return _customer_of(row)


def find_customers(text="", *, country=None, group=None, blocked=None):
    """Return customers whose name, mail address or city contains a text, by name."""
    found = []
    needle = text.strip().lower()
    for row in _rows("SELECT * FROM customers ORDER BY name, id"):
        customer = _customer_of(row)
        if needle and needle not in f"{customer.name} {customer.email} {customer.city}".lower():
            continue
        if country is not None and customer.country != country.upper():
            continue
        if group is not None and customer.group != group:
            continue
        if blocked is not None and customer.blocked != blocked:
            continue
        found.append(customer)
    return found


def update_customer(key, **changes):
    """Change fields of a customer; what depends on the country is checked again."""
    customer = get_customer(key)
    for name in changes:
        if name not in ("name", "email", "country", "postcode", "city", "street", "group", "vat_id", "credit_limit"):
            raise ValidationError(name, "cannot be changed")
    country = normalise_country(changes.get("country", customer.country))
    if "group" in changes and changes["group"] not in CUSTOMER_GROUPS:
        raise ValidationError("group", f"unknown group {changes['group']}")
    if "credit_limit" in changes and (not isinstance(changes["credit_limit"], int) or changes["credit_limit"] < 0):
        raise ValidationError("credit_limit", "must not be negative")
    email = normalise_email(changes.get("email", customer.email))
    taken = _value("SELECT id FROM customers WHERE email = ? AND id <> ?", (email, key))
    if taken is not None:
        raise DuplicateError("exists already: email")
    _run(
        """
        UPDATE customers SET name = ?, email = ?, country = ?, postcode = ?, city = ?, street = ?, grp = ?,
            vat_id = ?, credit_limit = ?
        WHERE id = ?
        """,
        (
            require_text("name", changes.get("name", customer.name)),
            email,
            country,
            normalise_postcode(changes.get("postcode", customer.postcode), country),
            require_text("city", changes.get("city", customer.city)),
            require_text("street", changes.get("street", customer.street)),
            changes.get("group", customer.group),
            normalise_vat_id(changes.get("vat_id", customer.vat_id), country),
            changes.get("credit_limit", customer.credit_limit),
            key,
        ),
    )
    _audit("update", f"customer {key}", ", ".join(sorted(changes)))
    _commit()
    return get_customer(key)


def block_customer(key, reason):
    """Stop a customer from ordering; orders on their way are not touched."""
    customer = get_customer(key)
    reason = require_text("reason", reason)
    if customer.blocked:
        raise StateError(f"customer {key} is blocked already")
    _set_blocked(key, True, reason)
    _audit("block", f"customer {key}", reason)
    _notify(0, "blocked", {"name": customer.name, "reason": reason})
    _commit()
    return get_customer(key)


def unblock_customer(key):
    """Let a customer order again."""
    customer = get_customer(key)
    if not customer.blocked:
        raise StateError(f"customer {key} is not blocked")
    _set_blocked(key, False, "")
    _audit("unblock", f"customer {key}")
    _commit()
    return get_customer(key)


def _set_blocked(key, blocked, reason):
    _run("UPDATE customers SET blocked = ?, block_reason = ? WHERE id = ?", (int(blocked), reason, key))


def customer_balance(key):
    """Return what a customer owes; negative if we owe them."""
    get_customer(key)
    owed = _value(
        "SELECT COALESCE(SUM(total + fees - paid), 0) FROM invoices WHERE customer_id = ? AND state IN ('open', 'overdue')",
        (key,),
    )
    spare = _value("SELECT COALESCE(SUM(unallocated), 0) FROM payments WHERE customer_id = ?", (key,))
    return owed - spare


def available_credit(key):
    """Return how much more a customer may order: the limit less debts and orders not yet invoiced."""
    customer = get_customer(key)
    pending = 0
    for row in _rows(
        "SELECT * FROM orders WHERE customer_id = ? AND state IN ('confirmed', 'backorder', 'held')", (key,)
    ):
        order = _order_of(row)
        if _value("SELECT COUNT(*) FROM invoices WHERE order_id = ? AND kind = 'invoice'", (order.id,)) == 0:
            pending += order_totals(order)["total"]
    return customer.credit_limit - customer_balance(key) - pending


def merge_customers(keep, drop):
    """Move everything of one customer to another and delete the first."""
    if keep == drop:
        raise ValidationError("customer", "cannot be merged with itself")
    kept, dropped = get_customer(keep), get_customer(drop)
    for table in ("orders", "invoices", "payments", "notifications"):
        _run(f"UPDATE {table} SET customer_id = ? WHERE customer_id = ?", (keep, drop))
    for row in _rows("SELECT kind, wanted FROM preferences WHERE customer_id = ?", (drop,)):
        if _row("SELECT 1 FROM preferences WHERE customer_id = ? AND kind = ?", (keep, row["kind"])) is None:
            _run(
                "INSERT INTO preferences (customer_id, kind, wanted) VALUES (?, ?, ?)",
                (keep, row["kind"], row["wanted"]),
            )
    _run("DELETE FROM preferences WHERE customer_id = ?", (drop,))
    _run("DELETE FROM customers WHERE id = ?", (drop,))
    limit = max(kept.credit_limit, dropped.credit_limit)
    blocked = kept.blocked or dropped.blocked
    _run("UPDATE customers SET credit_limit = ? WHERE id = ?", (limit, keep))
    _set_blocked(keep, blocked, kept.block_reason or dropped.block_reason)
    _audit("merge", f"customer {keep}", f"from {drop}")
    _commit()
    return get_customer(keep)


def anonymise_customer(key):
    """Remove personal data; refused while there are open orders or debts."""
    get_customer(key)
    active = _value(
        "SELECT COUNT(*) FROM orders WHERE customer_id = ? AND state NOT IN ('closed', 'cancelled')",
        (key,),
    )
    if active:
        raise StateError(f"customer {key} has {active} open orders")
    if customer_balance(key):
        raise StateError(f"customer {key} has a balance")
    _run(
        """
        UPDATE customers SET name = 'anonymous', email = ?, city = '-', street = '-', vat_id = NULL, blocked = 1,
            block_reason = 'anonymised', credit_limit = 0
        WHERE id = ?
        """,
        (f"anonymous-{key}@invalid.example", key),
    )
    _run("DELETE FROM notifications WHERE customer_id = ?", (key,))
    _run("DELETE FROM preferences WHERE customer_id = ?", (key,))
    _audit("anonymise", f"customer {key}")
    _commit()
    return get_customer(key)


def import_customers(text):
    """Add customers from CSV text; returns how many were added and what is wrong with the other lines."""
    reader = csv.DictReader(io.StringIO(text))
    missing = {"name", "email", "country", "postcode", "city", "street"} - set(reader.fieldnames or ())
    if missing:
        raise ValidationError("columns", f"missing: {', '.join(sorted(missing))}")
    added, errors = 0, []
    for number, row in enumerate(reader, 2):
        try:
            limit = row.get("credit_limit")
            create_customer(
                row["name"],
                row["email"],
                row["country"],
                row["postcode"],
                row["city"],
                row["street"],
                group=row.get("group") or "retail",
                vat_id=row.get("vat_id") or None,
                credit_limit=parse_money(limit) if limit else None,
            )
            added += 1
        except BackOfficeError as error:
            _rollback()
            errors.append({"line": number, "error": str(error)})
    return {"added": added, "errors": errors}


# --------------------------------------------------------------------------------------------------------------
# Products and stock
# --------------------------------------------------------------------------------------------------------------


def create_product(sku, name, price, *, vat_class="standard", weight=0, reorder_level=0, reorder_quantity=0):
    """Add a product; the price is net, in cents."""
    if vat_class not in VAT_RATES["DE"]:
        raise ValidationError("vat_class", f"unknown class {vat_class}")
    if not isinstance(price, int) or price <= 0:
        raise ValidationError("price", "must be positive")
    if weight < 0 or reorder_level < 0 or reorder_quantity < 0:
        raise ValidationError("product", "weight and reorder values must not be negative")
    sku = normalise_sku(sku)
    key = _insert(
        """
        INSERT INTO products (sku, name, price, vat_class, weight, reorder_level, reorder_quantity)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
        (sku, require_text("name", name), price, vat_class, weight, reorder_level, reorder_quantity),
    )
    _audit("create", f"product {sku}", name)
    _commit()
    return _product_of(_row("SELECT * FROM products WHERE id = ?", (key,)))


def get_product(sku):
    """Return the product with an article number."""
    row = _row("SELECT * FROM products WHERE sku = ?", (normalise_sku(sku),))
    if row is None:
        raise NotFoundError("product", sku)
    return _product_of(row)


def list_products(*, active=True):
    """Return products by article number; all of them with `active=None`."""
    products = [_product_of(row) for row in _rows("SELECT * FROM products ORDER BY sku")]
    return [product for product in products if active is None or product.active == active]


def change_price(sku, price):
    """Change the list price; orders that exist keep theirs."""
    product = get_product(sku)
    if not isinstance(price, int) or price <= 0:
        raise ValidationError("price", "must be positive")
    _run("UPDATE products SET price = ? WHERE id = ?", (price, product.id))
    _audit("price", f"product {product.sku}", f"{product.price} -> {price}")
    _commit()
    return get_product(sku)


def retire_product(sku):
    """Take a product off sale; refused while open orders need it."""
    product = get_product(sku)
    waiting = _value(
        """
        SELECT COUNT(*) FROM order_lines JOIN orders ON orders.id = order_lines.order_id
        WHERE sku = ? AND quantity > shipped AND state IN ('draft', 'held', 'backorder', 'confirmed')
        """,
        (product.sku,),
    )
    if waiting:
        raise StateError(f"{product.sku} is in {waiting} open order lines")
    _run("UPDATE products SET active = 0 WHERE id = ?", (product.id,))
    _audit("retire", f"product {product.sku}")
    _commit()
    return get_product(sku)


def set_tier(sku, quantity, discount):
    """Give a discount (basis points) from a quantity on; a discount of 0 removes the tier."""
    product = get_product(sku)
    quantity = normalise_quantity(quantity)
    if not 0 <= discount <= 9000:
        raise ValidationError("discount", "must be between 0 and 9000")
    if discount == 0:
        _run("DELETE FROM tiers WHERE sku = ? AND quantity = ?", (product.sku, quantity))
    else:
        _run(
            """
            INSERT INTO tiers (sku, quantity, discount) VALUES (?, ?, ?)
            ON CONFLICT (sku, quantity) DO UPDATE SET discount = excluded.discount
            """,
            (product.sku, quantity, discount),
        )
    _commit()
    return price_list(sku)


def price_list(sku):
    """Return the list price and the tiers of a product."""
    product = get_product(sku)
    rows = _rows("SELECT quantity, discount FROM tiers WHERE sku = ? ORDER BY quantity", (product.sku,))
    tiers = [
        {
            "quantity": row["quantity"],
            "discount": row["discount"],
            "price": product.price - apply_rate(product.price, row["discount"]),
        }
        for row in rows
    ]
    return {"sku": product.sku, "price": product.price, "tiers": tiers}


def add_campaign(name, sku_prefix, discount, starts, ends):
    """Give a discount on all products whose number begins with a prefix, from one day to another."""
    starts, ends = parse_date(starts), parse_date(ends)
    if ends < starts:
        raise ValidationError("ends", "is before the start")
    if not 0 < discount <= 9000:
        raise ValidationError("discount", "must be between 1 and 9000")
    key = _insert(
        "INSERT INTO campaigns (name, sku_prefix, discount, starts, ends) VALUES (?, ?, ?, ?, ?)",
        (require_text("name", name), sku_prefix.upper(), discount, starts, ends),
    )
    _audit("campaign", f"campaign {key}", name)
    _commit()
    return key


def running_campaigns(day=None):
    """Return the campaigns of a day."""
    day = parse_date(day) if day else today()
    rows = _rows("SELECT name, sku_prefix, discount, starts, ends FROM campaigns ORDER BY name")
    return [dict(row) for row in rows if row["starts"] <= day <= row["ends"]]


def add_voucher(code, amount, *, minimum=0, expires):
    """Create a voucher that can be used once."""
    code = require_text("code", code, 20).upper()
    if amount <= 0 or minimum < 0:
        raise ValidationError("amount", "must be positive")
    _insert(
        "INSERT INTO vouchers (code, amount, minimum, expires) VALUES (?, ?, ?, ?)",
        (code, amount, minimum, parse_date(expires)),
    )
    _commit()
    return code


def _move(sku, quantity, kind, reference="", unit_cost=0):
    return _insert(
        "INSERT INTO movements (sku, day, quantity, unit_cost, kind, reference) VALUES (?, ?, ?, ?, ?, ?)",
        (sku, today(), quantity, unit_cost, kind, reference),
    )


def stock_level(sku, day=None):
    """Return how many pieces are in the warehouse, today or at the end of a day."""
    product = get_product(sku)
    if day is None:
        return _value("SELECT COALESCE(SUM(quantity), 0) FROM movements WHERE sku = ?", (product.sku,))
    return _value(
        "SELECT COALESCE(SUM(quantity), 0) FROM movements WHERE sku = ? AND day <= ?",
        (product.sku, parse_date(day)),
    )


def available_quantity(sku):
    """Return the stock that no order has reserved."""
    product = get_product(sku)
    reserved = _value(
        """
        SELECT COALESCE(SUM(reserved), 0) FROM order_lines JOIN orders ON orders.id = order_lines.order_id
        WHERE sku = ? AND state IN ('confirmed', 'backorder')
        """,
        (product.sku,),
    )
    return stock_level(product.sku) - reserved


def stock_history(sku):
    """Return the movements of a product with the level after each."""
    product = get_product(sku)
    level, history = 0, []
    for row in _rows("SELECT * FROM movements WHERE sku = ? ORDER BY id", (product.sku,)):
        movement = _movement_of(row)
        level += movement.quantity
        history.append({**asdict(movement), "level": level})
    return history


def receive_stock(sku, quantity, unit_cost, reference=""):
    """Book a delivery; orders that wait for the product get their share, oldest first."""
    product = get_product(sku)
    quantity = normalise_quantity(quantity)
    if not isinstance(unit_cost, int) or unit_cost < 0:
        raise ValidationError("unit_cost", "must not be negative")
    _move(product.sku, quantity, "receipt", reference, unit_cost)
    _audit("receive", f"product {product.sku}", quantity)
    allocated = []
    free = available_quantity(product.sku)
    for row in _rows("SELECT * FROM orders WHERE state = 'backorder' ORDER BY ordered, id"):
        if free <= 0:
            break
        order = _order_of(row)
        touched = False
        for line in order.lines:
            if line.sku != product.sku:
                continue
            need = line.quantity - line.shipped - line.reserved
            if need <= 0:
                continue
            take = min(need, free)
            if take <= 0:
                continue
            _run("UPDATE order_lines SET reserved = reserved + ? WHERE id = ?", (take, line.id))
            free -= take
            touched = True
            allocated.append({"order": order.number, "sku": product.sku, "quantity": take})
        if touched:
            order = get_order(order.number)
            if all(line.reserved >= line.open for line in order.lines):
                _run("UPDATE orders SET state = 'confirmed' WHERE id = ?", (order.id,))
                _notify(order.customer_id, "in_stock", {"number": order.number})
    _commit()
    return {"level": stock_level(product.sku), "allocated": allocated}


def adjust_stock(sku, quantity, reason):
    """Correct the stock by a positive or negative number of pieces."""
    product = get_product(sku)
    if not isinstance(quantity, int) or quantity == 0:
        raise ValidationError("quantity", "must be a whole number other than 0")
    reason = require_text("reason", reason)
    free = available_quantity(product.sku)
    if free + quantity < 0:
        raise OutOfStockError(product.sku, -quantity, free)
    _move(product.sku, quantity, "adjustment", reason)
    _audit("adjust", f"product {product.sku}", f"{quantity:+d} {reason}")
    _warn_low_stock(product)
    _commit()
    return stock_level(product.sku)


def _warn_low_stock(product):
    free = available_quantity(product.sku)
    if product.reorder_level and free < product.reorder_level:
        already = _value(
            "SELECT COUNT(*) FROM notifications WHERE customer_id = 0 AND kind = 'low_stock' AND state = 'queued' AND subject LIKE ?",
            (f"%{product.sku}%",),
        )
        if not already:
            _notify(0, "low_stock", {"sku": product.sku, "name": product.name, "free": free})


def count_stock(counts):
    """Book an inventory: `counts` maps article numbers to counted pieces; returns the differences."""
    differences = {}
    for sku, counted in sorted(counts.items()):
        product = get_product(sku)
        if not isinstance(counted, int) or counted < 0:
            raise ValidationError("count", f"not a count: {counted}")
        level = stock_level(product.sku)
        if counted != level:
            _move(product.sku, counted - level, "inventory", f"counted {counted}")
            _audit("inventory", f"product {product.sku}", f"{level} -> {counted}")
            differences[product.sku] = counted - level
    for sku in differences:
        _warn_low_stock(get_product(sku))
    _commit()
    return differences


def stock_value(sku, day=None):
    """Return the value of the stock, first in first out."""
    product = get_product(sku)
    limit = parse_date(day) if day else None
    layers = []
    for row in _rows("SELECT * FROM movements WHERE sku = ? ORDER BY day, id", (product.sku,)):
        movement = _movement_of(row)
        if limit is not None and movement.day > limit:
            continue
        if movement.quantity > 0:
            cost = movement.unit_cost
            if movement.kind != "receipt":
                cost = layers[-1][1] if layers else 0
            layers.append([movement.quantity, cost])
            continue
        rest = -movement.quantity
        while rest and layers:
            taken = min(rest, layers[0][0])
            layers[0][0] -= taken
            rest -= taken
            if layers[0][0] == 0:
                last = layers.pop(0)
                if not layers and rest == 0:
                    layers.append([0, last[1]])
    return sum(quantity * cost for quantity, cost in layers)


def reorder_suggestions():
    """Return what to order: products below their level, with what the last days' sales suggest."""
    since = add_days(today(), -SETTINGS["low_stock_days"])
    suggestions = []
    for product in list_products():
        free = available_quantity(product.sku)
        sold = _value(
            "SELECT COALESCE(-SUM(quantity), 0) FROM movements WHERE sku = ? AND kind = 'shipment' AND day >= ?",
            (product.sku, since),
        )
        missing = _value(
            """
            SELECT COALESCE(SUM(quantity - shipped - reserved), 0)
            FROM order_lines JOIN orders ON orders.id = order_lines.order_id
            WHERE sku = ? AND state = 'backorder'
            """,
            (product.sku,),
        )
        if free >= product.reorder_level and not missing:
            continue
        wanted = max(product.reorder_quantity, sold, product.reorder_level - free) + missing
        if wanted > 0:
            suggestions.append({"sku": product.sku, "free": free, "sold": sold, "missing": missing, "order": wanted})
    return suggestions


# --------------------------------------------------------------------------------------------------------------
# Prices
# --------------------------------------------------------------------------------------------------------------


def unit_price(sku, quantity, group="retail", day=None):
    """Return the net price of one piece: list price less the better of tier and campaign, then the group's discount."""
    product = get_product(sku)
    day = day or today()
    tier = 0
    for row in _rows("SELECT quantity, discount FROM tiers WHERE sku = ? ORDER BY quantity", (product.sku,)):
        if quantity >= row["quantity"]:
            tier = row["discount"]
    campaign = 0
    for entry in running_campaigns(day):
        if product.sku.startswith(entry["sku_prefix"]):
            campaign = max(campaign, entry["discount"])
    price = product.price - apply_rate(product.price, max(tier, campaign))
    return price - apply_rate(price, CUSTOMER_GROUPS[group])


def vat_rate(vat_class, country, business=False):
    """Return the rate for a delivery: home rate, rate of a country in the EU, none for businesses there or outside."""
    home = SETTINGS["country"]
    if country == home:
        return VAT_RATES[home][vat_class]
    if country not in EU_COUNTRIES or business:
        return 0
    return VAT_RATES[country][vat_class]


def shipping_zone(country):
    """Return home, eu or world."""
    if country == SETTINGS["country"]:
        return "home"
    return "eu" if country in EU_COUNTRIES else "world"


def shipping_cost(country, grams, goods):
    """Return the net cost of a parcel: a base and a price per started kilogram above the first; free from a value on."""
    zone = shipping_zone(country)
    if zone != "world" and goods >= SETTINGS["free_shipping_from"]:
        return 0
    base, per_kilogram = SHIPPING_ZONES[zone]
    kilograms = max(1, -(-grams // 1000))
    return base + (kilograms - 1) * per_kilogram


def order_totals(order):
    """Return goods, voucher, shipping, VAT by rate and the total of an order.

    The voucher lowers the goods before tax, spread over the lines; shipping is taxed like the goods, in proportion.
    """
    goods = order.goods
    nets = [line.net for line in order.lines]
    voucher = min(order.voucher_amount, goods)
    reductions = split_amount(voucher, nets) if nets and voucher else [0] * len(nets)
    freight = split_amount(order.shipping, nets) if nets and order.shipping else [0] * len(nets)
    by_rate = {}
    for line, reduction, share in zip(order.lines, reductions, freight, strict=True):
        by_rate[line.vat_rate] = by_rate.get(line.vat_rate, 0) + line.net - reduction + share
    vat = {str(rate): apply_rate(net, rate) for rate, net in sorted(by_rate.items())}
    net = goods - voucher + order.shipping
    return {
        "goods": goods,
        "voucher": voucher,
        "shipping": order.shipping,
        "net": net,
        "vat": vat,
        "total": net + sum(vat.values()),
    }


# --------------------------------------------------------------------------------------------------------------
# Orders
# --------------------------------------------------------------------------------------------------------------


def get_order(number):
    """Return the order with a number."""
    row = _row("SELECT * FROM orders WHERE number = ?", (str(number).strip().upper(),))
    if row is None:
        raise NotFoundError("order", number)
    return _order_of(row)


def find_orders(*, customer=None, state=None, since=None, until=None):
    """Return orders, newest first."""
    if state is not None and state not in ORDER_STATES:
        raise ValidationError("state", f"unknown state {state}")
    since = parse_date(since) if since else None
    until = parse_date(until) if until else None
    found = []
    for row in _rows("SELECT * FROM orders ORDER BY ordered DESC, id DESC"):
        if customer is not None and row["customer_id"] != customer:
            continue
        if state is not None and row["state"] != state:
            continue
        if since is not None and row["ordered"] < since:
            continue
        if until is not None and row["ordered"] > until:
            continue
        found.append(_order_of(row))
    return found


def place_order(customer_id, items, *, reference="", voucher=None, draft=False):
    """Take an order: `items` are pairs of article number and quantity.

    Stock is reserved as far as it goes; what is missing makes it a back order. Orders above the customer's credit
    or above the value that needs approval are held.
    """
    customer = get_customer(customer_id)
    if customer.blocked:
        raise CreditError(f"customer {customer_id} is blocked: {customer.block_reason}")
    if not items:
        raise ValidationError("items", "is missing")
    wanted = {}
    for sku, quantity in items:
        product = get_product(sku)
        if not product.active:
            raise StateError(f"{product.sku} is not on sale")
        wanted[product.sku] = wanted.get(product.sku, 0) + normalise_quantity(quantity)
    grams, goods, priced = 0, 0, []
    for sku, quantity in wanted.items():
        product = get_product(sku)
        price = unit_price(sku, quantity, customer.group)
        rate = vat_rate(product.vat_class, customer.country, customer.is_business)
        priced.append((product, quantity, price, rate))
        grams += product.weight * quantity
        goods += price * quantity
    amount, code = 0, ""
    if voucher:
        code = voucher.strip().upper()
        row = _row("SELECT * FROM vouchers WHERE code = ?", (code,))
        if row is None:
            raise NotFoundError("voucher", code)
        if row["order_id"] is not None:
            raise StateError(f"voucher {code} has been used")
        if row["expires"] < today():
            raise StateError(f"voucher {code} expired on {row['expires']}")
        if goods < row["minimum"]:
            raise StateError(f"voucher {code} needs an order of {format_money(row['minimum'])}")
        amount = row["amount"]
    number = _next_number(SETTINGS["order_prefix"], today())
    order_id = _insert(
        """
        INSERT INTO orders (number, customer_id, state, ordered, reference, shipping, voucher, voucher_amount)
        VALUES (?, ?, 'draft', ?, ?, ?, ?, ?)
        """,
        (number, customer_id, today(), reference, shipping_cost(customer.country, grams, goods), code, amount),
    )
    for product, quantity, price, rate in priced:
        _insert(
            """
            INSERT INTO order_lines (order_id, sku, name, quantity, list_price, unit_price, vat_rate)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            (order_id, product.sku, product.name, quantity, product.price, price, rate),
        )
    if code:
        _run("UPDATE vouchers SET order_id = ? WHERE code = ?", (order_id, code))
    _audit("order", f"order {number}", f"customer {customer_id}")
    if not draft:
        _accept(get_order(number), customer)
    _commit()
    return get_order(number)


def _accept(order, customer):
    """Reserve stock for an order and decide its state."""
    total = order_totals(order)["total"]
    credit = available_credit(customer.id)
    if total > credit or total > SETTINGS["hold_above"]:
        _set_order_state(order, "held")
        reason = "credit" if total > credit else "approval"
        _audit("hold", f"order {order.number}", reason)
        _notify(0, "order_held", {"number": order.number, "name": customer.name, "reason": reason})
        return
    _reserve(order)
    order = get_order(order.number)
    if all(line.reserved >= line.open for line in order.lines):
        _set_order_state(order, "confirmed")
        _notify(
            customer.id,
            "order_confirmed",
            {"number": order.number, "total": format_money(total), "name": customer.name},
        )
    else:
        _set_order_state(order, "backorder")
        missing = ", ".join(
            f"{line.open - line.reserved} x {line.sku}" for line in order.lines if line.reserved < line.open
        )
        _notify(customer.id, "order_delayed", {"number": order.number, "missing": missing, "name": customer.name})
    for line in order.lines:
        _warn_low_stock(get_product(line.sku))


def _reserve(order):
    for line in order.lines:
        row = _row("SELECT state FROM orders WHERE id = ?", (order.id,))
        free = available_quantity(line.sku)
        if row["state"] not in ("confirmed", "backorder"):
            free -= line.reserved
        take = max(0, min(line.open - line.reserved, free))
        if take:
            _run("UPDATE order_lines SET reserved = reserved + ? WHERE id = ?", (take, line.id))


def _set_order_state(order, state):
    _run("UPDATE orders SET state = ? WHERE id = ?", (state, order.id))


def submit_order(number):
    """Accept a draft."""
    order = get_order(number)
    if order.state != "draft":
        raise StateError(f"order {order.number} is {order.state}, not a draft")
    if not order.lines:
        raise StateError(f"order {order.number} is empty")
    customer = get_customer(order.customer_id)
    if customer.blocked:
        raise CreditError(f"customer {customer.id} is blocked: {customer.block_reason}")
    _accept(order, customer)
    _commit()
    return get_order(number)


def change_line(number, sku, quantity):
    """Change the quantity of a draft's line, add a line, or remove it with 0; prices and shipping follow."""
    order = get_order(number)
    if order.state != "draft":
        raise StateError(f"order {order.number} is {order.state}, not a draft")
    product = get_product(sku)
    customer = get_customer(order.customer_id)
    line = next((line for line in order.lines if line.sku == product.sku), None)
    if quantity == 0:
        if line is None:
            raise NotFoundError("order line", product.sku)
        _run("DELETE FROM order_lines WHERE id = ?", (line.id,))
    else:
        quantity = normalise_quantity(quantity)
        price = unit_price(product.sku, quantity, customer.group)
        if line is None:
            if not product.active:
                raise StateError(f"{product.sku} is not on sale")
            _insert(
                """
                INSERT INTO order_lines (order_id, sku, name, quantity, list_price, unit_price, vat_rate)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                (
                    order.id,
                    product.sku,
                    product.name,
                    quantity,
                    product.price,
                    price,
                    vat_rate(product.vat_class, customer.country, customer.is_business),
                ),
            )
        else:
            _run("UPDATE order_lines SET quantity = ?, unit_price = ? WHERE id = ?", (quantity, price, line.id))
    order = get_order(number)
    grams = sum(get_product(line.sku).weight * line.quantity for line in order.lines)
    cost = shipping_cost(customer.country, grams, order.goods) if order.lines else 0
    _run("UPDATE orders SET shipping = ? WHERE id = ?", (cost, order.id))
    _commit()
    return get_order(number)


def approve_order(number):
    """Release a held order, whatever its value."""
    order = get_order(number)
    if order.state != "held":
        raise StateError(f"order {order.number} is {order.state}, not held")
    _reserve(order)
    order = get_order(number)
    complete = all(line.reserved >= line.open for line in order.lines)
    _set_order_state(order, "confirmed" if complete else "backorder")
    _audit("approve", f"order {order.number}")
    customer = get_customer(order.customer_id)
    total = format_money(order_totals(order)["total"])
    _notify(customer.id, "order_confirmed", {"number": order.number, "total": total, "name": customer.name})
    _commit()
    return get_order(number)


def cancel_order(number, reason):
    """Cancel an order of which nothing has been shipped; a voucher can be used again."""
    order = get_order(number)
    reason = require_text("reason", reason)
    if order.state not in ("draft", "held", "backorder", "confirmed"):
        raise StateError(f"order {order.number} is {order.state}")
    if any(line.shipped for line in order.lines):
        raise StateError(f"order {order.number} has been shipped in part")
    _run("UPDATE order_lines SET reserved = 0 WHERE order_id = ?", (order.id,))
    _set_order_state(order, "cancelled")
    if order.voucher:
        _run("UPDATE vouchers SET order_id = NULL WHERE code = ?", (order.voucher,))
    for row in _rows(
        "SELECT * FROM invoices WHERE order_id = ? AND kind = 'invoice' AND state IN ('open', 'overdue')", (order.id,)
    ):
        _credit_whole(_invoice_of(row), f"cancelled: {reason}")
    _audit("cancel", f"order {order.number}", reason)
    _notify(order.customer_id, "order_cancelled", {"number": order.number, "reason": reason})
    _commit()
    return get_order(number)


def ship_order(number, quantities=None):
    """Ship what is reserved, or the given quantities by article number; bills what leaves the house."""
    order = get_order(number)
    if order.state not in ("confirmed", "backorder"):
        raise StateError(f"order {order.number} is {order.state}")
    customer = get_customer(order.customer_id)
    if customer.blocked:
        raise CreditError(f"customer {customer.id} is blocked: {customer.block_reason}")
    parcel = []
    if quantities is None:
        for line in order.lines:
            if line.reserved:
                parcel.append((line, line.reserved))
    else:
        known = {line.sku: line for line in order.lines}
        for sku, quantity in quantities.items():
            sku = normalise_sku(sku)
            quantity = normalise_quantity(quantity)
            if sku not in known:
                raise NotFoundError("order line", sku)
            if quantity > known[sku].reserved:
                raise OutOfStockError(sku, quantity, known[sku].reserved)
            parcel.append((known[sku], quantity))
    if not parcel:
        raise StateError(f"order {order.number} has nothing to ship")
    first = not any(line.shipped for line in order.lines)
    for line, quantity in parcel:
        _run(
            "UPDATE order_lines SET shipped = shipped + ?, reserved = reserved - ? WHERE id = ?",
            (quantity, quantity, line.id),
        )
        _move(line.sku, -quantity, "shipment", order.number)
    order = get_order(number)
    if all(line.open == 0 for line in order.lines):
        _set_order_state(order, "shipped")
    invoice = _bill(order, customer, [(line, quantity) for line, quantity in parcel], with_shipping=first)
    contents = ", ".join(f"{quantity} x {line.sku}" for line, quantity in parcel)
    _audit("ship", f"order {order.number}", contents)
    _notify(customer.id, "shipped", {"number": order.number, "contents": contents, "invoice": invoice.number})
    for line, _ in parcel:
        _warn_low_stock(get_product(line.sku))
    _commit()
    return {
        "order": get_order(number),
        "invoice": invoice,
        "parcel": [[line.sku, quantity] for line, quantity in parcel],
    }


def return_goods(number, sku, quantity, *, restock=True):
    """Take goods back within the time allowed and credit them."""
    order = get_order(number)
    quantity = normalise_quantity(quantity)
    sku = normalise_sku(sku)
    line = next((line for line in order.lines if line.sku == sku), None)
    if line is None:
        raise NotFoundError("order line", sku)
    if quantity > line.shipped - line.returned:
        raise ValidationError("quantity", f"only {line.shipped - line.returned} can be returned")
    shipped = _value(
        "SELECT MAX(day) FROM movements WHERE kind = 'shipment' AND sku = ? AND reference = ?",
        (sku, order.number),
    )
    if days_between(shipped, today()) > SETTINGS["return_days"]:
        raise StateError(f"order {order.number} was shipped on {shipped}")
    _run("UPDATE order_lines SET returned = returned + ? WHERE id = ?", (quantity, line.id))
    if restock:
        _move(sku, quantity, "return", order.number)
    note = _credit_goods(order, line, quantity)
    _audit("return", f"order {order.number}", f"{quantity} x {sku}")
    _notify(order.customer_id, "returned", {"number": order.number, "credit": format_money(-note.total)})
    _commit()
    return note


def close_orders(day=None):
    """Close shipped orders whose invoices are all settled; returns their numbers."""
    day = parse_date(day) if day else today()
    closed = []
    for row in _rows("SELECT * FROM orders WHERE state = 'shipped' ORDER BY id"):
        order = _order_of(row)
        invoices = [_invoice_of(entry) for entry in _rows("SELECT * FROM invoices WHERE order_id = ?", (order.id,))]
        if invoices and all(invoice.state in ("paid", "credited", "written_off") for invoice in invoices):
            _set_order_state(order, "closed")
            _audit("close", f"order {order.number}", day)
            closed.append(order.number)
    _commit()
    return closed


def order_history(number):
    """Return what happened to an order, in order of time."""
    order = get_order(number)
    events = []
    for row in _rows(
        "SELECT id, day, user, action, detail FROM audit WHERE subject = ? ORDER BY id", (f"order {order.number}",)
    ):
        events.append(
            (
                row["day"],
                0,
                row["id"],
                f"{row['action']} by {row['user']}" + (f": {row['detail']}" if row["detail"] else ""),
            )
        )
    for row in _rows("SELECT * FROM invoices WHERE order_id = ? ORDER BY id", (order.id,)):
        invoice = _invoice_of(row)
        events.append((invoice.issued, 1, invoice.id, f"{invoice.kind} {invoice.number} {format_money(invoice.total)}"))
        paid = _rows(
            """
            SELECT payments.day, payments.id, allocations.amount
            FROM allocations JOIN payments ON payments.id = allocations.payment_id
            WHERE invoice_id = ? ORDER BY payments.id
            """,
            (invoice.id,),
        )
        for entry in paid:
            events.append(
                (entry["day"], 2, entry["id"], f"payment {format_money(entry['amount'])} for {invoice.number}")
            )
    return [{"day": day, "event": text} for day, _, _, text in sorted(events)]


def import_orders(text):
    """Place orders from CSV text with customer mail address, order reference, article number and quantity.

    Lines with the same customer and reference are one order; an order with a bad line is not placed.
    """
    reader = csv.DictReader(io.StringIO(text))
    missing = {"email", "reference", "sku", "quantity"} - set(reader.fieldnames or ())
    if missing:
        raise ValidationError("columns", f"missing: {', '.join(sorted(missing))}")
    groups, errors, bad = {}, [], set()
    for number, row in enumerate(reader, 2):
        key = (row["email"].strip().lower(), row["reference"].strip())
        if not key[0] or not key[1]:
            errors.append({"line": number, "error": "email and reference are needed"})
            continue
        try:
            item = (normalise_sku(row["sku"]), normalise_quantity(row["quantity"]))
        except ValidationError as error:
            errors.append({"line": number, "error": str(error)})
            bad.add(key)
            continue
        groups.setdefault(key, []).append((number, item))
    placed = []
    for key, entries in groups.items():
        if key in bad:
            continue
        email, reference = key
        line = entries[0][0]
        customer = _value("SELECT id FROM customers WHERE email = ?", (email,))
        if customer is None:
            errors.append({"line": line, "error": f"no customer {email}"})
            continue
        known = _value("SELECT number FROM orders WHERE customer_id = ? AND reference = ?", (customer, reference))
        if known is not None:
            errors.append({"line": line, "error": f"{reference} is order {known}"})
            continue
        try:
            order = place_order(customer, [item for _, item in entries], reference=reference)
        except BackOfficeError as error:
            _rollback()
            errors.append({"line": line, "error": str(error)})
            continue
        placed.append({"reference": reference, "number": order.number, "state": order.state})
    return {"placed": placed, "errors": sorted(errors, key=lambda entry: entry["line"])}


def picking_list():
    """Return what to take from the shelves for all confirmed orders: by product, and the orders of each."""
    products = {}
    for row in _rows("SELECT * FROM orders WHERE state = 'confirmed' ORDER BY ordered, id"):
        order = _order_of(row)
        for line in order.lines:
            if not line.reserved:
                continue
            entry = products.setdefault(line.sku, {"sku": line.sku, "name": line.name, "quantity": 0, "orders": []})
            entry["quantity"] += line.reserved
            entry["orders"].append([order.number, line.reserved])
    return [products[sku] for sku in sorted(products)]


# --------------------------------------------------------------------------------------------------------------
# Billing
# --------------------------------------------------------------------------------------------------------------


def get_invoice(number):
    """Return the invoice or credit note with a number."""
    row = _row("SELECT * FROM invoices WHERE number = ?", (str(number).strip().upper(),))
    if row is None:
        raise NotFoundError("invoice", number)
    return _invoice_of(row)


def find_invoices(*, customer=None, state=None, order=None):
    """Return invoices and credit notes, oldest first."""
    if state is not None and state not in INVOICE_STATES:
        raise ValidationError("state", f"unknown state {state}")
    order_id = get_order(order).id if order is not None else None
    found = []
    for row in _rows("SELECT * FROM invoices ORDER BY issued, id"):
        if customer is not None and row["customer_id"] != customer:
            continue
        if state is not None and row["state"] != state:
            continue
        if order_id is not None and row["order_id"] != order_id:
            continue
        found.append(_invoice_of(row))
    return found


def invoice_lines(number):
    """Return the lines of an invoice."""
    invoice = get_invoice(number)
    rows = _rows(
        "SELECT text, quantity, unit_price, vat_rate, net FROM invoice_lines WHERE invoice_id = ? ORDER BY id",
        (invoice.id,),
    )
    return [dict(row) for row in rows]


def _add_invoice(prefix, order, kind, lines, due, state):
    """Store an invoice; `lines` are text, quantity, unit price, rate and net."""
    number = _next_number(prefix, today())
    by_rate = {}
    for _, _, _, rate, net in lines:
        by_rate[rate] = by_rate.get(rate, 0) + net
    net = sum(by_rate.values())
    vat = sum(apply_rate(amount, rate) for rate, amount in by_rate.items())
    key = _insert(
        """
        INSERT INTO invoices (number, order_id, customer_id, issued, due, net, vat, total, state, kind)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (number, order.id, order.customer_id, today(), due, net, vat, net + vat, state, kind),
    )
    for text, quantity, price, rate, amount in lines:
        _insert(
            "INSERT INTO invoice_lines (invoice_id, text, quantity, unit_price, vat_rate, net) VALUES (?, ?, ?, ?, ?, ?)",
            (key, text, quantity, price, rate, amount),
        )
    _audit("invoice", f"invoice {number}", format_money(net + vat))
    return get_invoice(number)


def _bill(order, customer, parcel, with_shipping):
    """Bill a parcel; shipping and the voucher go on the first invoice of an order."""
    lines = []
    for line, quantity in parcel:
        lines.append((f"{line.sku} {line.name}", quantity, line.unit_price, line.vat_rate, quantity * line.unit_price))
    goods = [net for _, _, _, _, net in lines]
    if with_shipping and order.voucher_amount:
        voucher = min(order.voucher_amount, sum(goods))
        for (_, _, _, rate, _), share in zip(list(lines), split_amount(voucher, goods), strict=True):
            if share:
                lines.append((f"voucher {order.voucher}", 1, -share, rate, -share))
    if with_shipping and order.shipping:
        rates = {}
        for line, quantity in parcel:
            rates[line.vat_rate] = rates.get(line.vat_rate, 0) + quantity * line.unit_price
        for rate, share in zip(rates, split_amount(order.shipping, list(rates.values())), strict=True):
            if share:
                lines.append(("shipping", 1, share, rate, share))
    days = SETTINGS["payment_days"] * (2 if customer.group == "partner" else 1)
    due = next_business_day(add_days(today(), days))
    invoice = _add_invoice(SETTINGS["invoice_prefix"], order, "invoice", lines, due, "open")
    _use_spare_payments(customer.id)
    return get_invoice(invoice.number)


def _credit_whole(invoice, reason):
    """Cancel an invoice by a credit note."""
    order = _order_of(_row("SELECT * FROM orders WHERE id = ?", (invoice.order_id,)))
    lines = [
        (f"{row['text']} ({reason})", row["quantity"], -row["unit_price"], row["vat_rate"], -row["net"])
        for row in _rows("SELECT * FROM invoice_lines WHERE invoice_id = ? ORDER BY id", (invoice.id,))
    ]
    note = _add_invoice(SETTINGS["credit_note_prefix"], order, "credit_note", lines, today(), "credited")
    _run("UPDATE invoices SET state = 'credited' WHERE id = ?", (invoice.id,))
    if invoice.paid:
        _insert(
            "INSERT INTO payments (customer_id, day, amount, unallocated, reference) VALUES (?, ?, ?, ?, ?)",
            (invoice.customer_id, today(), 0, invoice.paid, f"from {invoice.number}"),
        )
    return note


def _credit_goods(order, line, quantity):
    """Credit returned goods against the order's open invoices, the rest stays to the customer's credit."""
    net = quantity * line.unit_price
    lines = [(f"return {line.sku} {line.name}", quantity, -line.unit_price, line.vat_rate, -net)]
    note = _add_invoice(SETTINGS["credit_note_prefix"], order, "credit_note", lines, today(), "credited")
    rest = -note.total
    for row in _rows(
        "SELECT * FROM invoices WHERE order_id = ? AND kind = 'invoice' AND state IN ('open', 'overdue') ORDER BY id",
        (order.id,),
    ):
        invoice = _invoice_of(row)
        used = min(rest, invoice.outstanding)
        if used > 0:
            _pay(invoice, used)
            rest -= used
    if rest:
        _insert(
            "INSERT INTO payments (customer_id, day, amount, unallocated, reference) VALUES (?, ?, ?, ?, ?)",
            (order.customer_id, today(), 0, rest, f"from {note.number}"),
        )
    return note


def _pay(invoice, amount):
    _run("UPDATE invoices SET paid = paid + ? WHERE id = ?", (amount, invoice.id))
    if invoice.outstanding - amount <= 0:
        _run("UPDATE invoices SET state = 'paid' WHERE id = ?", (invoice.id,))


def _allocate(payment_id, invoice, amount):
    _insert(
        "INSERT INTO allocations (payment_id, invoice_id, amount) VALUES (?, ?, ?)",
        (payment_id, invoice.id, amount),
    )
    _run("UPDATE payments SET unallocated = unallocated - ? WHERE id = ?", (amount, payment_id))
    _pay(invoice, amount)


def _use_spare_payments(customer_id):
    """Settle open invoices from money that is left over, oldest first."""
    for payment in _rows(
        "SELECT * FROM payments WHERE customer_id = ? AND unallocated > 0 ORDER BY id", (customer_id,)
    ):
        rest = payment["unallocated"]
        for row in _rows(
            "SELECT * FROM invoices WHERE customer_id = ? AND kind = 'invoice' AND state IN ('open', 'overdue') ORDER BY due, id",
            (customer_id,),
        ):
            invoice = _invoice_of(row)
            used = min(rest, invoice.outstanding)
            if used > 0:
                _allocate(payment["id"], invoice, used)
                rest -= used


def record_payment(customer_id, amount, *, reference="", day=None):
    """Book a payment: on the invoices its reference names, then on the oldest ones; the rest is kept.

    A customer who was blocked for debts and owes nothing any more is unblocked, and held orders that now fit into
    the credit are accepted.
    """
    customer = get_customer(customer_id)
    if not isinstance(amount, int) or amount <= 0:
        raise ValidationError("amount", "must be positive")
    day = parse_date(day) if day else today()
    payment_id = _insert(
        "INSERT INTO payments (customer_id, day, amount, unallocated, reference) VALUES (?, ?, ?, ?, ?)",
        (customer_id, day, amount, amount, reference),
    )
    rest = amount
    allocated = []
    candidates = []
    for row in _rows(
        "SELECT * FROM invoices WHERE customer_id = ? AND kind = 'invoice' AND state IN ('open', 'overdue') ORDER BY due, id",
        (customer_id,),
    ):
        candidates.append(_invoice_of(row))
    named = [invoice for invoice in candidates if invoice.number in reference.upper()]
    others = [invoice for invoice in candidates if invoice.number not in reference.upper()]
    for invoice in named + others:
        used = min(rest, invoice.outstanding)
        if used <= 0:
            continue
        _allocate(payment_id, invoice, used)
        allocated.append([invoice.number, used])
        rest -= used
    _audit("payment", f"customer {customer_id}", format_money(amount))
    released = []
    if customer.blocked and customer.block_reason.startswith("dunning"):
        overdue = _value("SELECT COUNT(*) FROM invoices WHERE customer_id = ? AND state = 'overdue'", (customer_id,))
        if overdue == 0:
            _set_blocked(customer_id, False, "")
            _audit("unblock", f"customer {customer_id}", "paid")
    customer = get_customer(customer_id)
    if not customer.blocked:
        for row in _rows("SELECT * FROM orders WHERE customer_id = ? AND state = 'held' ORDER BY id", (customer_id,)):
            order = _order_of(row)
            total = order_totals(order)["total"]
            if total > SETTINGS["hold_above"]:
                continue
            if available_credit(customer_id) + total < total:
                continue
            _set_order_state(order, "draft")
            _accept(order, customer)
            if get_order(order.number).state != "held":
                released.append(order.number)
    _notify(customer_id, "payment", {"amount": format_money(amount), "name": customer.name})
    _commit()
    return {"payment": payment_id, "allocated": allocated, "rest": rest, "released": released}


def mark_overdue(day=None):
    """Mark open invoices that are past their due date; returns their numbers."""
    day = parse_date(day) if day else today()
    numbers = []
    for row in _rows("SELECT * FROM invoices WHERE state = 'open' AND kind = 'invoice' ORDER BY id"):
        invoice = _invoice_of(row)
        if invoice.days_overdue(day) > 0:
            _run("UPDATE invoices SET state = 'overdue' WHERE id = ?", (invoice.id,))
            numbers.append(invoice.number)
    _commit()
    return numbers


def run_dunning(day=None):
    """Remind customers of overdue invoices, with fees by level; the last level blocks the customer."""
    day = parse_date(day) if day else today()
    mark_overdue(day)
    letters = []
    for row in _rows("SELECT * FROM invoices WHERE state = 'overdue' ORDER BY id"):
        invoice = _invoice_of(row)
        level = invoice.dunning_level
        if level >= len(SETTINGS["dunning_days"]):
            continue
        if invoice.days_overdue(day) < SETTINGS["dunning_days"][level]:
            continue
        fee = SETTINGS["dunning_fees"][level]
        customer = get_customer(invoice.customer_id)
        interest = 0
        if level > 0 and customer.is_business:
            interest = interest_due(invoice, day)
        _run(
            "UPDATE invoices SET dunning_level = ?, fees = fees + ? WHERE id = ?",
            (level + 1, fee + interest, invoice.id),
        )
        invoice = get_invoice(invoice.number)
        _notify(
            customer.id,
            "dunning",
            {
                "name": customer.name,
                "level": level + 1,
                "number": invoice.number,
                "amount": format_money(invoice.outstanding),
                "letter": dunning_letter(invoice.number),
            },
        )
        if level + 1 == len(SETTINGS["dunning_days"]) and not customer.blocked:
            _set_blocked(customer.id, True, f"dunning {invoice.number}")
            _audit("block", f"customer {customer.id}", f"dunning {invoice.number}")
        _audit("dunning", f"invoice {invoice.number}", level + 1)
        letters.append({"invoice": invoice.number, "level": level + 1, "fee": fee, "interest": interest})
    _commit()
    return letters


def interest_due(invoice, day):
    """Return the interest on an overdue invoice, by the day, on a year of 360 days."""
    days = invoice.days_overdue(day)
    share = Decimal(invoice.total - invoice.paid) * SETTINGS["interest_rate"] * days / Decimal(360 * 10000)
    return max(0, int(share.quantize(Decimal(1), rounding=ROUND_HALF_UP)))


def write_off(number, reason):
    """Give an invoice up."""
    invoice = get_invoice(number)
    if invoice.kind != "invoice" or invoice.state not in ("open", "overdue"):
        raise StateError(f"invoice {invoice.number} is {invoice.state}")
    _run("UPDATE invoices SET state = 'written_off' WHERE id = ?", (invoice.id,))
    _audit("write off", f"invoice {invoice.number}", require_text("reason", reason))
    _commit()
    return get_invoice(number)


def credit_invoice(number, reason):
    """Cancel an invoice by a credit note."""
    invoice = get_invoice(number)
    if invoice.kind != "invoice" or invoice.state not in ("open", "overdue", "paid"):
        raise StateError(f"invoice {invoice.number} is {invoice.state}")
    note = _credit_whole(invoice, require_text("reason", reason))
    _notify(invoice.customer_id, "credited", {"number": invoice.number, "credit": format_money(-note.total)})
    _commit()
    return note


# --------------------------------------------------------------------------------------------------------------
# Notifications
# --------------------------------------------------------------------------------------------------------------

TEMPLATES = {
    "welcome": ("Welcome to {company}", "Dear {name},\nthank you for opening an account with us."),
    "order_confirmed": ("Your order {number}", "Dear {name},\nyour order {number} over {total} is confirmed."),
    "order_delayed": ("Your order {number}", "Dear {name},\nwe are waiting for {missing}. Order {number} follows."),
    "order_held": ("Order {number} is held", "Order {number} of {name} is held: {reason}."),
    "order_cancelled": ("Your order {number}", "Order {number} has been cancelled: {reason}."),
    "in_stock": ("Your order {number}", "All goods of order {number} are in stock now."),
    "shipped": ("Order {number} is on its way", "Your parcel contains {contents}.\nInvoice: {invoice}"),
    "returned": ("Your return", "We credited {credit} for order {number}."),
    "credited": ("Invoice {number}", "Invoice {number} has been cancelled, {credit} credited."),
    "payment": ("Your payment", "Dear {name},\nwe received {amount}. Thank you."),
    "dunning": ("Reminder {level}: invoice {number}", "{letter}"),
    "low_stock": ("Low stock: {sku}", "{name} ({sku}): {free} left."),
    "blocked": ("Customer blocked", "{name}: {reason}"),
}

OPTIONAL_KINDS = ("welcome", "in_stock", "payment", "order_delayed")


def _notify(customer_id, kind, values):
    """Queue a message unless its customer does not want it; customer 0 is the staff."""
    if customer_id and kind in OPTIONAL_KINDS:
        wanted = _value("SELECT wanted FROM preferences WHERE customer_id = ? AND kind = ?", (customer_id, kind))
        if wanted == 0:
            return None
    subject, body = TEMPLATES[kind]
    values = {"company": SETTINGS["company"], **values}
    return _insert(
        "INSERT INTO notifications (customer_id, kind, subject, body, created) VALUES (?, ?, ?, ?, ?)",
        (customer_id, kind, subject.format(**values), body.format(**values), today()),
    )


def set_preference(customer_id, kind, wanted):
    """Say whether a customer wants a kind of message; most kinds cannot be refused."""
    get_customer(customer_id)
    if kind not in OPTIONAL_KINDS:
        raise ValidationError("kind", f"{kind} cannot be refused")
    _run(
        """
        INSERT INTO preferences (customer_id, kind, wanted) VALUES (?, ?, ?)
        ON CONFLICT (customer_id, kind) DO UPDATE SET wanted = excluded.wanted
        """,
        (customer_id, kind, int(bool(wanted))),
    )
    _commit()
    return preferences(customer_id)


def preferences(customer_id):
    """Return which optional messages a customer gets."""
    get_customer(customer_id)
    chosen = {kind: True for kind in OPTIONAL_KINDS}
    for row in _rows("SELECT kind, wanted FROM preferences WHERE customer_id = ?", (customer_id,)):
        chosen[row["kind"]] = bool(row["wanted"])
    return chosen


def notifications(*, customer=None, kind=None, state=None):
    """Return messages, oldest first."""
    found = []
    for row in _rows("SELECT * FROM notifications ORDER BY id"):
        if customer is not None and row["customer_id"] != customer:
            continue
        if kind is not None and row["kind"] != kind:
            continue
        if state is not None and row["state"] != state:
            continue
        found.append(_notification_of(row))
    return found


def flush_notifications(folder=None):
    """Send what is queued: one file a message in a folder, or nothing but the mark without one.

    Several messages of one kind to the staff become one.
    """
    queued = notifications(state="queued")
    letters = []
    digests = {}
    for message in queued:
        if message.customer_id == 0:
            digests.setdefault(message.kind, []).append(message)
            continue
        customer = get_customer(message.customer_id)
        letters.append((customer.email, message.subject, message.body, [message.id]))
    for kind in sorted(digests):
        group = digests[kind]
        if len(group) == 1:
            letters.append(("staff", group[0].subject, group[0].body, [group[0].id]))
        else:
            body = "\n".join(message.body for message in group)
            letters.append(("staff", f"{len(group)} messages: {kind}", body, [message.id for message in group]))
    for receiver, subject, body, keys in letters:
        if folder is not None:
            os.makedirs(folder, exist_ok=True)
            name = os.path.join(folder, f"{keys[0]:05d}.txt")
            with open(name, "w", encoding="utf-8") as stream:
                stream.write(f"To: {receiver}\nSubject: {subject}\n\n{body}\n")
        for key in keys:
            _run("UPDATE notifications SET state = 'sent' WHERE id = ?", (key,))
    _commit()
    return [{"to": receiver, "subject": subject, "messages": len(keys)} for receiver, subject, _, keys in letters]


# --------------------------------------------------------------------------------------------------------------
# Letters and documents
# --------------------------------------------------------------------------------------------------------------

WIDTH = 72


def text_table(rows, columns):
    """Return rows as text; columns are heading, key and alignment (`<` or `>`)."""
    cells = [[str(row[key]) for _, key, _ in columns] for row in rows]
    widths = [len(heading) for heading, _, _ in columns]
    for line in cells:
        widths = [max(width, len(cell)) for width, cell in zip(widths, line, strict=True)]
    lines = [
        "  ".join(
            f"{heading:{align}{width}}" for (heading, _, align), width in zip(columns, widths, strict=True)
        ).rstrip()
    ]
    lines.append("  ".join("-" * width for width in widths))
    for line in cells:
        parts = [f"{cell:{column[2]}{width}}" for cell, column, width in zip(line, columns, widths, strict=True)]
        lines.append("  ".join(parts).rstrip())
    return "\n".join(lines)


def invoice_document(number):
    """Return an invoice as text."""
    invoice = get_invoice(number)
    customer = get_customer(invoice.customer_id)
    title = "CREDIT NOTE" if invoice.kind == "credit_note" else "INVOICE"
    lines = [SETTINGS["company"].center(WIDTH).rstrip(), "", *customer.address()]
    if customer.vat_id:
        lines.append(f"VAT id {customer.vat_id}")
    lines += ["", f"{title} {invoice.number}", f"Date: {invoice.issued}"]
    if invoice.kind == "invoice":
        lines.append(f"Payable until: {invoice.due}")
    lines.append("")
    by_rate = {}
    for entry in invoice_lines(number):
        left = f"{entry['quantity']:>4} x {entry['text']}"
        right = format_money(entry["net"])
        if len(left) + len(right) + 1 > WIDTH:
            wrapped = textwrap.wrap(left, WIDTH - len(right) - 1, subsequent_indent=" " * 7)
            lines += wrapped[:-1]
            left = wrapped[-1]
        lines.append(left + right.rjust(WIDTH - len(left)))
        by_rate[entry["vat_rate"]] = by_rate.get(entry["vat_rate"], 0) + entry["net"]
    lines.append("-" * WIDTH)
    totals = [("Net", invoice.net)]
    for rate, net in sorted(by_rate.items()):
        totals.append((f"VAT {format_rate(rate)} on {format_money(net)}", apply_rate(net, rate)))
    totals.append(("Total", invoice.total))
    if invoice.fees:
        totals.append(("Fees", invoice.fees))
    if invoice.paid:
        totals.append(("Paid", -invoice.paid))
        totals.append(("Outstanding", invoice.outstanding))
    for label, amount in totals:
        lines.append(label + format_money(amount).rjust(WIDTH - len(label)))
    if customer.is_business and customer.country != SETTINGS["country"] and invoice.vat == 0:
        lines += ["", "VAT is owed by the recipient (reverse charge)."]
    return "\n".join(lines) + "\n"


def dunning_letter(number):
    """Return the reminder for an invoice at its present level."""
    invoice = get_invoice(number)
    customer = get_customer(invoice.customer_id)
    if invoice.dunning_level == 0:
        raise StateError(f"invoice {invoice.number} has not been reminded of")
    openings = {
        1: "you may have overlooked our invoice",
        2: "we have not received a payment in spite of our reminder of invoice",
    }
    opening = openings.get(invoice.dunning_level, "this is our last reminder of invoice")
    text = (
        f"{opening} {invoice.number} of {invoice.issued} over {format_money(invoice.total)}, which was payable until "
        f"{invoice.due}. Please pay {format_money(invoice.outstanding)} now."
    )
    lines = [f"Dear {customer.name},", *textwrap.wrap(text, WIDTH)]
    if invoice.fees:
        lines.append(f"This includes fees of {format_money(invoice.fees)}.")
    if invoice.dunning_level >= len(SETTINGS["dunning_days"]):
        lines.append("Until then we cannot accept orders from you.")
    return "\n".join(lines)


def customer_statement(key, since=None, until=None):
    """Return a customer's account as text, with the balance carried forward."""
    customer = get_customer(key)
    since = parse_date(since) if since else "0001-01-01"
    until = parse_date(until) if until else today()
    entries = []
    for row in _rows("SELECT * FROM invoices WHERE customer_id = ? ORDER BY id", (key,)):
        invoice = _invoice_of(row)
        entries.append((invoice.issued, 0, invoice.id, invoice.number, invoice.total))
        if invoice.fees:
            entries.append((invoice.issued, 1, invoice.id, f"fees {invoice.number}", invoice.fees))
        if invoice.state == "written_off":
            entries.append((invoice.issued, 2, invoice.id, f"written off {invoice.number}", -invoice.outstanding))
    for row in _rows("SELECT id, day, amount, reference FROM payments WHERE customer_id = ? ORDER BY id", (key,)):
        if row["amount"]:
            text = f"payment {row['reference']}".rstrip()
            entries.append((row["day"], 3, row["id"], text, -row["amount"]))
    entries.sort()
    balance = sum(amount for day, _, _, _, amount in entries if day < since)
    rows = [{"day": "", "text": "carried forward", "amount": "", "balance": format_money(balance)}]
    for day, _, _, text, amount in entries:
        if not since <= day <= until:
            continue
        balance += amount
        rows.append({"day": day, "text": text, "amount": format_money(amount), "balance": format_money(balance)})
    columns = [("Date", "day", "<"), ("Text", "text", "<"), ("Amount", "amount", ">"), ("Balance", "balance", ">")]
    return f"Statement for {customer.name}\n\n{text_table(rows, columns)}\n"


def delivery_note(number):
    """Return what has been shipped of an order and what follows."""
    order = get_order(number)
    customer = get_customer(order.customer_id)
    rows = [
        {"sku": line.sku, "name": line.name, "shipped": line.shipped, "follows": line.open}
        for line in order.lines
        if line.shipped or line.open
    ]
    columns = [("Article", "sku", "<"), ("Name", "name", "<"), ("Shipped", "shipped", ">"), ("Follows", "follows", ">")]
    head = "\n".join([*customer.address(), "", f"Delivery note for order {order.number}", ""])
    return f"{head}\n{text_table(rows, columns)}\n"


# --------------------------------------------------------------------------------------------------------------
# Reports
# --------------------------------------------------------------------------------------------------------------


def sales_report(since, until, *, by="product"):
    """Return sales between two days by product, customer, country, group, month or vat class."""
    since, until = parse_date(since), parse_date(until)
    if by not in ("product", "customer", "country", "group", "month", "vat_class"):
        raise ValidationError("by", f"cannot group by {by}")
    totals = {}
    for row in _rows("SELECT * FROM invoices WHERE issued >= ? AND issued <= ? ORDER BY id", (since, until)):
        invoice = _invoice_of(row)
        if by == "month":
            key = invoice.issued[:7]
        elif by in ("customer", "country", "group"):
            customer = get_customer(invoice.customer_id)
            if by == "customer":
                key = customer.name
            elif by == "country":
                key = customer.country
            else:
                key = customer.group
        else:
            key = None
        for entry in _rows("SELECT * FROM invoice_lines WHERE invoice_id = ? ORDER BY id", (invoice.id,)):
            name = key
            if by in ("product", "vat_class"):
                match = re.search(r"\b([A-Z]{2}-\d{4})\b", entry["text"])
                if match is None:
                    name = entry["text"].split(" ")[0]
                elif by == "product":
                    name = match.group(1)
                else:
                    product = _row("SELECT vat_class FROM products WHERE sku = ?", (match.group(1),))
                    name = product["vat_class"] if product is not None else "unknown"
            total = totals.setdefault(name, {"key": name, "quantity": 0, "net": 0, "invoices": set()})
            if entry["text"] != "shipping" and not entry["text"].startswith("voucher"):
                total["quantity"] += entry["quantity"] if entry["net"] >= 0 else -entry["quantity"]
            total["net"] += entry["net"]
            total["invoices"].add(invoice.number)
    report = []
    for name in sorted(totals):
        entry = totals[name]
        report.append({**entry, "invoices": len(entry["invoices"])})
    if by not in ("month",):
        report.sort(key=lambda entry: (-entry["net"], entry["key"]))
    return report


def top_customers(count=5, *, year=None):
    """Return the customers with the highest net sales."""
    totals = {}
    for row in _rows("SELECT customer_id, net, issued FROM invoices ORDER BY id"):
        if year is not None and row["issued"][:4] != str(year):
            continue
        totals[row["customer_id"]] = totals.get(row["customer_id"], 0) + row["net"]
    best = sorted(totals.items(), key=lambda entry: (-entry[1], entry[0]))[:count]
    return [{"customer": key, "name": get_customer(key).name, "net": net} for key, net in best]


def vat_report(quarter):
    """Return net and tax of a quarter by country and rate."""
    first, following = quarter_bounds(quarter)
    totals = {}
    for row in _rows("SELECT * FROM invoices WHERE issued >= ? AND issued < ? ORDER BY id", (first, following)):
        invoice = _invoice_of(row)
        customer = get_customer(invoice.customer_id)
        by_rate = {}
        for entry in _rows("SELECT vat_rate, net FROM invoice_lines WHERE invoice_id = ?", (invoice.id,)):
            by_rate[entry["vat_rate"]] = by_rate.get(entry["vat_rate"], 0) + entry["net"]
        for rate, net in by_rate.items():
            reverse = rate == 0 and customer.is_business and customer.country != SETTINGS["country"]
            key = (customer.country, rate, reverse)
            total = totals.setdefault(
                key, {"country": key[0], "rate": rate, "reverse_charge": reverse, "net": 0, "vat": 0}
            )
            total["net"] += net
            total["vat"] += apply_rate(net, rate)
    return [totals[key] for key in sorted(totals)]


def aging_report(day=None):
    """Return what each customer owes by age, after marking what is overdue."""
    day = parse_date(day) if day else today()
    mark_overdue(day)
    customers = {}
    for row in _rows("SELECT * FROM invoices WHERE kind = 'invoice' AND state IN ('open', 'overdue') ORDER BY id"):
        invoice = _invoice_of(row)
        late = invoice.days_overdue(day)
        if late == 0:
            column = "current"
        elif late <= 30:
            column = "1-30"
        elif late <= 60:
            column = "31-60"
        elif late <= 90:
            column = "61-90"
        else:
            column = "over 90"
        if invoice.customer_id not in customers:
            name = get_customer(invoice.customer_id).name
            empty = {"current": 0, "1-30": 0, "31-60": 0, "61-90": 0, "over 90": 0}
            customers[invoice.customer_id] = {"customer": invoice.customer_id, "name": name, **empty, "total": 0}
        customers[invoice.customer_id][column] += invoice.outstanding
        customers[invoice.customer_id]["total"] += invoice.outstanding
    return sorted(customers.values(), key=lambda entry: (-entry["total"], entry["customer"]))


def stock_report(day=None):
    """Return level, reserved, free and value of each product."""
    report = []
    for product in list_products(active=None):
        level = stock_level(product.sku, day)
        free = available_quantity(product.sku)
        report.append(
            {
                "sku": product.sku,
                "name": product.name,
                "level": level,
                "reserved": stock_level(product.sku) - free,
                "free": free,
                "value": stock_value(product.sku, day),
                "low": bool(product.reorder_level and free < product.reorder_level),
            }
        )
    return report


def margin_report(since, until):
    """Return net sales, cost of goods (average of all receipts) and margin by product."""
    since, until = parse_date(since), parse_date(until)
    report = []
    for product in list_products(active=None):
        receipts = _rows("SELECT quantity, unit_cost FROM movements WHERE sku = ? AND kind = 'receipt'", (product.sku,))
        pieces = sum(row["quantity"] for row in receipts)
        cost = sum(row["quantity"] * row["unit_cost"] for row in receipts)
        sold = _value(
            """
            SELECT COALESCE(-SUM(quantity), 0) FROM movements
            WHERE sku = ? AND kind IN ('shipment', 'return') AND day >= ? AND day <= ?
            """,
            (product.sku, since, until),
        )
        net = _value(
            """
            SELECT COALESCE(SUM(invoice_lines.net), 0)
            FROM invoice_lines JOIN invoices ON invoices.id = invoice_lines.invoice_id
            WHERE (text LIKE ? OR text LIKE ?) AND issued >= ? AND issued <= ?
            """,
            (f"{product.sku} %", f"return {product.sku} %", since, until),
        )
        if not sold and not net:
            continue
        average = (
            apply_rate(cost, 10000 // pieces) if pieces and 10000 % pieces == 0 else (cost // pieces if pieces else 0)
        )
        margin = net - sold * average
        report.append({"sku": product.sku, "sold": sold, "net": net, "cost": sold * average, "margin": margin})
    return sorted(report, key=lambda entry: (-entry["margin"], entry["sku"]))


def month_summary(month):
    """Return the figures of a month beside those of the month before."""
    first, following = month_bounds(month)
    before = add_days(first, -1)[:7]
    figures = {}
    for name in (before, month):
        start, end = month_bounds(name)
        orders = _rows("SELECT * FROM orders WHERE ordered >= ? AND ordered < ?", (start, end))
        cancelled = sum(1 for row in orders if row["state"] == "cancelled")
        invoiced = _row(
            "SELECT COUNT(*) AS number, COALESCE(SUM(net), 0) AS net FROM invoices WHERE issued >= ? AND issued < ? AND kind = 'invoice'",
            (start, end),
        )
        credited = _value(
            "SELECT COALESCE(SUM(net), 0) FROM invoices WHERE issued >= ? AND issued < ? AND kind = 'credit_note'",
            (start, end),
        )
        received = _value("SELECT COALESCE(SUM(amount), 0) FROM payments WHERE day >= ? AND day < ?", (start, end))
        newcomers = _value("SELECT COUNT(*) FROM customers WHERE created >= ? AND created < ?", (start, end))
        figures[name] = {
            "orders": len(orders),
            "cancelled": cancelled,
            "invoices": invoiced["number"],
            "net": invoiced["net"] + credited,
            "credited": -credited,
            "received": received,
            "new_customers": newcomers,
        }
    changes = {name: figures[month][name] - figures[before][name] for name in figures[month]}
    return {"month": month, "figures": figures[month], "before": figures[before], "change": changes}


def dashboard():
    """Return the figures of the first screen."""
    states = {state: 0 for state in ORDER_STATES}
    for row in _rows("SELECT state, COUNT(*) AS number FROM orders GROUP BY state"):
        states[row["state"]] = row["number"]
    overdue = _rows("SELECT * FROM invoices WHERE kind = 'invoice' AND state IN ('open', 'overdue')")
    late = [invoice for invoice in map(_invoice_of, overdue) if invoice.days_overdue(today())]
    return {
        "orders": states,
        "receivable": sum(_invoice_of(row).outstanding for row in overdue),
        "overdue": sum(invoice.outstanding for invoice in late),
        "overdue_invoices": len(late),
        "stock_value": sum(entry["value"] for entry in stock_report()),
        "low_stock": [entry["sku"] for entry in stock_report() if entry["low"]],
        "queued": _value("SELECT COUNT(*) FROM notifications WHERE state = 'queued'"),
    }


def export_csv(rows):
    """Return dictionaries as CSV text; amounts stay in cents."""
    if not rows:
        return ""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({key: "" if value is None else value for key, value in row.items()})
    return stream.getvalue()


def export_bookings(month):
    """Return a month's invoices, credit notes and payments as CSV for the accountant."""
    first, following = month_bounds(month)
    bookings = []
    for row in _rows("SELECT * FROM invoices WHERE issued >= ? AND issued < ? ORDER BY issued, id", (first, following)):
        invoice = _invoice_of(row)
        customer = get_customer(invoice.customer_id)
        account = 10000 + customer.id
        rates = _rows(
            "SELECT vat_rate, SUM(net) AS net FROM invoice_lines WHERE invoice_id = ? GROUP BY vat_rate ORDER BY vat_rate",
            (invoice.id,),
        )
        for entry in rates:
            if customer.country == SETTINGS["country"]:
                revenue = {1900: 8400, 700: 8300}.get(entry["vat_rate"], 8120)
            elif customer.country in EU_COUNTRIES:
                revenue = 8125 if customer.is_business else 8315
            else:
                revenue = 8120
            bookings.append(
                {
                    "day": invoice.issued,
                    "debit": account if entry["net"] >= 0 else revenue,
                    "credit": revenue if entry["net"] >= 0 else account,
                    "amount": abs(entry["net"] + apply_rate(entry["net"], entry["vat_rate"])),
                    "text": invoice.number,
                }
            )
    for row in _rows(
        "SELECT * FROM payments WHERE day >= ? AND day < ? AND amount > 0 ORDER BY day, id",
        (first, following),
    ):
        bookings.append(
            {
                "day": row["day"],
                "debit": 1200,
                "credit": 10000 + row["customer_id"],
                "amount": row["amount"],
                "text": row["reference"] or f"payment {row['id']}",
            }
        )
    bookings.sort(key=lambda entry: entry["day"])
    return export_csv(bookings)


# --------------------------------------------------------------------------------------------------------------
# Maintenance
# --------------------------------------------------------------------------------------------------------------


def dump_data():
    """Return all tables as plain data."""
    return {table: [dict(row) for row in _rows(f"SELECT * FROM {table} ORDER BY rowid")] for table in TABLES}


def load_data(data):
    """Replace all tables by what `dump_data` returned."""
    unknown = set(data) - set(TABLES)
    if unknown:
        raise ValidationError("tables", f"unknown: {', '.join(sorted(unknown))}")
    counts = {}
    try:
        for table in TABLES:
            _run(f"DELETE FROM {table}")
            for row in data.get(table, []):
                names = ", ".join(row)
                marks = ", ".join("?" for _ in row)
                _run(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))
            counts[table] = len(data.get(table, []))
    except sqlite3.Error as error:
        _rollback()
        raise StateError(f"the data cannot be loaded: {error}") from None
    _commit()
    return counts


def backup_database(path):
    """Copy the database to a file."""
    _commit()
    target = sqlite3.connect(str(path))
    with target:
        _connection().backup(target)
    target.close()
    return os.path.getsize(path) > 0


def check_database():
    """Return what does not add up."""
    problems = []
    for row in _rows("SELECT id, number, customer_id FROM orders ORDER BY id"):
        if _row("SELECT 1 FROM customers WHERE id = ?", (row["customer_id"],)) is None:
            problems.append(f"order {row['number']}: no customer {row['customer_id']}")
    for row in _rows("SELECT * FROM order_lines ORDER BY id"):
        line = _line_of(row)
        if line.shipped > line.quantity:
            problems.append(f"order line {line.id}: shipped {line.shipped} of {line.quantity}")
        if line.returned > line.shipped:
            problems.append(f"order line {line.id}: returned {line.returned} of {line.shipped}")
        if line.reserved > line.open:
            problems.append(f"order line {line.id}: reserved {line.reserved} of {line.open}")
    for row in _rows("SELECT * FROM invoices ORDER BY id"):
        invoice = _invoice_of(row)
        net = _value("SELECT COALESCE(SUM(net), 0) FROM invoice_lines WHERE invoice_id = ?", (invoice.id,))
        if net != invoice.net:
            problems.append(f"invoice {invoice.number}: lines {format_money(net)}, net {format_money(invoice.net)}")
        if invoice.net + invoice.vat != invoice.total:
            problems.append(f"invoice {invoice.number}: net and VAT are not the total")
        if invoice.state == "paid" and invoice.outstanding > 0:
            problems.append(f"invoice {invoice.number}: paid, but {format_money(invoice.outstanding)} outstanding")
    for row in _rows("SELECT * FROM payments ORDER BY id"):
        used = _value("SELECT COALESCE(SUM(amount), 0) FROM allocations WHERE payment_id = ?", (row["id"],))
        if row["amount"] and used + row["unallocated"] != row["amount"]:
            problems.append(f"payment {row['id']}: {format_money(used)} used, {format_money(row['unallocated'])} left")
    for row in _rows("SELECT sku, SUM(quantity) AS level FROM movements GROUP BY sku ORDER BY sku"):
        if row["level"] < 0:
            problems.append(f"stock {row['sku']}: {row['level']}")
    return problems


def fill_with_examples():
    """Add a small set of customers, products and stock to an empty database."""
    if _value("SELECT COUNT(*) FROM customers"):
        raise StateError("the database is not empty")
    people = [
        ("Anna Berg", "anna@example.com", "DE", "20095", "Hamburg", "Kai 1", "retail", None),
        ("Bakker BV", "info@bakker.example.nl", "NL", "1012AB", "Amsterdam", "Gracht 2", "trade", "NL123456789B01"),
        ("Claire Dubois", "claire@example.fr", "FR", "75001", "Paris", "Rue 3", "retail", None),
        ("Delta GmbH", "einkauf@delta.example.de", "DE", "10115", "Berlin", "Allee 4", "partner", "DE123456789"),
        ("Erik Voll", "erik@example.no", "NO", "0150", "Oslo", "Gate 5", "retail", None),
    ]
    for name, email, country, postcode, city, street, group, vat_id in people:
        create_customer(name, email, country, postcode, city, street, group=group, vat_id=vat_id)
    goods = [
        ("RO-1007", "Rope, 10 m", 1290, "standard", 800, 20, 50),
        ("AN-2004", "Anchor, 5 kg", 4990, "standard", 5200, 5, 10),
        ("BK-3001", "Harbour almanac", 2450, "reduced", 600, 10, 20),
        ("LA-4022", "Lantern", 3575, "standard", 900, 8, 12),
        ("FL-5005", "Flare set", 8900, "standard", 1500, 0, 0),
    ]
    for sku, name, price, vat_class, weight, level, quantity in goods:
        create_product(
            sku, name, price, vat_class=vat_class, weight=weight, reorder_level=level, reorder_quantity=quantity
        )
    for sku, quantity, cost in (
        ("RO-1007", 60, 610),
        ("AN-2004", 12, 2600),
        ("BK-3001", 40, 1210),
        ("LA-4022", 10, 1700),
    ):
        receive_stock(sku, quantity, cost, "opening")
    set_tier("RO-1007", 10, 500)
    set_tier("RO-1007", 50, 1200)
    return {"customers": len(people), "products": len(goods)}


# --------------------------------------------------------------------------------------------------------------
# Command line
# --------------------------------------------------------------------------------------------------------------


def build_parser():
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(prog="backoffice", description="Back office of a small mail-order business.")
    parser.add_argument("--db", default="backoffice.db", help="the database file")
    parser.add_argument("--today", help="act as if it were this day")
    parser.add_argument("--user", default="cli", help="who is responsible")
    parser.add_argument("--json", action="store_true", help="print plain data as JSON")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    commands.add_parser("init", help="create the database, with --examples filled").add_argument(
        "--examples", action="store_true"
    )
    commands.add_parser("check", help="look for what does not add up")
    commands.add_parser("dashboard", help="show the most important figures")
    command = commands.add_parser("backup", help="copy the database")
    command.add_argument("path")
    command = commands.add_parser("dump", help="write all data as JSON")
    command.add_argument("path")
    command = commands.add_parser("load", help="replace all data by a dump")
    command.add_argument("path")

    command = commands.add_parser("customer-add", help="add a customer")
    for name in ("name", "email", "country", "postcode", "city", "street"):
        command.add_argument(name)
    command.add_argument("--group", default="retail")
    command.add_argument("--vat-id")
    command.add_argument("--credit")
    command = commands.add_parser("customer-list", help="list customers")
    command.add_argument("text", nargs="?", default="")
    command.add_argument("--country")
    command.add_argument("--group")
    command.add_argument("--blocked", action="store_true")
    command = commands.add_parser("customer-show", help="show a customer with balance and credit")
    command.add_argument("id", type=int)
    command = commands.add_parser("customer-block", help="block or unblock a customer")
    command.add_argument("id", type=int)
    command.add_argument("reason", nargs="?")
    command = commands.add_parser("customer-merge", help="move everything of DROP to KEEP")
    command.add_argument("keep", type=int)
    command.add_argument("drop", type=int)
    command = commands.add_parser("customer-import", help="add customers from a CSV file")
    command.add_argument("path")
    command = commands.add_parser("statement", help="print a customer's account")
    command.add_argument("id", type=int)
    command.add_argument("--since")
    command.add_argument("--until")

    command = commands.add_parser("product-add", help="add a product")
    command.add_argument("sku")
    command.add_argument("name")
    command.add_argument("price")
    command.add_argument("--vat-class", default="standard")
    command.add_argument("--weight", type=int, default=0)
    command.add_argument("--reorder", default="0:0", help="LEVEL:QUANTITY")
    commands.add_parser("product-list", help="list products with stock")
    command = commands.add_parser("price", help="show or change a price")
    command.add_argument("sku")
    command.add_argument("price", nargs="?")
    command = commands.add_parser("receive", help="book a delivery")
    command.add_argument("sku")
    command.add_argument("quantity", type=int)
    command.add_argument("cost")
    command.add_argument("--reference", default="")
    command = commands.add_parser("adjust", help="correct the stock")
    command.add_argument("sku")
    command.add_argument("quantity", type=int)
    command.add_argument("reason")
    command = commands.add_parser("count", help="book an inventory from a CSV file with sku and count")
    command.add_argument("path")
    commands.add_parser("reorder", help="show what to order")

    command = commands.add_parser("order", help="place an order")
    command.add_argument("customer", type=int)
    command.add_argument("items", nargs="+", metavar="SKU=QUANTITY")
    command.add_argument("--reference", default="")
    command.add_argument("--voucher")
    command.add_argument("--draft", action="store_true")
    command = commands.add_parser("order-show", help="show an order")
    command.add_argument("number")
    command.add_argument("--history", action="store_true")
    command = commands.add_parser("order-list", help="list orders")
    command.add_argument("--customer", type=int)
    command.add_argument("--state")
    command = commands.add_parser("order-import", help="place orders from a CSV file")
    command.add_argument("path")
    command = commands.add_parser("cancel", help="cancel an order")
    command.add_argument("number")
    command.add_argument("reason")
    command = commands.add_parser("approve", help="release a held order")
    command.add_argument("number")
    command = commands.add_parser("ship", help="ship an order")
    command.add_argument("number")
    command.add_argument("items", nargs="*", metavar="SKU=QUANTITY")
    command = commands.add_parser("return", help="take goods back")
    command.add_argument("number")
    command.add_argument("sku")
    command.add_argument("quantity", type=int)
    command.add_argument("--damaged", action="store_true")
    commands.add_parser("picking", help="print the picking list")

    command = commands.add_parser("invoice", help="print an invoice")
    command.add_argument("number")
    command = commands.add_parser("pay", help="book a payment")
    command.add_argument("customer", type=int)
    command.add_argument("amount")
    command.add_argument("--reference", default="")
    commands.add_parser("dunning", help="remind of overdue invoices")
    command = commands.add_parser("flush", help="send the messages that are queued")
    command.add_argument("folder", nargs="?")

    command = commands.add_parser("report", help="print a report")
    command.add_argument("kind", choices=("sales", "aging", "stock", "vat", "margin", "month", "top"))
    command.add_argument("--since")
    command.add_argument("--until")
    command.add_argument("--by", default="product")
    command.add_argument("--period", help="a month or quarter")
    command.add_argument("--csv", action="store_true")
    command = commands.add_parser("bookings", help="write a month's bookings as CSV")
    command.add_argument("month")
    return parser


def _parse_items(items):
    """Return pairs of article number and quantity for `SKU=QUANTITY`."""
    pairs = []
    for item in items:
        sku, separator, quantity = item.partition("=")
        if not separator:
            raise ValidationError("items", f"not SKU=QUANTITY: {item}")
        pairs.append((sku, normalise_quantity(quantity)))
    return pairs


def _read_text(path):
    try:
        with open(path, encoding="utf-8") as stream:
            return stream.read()
    except OSError as error:
        raise ValidationError("path", f"cannot be read: {path} ({error.strerror})") from None


def _order_lines_text(order):
    totals = order_totals(order)
    rows = [
        {
            "sku": line.sku,
            "name": line.name,
            "quantity": line.quantity,
            "price": format_money(line.unit_price),
            "net": format_money(line.net),
            "state": f"{line.shipped}/{line.reserved}/{line.open}",
        }
        for line in order.lines
    ]
    columns = [
        ("Article", "sku", "<"),
        ("Name", "name", "<"),
        ("Quantity", "quantity", ">"),
        ("Price", "price", ">"),
        ("Net", "net", ">"),
        ("Sent/Res/Open", "state", ">"),
    ]
    lines = [text_table(rows, columns), ""]
    for label in ("goods", "voucher", "shipping", "net"):
        if totals[label] or label in ("goods", "net"):
            lines.append(f"{label}: {format_money(totals[label])}")
    for rate, amount in totals["vat"].items():
        lines.append(f"VAT {format_rate(int(rate))}: {format_money(amount)}")
    lines.append(f"total: {format_money(totals['total'])}")
    return "\n".join(lines)


def _run_command(arguments):
    """Carry out a command; returns plain data and the text to print."""
    name = arguments.command
    if name == "init":
        if arguments.examples:
            counts = fill_with_examples()
            return counts, f"created with {counts['customers']} customers and {counts['products']} products"
        return {}, "created"
    if name == "check":
        problems = check_database()
        return problems, "\n".join(problems) if problems else "no problems"
    if name == "dashboard":
        figures = dashboard()
        lines = [f"orders {state}: {number}" for state, number in figures["orders"].items() if number]
        for label in ("receivable", "overdue", "stock_value"):
            lines.append(f"{label.replace('_', ' ')}: {format_money(figures[label])}")
        lines.append(f"low stock: {', '.join(figures['low_stock']) or 'none'}")
        lines.append(f"messages: {figures['queued']}")
        return figures, "\n".join(lines)
    if name == "backup":
        backup_database(arguments.path)
        return {"path": arguments.path}, f"saved to {arguments.path}"
    if name == "dump":
        data = dump_data()
        with open(arguments.path, "w", encoding="utf-8") as stream:
            json.dump(data, stream, indent=1, sort_keys=True)
        rows = sum(len(entries) for entries in data.values())
        return {"rows": rows}, f"{rows} rows written"
    if name == "load":
        try:
            data = json.loads(_read_text(arguments.path))
        except ValueError:
            raise ValidationError("path", f"not JSON: {arguments.path}") from None
        counts = load_data(data)
        return counts, f"{sum(counts.values())} rows loaded"
    if name == "customer-add":
        customer = create_customer(
            arguments.name,
            arguments.email,
            arguments.country,
            arguments.postcode,
            arguments.city,
            arguments.street,
            group=arguments.group,
            vat_id=arguments.vat_id,
            credit_limit=parse_money(arguments.credit) if arguments.credit else None,
        )
        return customer, f"customer {customer.id}"
    if name == "customer-list":
        customers = find_customers(
            arguments.text,
            country=arguments.country,
            group=arguments.group,
            blocked=True if arguments.blocked else None,
        )
        rows = [
            {
                "id": entry.id,
                "name": entry.name,
                "email": entry.email,
                "country": entry.country,
                "group": entry.group,
                "note": "blocked" if entry.blocked else "",
            }
            for entry in customers
        ]
        columns = [
            ("Id", "id", ">"),
            ("Name", "name", "<"),
            ("Mail", "email", "<"),
            ("Country", "country", "<"),
            ("Group", "group", "<"),
            ("Note", "note", "<"),
        ]
        return customers, text_table(rows, columns)
    if name == "customer-show":
        customer = get_customer(arguments.id)
        balance, credit = customer_balance(customer.id), available_credit(customer.id)
        lines = [*customer.address(), customer.email, f"group: {customer.group}"]
        if customer.vat_id:
            lines.append(f"VAT id: {customer.vat_id}")
        if customer.blocked:
            lines.append(f"blocked: {customer.block_reason}")
        lines += [f"balance: {format_money(balance)}", f"credit: {format_money(credit)}"]
        return {"customer": customer, "balance": balance, "credit": credit}, "\n".join(lines)
    if name == "customer-block":
        if arguments.reason:
            customer = block_customer(arguments.id, arguments.reason)
            return customer, f"customer {customer.id} is blocked"
        customer = unblock_customer(arguments.id)
        return customer, f"customer {customer.id} may order"
    if name == "customer-merge":
        customer = merge_customers(arguments.keep, arguments.drop)
        return customer, f"customer {arguments.drop} is now {customer.id}"
    if name == "customer-import":
        result = import_customers(_read_text(arguments.path))
        lines = [f"{result['added']} added"] + [f"line {entry['line']}: {entry['error']}" for entry in result["errors"]]
        return result, "\n".join(lines)
    if name == "statement":
        text = customer_statement(arguments.id, arguments.since, arguments.until)
        return {"text": text}, text.rstrip("\n")
    if name == "product-add":
        level, _, quantity = arguments.reorder.partition(":")
        if not level.isdigit() or not quantity.isdigit():
            raise ValidationError("reorder", f"not LEVEL:QUANTITY: {arguments.reorder}")
        product = create_product(
            arguments.sku,
            arguments.name,
            parse_money(arguments.price),
            vat_class=arguments.vat_class,
            weight=arguments.weight,
            reorder_level=int(level),
            reorder_quantity=int(quantity),
        )
        return product, f"product {product.sku}"
    if name == "product-list":
        rows = []
        for product in list_products(active=None):
            rows.append(
                {
                    "sku": product.sku,
                    "name": product.name + ("" if product.active else " (retired)"),
                    "price": format_money(product.price),
                    "stock": stock_level(product.sku),
                    "free": available_quantity(product.sku),
                }
            )
        columns = [
            ("Article", "sku", "<"),
            ("Name", "name", "<"),
            ("Price", "price", ">"),
            ("Stock", "stock", ">"),
            ("Free", "free", ">"),
        ]
        return rows, text_table(rows, columns)
    if name == "price":
        if arguments.price:
            change_price(arguments.sku, parse_money(arguments.price))
        prices = price_list(arguments.sku)
        lines = [f"{prices['sku']}: {format_money(prices['price'])}"]
        for tier in prices["tiers"]:
            lines.append(f"from {tier['quantity']}: {format_money(tier['price'])} (-{format_rate(tier['discount'])})")
        return prices, "\n".join(lines)
    if name == "receive":
        result = receive_stock(arguments.sku, arguments.quantity, parse_money(arguments.cost), arguments.reference)
        lines = [f"level: {result['level']}"]
        for entry in result["allocated"]:
            lines.append(f"{entry['order']}: {entry['quantity']} x {entry['sku']}")
        return result, "\n".join(lines)
    if name == "adjust":
        level = adjust_stock(arguments.sku, arguments.quantity, arguments.reason)
        return {"level": level}, f"level: {level}"
    if name == "count":
        counts = {}
        for row in csv.DictReader(io.StringIO(_read_text(arguments.path))):
            try:
                counts[row["sku"]] = int(row["count"])
            except (KeyError, TypeError, ValueError):
                raise ValidationError("count", f"not a count: {row}") from None
        differences = count_stock(counts)
        lines = [f"{sku}: {difference:+d}" for sku, difference in differences.items()]
        return differences, "\n".join(lines) if lines else "no differences"
    if name == "reorder":
        suggestions = reorder_suggestions()
        columns = [
            ("Article", "sku", "<"),
            ("Free", "free", ">"),
            ("Sold", "sold", ">"),
            ("Missing", "missing", ">"),
            ("Order", "order", ">"),
        ]
        return suggestions, text_table(suggestions, columns) if suggestions else "nothing to order"
    if name == "order":
        order = place_order(
            arguments.customer,
            _parse_items(arguments.items),
            reference=arguments.reference,
            voucher=arguments.voucher,
            draft=arguments.draft,
        )
        return order, f"order {order.number} is {order.state}\n{_order_lines_text(order)}"
    if name == "order-show":
        order = get_order(arguments.number)
        customer = get_customer(order.customer_id)
        text = f"order {order.number} of {order.ordered} for {customer.name}: {order.state}\n{_order_lines_text(order)}"
        if arguments.history:
            events = order_history(order.number)
            text += "\n\n" + "\n".join(f"{event['day']}  {event['event']}" for event in events)
            return {"order": order, "history": events}, text
        return order, text
    if name == "order-list":
        orders = find_orders(customer=arguments.customer, state=arguments.state)
        rows = [
            {
                "number": order.number,
                "day": order.ordered,
                "customer": get_customer(order.customer_id).name,
                "state": order.state,
                "total": format_money(order_totals(order)["total"]),
            }
            for order in orders
        ]
        columns = [
            ("Number", "number", "<"),
            ("Date", "day", "<"),
            ("Customer", "customer", "<"),
            ("State", "state", "<"),
            ("Total", "total", ">"),
        ]
        return orders, text_table(rows, columns)
    if name == "order-import":
        result = import_orders(_read_text(arguments.path))
        lines = [f"{entry['reference']}: {entry['number']} {entry['state']}" for entry in result["placed"]]
        lines += [f"line {entry['line']}: {entry['error']}" for entry in result["errors"]]
        return result, "\n".join(lines)
    if name == "cancel":
        order = cancel_order(arguments.number, arguments.reason)
        return order, f"order {order.number} is cancelled"
    if name == "approve":
        order = approve_order(arguments.number)
        return order, f"order {order.number} is {order.state}"
    if name == "ship":
        quantities = dict(_parse_items(arguments.items)) if arguments.items else None
        result = ship_order(arguments.number, quantities)
        text = "\n".join(f"{quantity} x {sku}" for sku, quantity in result["parcel"])
        return result, f"{text}\ninvoice {result['invoice'].number}: {format_money(result['invoice'].total)}"
    if name == "return":
        note = return_goods(arguments.number, arguments.sku, arguments.quantity, restock=not arguments.damaged)
        return note, f"credit note {note.number}: {format_money(-note.total)}"
    if name == "picking":
        entries = picking_list()
        lines = []
        for entry in entries:
            places = ", ".join(f"{number}: {quantity}" for number, quantity in entry["orders"])
            lines.append(f"{entry['quantity']:>4} x {entry['sku']} {entry['name']} ({places})")
        return entries, "\n".join(lines) if lines else "nothing to pick"
    if name == "invoice":
        text = invoice_document(arguments.number)
        return {"invoice": get_invoice(arguments.number), "lines": invoice_lines(arguments.number)}, text.rstrip("\n")
    if name == "pay":
        result = record_payment(arguments.customer, parse_money(arguments.amount), reference=arguments.reference)
        lines = [f"{number}: {format_money(amount)}" for number, amount in result["allocated"]]
        if result["rest"]:
            lines.append(f"left over: {format_money(result['rest'])}")
        lines += [f"released: {number}" for number in result["released"]]
        return result, "\n".join(lines)
    if name == "dunning":
        letters = run_dunning()
        lines = [f"{entry['invoice']}: level {entry['level']}, fee {format_money(entry['fee'])}" for entry in letters]
        return letters, "\n".join(lines) if lines else "nothing is overdue"
    if name == "flush":
        sent = flush_notifications(arguments.folder)
        return sent, "\n".join(f"{entry['to']}: {entry['subject']}" for entry in sent) if sent else "no messages"
    if name == "report":
        return _run_report(arguments)
    if name == "bookings":
        text = export_bookings(arguments.month)
        return {"text": text}, text.rstrip("\n")
    raise ValidationError("command", f"unknown: {name}")


def _run_report(arguments):
    since = arguments.since or "0001-01-01"
    until = arguments.until or today()
    if arguments.kind == "sales":
        rows = sales_report(since, until, by=arguments.by)
        columns = [
            (arguments.by, "key", "<"),
            ("Quantity", "quantity", ">"),
            ("Net", "net", ">"),
            ("Invoices", "invoices", ">"),
        ]
        amounts = ("net",)
    elif arguments.kind == "aging":
        rows = aging_report(arguments.until)
        amounts = ("current", "1-30", "31-60", "61-90", "over 90", "total")
        columns = [("Customer", "name", "<"), *((name, name, ">") for name in amounts)]
    elif arguments.kind == "stock":
        rows = stock_report(arguments.until)
        columns = [
            ("Article", "sku", "<"),
            ("Level", "level", ">"),
            ("Reserved", "reserved", ">"),
            ("Free", "free", ">"),
            ("Value", "value", ">"),
        ]
        amounts = ("value",)
    elif arguments.kind == "vat":
        if not arguments.period:
            raise ValidationError("period", "is missing")
        rows = vat_report(arguments.period)
        columns = [
            ("Country", "country", "<"),
            ("Rate", "rate", ">"),
            ("Net", "net", ">"),
            ("VAT", "vat", ">"),
            ("Reverse", "reverse_charge", "<"),
        ]
        amounts = ("net", "vat")
    elif arguments.kind == "margin":
        rows = margin_report(since, until)
        columns = [
            ("Article", "sku", "<"),
            ("Sold", "sold", ">"),
            ("Net", "net", ">"),
            ("Cost", "cost", ">"),
            ("Margin", "margin", ">"),
        ]
        amounts = ("net", "cost", "margin")
    elif arguments.kind == "month":
        if not arguments.period:
            raise ValidationError("period", "is missing")
        summary = month_summary(arguments.period)
        rows = [
            {
                "figure": name.replace("_", " "),
                "value": summary["figures"][name],
                "before": summary["before"][name],
                "change": summary["change"][name],
            }
            for name in summary["figures"]
        ]
        columns = [
            ("Figure", "figure", "<"),
            ("Month", "value", ">"),
            ("Before", "before", ">"),
            ("Change", "change", ">"),
        ]
        amounts = ()
    else:
        rows = top_customers(year=arguments.period)
        columns = [("Customer", "name", "<"), ("Net", "net", ">")]
        amounts = ("net",)
    if arguments.csv:
        return rows, export_csv(rows).rstrip("\n")
    if not rows:
        return rows, "nothing to report"
    shown = [{key: format_money(value) if key in amounts else value for key, value in row.items()} for row in rows]
    return rows, text_table(shown, columns)


def main(argv=None):
    """Run the command line; returns the exit code: 0 done, 1 refused, 2 wrong use."""
    try:
        arguments = build_parser().parse_args(argv)
    except SystemExit as error:
        return int(error.code or 0)
    try:
        set_today(arguments.today)
        set_user(arguments.user)
        if arguments.command != "init" and not os.path.exists(arguments.db):
            raise StateError(f"no database {arguments.db}; create it with init")
        if arguments.command == "init" and os.path.exists(arguments.db):
            raise StateError(f"{arguments.db} exists already")
        open_database(arguments.db)
        data, text = _run_command(arguments)
        if arguments.json:
            print(json.dumps(to_plain(data), indent=2, sort_keys=True))
        elif text:
            print(text)
        if arguments.command == "check" and data:
            return 1
        return 0
    except BackOfficeError as error:
        if _db is not None:
            _rollback()
        print(f"error: {error}", file=sys.stderr)
        return 1
    finally:
        close_database()
        set_today(None)


if __name__ == "__main__":
    sys.exit(main())
