"""awb-canary f52d3ef8-5ce3-4af1-ae3b-254163d5eb41

The god module becomes packages: definitions go to the modules of the architecture, SQL goes to the storage, long
functions are taken apart, and each command has a function of its own.
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
    "domain.letters": "WIDTH dunning_text",
    "storage.database": (
        "SCHEMA TABLES _db open_database close_database _connection _rows _row _value _run _insert _commit "
        "_rollback _next_number is_open"
    ),
    "storage.audit": "_user set_user _audit audit_trail",
    "storage.customers": "_customer_of get_customer _set_blocked move_records",
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
        "mark_overdue run_dunning write_off credit_invoice"
    ),
    "services.orders": (
        "find_orders place_order _accept _reserve submit_order change_line approve_order cancel_order "
        "close_orders order_history import_orders picking_list _wanted _priced _voucher_amount"
    ),
    "services.fulfilment": (
        "receive_stock ship_order return_goods record_payment _parcel _reserve_delivery _confirm_if_complete "
        "_allocate_payment _unblock_if_paid _release_held_orders"
    ),
    "services.examples": "fill_with_examples",
    "reporting.tables": "text_table export_csv",
    "reporting.documents": "invoice_document dunning_letter customer_statement delivery_note",
    "reporting.sales": "sales_report top_customers month_summary _party_of _article_of",
    "reporting.finance": "vat_report aging_report export_bookings AGES _revenue_account",
    "reporting.stock": "stock_report margin_report",
    "reporting.dashboard": "dashboard",
    "reporting.checks": "check_database _order_problems _line_problems _invoice_problems _payment_problems _stock_problems",
    "cli.common": "parse_items read_text order_text",
    "cli.parser": "build_parser",
    "cli.reports": "_run_report _span _period _sales _aging _stock _vat _margin _month _top REPORTS",
    "cli.registry": "COMMANDS",
    "cli.main": "main _execute",
}

COMMAND_MODULES = {
    "cli.maintenance": "init check dashboard backup dump load",
    "cli.customers": "customer-add customer-list customer-show customer-block customer-merge customer-import statement",
    "cli.stock": "product-add product-list price receive adjust count reorder",
    "cli.orders": "order order-show order-list order-import cancel approve ship return picking",
    "cli.billing": "invoice pay dunning flush bookings",
    "cli.reports": "report",
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
    "domain.letters": "Texts that are sent to customers.",
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
    "cli.main": "From arguments to an exit code.",
    "cli.common": "What commands share.",
    "cli.maintenance": "Commands for the database as a whole.",
    "cli.customers": "Commands for customers.",
    "cli.stock": "Commands for products and stock.",
    "cli.orders": "Commands for orders.",
    "cli.billing": "Commands for invoices, payments and messages.",
    "cli.reports": "Commands that report.",
    "cli.registry": "The functions behind the names of the commands.",
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
    "customer_balance#0": "storage.billing.amount_owed customer_id",
    "customer_balance#1": "storage.billing.unallocated_money customer_id",
    "available_credit#0": "storage.orders.unfinished_orders customer_id",
    "available_credit#1": "storage.billing.count_invoices order_id",
    "merge_customers#0": "storage.messages.stored_preferences customer_id",
    "merge_customers#1": "storage.messages.find_preference customer_id kind",
    "merge_customers#2": "storage.messages.add_preference customer_id kind wanted",
    "merge_customers#3": "storage.messages.delete_preferences customer_id",
    "merge_customers#4": "storage.customers.delete_customer key",
    "merge_customers#5": "storage.customers.set_credit_limit limit key",
    "anonymise_customer#0": "storage.orders.count_active_orders customer_id",
    "anonymise_customer#1": "storage.customers.blank_customer email key",
    "anonymise_customer#2": "storage.messages.delete_messages customer_id",
    "anonymise_customer#3": "storage.messages.delete_preferences customer_id",
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
    "receive_stock#0": "storage.orders.back_orders",
    "_reserve_delivery#0": "storage.orders.add_reservation quantity line_id",
    "_warn_low_stock#0": "storage.messages.count_queued_warnings pattern",
    "stock_value#0": "storage.stock.movements_by_day sku",
    "reorder_suggestions#0": "storage.stock.shipped_since sku day",
    "reorder_suggestions#1": "storage.orders.missing_quantity sku",
    "unit_price#0": "storage.catalogue.tiers_of sku",
    "find_orders#0": "storage.orders.all_orders",
    "_voucher_amount#0": "storage.orders.find_voucher code",
    "place_order#0": "storage.orders.add_order number customer_id ordered reference shipping voucher voucher_amount",
    "place_order#1": "storage.orders.add_line order_id sku name quantity list_price unit_price vat_rate",
    "place_order#2": "storage.orders.use_voucher order_id code",
    "_reserve#0": "storage.orders.order_state order_id",
    "_reserve#1": "storage.orders.add_reservation quantity line_id",
    "change_line#0": "storage.orders.delete_line line_id",
    "change_line#1": "storage.orders.add_line order_id sku name quantity list_price unit_price vat_rate",
    "change_line#2": "storage.orders.change_quantity quantity unit_price line_id",
    "change_line#3": "storage.orders.set_shipping shipping order_id",
    "cancel_order#0": "storage.orders.drop_reservations order_id",
    "cancel_order#1": "storage.orders.free_voucher code",
    "ship_order#0": "storage.orders.book_shipment quantity quantity line_id",
    "return_goods#0": "storage.stock.last_shipment sku number",
    "return_goods#1": "storage.orders.book_return quantity line_id",
    "close_orders#0": "storage.orders.shipped_orders",
    "order_history#0": "storage.audit.entries_for subject",
    "order_history#1": "storage.billing.invoices_of_order order_id",
    "order_history#2": "storage.billing.payments_for invoice_id",
    "import_orders#0": "storage.customers.customer_with_email email",
    "import_orders#1": "storage.orders.order_with_reference customer_id reference",
    "picking_list#0": "storage.orders.confirmed_orders",
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
    "record_payment#0": "storage.billing.add_payment customer_id day amount unallocated reference",
    "_allocate_payment#0": "storage.billing.open_invoices_of_customer customer_id",
    "_unblock_if_paid#0": "storage.billing.count_overdue customer_id",
    "_release_held_orders#0": "storage.orders.held_orders customer_id",
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
    "customer_statement#0": "storage.billing.invoices_of_customer customer_id",
    "customer_statement#1": "storage.billing.payments_of_customer customer_id",
    "sales_report#0": "storage.billing.invoices_between since until",
    "sales_report#1": "storage.billing.lines_of invoice_id",
    "_article_of#0": "storage.catalogue.vat_class_of sku",
    "top_customers#0": "storage.billing.net_sales",
    "vat_report#0": "storage.billing.invoices_before since following",
    "vat_report#1": "storage.billing.rates_of invoice_id",
    "aging_report#0": "storage.billing.unsettled_invoices",
    "margin_report#0": "storage.stock.receipts_of sku",
    "margin_report#1": "storage.stock.sold_between sku since until",
    "margin_report#2": "storage.billing.net_by_text sold returned since until",
    "month_summary#0": "storage.orders.orders_before since following",
    "month_summary#1": "storage.billing.invoiced_before since following",
    "month_summary#2": "storage.billing.credited_before since following",
    "month_summary#3": "storage.billing.received_before since following",
    "month_summary#4": "storage.customers.count_new_before since following",
    "dashboard#0": "storage.orders.count_by_state",
    "dashboard#1": "storage.billing.receivables",
    "dashboard#2": "storage.messages.count_queued",
    "export_bookings#0": "storage.billing.invoices_to_book since following",
    "export_bookings#1": "storage.billing.net_by_rate invoice_id",
    "export_bookings#2": "storage.billing.payments_to_book since following",
    "_order_problems#0": "storage.orders.order_owners",
    "_order_problems#1": "storage.customers.customer_exists key",
    "_line_problems#0": "storage.orders.all_lines",
    "_invoice_problems#0": "storage.billing.invoices_by_id",
    "_invoice_problems#1": "storage.billing.sum_of_lines invoice_id",
    "_payment_problems#0": "storage.billing.all_payments",
    "_payment_problems#1": "storage.billing.sum_of_allocations payment_id",
    "_stock_problems#0": "storage.stock.levels",
    "fill_with_examples#0": "storage.customers.count_customers",
}

NEW_FUNCTIONS = {
    "find_orders": '''
def find_orders(*, customer=None, state=None, since=None, until=None):
    """Return orders, newest first."""
    if state is not None and state not in ORDER_STATES:
        raise ValidationError("state", f"unknown state {state}")
    since = parse_date(since) if since else None
    until = parse_date(until) if until else None
    found = []
    for row in _rows("SELECT * FROM orders ORDER BY ordered DESC, id DESC"):
        order = _order_of(row)
        if customer is not None and order.customer_id != customer:
            continue
        if state is not None and order.state != state:
            continue
        if (since is not None and order.ordered < since) or (until is not None and order.ordered > until):
            continue
        found.append(order)
    return found
''',
    "place_order": '''
def place_order(customer_id, items, *, reference="", voucher=None, draft=False):
    """Take an order: `items` are pairs of article number and quantity.

    Stock is reserved as far as it goes; what is missing makes it a back order. Orders above the customer's credit
    or above the value that needs approval are held.
    """
    customer = get_customer(customer_id)
    if customer.blocked:
        raise CreditError(f"customer {customer_id} is blocked: {customer.block_reason}")
    positions = _priced(_wanted(items), customer)
    goods = sum(price * quantity for _, quantity, price, _ in positions)
    grams = sum(product.weight * quantity for product, quantity, _, _ in positions)
    code = voucher.strip().upper() if voucher else ""
    amount = _voucher_amount(code, goods) if voucher else 0
    number = _next_number(SETTINGS["order_prefix"], today())
    freight = shipping_cost(customer.country, grams, goods)
    order_id = _insert(
        """
        INSERT INTO orders (number, customer_id, state, ordered, reference, shipping, voucher, voucher_amount)
        VALUES (?, ?, 'draft', ?, ?, ?, ?, ?)
        """,
        (number, customer_id, today(), reference, freight, code, amount),
    )
    for product, quantity, price, rate in positions:
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


def _wanted(items):
    """Return the quantity of each article, which must be on sale."""
    if not items:
        raise ValidationError("items", "is missing")
    wanted = {}
    for sku, quantity in items:
        product = get_product(sku)
        if not product.active:
            raise StateError(f"{product.sku} is not on sale")
        wanted[product.sku] = wanted.get(product.sku, 0) + normalise_quantity(quantity)
    return wanted


def _priced(wanted, customer):
    """Return product, quantity, unit price and VAT rate of each position."""
    positions = []
    for sku, quantity in wanted.items():
        product = get_product(sku)
        price = unit_price(sku, quantity, customer.group)
        rate = vat_rate(product.vat_class, customer.country, customer.is_business)
        positions.append((product, quantity, price, rate))
    return positions


def _voucher_amount(code, goods):
    """Return what a voucher is worth for goods of a value."""
    row = _row("SELECT * FROM vouchers WHERE code = ?", (code,))
    if row is None:
        raise NotFoundError("voucher", code)
    if row["order_id"] is not None:
        raise StateError(f"voucher {code} has been used")
    if row["expires"] < today():
        raise StateError(f"voucher {code} expired on {row['expires']}")
    if goods < row["minimum"]:
        raise StateError(f"voucher {code} needs an order of {format_money(row['minimum'])}")
    return row["amount"]
''',
    "ship_order": '''
def ship_order(number, quantities=None):
    """Ship what is reserved, or the given quantities by article number; bills what leaves the house."""
    order = get_order(number)
    if order.state not in ("confirmed", "backorder"):
        raise StateError(f"order {order.number} is {order.state}")
    customer = get_customer(order.customer_id)
    if customer.blocked:
        raise CreditError(f"customer {customer.id} is blocked: {customer.block_reason}")
    parcel = _parcel(order, quantities)
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
    invoice = _bill(order, customer, parcel, with_shipping=first)
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


def _parcel(order, quantities):
    """Return lines and the quantities of them that can be shipped now."""
    if quantities is None:
        parcel = [(line, line.reserved) for line in order.lines if line.reserved]
    else:
        parcel = []
        known = {line.sku: line for line in order.lines}
        for sku, quantity in quantities.items():
            sku, quantity = normalise_sku(sku), normalise_quantity(quantity)
            if sku not in known:
                raise NotFoundError("order line", sku)
            if quantity > known[sku].reserved:
                raise OutOfStockError(sku, quantity, known[sku].reserved)
            parcel.append((known[sku], quantity))
    if not parcel:
        raise StateError(f"order {order.number} has nothing to ship")
    return parcel
''',
    "receive_stock": '''
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
        order = _order_of(row)
        taken = _reserve_delivery(order, product.sku, free)
        if not taken:
            continue
        free -= sum(taken)
        allocated += [{"order": order.number, "sku": product.sku, "quantity": part} for part in taken]
        _confirm_if_complete(order.number)
    _commit()
    return {"level": stock_level(product.sku), "allocated": allocated}


def _reserve_delivery(order, sku, free):
    """Reserve delivered pieces for the lines of an order; returns how many for each."""
    taken = []
    for line in order.lines:
        part = min(line.open - line.reserved, free - sum(taken))
        if line.sku == sku and part > 0:
            _run("UPDATE order_lines SET reserved = reserved + ? WHERE id = ?", (part, line.id))
            taken.append(part)
    return taken


def _confirm_if_complete(number):
    order = get_order(number)
    if all(line.reserved >= line.open for line in order.lines):
        _set_order_state(order, "confirmed")
        _notify(order.customer_id, "in_stock", {"number": order.number})
''',
    "record_payment": '''
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
    allocated = _allocate_payment(payment_id, customer_id, amount, reference.upper())
    _audit("payment", f"customer {customer_id}", format_money(amount))
    _unblock_if_paid(customer)
    released = _release_held_orders(get_customer(customer_id))
    _notify(customer_id, "payment", {"amount": format_money(amount), "name": customer.name})
    _commit()
    rest = amount - sum(used for _, used in allocated)
    return {"payment": payment_id, "allocated": allocated, "rest": rest, "released": released}


def _allocate_payment(payment_id, customer_id, amount, reference):
    """Settle invoices, those that the reference names first; returns numbers and amounts."""
    candidates = []
    for row in _rows(
        "SELECT * FROM invoices WHERE customer_id = ? AND kind = 'invoice' AND state IN ('open', 'overdue') ORDER BY due, id",
        (customer_id,),
    ):
        invoice = _invoice_of(row)
        candidates.append(invoice)
    candidates.sort(key=lambda invoice: invoice.number not in reference)
    allocated = []
    for invoice in candidates:
        used = min(amount, invoice.outstanding)
        if used > 0:
            _allocate(payment_id, invoice, used)
            allocated.append([invoice.number, used])
            amount -= used
    return allocated


def _unblock_if_paid(customer):
    if customer.blocked and customer.block_reason.startswith("dunning"):
        overdue = _value("SELECT COUNT(*) FROM invoices WHERE customer_id = ? AND state = 'overdue'", (customer.id,))
        if overdue == 0:
            _set_blocked(customer.id, False, "")
            _audit("unblock", f"customer {customer.id}", "paid")


def _release_held_orders(customer):
    """Accept held orders that fit into the credit now; returns their numbers."""
    released = []
    if customer.blocked:
        return released
    for row in _rows("SELECT * FROM orders WHERE customer_id = ? AND state = 'held' ORDER BY id", (customer.id,)):
        order = _order_of(row)
        total = order_totals(order)["total"]
        # What is held counts against the credit already.
        if total > SETTINGS["hold_above"] or available_credit(customer.id) < 0:
            continue
        _set_order_state(order, "draft")
        _accept(order, customer)
        if get_order(order.number).state != "held":
            released.append(order.number)
    return released
''',
    "find_invoices": '''
def find_invoices(*, customer=None, state=None, order=None):
    """Return invoices and credit notes, oldest first."""
    if state is not None and state not in INVOICE_STATES:
        raise ValidationError("state", f"unknown state {state}")
    order_id = get_order(order).id if order is not None else None
    found = []
    for row in _rows("SELECT * FROM invoices ORDER BY issued, id"):
        invoice = _invoice_of(row)
        if customer is not None and invoice.customer_id != customer:
            continue
        if state is not None and invoice.state != state:
            continue
        if order_id is not None and invoice.order_id != order_id:
            continue
        found.append(invoice)
    return found
''',
    "notifications": '''
def notifications(*, customer=None, kind=None, state=None):
    """Return messages, oldest first."""
    found = []
    for row in _rows("SELECT * FROM notifications ORDER BY id"):
        message = _notification_of(row)
        if customer is not None and message.customer_id != customer:
            continue
        if kind is not None and message.kind != kind:
            continue
        if state is not None and message.state != state:
            continue
        found.append(message)
    return found
''',
    "dunning_letter": '''
def dunning_letter(number):
    """Return the reminder for an invoice at its present level."""
    invoice = get_invoice(number)
    return dunning_text(invoice, get_customer(invoice.customer_id))


def dunning_text(invoice, customer):
    """Return the reminder for an invoice at its present level."""
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
    return "\\n".join(lines)
''',
    "sales_report": '''
def sales_report(since, until, *, by="product"):
    """Return sales between two days by product, customer, country, group, month or vat class."""
    since, until = parse_date(since), parse_date(until)
    if by not in ("product", "customer", "country", "group", "month", "vat_class"):
        raise ValidationError("by", f"cannot group by {by}")
    totals = {}
    for row in _rows("SELECT * FROM invoices WHERE issued >= ? AND issued <= ? ORDER BY id", (since, until)):
        invoice = _invoice_of(row)
        for entry in _rows("SELECT * FROM invoice_lines WHERE invoice_id = ? ORDER BY id", (invoice.id,)):
            name = _article_of(entry, by) if by in ("product", "vat_class") else _party_of(invoice, by)
            total = totals.setdefault(name, {"key": name, "quantity": 0, "net": 0, "invoices": set()})
            if entry["text"] != "shipping" and not entry["text"].startswith("voucher"):
                total["quantity"] += entry["quantity"] if entry["net"] >= 0 else -entry["quantity"]
            total["net"] += entry["net"]
            total["invoices"].add(invoice.number)
    report = [{**totals[name], "invoices": len(totals[name]["invoices"])} for name in sorted(totals)]
    if by != "month":
        report.sort(key=lambda entry: (-entry["net"], entry["key"]))
    return report


def _party_of(invoice, by):
    """Return the month of an invoice, or what its customer stands for."""
    if by == "month":
        return invoice.issued[:7]
    customer = get_customer(invoice.customer_id)
    return customer.name if by == "customer" else getattr(customer, by)


def _article_of(entry, by):
    """Return the article number or the VAT class behind an invoice line, its first word if it has none."""
    match = re.search(r"\\b([A-Z]{2}-\\d{4})\\b", entry["text"])
    if match is None:
        return entry["text"].split(" ")[0]
    if by == "product":
        return match.group(1)
    product = _row("SELECT vat_class FROM products WHERE sku = ?", (match.group(1),))
    return product["vat_class"] if product is not None else "unknown"
''',
    "aging_report": '''
def aging_report(day=None):
    """Return what each customer owes by age, after marking what is overdue."""
    day = parse_date(day) if day else today()
    mark_overdue(day)
    customers = {}
    for row in _rows("SELECT * FROM invoices WHERE kind = 'invoice' AND state IN ('open', 'overdue') ORDER BY id"):
        invoice = _invoice_of(row)
        if invoice.customer_id not in customers:
            name = get_customer(invoice.customer_id).name
            empty = {column: 0 for _, column in AGES}
            customers[invoice.customer_id] = {"customer": invoice.customer_id, "name": name, **empty, "total": 0}
        late = invoice.days_overdue(day)
        column = next(name for limit, name in AGES if limit is None or late <= limit)
        customers[invoice.customer_id][column] += invoice.outstanding
        customers[invoice.customer_id]["total"] += invoice.outstanding
    return sorted(customers.values(), key=lambda entry: (-entry["total"], entry["customer"]))
''',
    "check_database": '''
def check_database():
    """Return what does not add up."""
    checks = (_order_problems, _line_problems, _invoice_problems, _payment_problems, _stock_problems)
    return [problem for check in checks for problem in check()]


def _order_problems():
    for row in _rows("SELECT id, number, customer_id FROM orders ORDER BY id"):
        if _row("SELECT 1 FROM customers WHERE id = ?", (row["customer_id"],)) is None:
            yield f"order {row['number']}: no customer {row['customer_id']}"


def _line_problems():
    for row in _rows("SELECT * FROM order_lines ORDER BY id"):
        line = _line_of(row)
        if line.shipped > line.quantity:
            yield f"order line {line.id}: shipped {line.shipped} of {line.quantity}"
        if line.returned > line.shipped:
            yield f"order line {line.id}: returned {line.returned} of {line.shipped}"
        if line.reserved > line.open:
            yield f"order line {line.id}: reserved {line.reserved} of {line.open}"


def _invoice_problems():
    for row in _rows("SELECT * FROM invoices ORDER BY id"):
        invoice = _invoice_of(row)
        net = _value("SELECT COALESCE(SUM(net), 0) FROM invoice_lines WHERE invoice_id = ?", (invoice.id,))
        if net != invoice.net:
            yield f"invoice {invoice.number}: lines {format_money(net)}, net {format_money(invoice.net)}"
        if invoice.net + invoice.vat != invoice.total:
            yield f"invoice {invoice.number}: net and VAT are not the total"
        if invoice.state == "paid" and invoice.outstanding > 0:
            yield f"invoice {invoice.number}: paid, but {format_money(invoice.outstanding)} outstanding"


def _payment_problems():
    for row in _rows("SELECT * FROM payments ORDER BY id"):
        used = _value("SELECT COALESCE(SUM(amount), 0) FROM allocations WHERE payment_id = ?", (row["id"],))
        if row["amount"] and used + row["unallocated"] != row["amount"]:
            yield f"payment {row['id']}: {format_money(used)} used, {format_money(row['unallocated'])} left"


def _stock_problems():
    for row in _rows("SELECT sku, SUM(quantity) AS level FROM movements GROUP BY sku ORDER BY sku"):
        if row["level"] < 0:
            yield f"stock {row['sku']}: {row['level']}"
''',
    "_run_report": '''
def _run_report(arguments):
    """Return the rows of a report and the text to print."""
    rows, columns, amounts = REPORTS[arguments.kind](arguments)
    if arguments.csv:
        return rows, export_csv(rows).rstrip("\\n")
    if not rows:
        return rows, "nothing to report"
    shown = [{key: format_money(value) if key in amounts else value for key, value in row.items()} for row in rows]
    return rows, text_table(shown, columns)


def _span(arguments):
    return arguments.since or "0001-01-01", arguments.until or today()


def _period(arguments):
    if not arguments.period:
        raise ValidationError("period", "is missing")
    return arguments.period


def _sales(arguments):
    rows = sales_report(*_span(arguments), by=arguments.by)
    figures = [("Quantity", "quantity", ">"), ("Net", "net", ">"), ("Invoices", "invoices", ">")]
    return rows, [(arguments.by, "key", "<"), *figures], ("net",)


def _aging(arguments):
    amounts = ("current", "1-30", "31-60", "61-90", "over 90", "total")
    return aging_report(arguments.until), [("Customer", "name", "<"), *((name, name, ">") for name in amounts)], amounts


def _stock(arguments):
    figures = [(name.capitalize(), name, ">") for name in ("level", "reserved", "free", "value")]
    return stock_report(arguments.until), [("Article", "sku", "<"), *figures], ("value",)


def _vat(arguments):
    columns = [
        ("Country", "country", "<"),
        ("Rate", "rate", ">"),
        ("Net", "net", ">"),
        ("VAT", "vat", ">"),
        ("Reverse", "reverse_charge", "<"),
    ]
    return vat_report(_period(arguments)), columns, ("net", "vat")


def _margin(arguments):
    figures = [(name.capitalize(), name, ">") for name in ("sold", "net", "cost", "margin")]
    return margin_report(*_span(arguments)), [("Article", "sku", "<"), *figures], ("net", "cost", "margin")


def _month(arguments):
    summary = month_summary(_period(arguments))
    rows = [
        {
            "figure": name.replace("_", " "),
            "value": value,
            "before": summary["before"][name],
            "change": summary["change"][name],
        }
        for name, value in summary["figures"].items()
    ]
    columns = [("Figure", "figure", "<"), ("Month", "value", ">"), ("Before", "before", ">"), ("Change", "change", ">")]
    return rows, columns, ()


def _top(arguments):
    return top_customers(year=arguments.period), [("Customer", "name", "<"), ("Net", "net", ">")], ("net",)


REPORTS = {
    "sales": _sales,
    "aging": _aging,
    "stock": _stock,
    "vat": _vat,
    "margin": _margin,
    "month": _month,
    "top": _top,
}
''',
    "main": '''
def main(argv=None):
    """Run the command line; returns the exit code: 0 done, 1 refused, 2 wrong use."""
    try:
        arguments = build_parser().parse_args(argv)
    except SystemExit as error:
        return int(error.code or 0)
    try:
        return _execute(arguments)
    except BackOfficeError as error:
        if is_open():
            _rollback()
        print(f"error: {error}", file=sys.stderr)
        return 1
    finally:
        close_database()
        set_today(None)


def _execute(arguments):
    """Carry out a command on its database and print what comes of it."""
    set_today(arguments.today)
    set_user(arguments.user)
    starts = arguments.command == "init"
    if not starts and not os.path.exists(arguments.db):
        raise StateError(f"no database {arguments.db}; create it with init")
    if starts and os.path.exists(arguments.db):
        raise StateError(f"{arguments.db} exists already")
    open_database(arguments.db)
    data, text = COMMANDS[arguments.command](arguments)
    if arguments.json:
        print(json.dumps(to_plain(data), indent=2, sort_keys=True))
    elif text:
        print(text)
    return 1 if arguments.command == "check" and data else 0
''',
    "close_database": '''
def close_database():
    """Write and close the database."""
    global _db
    if _db is not None:
        _db.commit()
        _db.close()
        _db = None


def is_open():
    """Return whether there is a database to work on."""
    return _db is not None
''',
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


def commands(source):
    """Return a function for each branch of the command dispatcher, by command."""
    dispatcher = next(
        node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == "_run_command"
    )
    lines = source.splitlines()
    found = {}
    for node in dispatcher.body:
        if not isinstance(node, ast.If):
            continue
        name = node.test.comparators[0].value
        body = [line.removeprefix("    ") for line in lines[node.body[0].lineno - 1 : node.body[-1].end_lineno]]
        text = f"def {name.replace('-', '_')}_command(arguments):\n" + "\n".join(body)
        found[name] = text.replace("_parse_items(", "parse_items(").replace("_read_text(", "read_text(").replace(
            "_order_lines_text(", "order_text("
        )
    return found


MOVE_RECORDS = '''
def move_records(keep, drop):
    """Give the orders, invoices, payments and messages of one customer to another."""
    for table in ("orders", "invoices", "payments", "notifications"):
        execute(f"UPDATE {table} SET customer_id = ? WHERE customer_id = ?", (keep, drop))
'''.strip()

AGES = 'AGES = ((0, "current"), (30, "1-30"), (60, "31-60"), (90, "61-90"), (None, "over 90"))'

ACCOUNTS = '''
def _revenue_account(customer, rate):
    """Return the account that a sale is booked on."""
    if customer.country == SETTINGS["country"]:
        return {1900: 8400, 700: 8300}.get(rate, 8120)
    if customer.country in EU_COUNTRIES:
        return 8125 if customer.is_business else 8315
    return 8120
'''.strip()


def prepared(source):
    """Return the source with the long functions taken apart and the crossing dependencies turned round."""
    source = replaced(source, NEW_FUNCTIONS)
    swaps = [
        (
            "    for row in _rows(\n"
            "        \"SELECT * FROM invoices WHERE order_id = ? AND kind = 'invoice' AND state IN ('open', 'overdue')\", (order.id,)\n"
            "    ):\n"
            "        _credit_whole(_invoice_of(row), ",
            "    for invoice in open_invoices_of_order(order.id):\n        _credit_whole(invoice, ",
        ),
        (
            '[_invoice_of(entry) for entry in _rows("SELECT * FROM invoices WHERE order_id = ?", (order.id,))]',
            "invoices_of_order(order.id)",
        ),
        (
            '    for table in ("orders", "invoices", "payments", "notifications"):\n'
            '        _run(f"UPDATE {table} SET customer_id = ? WHERE customer_id = ?", (keep, drop))\n',
            "    move_records(keep, drop)\n",
        ),
        ('"letter": dunning_letter(invoice.number),', '"letter": dunning_text(invoice, customer),'),
        (
            '            if customer.country == SETTINGS["country"]:\n'
            '                revenue = {1900: 8400, 700: 8300}.get(entry["vat_rate"], 8120)\n'
            "            elif customer.country in EU_COUNTRIES:\n"
            "                revenue = 8125 if customer.is_business else 8315\n"
            "            else:\n"
            "                revenue = 8120\n",
            '            revenue = _revenue_account(customer, entry["vat_rate"])\n',
        ),
    ]
    for old, new in swaps:
        if source.count(old) != 1:
            raise ValueError(f"found {source.count(old)} times: {old}")
        source = source.replace(old, new)
    return source


def split():
    original = Path("src/backoffice.py").read_text(encoding="utf-8")
    handlers = commands(original)
    source, queries, query_home = extract_queries(prepared(original), QUERIES)
    definitions = {}
    for name, text in top_level(source).items():
        if name == "aging_report":
            definitions["AGES"] = AGES
        definitions[RENAMES.get(name, name)] = renamed(text)
    for name, new in (("_parse_items", "parse_items"), ("_read_text", "read_text"), ("_order_lines_text", "order_text")):
        definitions[new] = definitions.pop(name).replace(f"def {name}(", f"def {new}(")
    for name, text in queries.items():
        definitions[name] = renamed(text)
    definitions["move_records"], definitions["_revenue_account"] = MOVE_RECORDS, ACCOUNTS
    modules = {module: [RENAMES.get(name, name) for name in names.split()] for module, names in HOMES.items()}
    for name, module in query_home.items():
        modules[module].append(name)
    for module, names in COMMAND_MODULES.items():
        for name in names.split():
            function = f"{name.replace('-', '_')}_command"
            definitions[function] = renamed(handlers[name])
            modules.setdefault(module, []).append(function)
    rows = "".join(f'    "{name}": {name.replace("-", "_")}_command,\n' for name in handlers)
    definitions["COMMANDS"] = f"COMMANDS = {{\n{rows}}}"
    reports = definitions.pop("REPORTS")
    definitions["REPORTS"] = reports
    write_packages(modules, definitions, exported(original))


split()
