"""Orderwire: takes the approved purchase order to its supplier and proves what arrived."""
