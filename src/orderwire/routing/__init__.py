"""Who must get an order, through which channel and in which format: a decision table that always explains itself."""
