"""Changes of a cluster's version: what EKS asks first, and what it refuses."""

from __future__ import annotations

from typing import Any

import requests

from .conftest import CONTROL, REGION, Sandbox
from .test_eks_clusters import group, refused

DAY = 24 * 60 * 60


def insights(sandbox: Sandbox, **wanted: Any) -> dict[str, str]:
    listed = sandbox.client("eks").list_insights(clusterName="c1", filter=wanted)["insights"]
    return {insight["name"]: insight["insightStatus"]["status"] for insight in listed}


def claim(sandbox: Sandbox, name: str, status: str | None) -> None:
    asked = {"region": REGION, "cluster": "c1", "name": name, "status": status, "reason": "a test says so"}
    sandbox.control("POST", "/insights", asked)


def refresh(sandbox: Sandbox) -> None:
    assert sandbox.client("eks").start_insights_refresh(clusterName="c1")["status"] == "IN_PROGRESS"
    sandbox.advance(70)
    assert sandbox.client("eks").describe_insights_refresh(clusterName="c1")["status"] == "COMPLETED"


def upgrade(sandbox: Sandbox, version: str, **more: Any) -> dict[str, Any]:
    eks = sandbox.client("eks")
    update = eks.update_cluster_version(name="c1", version=version, **more)["update"]
    sandbox.advance(500)
    return eks.describe_update(name="c1", updateId=update["id"])["update"]


def test_a_refresh_is_a_lifecycle(sandbox: Sandbox) -> None:
    sandbox.cluster(version="1.36")
    eks = sandbox.client("eks")
    assert refused(lambda: eks.describe_insights_refresh(clusterName="c1")) == ("ResourceNotFoundException", 404)
    assert set(insights(sandbox, kubernetesVersions=["1.37"]).values()) == {"PASSING"}
    claim(sandbox, "Cluster health issues", "ERROR")
    assert insights(sandbox, statuses=["ERROR"]) == {}
    started = eks.start_insights_refresh(clusterName="c1")
    assert started["status"] == "IN_PROGRESS"
    assert "endedAt" not in eks.describe_insights_refresh(clusterName="c1")
    sandbox.advance(70)
    ended = eks.describe_insights_refresh(clusterName="c1")
    assert ended["status"] == "COMPLETED"
    assert ended["endedAt"] >= ended["startedAt"]
    assert insights(sandbox, statuses=["ERROR"]) == {"Cluster health issues": "ERROR"}
    found = eks.list_insights(clusterName="c1", filter={"statuses": ["ERROR"]})["insights"][0]
    assert "recommendation" not in found
    detail = eks.describe_insight(clusterName="c1", id=found["id"])["insight"]
    assert detail["insightStatus"] == {"status": "ERROR", "reason": "a test says so"}
    assert detail["recommendation"]
    assert refused(lambda: eks.describe_insight(clusterName="c1", id="none"))[0] == "ResourceNotFoundException"
    claim(sandbox, "Cluster health issues", None)
    sandbox.advance(DAY)
    assert insights(sandbox, statuses=["ERROR"]) == {}


def test_an_error_blocks_an_upgrade_unless_forced(sandbox: Sandbox) -> None:
    sandbox.cluster(version="1.36")
    eks = sandbox.client("eks")
    claim(sandbox, "Cluster health issues", "WARNING")
    claim(sandbox, "kube-proxy version skew", "UNKNOWN")
    claim(sandbox, "Kubelet version skew", "ERROR")
    refresh(sandbox)
    assert refused(lambda: eks.update_cluster_version(name="c1", version="1.37"))[0] == "InvalidStateException"
    claim(sandbox, "Kubelet version skew", None)
    refresh(sandbox)
    assert upgrade(sandbox, "1.37")["status"] == "Successful"


