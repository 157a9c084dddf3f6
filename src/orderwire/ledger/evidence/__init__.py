"""The evidence file: one recipient, one version of an order, everything that proves what was sent and what came back.

`file` says what stands in it and how it is written and opened; `check` proves it without the database.
"""
