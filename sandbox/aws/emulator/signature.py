"""Signature Version 4: the request is signed again with the key's secret, and the two are compared."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials

from .credentials import Credential, Credentials
from .errors import AwsError
from .http_request import HttpRequest

ALGORITHM = "AWS4-HMAC-SHA256"
TIME_FORMAT = "%Y%m%dT%H%M%SZ"
MAX_SKEW = timedelta(minutes=15)
HEADER = re.compile(r"\s*(Credential|SignedHeaders|Signature)=([^,\s]+)\s*")


@dataclass(frozen=True)
class Claim:
    """What a request says about its signature."""

    access_key_id: str
    date: str
    region: str
    service: str
    signed_headers: list[str]
    signature: str
    timestamp: str
    token: str | None
    presigned: bool
    expires: int = 0


class Refused(Exception):
    """reason: missing, malformed, unknown, token, mismatch, skewed or expired."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def claim(request: HttpRequest) -> Claim | None:
    """None when the request is not signed at all."""
    query = dict(request.query)
    header = request.headers.get("authorization")
    if header is None and "X-Amz-Algorithm" not in query:
        return None
    algorithm = header.split(" ", 1)[0] if header else query["X-Amz-Algorithm"]
    if algorithm != ALGORITHM:
        raise Refused("malformed", f"The sandbox checks {ALGORITHM} signatures only, not {algorithm}")
    try:
        return _from_header(header, request) if header else _from_query(query)
    except (KeyError, ValueError) as error:
        raise Refused("malformed", "The signature is incomplete or malformed") from error


def _from_header(header: str, request: HttpRequest) -> Claim:
    parts = dict(match.groups() for match in map(HEADER.fullmatch, header.split(" ", 1)[1].split(",")) if match)
    key, date, region, service = _scope(parts["Credential"])
    return Claim(
        key,
        date,
        region,
        service,
        parts["SignedHeaders"].split(";"),
        parts["Signature"],
        request.headers["x-amz-date"],
        request.headers.get("x-amz-security-token"),
        presigned=False,
    )


def _from_query(query: dict[str, str]) -> Claim:
    key, date, region, service = _scope(query["X-Amz-Credential"])
    return Claim(
        key,
        date,
        region,
        service,
        query["X-Amz-SignedHeaders"].split(";"),
        query["X-Amz-Signature"],
        query["X-Amz-Date"],
        query.get("X-Amz-Security-Token"),
        presigned=True,
        expires=int(query["X-Amz-Expires"]),
    )


def _scope(credential: str) -> tuple[str, str, str, str]:
    key, date, region, service, end = unquote(credential).rsplit("/", 4)
    if end != "aws4_request":
        raise ValueError(credential)
    return key, date, region, service


def verify(request: HttpRequest, stated: Claim, keys: Credentials, now: datetime) -> Credential:
    credential = keys.find(stated.access_key_id)
    if credential is None:
        raise Refused("unknown", "The security token included in the request is invalid.")
    if (credential.session_token or "") != (stated.token or ""):
        raise Refused("token", "The security token included in the request is invalid.")
    _check_payload(request, stated)
    if not hmac.compare_digest(sign(request, stated, credential), stated.signature):
        raise Refused(
            "mismatch",
            "The request signature we calculated does not match the signature you provided. "
            "Check your AWS Secret Access Key and signing method.",
        )
    _check_time(stated, now)
    if keys.is_expired(credential):
        raise Refused("expired", "The security token included in the request is expired")
    return credential


def sign(request: HttpRequest, stated: Claim, credential: Credential) -> str:
    auth_class = S3SigV4Auth if stated.service == "s3" else SigV4Auth
    auth = auth_class(BotoCredentials(credential.access_key_id, credential.secret), stated.service, stated.region)
    query = "&".join(p for p in request.raw_query.split("&") if p and not p.startswith("X-Amz-Signature="))
    headers = [(name, " ".join(request.headers.get(name, "").split())) for name in stated.signed_headers]
    canonical = "\n".join(
        [
            request.method,
            auth._normalize_url_path(request.raw_path),
            auth._canonical_query_string_url(_Split(query)),
            "".join(f"{name}:{value}\n" for name, value in headers),
            ";".join(stated.signed_headers),
            _payload_hash(request, stated),
        ]
    )
    signed = AWSRequest(method=request.method, url="http://sandbox/")
    signed.context["timestamp"] = stated.timestamp
    return auth.signature(auth.string_to_sign(signed, canonical), signed)


@dataclass(frozen=True)
class _Split:
    query: str


def _payload_hash(request: HttpRequest, stated: Claim) -> str:
    declared = request.headers.get("x-amz-content-sha256")
    if declared:
        return declared
    if stated.presigned and stated.service == "s3":
        return "UNSIGNED-PAYLOAD"
    return hashlib.sha256(request.body).hexdigest()


def _check_payload(request: HttpRequest, stated: Claim) -> None:
    if "host" not in stated.signed_headers:
        raise Refused("mismatch", "The Host header must be a signed header")
    declared = request.headers.get("x-amz-content-sha256", "")
    if re.fullmatch(r"[0-9a-f]{64}", declared) and declared != hashlib.sha256(request.body).hexdigest():
        raise Refused("mismatch", "The provided x-amz-content-sha256 does not match what was computed.")


def _check_time(stated: Claim, now: datetime) -> None:
    try:
        signed_at = datetime.strptime(stated.timestamp, TIME_FORMAT).replace(tzinfo=UTC)
    except ValueError as error:
        raise Refused("malformed", "X-Amz-Date is not a valid time") from error
    if stated.date != stated.timestamp[:8]:
        raise Refused("mismatch", "Date in Credential scope does not match X-Amz-Date")
    if stated.presigned:
        if now > signed_at + timedelta(seconds=stated.expires) or signed_at > now + MAX_SKEW:
            raise Refused("skewed", "Request has expired.")
    elif abs(now - signed_at) > MAX_SKEW:
        raise Refused("skewed", f"Signature expired or not yet current: {stated.timestamp} is not close to now")


# reason -> (query, json, ec2, s3) codes; s3 and query otherwise share their names.
_CODES = {
    "missing": ("MissingAuthenticationToken", "MissingAuthenticationTokenException", "AuthFailure", "AccessDenied"),
    "malformed": ("IncompleteSignature", "IncompleteSignatureException", "AuthFailure", "AuthorizationHeaderMalformed"),
    "unknown": ("InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure", "InvalidAccessKeyId"),
    "token": ("InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure", "InvalidToken"),
    "mismatch": (
        "SignatureDoesNotMatch",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "SignatureDoesNotMatch",
    ),
    "skewed": ("SignatureDoesNotMatch", "InvalidSignatureException", "RequestExpired", "RequestTimeTooSkewed"),
    "expired": ("ExpiredToken", "ExpiredTokenException", "RequestExpired", "ExpiredToken"),
}


def as_error(refused: Refused, service: str, protocol: str) -> AwsError:
    query, in_json, ec2, s3 = _CODES[refused.reason]
    message = str(refused)
    if service == "s3":
        return AwsError(s3, message, 400 if refused.reason == "expired" else 403)
    if protocol == "ec2":
        return AwsError(ec2, message, {"AuthFailure": 401, "RequestExpired": 400}.get(ec2, 403))
    if protocol in ("query", "rest-xml"):
        return AwsError(query, message, 403)
    # awsJson services answer 400 where REST services answer 403.
    return AwsError(in_json, message, 403 if protocol == "rest-json" else 400)
