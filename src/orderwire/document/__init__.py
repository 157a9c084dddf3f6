"""What an order is: pure Python, no Django, no input or output. Everything else in the house imports this."""
