"""Who may do what to an order and to whom it goes: limits, four eyes and trust, enforced below every door."""
