"""Contract servers: what the documentation of each ERP says that it answers. None of them is the live product."""
