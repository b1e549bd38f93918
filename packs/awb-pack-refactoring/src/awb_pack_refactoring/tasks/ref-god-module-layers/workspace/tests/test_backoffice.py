import json

import pytest

import backoffice


@pytest.fixture
def shop():
    backoffice.set_today("2024-03-01")
    backoffice.open_database()
    backoffice.fill_with_examples()
    yield backoffice
    backoffice.close_database()
    backoffice.reset_settings()
    backoffice.set_today(None)


@pytest.mark.parametrize(
    ("text", "cents"),
    [("12", 1200), ("12.5", 1250), ("1,234.50", 123450), ("1.234,50", 123450), ("-3", -300)],
)
def test_parse_money(text, cents):
    assert backoffice.parse_money(text) == cents


def test_split_amount_keeps_the_sum():
    assert backoffice.split_amount(100, [1, 1, 1]) == [34, 33, 33]


def test_order_is_confirmed_shipped_and_billed(shop):
    order = shop.place_order(1, [("RO-1007", 12), ("BK-3001", 2)])
    assert order.state == "confirmed"
    shipment = shop.ship_order(order.number)
    assert shipment["order"].state == "shipped"
    assert shipment["invoice"].total == shop.order_totals(order)["total"]
    assert shop.customer_balance(1) == shipment["invoice"].total


def test_back_order_gets_the_next_delivery(shop):
    order = shop.place_order(3, [("LA-4022", 11)])
    assert order.state == "backorder"
    assert shop.receive_stock("LA-4022", 5, 1700)["allocated"] == [
        {"order": order.number, "sku": "LA-4022", "quantity": 1}
    ]
    assert shop.get_order(order.number).state == "confirmed"


def test_payment_settles_the_oldest_invoice(shop):
    order = shop.place_order(1, [("RO-1007", 2)])
    invoice = shop.ship_order(order.number)["invoice"]
    result = shop.record_payment(1, invoice.total + 100)
    assert result["allocated"] == [[invoice.number, invoice.total]]
    assert result["rest"] == 100
    assert shop.close_orders() == [order.number]


def test_dunning_blocks_in_the_end(shop):
    order = shop.place_order(1, [("RO-1007", 2)])
    shop.ship_order(order.number)
    for day in ("2024-03-25", "2024-04-08", "2024-05-01"):
        shop.run_dunning(day)
    assert shop.get_customer(1).blocked
    with pytest.raises(shop.CreditError):
        shop.place_order(1, [("RO-1007", 1)])


def test_errors_name_the_field(shop):
    with pytest.raises(shop.ValidationError, match="sku: wrong check digit") as caught:
        shop.place_order(1, [("RO-1008", 1)])
    assert caught.value.field == "sku"


def test_reports_agree_with_the_invoices(shop):
    shop.ship_order(shop.place_order(2, [("RO-1007", 10)]).number)
    assert sum(row["net"] for row in shop.sales_report("2024-03-01", "2024-03-31")) == shop.find_invoices()[0].net
    assert shop.check_database() == []


def test_command_line(tmp_path, capsys):
    database = str(tmp_path / "shop.db")
    assert backoffice.main(["--db", database, "--today", "2024-03-01", "init", "--examples"]) == 0
    assert backoffice.main(["--db", database, "--today", "2024-03-01", "--json", "order", "1", "RO-1007=1"]) == 0
    text = capsys.readouterr().out.partition("\n")[2]
    assert json.loads(text)["number"] == "SO-2024-0001"
    assert backoffice.main(["--db", database, "order-show", "SO-2024-0009"]) == 1
    assert "error: no order SO-2024-0009" in capsys.readouterr().err
    assert backoffice.main(["--db", database, "nonsense"]) == 2