def test_versions_change_one_by_one_with_level_nodes(sandbox: Sandbox) -> None:
    parts = sandbox.cluster(version="1.34")
    eks = sandbox.client("eks")
    assert refused(lambda: eks.update_cluster_version(name="c1", version="1.36"))[0] == "InvalidParameterException"
    newer = group(parts, version="1.35")
    assert refused(lambda: eks.create_nodegroup(**newer))[0] == "InvalidParameterException"
    eks.create_nodegroup(**group(parts, scalingConfig={"minSize": 1, "desiredSize": 1, "maxSize": 2}))
    assert refused(lambda: eks.update_cluster_version(name="c1", version="1.35"))[0] == "ResourceInUseException"
    sandbox.advance(130)
    assert upgrade(sandbox, "1.35")["type"] == "VersionUpdate"
    assert refused(lambda: eks.update_cluster_version(name="c1", version="1.36"))[0] == "InvalidRequestException"
    named = {"clusterName": "c1", "nodegroupName": "g1"}
    eks.update_nodegroup_version(**named, version="1.35")
    sandbox.advance(400)
    assert kubelets(sandbox) == ["v1.35.0"]
    assert refused(lambda: eks.update_nodegroup_version(**named, version="1.34"))[0] == "InvalidParameterException"
    assert upgrade(sandbox, "1.36")["status"] == "Successful"


def kubelets(sandbox: Sandbox) -> list[str]:
    nodes = [each for each in sandbox.settle().values() if each["kind"] == "Node"]
    return [node["status"]["nodeInfo"]["kubeletVersion"] for node in nodes]


def test_a_rollback_is_one_version_for_seven_days(sandbox: Sandbox) -> None:
    sandbox.cluster(version="1.35", upgradePolicy={"supportType": "STANDARD"})
    eks = sandbox.client("eks")
    back = {"name": "c1", "version": "1.34"}
    assert refused(lambda: eks.update_cluster_version(**back))[0] == "InvalidRequestException"
    assert insights(sandbox, categories=["ROLLBACK_READINESS"]) == {}
    assert upgrade(sandbox, "1.36")["status"] == "Successful"
    assert set(insights(sandbox, categories=["ROLLBACK_READINESS"]).values()) == {"PASSING"}
    short = {"name": "c1", "version": "1.35", "rollbackConfig": {"timeoutMinutes": 60}}
    assert refused(lambda: eks.update_cluster_version(**short))[0] == "InvalidParameterException"
    assert upgrade(sandbox, "1.35")["type"] == "VersionRollback"
    assert eks.describe_cluster(name="c1")["cluster"]["version"] == "1.35"
    # Only the last upgrade is rolled back.
    assert refused(lambda: eks.update_cluster_version(**back))[0] == "InvalidRequestException"
    assert upgrade(sandbox, "1.36")["status"] == "Successful"
    sandbox.advance(7 * DAY)
    late = {"name": "c1", "version": "1.35", "force": True}
    assert refused(lambda: eks.update_cluster_version(**late))[0] == "InvalidRequestException"


def test_a_rollback_needs_old_nodes_and_known_insights_unless_forced(sandbox: Sandbox) -> None:
    parts = sandbox.cluster(version="1.34", upgradePolicy={"supportType": "STANDARD"})
    eks = sandbox.client("eks")
    eks.create_nodegroup(**group(parts))
    sandbox.advance(130)
    upgrade(sandbox, "1.35")
    back = {"name": "c1", "version": "1.34", "force": True}
    assert refused(lambda: eks.update_cluster_version(**back))[0] == "InvalidRequestException"
    eks.update_cluster_config(name="c1", upgradePolicy={"supportType": "EXTENDED"})
    sandbox.advance(130)
    claim(sandbox, "Cluster health issues", "UNKNOWN")
    unforced = {"name": "c1", "version": "1.34"}
    assert refused(lambda: eks.update_cluster_version(**unforced))[0] == "InvalidStateException"
    claim(sandbox, "Cluster health issues", None)
    eks.update_nodegroup_version(clusterName="c1", nodegroupName="g1", version="1.35")
    sandbox.advance(400)
    assert refused(lambda: eks.update_cluster_version(**unforced))[0] == "InvalidStateException"
    found = insights(sandbox, categories=["ROLLBACK_READINESS"], statuses=["ERROR"])
    assert found == {"Kubelet version skew": "ERROR"}
    assert upgrade(sandbox, "1.34", force=True)["status"] == "Successful"


