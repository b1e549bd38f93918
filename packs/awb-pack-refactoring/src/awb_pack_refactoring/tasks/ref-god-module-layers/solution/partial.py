"""awb-canary f52d3ef8-5ce3-4af1-ae3b-254163d5eb41

Half the work: domain, storage and services have their packages; reports and the command line still stand together.
"""

import ast
import re
import textwrap
from pathlib import Path

from awb_edit import remove, write

HOMES = {
    "domain.errors": "BackOfficeError ValidationError NotFoundError StateError OutOfStockError CreditError DuplicateError",
    "domain.settings": (
        "DEFAULT_SETTINGS SETTINGS VAT_RATES EU_COUNTRIES OTHER_COUNTRIES POSTCODES SHIPPING_ZONES "
        "CUSTOMER_GROUPS ORDER_STATES INVOICE_STATES configure reset_settings"
    ),
    "domain.money": "parse_money format_money apply_rate net_of split_amount parse_rate format_rate",
    "domain.dates": (
        "_today set_today today parse_date add_days days_between month_bounds quarter_bounds "
        "next_business_day"
    ),
    "domain.validation": (
        "require_text normalise_email normalise_country normalise_postcode normalise_vat_id normalise_sku "
        "normalise_quantity"
    ),
    "domain.entities": "Customer Product OrderLine Order Invoice Movement Notification to_plain",
    "domain.pricing": "vat_rate shipping_zone shipping_cost order_totals interest_due",
    "storage.database": (
        "SCHEMA TABLES _db open_database close_database _connection _rows _row _value _run _insert _commit "
        "_rollback _next_number is_open"
    ),
    "storage.audit": "_user set_user _audit audit_trail",
    "storage.customers": "_customer_of get_customer _set_blocked",
    "storage.catalogue": "_product_of get_product list_products",
    "storage.stock": "_movement_of _move",
    "storage.orders": "_line_of _order_of get_order _set_order_state",
    "storage.billing": "_invoice_of get_invoice invoice_lines",
    "storage.messages": "_notification_of",
    "storage.maintenance": "dump_data load_data backup_database",
    "services.messages": "TEMPLATES OPTIONAL_KINDS _notify set_preference preferences notifications flush_notifications",
    "services.customers": (
        "create_customer find_customers update_customer block_customer unblock_customer customer_balance "
        "available_credit merge_customers anonymise_customer import_customers"
    ),
    "services.catalogue": (
        "create_product change_price retire_product set_tier price_list add_campaign running_campaigns "
        "add_voucher unit_price"
    ),
    "services.stock": (
        "stock_level available_quantity stock_history adjust_stock _warn_low_stock count_stock stock_value "
        "reorder_suggestions"
    ),
    "services.billing": (
        "find_invoices _add_invoice _bill _credit_whole _credit_goods _pay _allocate _use_spare_payments "
        "mark_overdue run_dunning write_off credit_invoice dunning_letter WIDTH"
    ),
    "services.orders": (
        "find_orders place_order _accept _reserve submit_order change_line approve_order cancel_order "
        "close_orders order_history import_orders picking_list"
    ),
    "services.fulfilment": "receive_stock ship_order return_goods record_payment",
    "services.examples": "fill_with_examples",
}

DOCSTRINGS = {
    "domain": "What the business is about, without input and output.",
    "domain.errors": "What can be refused.",
    "domain.settings": "Settings and the tables of rates, countries and states.",
    "domain.money": "Amounts in cents and rates in basis points.",
    "domain.dates": "The current date, and dates as ISO strings.",
    "domain.validation": "Checks of what comes from outside; each returns the normal form.",
    "domain.entities": "Records as plain data.",
    "domain.pricing": "Taxes, shipping, totals and interest.",
    "storage": "The sqlite file and the queries on it.",
    "storage.database": "The open database, its tables and the helpers that run statements.",
    "storage.audit": "Who did what.",
    "storage.customers": "Stored customers.",
    "storage.catalogue": "Stored products, tiers and campaigns.",
    "storage.stock": "Stored movements of stock.",
    "storage.orders": "Stored orders, their lines and vouchers.",
    "storage.billing": "Stored invoices, payments and what pays what.",
    "storage.messages": "Stored messages and preferences.",
    "storage.maintenance": "Dumps, restores and backups of everything.",
    "services": "What can be done.",
    "services.messages": "Messages to customers and staff.",
    "services.customers": "Customers, their credit and their data.",
    "services.catalogue": "Products and what they cost.",
    "services.stock": "Stock levels, corrections and reordering.",
    "services.billing": "Invoices, credit notes and reminders.",
    "services.orders": "Orders until they are shipped.",
    "services.fulfilment": "Processes that span orders, stock and billing.",
    "services.examples": "A small set of data to try things out.",
}

