"""The errors of a service's model by the name of their shape, and those that query services share."""

from __future__ import annotations

from . import models
from .errors import AwsError


def refusal(service: str, shape: str, message: str) -> AwsError:
    """`refusal("rds", "DBInstanceNotFoundFault", …)` has the code and the HTTP status that the model gives it."""
    model = models.service_model(service)
    assert model is not None
    traits = model.shape_for(shape).metadata.get("error", {})
    return AwsError(traits.get("code", shape), message, traits.get("httpStatusCode", 400))


def invalid_value(message: str) -> AwsError:
    return AwsError("InvalidParameterValue", message)


def invalid_combination(message: str) -> AwsError:
    return AwsError("InvalidParameterCombination", message)


def missing(member: str) -> AwsError:
    return AwsError("MissingParameter", f"The request must contain the parameter {member}.")
