"""The only module that knows the job engine (Procrastinate). Jobs carry ids only and are expendable: the truth, with
every due time, is in the delivery rows; lose all jobs and the next sweep makes them again."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.conf import settings
from django.db import close_old_connections
from procrastinate import App, job_context
from procrastinate.contrib.django import procrastinate_app
from procrastinate.exceptions import ConnectorException
from procrastinate.types import JSONValue

HOUSEKEEPING = 3
"""Threads for sweeping, collecting and sealing."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Jobs:
    """What the worker does; the engine only decides when. Every function may run at any time, and more than once."""

    sweep: Callable[[], object]
    drain: Callable[[int, int], object]
    collect: Callable[[], object]
    seal: Callable[[], object]


def defer_sweep() -> None:
    """Ask for a sweep as soon as the current transaction commits, instead of at the next second."""
    _app().configure_task("sweep", queue="sweep").defer(timestamp=0)


def defer_drains(shards: list[tuple[int, int]]) -> None:
    """Ask for a drain of each (endpoint, shard), in the current transaction. One at a time runs per shard."""
    for endpoint, shard in shards:
        _app().configure_task("drain", queue="drain", lock=f"ep:{endpoint}:{shard}").defer(
            endpoint_id=endpoint, shard=shard
        )


async def work(jobs: Jobs, *, threads: int = 8, stop: asyncio.Event | None = None) -> None:
    """Run jobs until SIGTERM or SIGINT (or `stop`). Survives restarts of the database."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(threads + HOUSEKEEPING))
    stop = stop or asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    wait = 0.2
    while not stop.is_set():
        try:
            await _work_once(jobs, threads, stop)
            wait = 0.2
        except (ConnectorException, OSError) as failure:
            logger.warning("The database is away (%s); trying again in %.1f s", failure.__cause__ or failure, wait)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), wait)
            wait = min(wait * 2, 5.0)


async def _work_once(jobs: Jobs, threads: int, stop: asyncio.Event) -> None:
    stalled = settings.ORDERWIRE_LEASE_MARGIN / 3
    app = App(connector=_app().connector.get_worker_connector())  # type: ignore[attr-defined]
    _register(app, jobs, stalled)

    def worker(queue: str, concurrency: int) -> asyncio.Task[None]:
        return asyncio.create_task(
            app.run_worker_async(
                queues=[queue],
                concurrency=concurrency,
                install_signal_handlers=False,
                delete_jobs="always",
                fetch_job_polling_interval=1.0,
                update_heartbeat_interval=stalled / 4,
                stalled_worker_timeout=stalled,
                shutdown_graceful_timeout=20.0,
            )
        )

    async with app.open_async():
        # Housekeeping has threads of its own: partners that hang hold up their own deliveries and nothing else.
        running = {worker("drain", threads), worker("sweep", HOUSEKEEPING)}
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({*running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        for task in {*running, stopping}:
            task.cancel()
        ended = await asyncio.gather(*running, return_exceptions=True)
    for failure in ended:
        if isinstance(failure, Exception):
            raise failure


def _register(app: App, jobs: Jobs, stalled: float) -> None:
    def job(function: Callable[..., object]) -> Callable[..., None]:
        def run(**arguments: JSONValue) -> None:
            close_old_connections()
            try:
                function(**arguments)
            finally:
                close_old_connections()

        return run

    app.task(name="drain", queue="drain")(job(jobs.drain))
    sweep = app.task(name="sweep", queue="sweep")(job(lambda timestamp=0: jobs.sweep()))
    collect = app.task(name="collect", queue="sweep")(job(lambda timestamp=0: jobs.collect()))
    seal = app.task(name="seal", queue="sweep")(job(lambda timestamp=0: jobs.seal()))
    app.periodic(cron="* * * * * *")(sweep)  # croniter: the sixth field is seconds
    app.periodic(cron="* * * * * */2")(collect)
    app.periodic(cron="* * * * * */2")(seal)

    @app.periodic(cron=f"* * * * * */{max(1, min(round(stalled / 4), 30))}")
    @app.task(name="reap", queue="sweep", pass_context=True)
    async def reap(context: job_context.JobContext, timestamp: int) -> None:
        """Give the jobs of dead workers back (a job's own lock is freed with it)."""
        for job in await context.app.job_manager.get_stalled_jobs(seconds_since_heartbeat=stalled):
            await context.app.job_manager.retry_job(job)


def _app() -> App:
    return procrastinate_app.current_app
