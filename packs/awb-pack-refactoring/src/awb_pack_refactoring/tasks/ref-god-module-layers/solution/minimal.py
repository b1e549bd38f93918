"""awb-canary f52d3ef8-5ce3-4af1-ae3b-254163d5eb41

The god module becomes packages: each definition goes where it is used, as it is, and the public names stay in front.
Some queries move to the storage; two dependencies still point the wrong way.
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
    "storage.billing": "_invoice_of get_invoice invoice_lines customer_balance",
    "storage.messages": "_notification_of",
    "storage.maintenance": "dump_data load_data backup_database",
    "services.messages": "TEMPLATES OPTIONAL_KINDS _notify set_preference preferences notifications flush_notifications",
    "services.customers": (
        "create_customer find_customers update_customer block_customer unblock_customer available_credit "
        "merge_customers anonymise_customer import_customers"
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
        "mark_overdue run_dunning write_off credit_invoice"
    ),
    "services.orders": (
        "find_orders place_order _accept _reserve submit_order change_line approve_order cancel_order "
        "close_orders order_history import_orders picking_list"
    ),
    "services.fulfilment": "receive_stock ship_order return_goods record_payment",
    "services.examples": "fill_with_examples",
    "reporting.tables": "text_table export_csv",
    "reporting.documents": "WIDTH invoice_document dunning_letter customer_statement delivery_note",
    "reporting.sales": "sales_report top_customers month_summary",
    "reporting.finance": "vat_report aging_report export_bookings",
    "reporting.stock": "stock_report margin_report",
    "reporting.dashboard": "dashboard",
    "reporting.checks": "check_database",
    "cli.parser": "build_parser",
    "cli.commands": "_parse_items _read_text _order_lines_text _run_command _run_report",
    "cli.main": "main",
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
    "reporting": "What can be read.",
    "reporting.tables": "Rows as text and as CSV.",
    "reporting.documents": "Documents for one customer, order or invoice.",
    "reporting.sales": "Sales figures.",
    "reporting.finance": "Taxes, debts and bookings.",
    "reporting.stock": "Stock and margins.",
    "reporting.dashboard": "The first screen.",
    "reporting.checks": "Consistency of the data.",
    "cli": "The command line.",
    "cli.parser": "The arguments of the command line.",
    "cli.commands": "The commands.",
    "cli.main": "From arguments to an exit code.",
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

QUERIES = {
    "create_customer#0": "storage.customers.add_customer name email country postcode city street group vat_id credit_limit created",
    "find_customers#0": "storage.customers.all_customers",
    "update_customer#0": "storage.customers.other_with_email email key",
    "update_customer#1": "storage.customers.store_customer name email country postcode city street group vat_id credit_limit key",
    "create_product#0": "storage.catalogue.add_product sku name price vat_class weight reorder_level reorder_quantity",
    "create_product#1": "storage.catalogue.product_row key",
    "change_price#0": "storage.catalogue.set_price price key",
    "retire_product#0": "storage.orders.count_waiting_lines sku",
    "retire_product#1": "storage.catalogue.deactivate_product key",
    "set_tier#0": "storage.catalogue.delete_tier sku quantity",
    "set_tier#1": "storage.catalogue.store_tier sku quantity discount",
    "price_list#0": "storage.catalogue.tiers_of sku",
    "add_campaign#0": "storage.catalogue.insert_campaign name sku_prefix discount starts ends",
    "running_campaigns#0": "storage.catalogue.all_campaigns",
    "add_voucher#0": "storage.orders.insert_voucher code amount minimum expires",
    "stock_level#0": "storage.stock.total_quantity sku",
    "stock_level#1": "storage.stock.total_quantity_until sku day",
    "available_quantity#0": "storage.orders.reserved_quantity sku",
    "stock_history#0": "storage.stock.movements_of sku",
    "stock_value#0": "storage.stock.movements_by_day sku",
    "reorder_suggestions#0": "storage.stock.shipped_since sku day",
    "reorder_suggestions#1": "storage.orders.missing_quantity sku",
    "unit_price#0": "storage.catalogue.tiers_of sku",
    "find_orders#0": "storage.orders.all_orders",
    "change_line#0": "storage.orders.delete_line line_id",
    "change_line#1": "storage.orders.add_line order_id sku name quantity list_price unit_price vat_rate",
    "change_line#2": "storage.orders.change_quantity quantity unit_price line_id",
    "change_line#3": "storage.orders.set_shipping shipping order_id",
    "cancel_order#0": "storage.orders.drop_reservations order_id",
    "cancel_order#1": "storage.orders.free_voucher code",
    "find_invoices#0": "storage.billing.all_invoices",
    "_add_invoice#0": "storage.billing.add_invoice number order_id customer_id issued due net vat total state kind",
    "_add_invoice#1": "storage.billing.add_invoice_line invoice_id text quantity unit_price vat_rate net",
    "_credit_whole#0": "storage.orders.order_row order_id",
    "_credit_whole#1": "storage.billing.lines_of invoice_id",
    "_credit_whole#2": "storage.billing.mark_credited invoice_id",
    "_credit_whole#3": "storage.billing.add_payment customer_id day amount unallocated reference",
    "_credit_goods#0": "storage.billing.open_invoices_of_order order_id",
    "_credit_goods#1": "storage.billing.add_payment customer_id day amount unallocated reference",
    "_pay#0": "storage.billing.add_paid amount invoice_id",
    "_pay#1": "storage.billing.mark_paid invoice_id",
    "_allocate#0": "storage.billing.add_allocation payment_id invoice_id amount",
    "_allocate#1": "storage.billing.reduce_unallocated amount payment_id",
    "_use_spare_payments#0": "storage.billing.spare_payments customer_id",
    "_use_spare_payments#1": "storage.billing.open_invoices_of_customer customer_id",
    "mark_overdue#0": "storage.billing.open_invoices",
    "mark_overdue#1": "storage.billing.set_overdue invoice_id",
    "run_dunning#0": "storage.billing.overdue_invoices",
    "run_dunning#1": "storage.billing.raise_dunning_level level fees invoice_id",
    "write_off#0": "storage.billing.set_written_off invoice_id",
    "_notify#0": "storage.messages.wants customer_id kind",
    "_notify#1": "storage.messages.add_message customer_id kind subject body created",
    "set_preference#0": "storage.messages.store_preference customer_id kind wanted",
    "preferences#0": "storage.messages.stored_preferences customer_id",
    "notifications#0": "storage.messages.all_messages",
    "flush_notifications#0": "storage.messages.mark_sent message_id",
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


def call_text(name, arguments, indent, tail=0):
    line = f"{name}({', '.join(arguments)})"
    if len(line) + indent + tail <= 116 and "\n" not in line:
        return line
    pad = " " * indent
    return f"{name}(\n" + "".join(f"{pad}    {entry},\n" for entry in arguments) + f"{pad})"


def sql_text(literal):
    """Return a statement as it stands in a function of its own."""
    if literal.startswith('"""'):
        lines = textwrap.dedent(literal.strip('"').strip("\n")).rstrip().splitlines()
    elif len(literal) > 96:
        lines = textwrap.wrap(literal.strip('"'), 96)
    else:
        return literal
    return '"""\n' + "".join(f"        {line}\n" for line in lines) + '        """'


