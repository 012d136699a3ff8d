"""Certificates get their record some seconds after the request, and are issued once it is in a public zone.

Every public zone counts as one that the domain's registrar points to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.acm.models import AWSCertificateManagerBackend, CertBundle, acm_backends
from moto.route53.models import Route53Backend, route53_backends

from .steps import Steps

# https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
RECORD_SECONDS = 5
ISSUE_SECONDS = 120
GIVE_UP_SECONDS = 72 * 3600

PENDING = "PENDING_VALIDATION"


def wrap(steps: Steps) -> None:
    def request(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
        arn = original(backend, *args, **kwargs)
        certificate = backend._certificates[arn]
        if certificate.status == PENDING and not hasattr(certificate, "has_record"):
            certificate.has_record = False
            steps.after(RECORD_SECONDS, lambda: assign(backend, certificate))
            steps.after(GIVE_UP_SECONDS, lambda: _end(certificate, "VALIDATION_TIMED_OUT"))
        return arn

    def assign(backend: Any, certificate: Any) -> None:
        certificate.has_record = True
        look(backend.account_id, certificate)

    def look(account: str, certificate: Any) -> None:
        if _is_recorded(account, certificate):
            steps.after(ISSUE_SECONDS, lambda: _is_recorded(account, certificate) and _end(certificate, "ISSUED"))

    def change(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
        changed = original(backend, *args, **kwargs)
        for region in acm_backends[backend.account_id].values():
            for certificate in region._certificates.values():
                look(backend.account_id, certificate)
        return changed

    def check(original: Callable[..., Any], certificate: Any) -> None:
        """Moto issues it after a minute, with and without the record."""
        if certificate.status != PENDING:
            original(certificate)

    def describe(original: Callable[..., Any], certificate: Any) -> Any:
        answer = original(certificate)
        if certificate.status == PENDING:
            del answer["Certificate"]["IssuedAt"]
        if not getattr(certificate, "has_record", True):
            for option in answer["Certificate"]["DomainValidationOptions"]:
                del option["ResourceRecord"]
        return answer

    steps.wrap(AWSCertificateManagerBackend, "request_certificate", request)
    steps.wrap(CertBundle, "check", check)
    steps.wrap(CertBundle, "describe", describe)
    steps.wrap(Route53Backend, "change_resource_record_sets", change)


def _end(certificate: Any, status: str) -> None:
    if certificate.status == PENDING:
        certificate.status = status


def _is_recorded(account: str, certificate: Any) -> bool:
    """Whether it waits, and the record of each of its names is there."""
    if certificate.status != PENDING or not certificate.has_record:
        return False
    zones = [zone for zone in route53_backends[account]["global"].zones.values() if not zone.private_zone]
    there = {
        (record.name.rstrip("."), value.rstrip("."))
        for zone in zones
        for record in zone.rrsets
        if record.type == "CNAME"
        for value in record.records
    }
    needed = [each["ResourceRecord"] for each in certificate.describe()["Certificate"]["DomainValidationOptions"]]
    return all((each["Name"].rstrip("."), each["Value"].rstrip(".")) in there for each in needed)
