"""Service Quotas: AWS's default quotas, of which moto knows only those of VPCs."""

from __future__ import annotations

from typing import Any

from .errors import AwsError
from .wire import Call

# https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
_DEFAULTS: dict[tuple[str, str], tuple[str, float]] = {
    ("vpc", "L-F678F1CE"): ("VPCs per Region", 5.0),
    ("vpc", "L-A4707A72"): ("Internet gateways per Region", 5.0),
    ("vpc", "L-FE5A380F"): ("NAT gateways per Availability Zone", 5.0),
    ("vpc", "L-7E9ECCDB"): ("Active VPC peering connections per VPC", 50.0),
    ("ec2", "L-0263D0A3"): ("EC2-VPC Elastic IPs", 5.0),
    ("ec2", "L-1216C47A"): ("Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", 1152.0),
    ("eks", "L-1194D53C"): ("Clusters", 100.0),
    ("eks", "L-6D54EA21"): ("Managed node groups per cluster", 30.0),
    ("rds", "L-7B6409FD"): ("DB instances", 40.0),
    ("rds", "L-952B80B8"): ("DB clusters", 40.0),
    ("elasticloadbalancing", "L-53DA6B97"): ("Application Load Balancers per Region", 50.0),
    ("elasticloadbalancing", "L-69A177A2"): ("Network Load Balancers per Region", 50.0),
    ("elasticloadbalancing", "L-B22855CB"): ("Target Groups per Region", 3000.0),
    ("elasticache", "L-DFE45DF3"): ("Nodes per Region", 300.0),
}


def answer(call: Call, account: str) -> dict[str, Any] | None:
    """The answer to a call about one quota, which is AWS's default, as in a new account; None for other calls."""
    if call.operation not in ("GetServiceQuota", "GetAWSDefaultServiceQuota"):
        return None
    service, code = call.params["ServiceCode"], call.params["QuotaCode"]
    known = _DEFAULTS.get((service, code))
    if known is None:
        message = "The request failed because the specified service quota does not exist."
        raise AwsError("NoSuchResourceException", message, 400)
    name, value = known
    return {
        "Quota": {
            "ServiceCode": service,
            "ServiceName": service,
            "QuotaArn": f"arn:aws:servicequotas:{call.region}:{account}:{service}/{code}",
            "QuotaCode": code,
            "QuotaName": name,
            "Value": value,
            "Unit": "None",
            "Adjustable": True,
            "GlobalQuota": False,
        }
    }