def entities(mapper, query):
    """Return an expression that makes an entity of each row of a query."""
    line = f"[{mapper}(row) for row in {query}]"
    if "\n" not in line and len(line) <= 109:
        return line
    flat = f"{mapper}(row) for row in {query}"
    if "\n" not in flat and len(flat) <= 112:
        return f"[\n        {flat}\n    ]"
    if "\n" not in query and len(query) > 96:
        query = query.replace("(", "(\n        ", 1)[:-1] + "\n    )"
    query = query.replace("\n    ", "\n        ")
    return f"[\n        {mapper}(row)\n        for row in {query}\n    ]"


QUERY_HELPERS = ("_rows", "_row", "_value", "_run", "_insert")


def extract_queries(source, table):
    """Move the SQL of functions into functions of the storage.

    `table` maps `caller#index` to `module.name parameters`; a loop over rows that first makes an entity of each
    row becomes a loop over entities. Returns the changed source, the new definitions and their modules.
    """
    lines = source.splitlines(keepends=True)
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line.encode()))
    data = source.encode()

    def span(node):
        return offsets[node.lineno - 1] + node.col_offset, offsets[node.end_lineno - 1] + node.end_col_offset

    def text(node):
        first, last = span(node)
        return data[first:last].decode()

    edits, made, home = [], {}, {}
    for function in ast.parse(source).body:
        if not isinstance(function, ast.FunctionDef):
            continue
        loops = {id(node.iter): node for node in ast.walk(function) if isinstance(node, ast.For)}
        calls = [
            node
            for node in ast.walk(function)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in QUERY_HELPERS
        ]
        calls.sort(key=lambda node: (node.lineno, node.col_offset))
        for index, call in enumerate(calls):
            entry = table.get(f"{function.name}#{index}")
            if entry is None:
                continue
            target, *parameters = entry.split()
            module, _, name = target.rpartition(".")
            if len(call.args) == 1:
                arguments = []
            elif isinstance(call.args[1], ast.Tuple):
                arguments = [text(value) for value in call.args[1].elts]
            else:
                arguments = [f"*{text(call.args[1])}"]
            seen = []
            for argument, parameter in zip(arguments, parameters, strict=False):
                if parameter not in seen:
                    seen.append(parameter)
            given = list(dict.fromkeys(zip(parameters, arguments, strict=False)))
            if arguments and arguments[0].startswith("*"):
                seen, given = parameters, [(None, arguments[0])]
            marks = ", ".join(parameters) + ("," if len(parameters) == 1 else "")
            sql = sql_text(text(call.args[0]))
            loop = loops.get(id(call))
            mapper = loop_mapper(loop)
            inner = f"{call.func.id}(\n        {sql},\n        ({marks}),\n    )" if parameters else f"{call.func.id}({sql})"
            flat = f"{call.func.id}({sql}, ({marks}))" if parameters else inner
            if "\n" not in sql and len(flat) < 96:
                inner = flat
            returns = "" if call.func.id == "_run" else "return "
            if mapper:
                first = loop.body[0]
                entity = first.targets[0].id
                begin, end = span(first)
                line_start = data.rfind(b"\n", 0, begin) + 1
                edits.append((line_start, data.find(b"\n", end) + 1, ""))
                edits.append((*span(loop.target), entity))
                inner = entities(mapper, inner)
            definition = f"def {name}({', '.join(seen)}):\n    {returns}{inner}"
            if made.setdefault(name, definition) != definition:
                raise ValueError(f"{function.name}#{index}: {name} differs:\n{made[name]}\n{definition}")
            home[name] = module
            begin, end = span(call)
            line = data[data.rfind(b"\n", 0, begin) + 1 : begin].decode()
            indent = len(line) - len(line.lstrip())
            values = [argument for _, argument in given]
            edits.append((begin, end, call_text(name, values, indent, len(line) - indent)))
    for begin, end, new in sorted(edits, reverse=True):
        data = data[:begin] + new.encode() + data[end:]
    return data.decode(), made, home


