"""What a cluster and its nodes are made of: keys, Auto Mode, launch templates, repair."""

from __future__ import annotations

from typing import Any

from .conftest import Sandbox
from .test_eks_clusters import group, refused

DISK: Any = {
    "BlockDeviceMappings": [
        {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 50, "VolumeType": "gp3", "Encrypted": True}}
    ]
}


def key(sandbox: Sandbox) -> str:
    return sandbox.client("kms").create_key()["KeyMetadata"]["Arn"]


def encryption(arn: str) -> list[dict[str, Any]]:
    return [{"resources": ["secrets"], "provider": {"keyArn": arn}}]


def template(sandbox: Sandbox) -> str:
    made = sandbox.client("ec2").create_launch_template(LaunchTemplateName="nodes", LaunchTemplateData=DISK)
    return made["LaunchTemplate"]["LaunchTemplateId"]


def test_a_key_is_associated_once(sandbox: Sandbox) -> None:
    sandbox.cluster()
    eks, kms = sandbox.client("eks"), sandbox.client("kms")
    missing = encryption("arn:aws:kms:eu-west-1:123456789012:key/none")
    assert refused(lambda: eks.associate_encryption_config(clusterName="c1", encryptionConfig=missing))[0] == (
        "InvalidParameterException"
    )
    arn = key(sandbox)
    kms.disable_key(KeyId=arn.split("/")[1])
    wanted = {"clusterName": "c1", "encryptionConfig": encryption(arn)}
    assert refused(lambda: eks.associate_encryption_config(**wanted))[0] == "InvalidParameterException"
    kms.enable_key(KeyId=arn.split("/")[1])
    assert eks.associate_encryption_config(**wanted)["update"]["type"] == "AssociateEncryptionConfig"
    assert refused(lambda: eks.associate_encryption_config(**wanted))[0] == "ResourceInUseException"
    sandbox.advance(700)
    assert eks.describe_cluster(name="c1")["cluster"]["encryptionConfig"] == encryption(arn)
    assert refused(lambda: eks.associate_encryption_config(**wanted))[0] == "InvalidRequestException"


def test_auto_mode_is_on_or_off_as_a_whole(sandbox: Sandbox) -> None:
    parts = sandbox.cluster()
    eks = sandbox.client("eks")
    compute = {"enabled": True, "nodeRoleArn": parts["node_role"], "nodePools": ["general-purpose", "system"]}
    half = {"name": "c1", "computeConfig": compute}
    assert refused(lambda: eks.update_cluster_config(**half))[0] == "InvalidParameterException"
    whole = {
        **half,
        "kubernetesNetworkConfig": {"elasticLoadBalancing": {"enabled": True}},
        "storageConfig": {"blockStorage": {"enabled": True}},
    }
    assert eks.update_cluster_config(**whole)["update"]["type"] == "AutoModeUpdate"
    sandbox.advance(130)
    cluster = eks.describe_cluster(name="c1")["cluster"]
    assert cluster["computeConfig"] == compute
    assert cluster["kubernetesNetworkConfig"]["elasticLoadBalancing"] == {"enabled": True}
    assert refused(lambda: eks.update_cluster_config(**whole))[0] == "InvalidParameterException"
    assert len(auto_nodes(sandbox)) == 2
    eks.update_cluster_config(
        name="c1",
        computeConfig={"enabled": False},
        kubernetesNetworkConfig={"elasticLoadBalancing": {"enabled": False}},
        storageConfig={"blockStorage": {"enabled": False}},
    )
    sandbox.advance(130)
    assert auto_nodes(sandbox) == []


def auto_nodes(sandbox: Sandbox) -> list[str]:
    nodes = [each for each in sandbox.settle().values() if each["kind"] == "Node"]
    labels = {node["metadata"]["name"]: node["metadata"]["labels"] for node in nodes}
    return [name for name, own in labels.items() if own.get("eks.amazonaws.com/compute-type") == "auto"]


def test_a_node_group_keeps_its_launch_template(sandbox: Sandbox) -> None:
    parts = sandbox.cluster()
    eks, ec2 = sandbox.client("eks"), sandbox.client("ec2")
    identifier = template(sandbox)
    spec = {"id": identifier, "version": "1"}
    both = group(parts, launchTemplate=spec, diskSize=50)
    assert refused(lambda: eks.create_nodegroup(**both))[0] == "InvalidParameterException"
    newer = group(parts, launchTemplate={**spec, "version": "2"})
    assert refused(lambda: eks.create_nodegroup(**newer))[0] == "InvalidParameterException"
    made = eks.create_nodegroup(**group(parts, launchTemplate=spec, nodeRepairConfig={"enabled": True}))["nodegroup"]
    assert made["launchTemplate"] == {"id": identifier, "name": "nodes", "version": "1"}
    assert made["nodeRepairConfig"] == {"enabled": True}
    assert "diskSize" not in made
    sandbox.advance(130)
    named = {"clusterName": "c1", "nodegroupName": "g1"}
    again = {**named, "launchTemplate": spec}
    assert refused(lambda: eks.update_nodegroup_version(**again))[0] == "InvalidParameterException"
    ec2.create_launch_template_version(LaunchTemplateId=identifier, LaunchTemplateData=DISK)
    eks.update_nodegroup_version(**named, launchTemplate={**spec, "version": "2"})
    sandbox.advance(400)
    assert eks.describe_nodegroup(**named)["nodegroup"]["launchTemplate"]["version"] == "2"
    eks.update_nodegroup_config(**named, nodeRepairConfig={"enabled": False})
    sandbox.advance(70)
    assert eks.describe_nodegroup(**named)["nodegroup"]["nodeRepairConfig"] == {"enabled": False}


def test_an_image_fits_the_processor(sandbox: Sandbox) -> None:
    parts = sandbox.cluster()
    eks = sandbox.client("eks")
    arm = group(parts, instanceTypes=["m7g.large"])
    assert refused(lambda: eks.create_nodegroup(**arm))[0] == "InvalidParameterException"
    eks.create_nodegroup(**arm, amiType="AL2023_ARM_64_STANDARD")
