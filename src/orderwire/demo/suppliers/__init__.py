"""Simulated suppliers. They know nothing of the installation but what reaches them: mails, files, pages over HTTP.

They read their mail in the catching server's journal, open the answer page as a browser would and fill its form; an EDI
desk reads 850 files and writes 997 and 855. What each of them does with an order is in `habits`.
"""
