"""Keeps a service with all stores under load while each of them is killed, paused and filled.

    uv run --project SERVICE python SERVICE-KIT/soak --module orders --path /items [--rounds 3]

SERVICE is a folder that `gennet new service --features postgres,redis,neo4j` made. Two replicas of
it must answer 503 and never 500, be as before within 10 s of each store, lose no acknowledged
write, read nothing stale, and end within 10 s of SIGTERM with every request answered. Prints what
was answered and how long recovery took; ends with 1 where a promise was broken.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from ledger import RECOVERY_SECONDS, Ledger
from replicas import Replica
from stores import Store, running
from traffic import Traffic

from gennet_service_kit.database import migrate
from gennet_service_kit.database.settings import PostgresSettings

CALLERS = 12
FAULT_SECONDS = 8.0
"""Longer than the stores' time-outs."""
WELL_SECONDS = 3.0


async def soak(
    stores: Sequence[Store], replicas: Sequence[Replica], path: str, rounds: int
) -> Ledger:
    """Returns what happened."""
    ledger = Ledger()
    traffic = Traffic(path, replicas, ledger)
    await asyncio.gather(*(each.start() for each in replicas))
    load = asyncio.create_task(traffic.run(CALLERS))
    await recovered(traffic, replicas, ledger, "start")
    for number in range(rounds):
        for store in stores:
            for fault in ("kill", "pause", "fill"):
                await asyncio.sleep(WELL_SECONDS)
                # Each store is away at the end of a replica in one of the rounds.
                ends = replicas[-1] if fault == "pause" and store is stores[number % 3] else None
                await suffer(store, fault, replicas, ledger, ends)
                await recovered(traffic, replicas, ledger, f"{store.name} {fault}")
    traffic.end()
    await load
    for entry in ledger.entries:
        await traffic.read(replicas[0], entry)
    for replica in replicas:
        if wrong := await replica.stop():
            ledger.breaks(wrong)
    return ledger


async def suffer(
    store: Store, fault: str, replicas: Sequence[Replica], ledger: Ledger, ends: Replica | None
) -> None:
    """Lets a store be away for some time, in which a replica may be replaced."""
    ledger.fault = f"{store.name} {fault}"
    if fault == "kill":
        await store.kill()
    elif fault == "pause":
        store.pause()
    else:
        await store.fill()
    await asyncio.sleep(FAULT_SECONDS / 2)
    if ends is not None:
        if wrong := await ends.stop():
            ledger.breaks(wrong)
        await ends.start()
    await asyncio.sleep(FAULT_SECONDS / 2)
    if fault != "fill":
        for replica in replicas:
            if (await replica.ready() is None) != store.required:
                ledger.breaks("a replica was not ready" if store.required else "was ready")
    if fault == "kill":
        await store.start()
    elif fault == "pause":
        store.resume()
    else:
        await store.empty()
    ledger.fault, ledger.well_since = None, time.monotonic()


async def recovered(
    traffic: Traffic, replicas: Sequence[Replica], ledger: Ledger, after: str
) -> None:
    """Returns when every replica answers everything, and prints how long that took."""
    began = time.monotonic()
    for replica in replicas:
        while not await is_well(traffic, replica):
            await asyncio.sleep(0.1)
            if time.monotonic() - began > 60:
                raise SystemExit(f"{after}: not recovered within 60 s; {ledger.broken}")
    took = time.monotonic() - began
    print(f"{after:16} recovered in {took:5.1f} s", flush=True)
    if took > RECOVERY_SECONDS:
        ledger.breaks(f"recovered from {after} in {took:.1f} s")


async def is_well(traffic: Traffic, replica: Replica) -> bool:
    """Returns whether it answers everything at this moment, and is ready without reservation."""
    checks = await replica.ready()
    return (
        checks is not None
        and set(checks.values()) == {"ok"}
        and await traffic.add(replica)
        and await traffic.read(replica)
        and await traffic.list(replica)
        and await traffic.relate(replica)
        and await traffic.related(replica)
    )


def report(ledger: Ledger) -> None:
    """Prints the answers by kind, and every promise that was broken."""
    for (kind, status), count in sorted(ledger.answers.items()):
        print(f"{kind:8} {status} {count:7}")
    kept = sum(1 for each in ledger.entries if not each.removing)
    print(f"{len(ledger.entries)} writes were acknowledged; {kept} of them not removed again")
    for each in ledger.broken[:50]:
        print(f"BROKEN: {each}")
    print(f"{len(ledger.broken)} promises broken")


async def soak_processes(
    stores: Sequence[Store], module: str, path: str, rounds: int, folder: str
) -> Ledger:
    """Returns what happened to two replicas, which have ended then."""
    variables = {name: text for store in stores for name, text in store.variables.items()}
    replicas = [Replica(module, variables, Path(folder, f"{each}.log")) for each in range(2)]
    try:
        return await soak(stores, replicas, path, rounds)
    finally:
        for replica in replicas:
            await replica.close()


def main(module: str, path: str, rounds: int) -> int:
    """Returns the exit code."""
    folder = tempfile.mkdtemp(prefix="soak-")
    with running() as stores:
        prefix = "APP_POSTGRES__"
        given = {
            name.removeprefix(prefix).lower(): text for name, text in stores[0].variables.items()
        }
        migrations = Path("src", module, "database", "migrations")
        migrate.upgrade(PostgresSettings.model_validate(given), migrations)
        ledger = asyncio.run(soak_processes(stores, module, path, rounds, folder))
    report(ledger)
    if ledger.broken:
        print(f"The logs of the replicas are in {folder}.")
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--module", required=True)
    parser.add_argument("--path", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    sys.exit(main(options.module, options.path, options.rounds))
