"""AWS's own service models (as botocore ships them), loaded when first asked for.

moto's classes wrap them because its router and serializers want those, but without moto's own additions to
the models: what is valid is decided by AWS's description alone.
"""

from __future__ import annotations

from functools import cache

from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader
from moto.core.model import OperationModel, ServiceModel
from moto.core.routing import ServiceOperationRouter

# A request names the service it is for by its signing name only; several services can share one.
BY_SIGNING_NAME: dict[str, tuple[str, ...]] = {
    "airflow": ("mwaa",),
    "apigateway": ("apigateway", "apigatewayv2"),
    "aps": ("amp",),
    "cloudcontrolapi": ("cloudcontrol",),
    "dynamodb": ("dynamodb", "dynamodbstreams"),
    "elasticfilesystem": ("efs",),
    "elasticloadbalancing": ("elbv2", "elb"),
    "es": ("opensearch", "es"),
    "monitoring": ("cloudwatch",),
    "rds": ("rds", "neptune", "docdb"),
    "s3": ("s3", "s3control"),
    "servicequotas": ("service-quotas",),
    "ses": ("sesv2", "ses"),
    "sso": ("sso-admin",),
    "states": ("stepfunctions",),
    "tagging": ("resourcegroupstaggingapi",),
}

READS = (
    "BatchGet",
    "Check",
    "Decode",
    "Describe",
    "Estimate",
    "Filter",
    "Get",
    "Head",
    "List",
    "Lookup",
    "Preview",
    "Query",
    "Scan",
    "Search",
    "Select",
    "Simulate",
    "Test",
    "Validate",
)
# Named like a change, but nothing is different afterwards.
HARMLESS = {
    ("kms", "Decrypt"),
    ("kms", "Encrypt"),
    ("kms", "GenerateDataKey"),
    ("kms", "GenerateDataKeyWithoutPlaintext"),
    ("kms", "GenerateMac"),
    ("kms", "GenerateRandom"),
    ("kms", "ReEncrypt"),
    ("kms", "Sign"),
    ("kms", "Verify"),
    ("kms", "VerifyMac"),
    ("sts", "AssumeRole"),
    ("sts", "AssumeRoleWithWebIdentity"),
}

_loader = Loader()


@cache
def service_model(service: str) -> ServiceModel | None:
    try:
        return ServiceModel(_loader.load_service_model(service, "service-2"), service)
    except UnknownServiceError:
        return None


@cache
def router(service: str) -> ServiceOperationRouter:
    model = service_model(service)
    assert model is not None
    return ServiceOperationRouter(model)


def operation(service: str, name: str) -> OperationModel:
    model = service_model(service)
    assert model is not None
    return model.operation_model(name)


def candidates(signing_name: str) -> list[ServiceModel]:
    names = BY_SIGNING_NAME.get(signing_name, (signing_name,))
    return [model for name in names if (model := service_model(name))]


def is_mutating(service: str, operation_name: str) -> bool:
    return not operation_name.startswith(READS) and (service, operation_name) not in HARMLESS
