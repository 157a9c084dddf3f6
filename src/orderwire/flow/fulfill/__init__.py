"""Ship notices and goods receipts: what left the supplier and what arrived, kept line by line beside the orders.

One document may be about several orders. It may come before an order, twice, corrected or taken back, in any sequence:
what counts in the end is the same. Nothing here changes what was ordered.
"""

from orderwire.flow.fulfill.take import Kept, received, shipped

__all__ = ["Kept", "received", "shipped"]
