"""Runs inside Tryton's own environment (.tools/peers/tryton), never in ours: sets a company up, and does in Tryton
what a buyer does there, through proteus.

    python tryton_peer.py prepare TRYTOND.CONF   # the database erp is made with trytond-admin before
    python tryton_peer.py drive URL USER PASSWORD                 # one JSON command a line, one JSON answer a line
"""

import datetime
import json
import sys
from decimal import Decimal

from proteus import Model, config


def prepare(path: str) -> None:
    """A company with chart of accounts, a supplier, a product, a user for us, and an hour until purchases are
    processed, so that a confirmed one may still be changed."""
    config.set_trytond("sqlite:///erp", user="admin", config_file=path)
    from trytond.modules.account.tests.tools import create_chart, get_accounts
    from trytond.modules.company.tests.tools import create_company

    country = Model.get("country.country")(name="Germany", code="DE")
    country.save()
    buyer = Model.get("party.party")(name="Northwind Industries GmbH", code="BUYER")
    buyer.addresses[0].street, buyer.addresses[0].postal_code = "Hafenstraße 1", "20457"
    buyer.addresses[0].city, buyer.addresses[0].country = "Hamburg", country
    buyer.save()
    create_company(party=buyer, currency="EUR")
    create_chart()
    accounts = get_accounts()
    category = Model.get("product.category")(name="Goods", accounting=True)
    category.account_expense = accounts["expense"]
    category.save()
    supplier = Model.get("party.party")(name="Bolts & Co", code="BOLTS")
    supplier.addresses[0].street, supplier.addresses[0].city = "1 Thread Lane\nGate 2", "Leeds"
    supplier.save()
    (unit,) = Model.get("product.uom").find([("name", "=", "Unit")])
    template = Model.get("product.template")(name="Hex bolt M8", type="goods", purchasable=True)
    template.default_uom, template.account_category = unit, category
    template.products[0].suffix_code = "HB-8"
    template.save()
    term = Model.get("account.invoice.payment_term")(name="30 days net")
    term.lines.new(type="remainder").relativedeltas.new(days=30)
    term.save()
    Settings = Model.get("purchase.configuration")
    settings = Settings(1)
    settings.purchase_process_after = datetime.timedelta(hours=1)
    settings.save()
    User, Group = Model.get("res.user"), Model.get("res.group")
    Employee = Model.get("company.employee")
    party = Model.get("party.party")(name="Paula Buyer")
    party.save()
    employee = Employee(party=party)
    employee.save()
    (company,) = Model.get("company.company").find()
    for login, password in (("paula", "paula-has-a-secret-1"), ("orderwire", "orderwire-has-a-secret-1")):
        user = User(name=login.title(), login=login, password=password)
        user.groups.extend(Group.find([("name", "in", ["Purchase", "Purchase Administrator"])]))
        user.companies.append(Model.get("company.company")(company.id))
        user.company = Model.get("company.company")(company.id)
        if login == "paula":
            user.employees.append(Employee(employee.id))
            user.employee = Employee(employee.id)
        user.save()


class Driver:
    """What a buyer does."""

    def __init__(self) -> None:
        self.Purchase = Model.get("purchase.purchase")

    def create(self, quantity: str = "100", price: str = "0.4150", lines: int = 1) -> dict[str, object]:
        """A purchase, confirmed."""
        (party,) = Model.get("party.party").find([("code", "=", "BOLTS")])
        (product,) = Model.get("product.product").find([("suffix_code", "=", "HB-8")])
        purchase = self.Purchase(party=party)
        (purchase.payment_term,) = Model.get("account.invoice.payment_term").find([("name", "=", "30 days net")])
        for _ in range(lines):
            line = purchase.lines.new()
            line.product = product
            line.quantity = float(quantity)
            line.unit_price = Decimal(price)
            line.delivery_date_edit = True
            line.delivery_date_store = datetime.date(2027, 1, 15)
        purchase.save()
        purchase.click("quote")
        purchase.click("confirm")
        return self.show(purchase.id)

    def prefix(self, text: str) -> str:
        """What the numbers of purchases begin with from now on."""
        sequence = Model.get("purchase.configuration")(1).purchase_sequence
        sequence.prefix = text
        sequence.save()
        return text

    def draft(self, id: int) -> dict[str, object]:
        """Back to draft, to change it."""
        purchase = self.Purchase(id)
        purchase.click("draft")
        return self.show(id)

    def amend(self, id: int, quantity: str) -> dict[str, object]:
        """Another quantity of the first line, confirmed again."""
        purchase = self.Purchase(id)
        purchase.click("draft")
        purchase.lines[0].quantity = float(quantity)
        purchase.save()
        purchase.click("quote")
        purchase.click("confirm")
        return self.show(id)

    def cancel(self, id: int) -> dict[str, object]:
        """Withdrawn."""
        purchase = self.Purchase(id)
        purchase.click("draft")
        purchase.click("cancel")
        return self.show(id)

    def process(self, id: int) -> dict[str, object]:
        """Processed at once: it cannot be changed any more."""
        self.Purchase(id).click("process")
        return self.show(id)

    def show(self, id: int) -> dict[str, object]:
        """What a buyer sees of it."""
        purchase = self.Purchase(id)
        notes = Model.get("ir.note").find([("resource", "=", f"purchase.purchase,{id}")], order=[("id", "ASC")])
        return {
            "id": purchase.id,
            "number": purchase.number,
            "state": purchase.state,
            "reference": purchase.reference,
            "comment": purchase.comment,
            "notes": [{"message": note.message, "unread": note.unread} for note in notes],
            "days": [str(line.delivery_date) for line in purchase.lines],
        }


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare(sys.argv[2])
    else:
        with config.set_xmlrpc_session(sys.argv[2], sys.argv[3], sys.argv[4]):
            driver = Driver()
            for command in sys.stdin:
                asked = json.loads(command)
                print(json.dumps(getattr(driver, asked.pop("do"))(**asked)), flush=True)
