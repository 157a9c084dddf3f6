"""The supplier's own pages: the orders that he was sent, and the answer page by sign-in instead of by link."""