def test_an_upgrade_without_addresses_fails_and_changes_nothing(sandbox: Sandbox) -> None:
    parts = sandbox.network()
    ec2, eks = sandbox.client("ec2"), sandbox.client("eks")
    small = [
        ec2.create_subnet(VpcId=parts["vpc"], CidrBlock=f"10.0.{n}.0/28", AvailabilityZone=REGION + zone)["Subnet"][
            "SubnetId"
        ]
        for n, zone in ((10, "a"), (11, "b"))
    ]
    role = sandbox.role("cluster", "eks.amazonaws.com")
    eks.create_cluster(name="c1", version="1.36", roleArn=role, resourcesVpcConfig={"subnetIds": small})
    sandbox.advance(560)
    taken = [ec2.create_network_interface(SubnetId=subnet) for subnet in small for _ in range(8)]
    update = upgrade(sandbox, "1.37")
    assert update["status"] == "Failed"
    assert update["errors"][0]["errorCode"] == "IpNotAvailable"
    cluster = eks.describe_cluster(name="c1")["cluster"]
    assert (cluster["status"], cluster["version"]) == ("ACTIVE", "1.36")
    for interface in taken[:4]:
        ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterface"]["NetworkInterfaceId"])
    assert upgrade(sandbox, "1.37")["status"] == "Successful"


def test_vpc_cni_moves_one_minor_version_at_a_time(sandbox: Sandbox) -> None:
    sandbox.cluster()
    eks = sandbox.client("eks")
    named = {"clusterName": "c1", "addonName": "vpc-cni"}
    eks.create_addon(**named, addonVersion="v1.19.6-eksbuild.7", resolveConflicts="OVERWRITE")
    sandbox.advance(60)
    newest = {**named, "addonVersion": "v1.21.1-eksbuild.3"}
    assert refused(lambda: eks.update_addon(**newest))[0] == "InvalidParameterException"
    eks.update_addon(**named, addonVersion="v1.20.4-eksbuild.2")
    sandbox.advance(60)
    eks.update_addon(**newest)


def test_an_insight_is_claimed_for_a_cluster_that_exists(sandbox: Sandbox) -> None:
    sandbox.cluster()
    url = f"{sandbox.url}/_sandbox/insights"
    for body in ({"region": REGION}, {"region": REGION, "cluster": "c1", "name": "a", "status": "GOOD"}):
        assert requests.post(url, json=body, headers=CONTROL).status_code == 400
    other = {"region": REGION, "cluster": "c2", "name": "a"}
    assert requests.post(url, json=other, headers=CONTROL).status_code == 404


def auto_mode(sandbox: Sandbox) -> dict[str, Any]:
    """What CreateCluster needs for Auto Mode."""
    role = sandbox.role("auto-nodes", "ec2.amazonaws.com")
    return {
        "bootstrapSelfManagedAddons": False,
        "computeConfig": {"enabled": True, "nodePools": ["system"], "nodeRoleArn": role},
        "kubernetesNetworkConfig": {"elasticLoadBalancing": {"enabled": True}},
        "storageConfig": {"blockStorage": {"enabled": True}},
    }


def test_a_rollback_in_auto_mode_replaces_nodes_first_and_can_be_cancelled_until_then(sandbox: Sandbox) -> None:
    sandbox.cluster(version="1.35", **auto_mode(sandbox))
    eks = sandbox.client("eks")
    forward = upgrade(sandbox, "1.36")
    assert refused(lambda: eks.cancel_update(name="c1", updateId=forward["id"]))[0] == "InvalidRequestException"
    # It lasts longer than the change of the control plane, and the status of the cluster does not show it.
    begun = upgrade(sandbox, "1.35")
    assert begun["status"] == "InProgress"
    assert eks.describe_cluster(name="c1")["cluster"]["status"] == "ACTIVE"
    change = {"name": "c1", "deletionProtection": True}
    assert refused(lambda: eks.update_cluster_config(**change))[0] == "ResourceInUseException"
    cancelled = eks.cancel_update(name="c1", updateId=begun["id"])["update"]
    assert (cancelled["status"], cancelled["cancellation"]["status"]) == ("Cancelled", "Successful")
    sandbox.advance(2_000)
    assert eks.describe_cluster(name="c1")["cluster"]["version"] == "1.36"
    assert kubelets(sandbox) == ["v1.36.0", "v1.36.0"]
    again = upgrade(sandbox, "1.35")
    sandbox.advance(800)
    assert kubelets(sandbox) == ["v1.35.0", "v1.35.0"]
    assert eks.describe_cluster(name="c1")["cluster"]["status"] == "UPDATING"
    assert refused(lambda: eks.cancel_update(name="c1", updateId=again["id"]))[0] == "InvalidRequestException"
    sandbox.advance(500)
    assert eks.describe_update(name="c1", updateId=again["id"])["update"]["status"] == "Successful"
    assert eks.describe_cluster(name="c1")["cluster"]["version"] == "1.35"
