"""Endpoints: where and how a partner receives changes only when one person proposed it and another confirmed it; with
a test of the connection, and what an operator sets without a new version."""