def loop_mapper(loop):
    """Return the function that makes an entity of each row of a loop, if the row has no other use."""
    if loop is None or not isinstance(loop.target, ast.Name) or loop.target.id != "row":
        return None
    first = loop.body[0]
    if not (isinstance(first, ast.Assign) and isinstance(first.value, ast.Call) and isinstance(first.value.func, ast.Name)):
        return None
    if not first.value.func.id.endswith("_of"):
        return None
    rest = [node for statement in loop.body[1:] for node in ast.walk(statement)]
    if any(isinstance(node, ast.Name) and node.id == "row" for node in rest):
        return None
    return first.value.func.id


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


def write_packages(modules, definitions, public):
    """Write the package: one file per module, with empty packages above and the public names in front."""
    home = {name: module for module, names in modules.items() for name in names}
    order = list(definitions)
    for module, names in modules.items():
        names = sorted(names, key=order.index)
        write(f"src/backoffice/{module.replace('.', '/')}.py", module_text(module, DOCSTRINGS[module], names, definitions, home))
    for package in sorted({module.partition(".")[0] for module in modules}):
        write(f"src/backoffice/{package}/__init__.py", f'"""{DOCSTRINGS[package]}"""\n')
    write("src/backoffice/__init__.py", facade("Back office of a small mail-order business: the public interface.", public, home))
    write("src/backoffice/__main__.py", MAIN)
    remove("src/backoffice.py")


def split():
    original = Path("src/backoffice.py").read_text(encoding="utf-8")
    source, queries, query_home = extract_queries(original, QUERIES)
    definitions = {RENAMES.get(name, name): renamed(text) for name, text in top_level(source).items()}
    definitions["main"] = definitions["main"].replace("if _db is not None:", "if is_open():")
    definitions["is_open"] = 'def is_open():\n    """Return whether there is a database."""\n    return _db is not None'
    definitions["TABLES"] = definitions.pop("TABLES")
    for name, text in queries.items():
        definitions[name] = renamed(text)
    modules = {module: [RENAMES.get(name, name) for name in names.split()] for module, names in HOMES.items()}
    for name, module in query_home.items():
        modules[module].append(name)
    write_packages(modules, definitions, exported(original))


split()