RENAMES = {
    "_rows": "fetch_all",
    "_row": "fetch_one",
    "_value": "fetch_value",
    "_run": "execute",
    "_insert": "insert",
    "_commit": "commit",
    "_rollback": "rollback",
    "_connection": "connection",
    "_next_number": "next_number",
    "_audit": "record",
    "_customer_of": "customer_of",
    "_set_blocked": "set_blocked",
    "_product_of": "product_of",
    "_movement_of": "movement_of",
    "_move": "add_movement",
    "_line_of": "line_of",
    "_order_of": "order_of",
    "_set_order_state": "set_order_state",
    "_invoice_of": "invoice_of",
    "_notification_of": "notification_of",
    "_notify": "notify",
    "_warn_low_stock": "warn_low_stock",
    "_bill": "bill_parcel",
    "_credit_whole": "credit_whole",
    "_credit_goods": "credit_goods",
    "_allocate": "allocate",
    "_accept": "accept_order",
}


def top_level(source):
    """Return the top-level definitions of a module by name, in order, as text."""
    lines = source.splitlines()
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            first = min([node.lineno, *(entry.lineno for entry in node.decorator_list)])
            name = node.name
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            first, name = node.lineno, node.targets[0].id
        else:
            continue
        found[name] = "\n".join(lines[first - 1 : node.end_lineno])
    return found


def free_names(text):
    """Return the names that a definition reads from its module."""
    return _free(ast.parse(text))


def _free(tree):
    names = set()
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            names |= _free_in_function(node)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            names.add(node.id)
        else:
            names |= _free(node)
    return names


def _free_in_function(function):
    arguments = function.args
    local = {entry.arg for entry in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]}
    local |= {entry.arg for entry in (arguments.vararg, arguments.kwarg) if entry}
    shared = {name for node in ast.walk(function) if isinstance(node, ast.Global) for name in node.names}
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            local.add(node.id)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            local.add(node.name)
    read = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    outside = _free(ast.Module([ast.Expr(entry) for entry in function.decorator_list], []))
    defaults = [*arguments.defaults, *(entry for entry in arguments.kw_defaults if entry)]
    outside |= _free(ast.Module([ast.Expr(entry) for entry in defaults], []))
    return (read - (local - shared)) | outside


STANDARD = {
    **{name: (name, None) for name in ("argparse", "csv", "io", "json", "os", "re", "sqlite3", "sys", "textwrap")},
    **{name: ("dataclasses", name) for name in ("asdict", "dataclass", "field")},
    **{name: ("datetime", name) for name in ("date", "timedelta")},
    **{name: ("decimal", name) for name in ("ROUND_HALF_UP", "Decimal", "InvalidOperation")},
}


def import_line(module, names):
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= 120:
        return line
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in names) + ")"


def ordered(names):
    """Return names as import sorters want them: constants, classes, functions."""
    return sorted(names, key=lambda name: (0 if name.isupper() else 1 if name[0].isupper() else 2, name))


