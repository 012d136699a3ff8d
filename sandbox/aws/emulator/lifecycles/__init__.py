"""Time and idempotency for moto's resources: moto has them finished at once.

moto's backend methods are wrapped once per process (its classes are global), and the wrappers speak to the
timeline that was installed last.
"""

from __future__ import annotations

from ..clock import Timeline
from .steps import Steps


def install(timeline: Timeline) -> Lifecycles:
    from . import (
        balancers,
        buckets,
        certificates,
        elasticache,
        endpoints,
        nat,
        network,
        peering,
        routes,
        secrets,
        subnets,
        zones,
    )

    steps = Steps.shared
    steps.timeline = timeline
    if not steps.wrapped:
        steps.wrapped = True
        stores = (buckets, elasticache, secrets)
        for module in (*stores, balancers, certificates, nat, network, peering, subnets, routes, endpoints, zones):
            module.wrap(steps)
    return Lifecycles(timeline)


from .tokens import Lifecycles  # noqa: E402

__all__ = ["Lifecycles", "install"]
