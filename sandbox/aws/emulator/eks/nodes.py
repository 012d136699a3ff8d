"""Node objects of node groups and of Auto Mode. kwok plays their kubelet, so to Kubernetes they are real."""

from __future__ import annotations

import ipaddress
import secrets
from typing import Any

from . import network
from .state import Cluster, Nodegroup, Region

PATH = "/api/v1/nodes"
# The first addresses of a subnet are AWS's own.
FIRST_HOST = 10
EFFECTS = {
    "NO_SCHEDULE": "NoSchedule",
    "NO_EXECUTE": "NoExecute",
    "PREFER_NO_SCHEDULE": "PreferNoSchedule",
}


def scale(region: Region, cluster: Cluster, group: Nodegroup, size: int) -> None:
    while len(group.nodes) > size:
        # The newest goes first, as an Auto Scaling group without a policy of its own would rather keep the old.
        _remove(region, group.nodes.pop())
    while len(group.nodes) < size:
        node = _new(region, cluster, group)
        group.nodes.append(node)
        _write(region, group, node)


def replace(region: Region, cluster: Cluster, group: Nodegroup, size: int) -> None:
    """New nodes come before the old ones go: with an old one's address, a new node would have its name as well."""
    old = list(group.nodes)
    scale(region, cluster, group, len(old) + size)
    group.nodes = group.nodes[len(old) :]
    for node in old:
        _remove(region, node)


def refresh(region: Region, group: Nodegroup) -> None:
    """New labels reach the nodes that are there already; new taints only those to come."""
    for node in group.nodes:
        _write(region, group, node)


def _write(region: Region, group: Nodegroup, node: dict[str, Any]) -> None:
    if region.writer:
        region.writer.create(f"{PATH}/{node['name']}", _object(region, group, node), group.data["labels"])


def _remove(region: Region, node: dict[str, Any]) -> None:
    if region.writer:
        region.writer.remove(f"{PATH}/{node['name']}")


def _new(region: Region, cluster: Cluster, group: Nodegroup) -> dict[str, Any]:
    found = network.subnets(region, group.data["subnets"])
    counts = {subnet.id: 0 for subnet in found}
    for node in group.nodes:
        if node["subnet"] in counts:
            counts[node["subnet"]] += 1
    subnet = min(found, key=lambda candidate: counts[candidate.id])
    groups = [*cluster.nodegroups.values(), cluster.auto_nodes]
    used = {node["ip"] for other in groups for node in other.nodes}
    hosts = ipaddress.ip_network(subnet.cidr_block)
    ip = next(
        str(hosts[index])
        for index in range(min(FIRST_HOST, hosts.num_addresses - 2), hosts.num_addresses - 1)
        if str(hosts[index]) not in used
    )
    return {
        "name": f"ip-{ip.replace('.', '-')}.{region.name}.compute.internal",
        "ip": ip,
        "subnet": subnet.id,
        "zone": subnet.availability_zone,
        "instance": f"i-{secrets.token_hex(8)}0",
    }


def _group_labels(data: dict[str, Any]) -> dict[str, str]:
    return {
        "eks.amazonaws.com/nodegroup": data["nodegroupName"],
        "eks.amazonaws.com/capacityType": data["capacityType"],
        "eks.amazonaws.com/nodegroup-image": f"ami-{data['releaseVersion'].replace('.', '-')}",
    }


def _object(region: Region, group: Nodegroup, node: dict[str, Any]) -> dict[str, Any]:
    data = group.data
    capacity = {"cpu": "8", "memory": "32Gi", "pods": "110", "ephemeral-storage": f"{data.get('diskSize', 20)}Gi"}
    architecture = "arm64" if "ARM_64" in data["amiType"] else "amd64"
    version = f"v{data['version']}.0"
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": node["name"],
            "annotations": {"kwok.x-k8s.io/node": "fake"},
            "labels": {
                "beta.kubernetes.io/arch": architecture,
                "beta.kubernetes.io/os": "linux",
                "kubernetes.io/arch": architecture,
                "kubernetes.io/os": "linux",
                "kubernetes.io/hostname": node["name"],
                "node.kubernetes.io/instance-type": data["instanceTypes"][0],
                "topology.kubernetes.io/region": region.name,
                "topology.kubernetes.io/zone": node["zone"],
                **(data["ownLabels"] if "ownLabels" in data else _group_labels(data)),
            },
        },
        "spec": {
            "providerID": f"aws:///{node['zone']}/{node['instance']}",
            "taints": [
                {"key": t["key"], "value": t.get("value", ""), "effect": EFFECTS[t["effect"]]} for t in data["taints"]
            ],
        },
        "status": {
            "capacity": capacity,
            "allocatable": capacity,
            "addresses": [
                {"type": "InternalIP", "address": node["ip"]},
                {"type": "Hostname", "address": node["name"]},
            ],
            "nodeInfo": {
                "architecture": architecture,
                "operatingSystem": "linux",
                "osImage": "Amazon Linux 2023",
                "kubeletVersion": version,
                "kubeProxyVersion": version,
                "containerRuntimeVersion": "containerd://2.1.4",
                "kernelVersion": "6.12.40-64.114.amzn2023",
                "bootID": "",
                "machineID": "",
                "systemUUID": "",
            },
        },
    }
