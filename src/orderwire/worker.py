"""The worker: a process that sweeps, drains, collects and seals. Run as many as you like, on any machine."""

import asyncio
import os

import django


def run(*, threads: int = 8) -> None:
    """Work until SIGTERM or SIGINT; what is being sent at that moment is finished first."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderwire.settings")
    django.setup()
    from orderwire import engine
    from orderwire.flow import collect, distribute, feed
    from orderwire.ledger import seal

    def settle() -> None:
        """What happened is sealed; whoever gave us the orders is told."""
        seal.seal()
        feed.feed()

    jobs = engine.Jobs(sweep=distribute.sweep, drain=distribute.drain, collect=collect.collect, seal=settle)
    asyncio.run(engine.work(jobs, threads=threads))
