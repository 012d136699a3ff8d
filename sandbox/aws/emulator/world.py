"""Everything one sandbox's AWS consists of, wired together."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

from .clock import Clock, ScaledClock, Timeline
from .config import Config
from .credentials import Credentials
from .eks.service import Eks
from .eks.service_balancers import ServiceBalancers
from .elasticache.service import ElastiCache
from .faults import Faults
from .kubernetes import Writer
from .lifecycles import install
from .rds.service import Rds
from .registries import Registries
from .request_log import RequestLog
from .servers.service import Programs, Servers
from .upstream import Moto


class World:
    def __init__(self, config: Config, clock: Clock | None = None) -> None:
        self.config = config
        self.port = config.port
        self.clock = clock or ScaledClock(config.clock_scale)
        self.started_at = self.clock.now()
        self.lock = threading.RLock()
        self.timeline = Timeline(self.clock, self.lock)
        self.faults = Faults()
        self.requests = RequestLog()
        self.moto = Moto(self.lock)
        self.credentials = Credentials(config.account_id, config.access_key_id, config.secret_access_key)
        self.writers = {
            region: Writer(region, plane.endpoint, plane.admin) for region, plane in config.control_planes.items()
        }
        self.lifecycles = install(self.timeline)
        self.eks = Eks(config, self.clock, self.timeline, self.writers)
        stores = config.stores
        self.servers = Servers(
            Programs(Path(stores.folder), Path(stores.postgres_folder), Path(stores.valkey)) if stores else None
        )
        self.rds = Rds(config, self.clock, self.timeline, self.servers)
        self.elasticache = ElastiCache(config, self.clock, self.timeline, self.servers)
        self.registries = Registries(config, self.clock)
        self.balancers = {
            region: ServiceBalancers(partial(self.eks.region, region), writer, self.lock)
            for region, writer in self.writers.items()
        }
        self.credentials.seed()

    def start(self) -> None:
        self.timeline.start()
        for writer in self.writers.values():
            writer.start()
        for region, balancers in self.balancers.items():
            balancers.start(region)

    def pending_writes(self) -> int:
        return sum(writer.pending() for writer in self.writers.values())

    def reset(self) -> None:
        with self.lock:
            self.timeline.clear()
            self.moto.reset()
            self.lifecycles.reset()
            self.eks.reset()
            self.rds.reset()
            self.elasticache.reset()
            self.registries.reset()
            self.servers.reset()
            for writer in self.writers.values():
                writer.remove_all()
            self.faults.remove()
            self.credentials.forget_expired()
            self.credentials.seed()
