"""The nodes of EKS Auto Mode. AWS brings them when pods wait for one; here, two are there as long as a node pool is."""

from __future__ import annotations

from . import nodes
from .state import Cluster, Region

COUNT = 2
INSTANCE_TYPE = "c6a.2xlarge"


def follow(region: Region, cluster: Cluster) -> None:
    """Brings the nodes of a cluster with node pools, and takes them from one without."""
    group = cluster.auto_nodes
    pools = cluster.data.get("computeConfig", {}).get("nodePools", [])
    group.data = _data(cluster)
    nodes.scale(region, cluster, group, COUNT if pools else 0)


def replace(region: Region, cluster: Cluster, version: str) -> None:
    """Nodes of another version take the place of those there are."""
    group = cluster.auto_nodes
    group.data = {**_data(cluster), "version": version}
    nodes.replace(region, cluster, group, len(group.nodes))


def _data(cluster: Cluster) -> dict[str, object]:
    """What nodes need of a node group. https://docs.aws.amazon.com/eks/latest/userguide/set-builtin-node-pools.html"""
    return {
        "subnets": cluster.data["resourcesVpcConfig"]["subnetIds"],
        "version": cluster.data["version"],
        "amiType": "BOTTLEROCKET_x86_64",
        "diskSize": 80,
        "instanceTypes": [INSTANCE_TYPE],
        "labels": {},
        "taints": [],
        "ownLabels": {
            "eks.amazonaws.com/compute-type": "auto",
            "karpenter.sh/nodepool": "general-purpose",
            "karpenter.sh/capacity-type": "on-demand",
        },
    }
