"""EKS Auto Mode's controller of Services of type LoadBalancer: each gets a Network Load Balancer to its pods.

https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-nlb.html
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable

from ..kubernetes import Unreachable, Writer
from . import balancers
from .balancers import Port, Wanted
from .state import Cluster, Data, Region

log = logging.getLogger(__name__)
LOOK_SECONDS = 1.0
# The default class of a cluster with Auto Mode.
CLASS = "eks.amazonaws.com/nlb"
FINALIZER = "service.eks.amazonaws.com/resources"
SCHEME = "service.beta.kubernetes.io/aws-load-balancer-scheme"


class ServiceBalancers:
    """Those of one region. `lock` guards everything of AWS; no request to Kubernetes is made under it."""

    def __init__(self, region: Callable[[], Region], writer: Writer, lock: threading.RLock) -> None:
        self._region = region
        self._writer = writer
        self._lock = lock

    def start(self, name: str) -> None:
        threading.Thread(target=self._run, name=f"balancers-{name}", daemon=True).start()

    def _run(self) -> None:
        pause = threading.Event()
        while not pause.wait(LOOK_SECONDS):
            try:
                self.look()
            except Unreachable:
                # It is asked again in a second.
                continue
            except Exception:
                log.exception("load balancers of Services could not be looked after")

    def look(self) -> None:
        """One round over all Services of the cluster, if it has Auto Mode."""
        with self._lock:
            region = self._region()
            cluster = next((each for each in region.clusters.values() if _balances(each)), None)
        if cluster is None:
            return
        for service in self._writer.read("/api/v1/services?resourceVersion=0").get("items", []):
            # A Service that changes at this moment is looked at in the next round.
            with contextlib.suppress(Unreachable):
                self._follow(region, cluster, service)

    def _follow(self, region: Region, cluster: Cluster, service: Data) -> None:
        metadata = service["metadata"]
        stack = f"{metadata['namespace']}/{metadata['name']}"
        own = FINALIZER in metadata.get("finalizers", [])
        path = f"/api/v1/namespaces/{metadata['namespace']}/services/{metadata['name']}"
        if not _is_wanted(service):
            if own:
                with self._lock:
                    balancers.remove(region, cluster, stack)
                self._let_go(path, service)
            return
        if not own:
            # First of all, so that no load balancer is left behind.
            self._writer.merge(path, _finalizers(service, [*metadata.get("finalizers", []), FINALIZER]))
        wanted = self._wanted(service)
        try:
            with self._lock:
                if not _balances(cluster):
                    return
                host = balancers.ensure(region, cluster, wanted)
        except balancers.NoSubnets as error:
            log.warning("%s: %s: %s", region.name, stack, error)
            return
        ingress = [{"hostname": host}]
        if service.get("status", {}).get("loadBalancer", {}).get("ingress") != ingress:
            self._writer.merge(f"{path}/status", {"status": {"loadBalancer": {"ingress": ingress}}})

    def _let_go(self, path: str, service: Data) -> None:
        if service.get("status", {}).get("loadBalancer"):
            self._writer.merge(f"{path}/status", {"status": {"loadBalancer": None}})
        left = [each for each in service["metadata"]["finalizers"] if each != FINALIZER]
        self._writer.merge(path, _finalizers(service, left))

    def _wanted(self, service: Data) -> Wanted:
        metadata, spec = service["metadata"], service["spec"]
        slices = self._writer.read(
            f"/apis/discovery.k8s.io/v1/namespaces/{metadata['namespace']}/endpointslices"
            f"?labelSelector=kubernetes.io/service-name%3D{metadata['name']}"
        ).get("items", [])
        ports = [
            Port(port["port"], port.get("protocol", "TCP"), frozenset(_targets(slices, port.get("name", ""))))
            for port in spec.get("ports", [])
        ]
        scheme = metadata.get("annotations", {}).get(SCHEME, "internal")
        return Wanted(f"{metadata['namespace']}/{metadata['name']}", scheme, tuple(ports))


def _balances(cluster: Cluster) -> bool:
    balancing = cluster.data["kubernetesNetworkConfig"].get("elasticLoadBalancing", {})
    return cluster.status in ("ACTIVE", "UPDATING") and bool(balancing.get("enabled"))


def _is_wanted(service: Data) -> bool:
    spec = service["spec"]
    ends = "deletionTimestamp" in service["metadata"]
    return spec.get("type") == "LoadBalancer" and spec.get("loadBalancerClass", CLASS) == CLASS and not ends


def _finalizers(service: Data, finalizers: list[str]) -> Data:
    """Refused if the Service has changed meanwhile."""
    version = service["metadata"]["resourceVersion"]
    return {"metadata": {"resourceVersion": version, "finalizers": finalizers}}


def _targets(slices: list[Data], port: str) -> list[tuple[str, int]]:
    return [
        (address, each["port"])
        for part in slices
        for each in part.get("ports") or []
        if each.get("name", "") == port
        for endpoint in part.get("endpoints") or []
        if endpoint.get("conditions", {}).get("ready", True)
        for address in endpoint["addresses"]
    ]