def module_text(module, docstring, names, definitions, home):
    """Return a module made of some definitions with the imports that they need."""
    needed = set().union(*(free_names(definitions[name]) for name in names)) if names else set()
    plain, grouped = set(), {}
    for name in needed - set(names):
        if name in home and home[name] != module:
            grouped.setdefault(f"backoffice.{home[name]}", set()).add(name)
        elif name in STANDARD:
            source, member = STANDARD[name]
            if member is None:
                plain.add(source)
            else:
                grouped.setdefault(source, set()).add(member)
    standard = [f"import {name}" for name in sorted(plain)]
    standard += [import_line(name, ordered(grouped[name])) for name in sorted(grouped) if not name.startswith("backoffice")]
    own = [import_line(name, ordered(grouped[name])) for name in sorted(grouped) if name.startswith("backoffice")]
    blocks = ["\n".join(block) for block in (standard, own) if block]
    parts = [f'"""{docstring}"""'] + blocks
    text = "\n\n".join(parts)
    previous = False
    for name in names:
        constant = "def " not in definitions[name] and not definitions[name].lstrip("@").startswith(("class ", "dataclass"))
        text += ("\n\n" if constant and (previous or name == names[0]) else "\n\n\n") + definitions[name]
        previous = constant
    return text + "\n"


def facade(docstring, exported, home):
    """Return the package's front: every public name from where it lives."""
    grouped = {}
    for name in exported:
        grouped.setdefault(home[name], []).append(name)
    lines = [import_line(f"backoffice.{module}", ordered(grouped[module])) for module in sorted(grouped)]
    listed = "".join(f'    "{name}",\n' for name in exported)
    return f'"""{docstring}"""\n\n' + "\n".join(lines) + f"\n\n__all__ = [\n{listed}]\n"


MAIN = '"""Start the command line."""\n\nimport sys\n\nfrom backoffice.cli.main import main\n\nif __name__ == "__main__":\n    sys.exit(main())\n'


def renamed(text):
    return re.sub(r"\b_[a-z_]+\b", lambda match: RENAMES.get(match.group(), match.group()), text)


def replaced(source, functions):
    """Return the source with whole functions exchanged."""
    lines = source.splitlines()
    nodes = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and functions.get(node.name)]
    for node in reversed(nodes):
        lines[node.lineno - 1 : node.end_lineno] = functions[node.name].strip("\n").splitlines()
    return "\n".join(lines) + "\n"


def exported(source):
    node = next(
        node for node in ast.parse(source).body if isinstance(node, ast.Assign) and node.targets[0].id == "__all__"
    )
    return ast.literal_eval(node.value)


def split():
    original = Path("src/backoffice.py").read_text(encoding="utf-8")
    definitions = {RENAMES.get(name, name): renamed(text) for name, text in top_level(original).items()}
    public = exported(original)
    definitions["main"] = definitions["main"].replace("if _db is not None:", "if is_open():")
    definitions["is_open"] = 'def is_open():\n    """Return whether there is a database."""\n    return _db is not None'
    modules = {module: [RENAMES.get(name, name) for name in names.split()] for module, names in HOMES.items()}
    home = {name: module for module, names in modules.items() for name in names}
    order = list(definitions)
    for module, names in modules.items():
        names = sorted(names, key=order.index)
        write(f"src/backoffice/{module.replace('.', '/')}.py", module_text(module, DOCSTRINGS[module], names, definitions, home))
    for package in ("domain", "storage", "services"):
        write(f"src/backoffice/{package}/__init__.py", f'"""{DOCSTRINGS[package]}"""\n')
    rest = [name for name in order if name not in home and name not in ("__all__", "is_open")]
    text = module_text("", "Back office of a small mail-order business.", rest, definitions, home)
    head, separator, body = text.partition("\n\n\ndef ")
    elsewhere = {}
    for name in public:
        if name in home and not re.search(rf"\b{name}\b", head):
            elsewhere.setdefault(home[name], []).append(name)
    imports = "\n".join(import_line(f"backoffice.{module}", ordered(elsewhere[module])) for module in sorted(elsewhere))
    listed = "".join(f'    "{name}",\n' for name in public)
    write("src/backoffice/__init__.py", f"{head}\n{imports}\n\n__all__ = [\n{listed}]{separator}{body}")
    write("src/backoffice/__main__.py", MAIN.replace("backoffice.cli.main", "backoffice"))
    remove("src/backoffice.py")


split()
