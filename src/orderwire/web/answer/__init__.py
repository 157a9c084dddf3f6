"""The supplier's answer page: one order, one page, three ways; by the mailed link without an account, or by the portal.

Opening it changes nothing. Everything works without script; the script only saves waiting.
"""
