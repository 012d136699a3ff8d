"""Everything one sandbox's AWS consists of, wired together."""

from __future__ import annotations

import threading

from .clock import Clock, ScaledClock, Timeline
from .config import Config
from .credentials import Credentials
from .eks.service import Eks
from .faults import Faults
from .kubernetes import Writer
from .lifecycles import install
from .request_log import RequestLog
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
        self.credentials.seed()

    def start(self) -> None:
        self.timeline.start()
        for writer in self.writers.values():
            writer.start()

    def pending_writes(self) -> int:
        return sum(writer.pending() for writer in self.writers.values())

    def reset(self) -> None:
        with self.lock:
            self.timeline.clear()
            self.moto.reset()
            self.lifecycles.reset()
            self.eks.reset()
            for writer in self.writers.values():
                writer.remove_all()
            self.faults.remove()
            self.credentials.forget_expired()
            self.credentials.seed()
