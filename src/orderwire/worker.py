"""The worker: a process that sweeps, drains, collects and seals. Run as many as you like, on any machine."""

import asyncio
import os

import django


def run(*, threads: int = 8) -> None:
    """Work until SIGTERM or SIGINT; what is being sent at that moment is finished first."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderwire.settings")
    django.setup()
    from orderwire import engine
    from orderwire.flow import collect, distribute
    from orderwire.ledger import seal

    jobs = engine.Jobs(sweep=distribute.sweep, drain=distribute.drain, collect=collect.collect, seal=seal.seal)
    asyncio.run(engine.work(jobs, threads=threads))
