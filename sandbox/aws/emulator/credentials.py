"""Who owns an access key: moto's IAM users, the roles STS handed out, and our own expiry marks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from moto.iam.models import AccessKey, iam_backends
from moto.sts.models import sts_backends

# The configured credentials belong to this IAM user, so that its ARN can be in access entries and policies.
USER_NAME = "gennet"
PARTITION = "aws"


@dataclass(frozen=True)
class Principal:
    """`arn` is the caller's; `entry_arn` what EKS maps (a role's own ARN for its sessions)."""

    arn: str
    user_id: str
    account: str
    entry_arn: str
    session_name: str = ""


@dataclass(frozen=True)
class Credential:
    access_key_id: str
    secret: str
    principal: Principal
    session_token: str | None = None
    expires: datetime | None = None


class Credentials:
    def __init__(self, account_id: str, access_key_id: str, secret: str) -> None:
        self._account = account_id
        self._own = (access_key_id, secret)
        self._expired: set[str] = set()

    def seed(self) -> None:
        """Makes the configured key a real one of a real user; again after every reset of moto."""
        backend = iam_backends[self._account][PARTITION]
        user = backend.create_user(region_name="us-east-1", user_name=USER_NAME, path="/", tags=[])
        key = AccessKey(user_name=USER_NAME, prefix="AKIA", account_id=self._account)
        key.access_key_id, key.secret_access_key = self._own
        user.access_keys.append(key)
        backend.access_keys[key.access_key_id] = key

    def expire(self, access_key_id: str) -> None:
        self._expired.add(access_key_id)

    def is_expired(self, credential: Credential) -> bool:
        if credential.access_key_id in self._expired:
            return True
        return credential.expires is not None and credential.expires <= datetime.now(UTC)

    def forget_expired(self) -> None:
        self._expired.clear()

    def find(self, access_key_id: str) -> Credential | None:
        return self._user_key(access_key_id) or self._role_session(access_key_id)

    def _user_key(self, access_key_id: str) -> Credential | None:
        for user in list(iam_backends[self._account][PARTITION].users.values()):
            for key in user.access_keys:
                if key.access_key_id == access_key_id and key.status == "Active":
                    principal = Principal(user.arn, user.id, self._account, user.arn)
                    return Credential(access_key_id, key.secret_access_key, principal)
        return None

    def _role_session(self, access_key_id: str) -> Credential | None:
        session = sts_backends[self._account][PARTITION].get_assumed_role_from_access_key(access_key_id)
        # The credentials of a role end with it.
        roles = iam_backends[self._account][PARTITION].roles.values()
        if session is None or all(role.arn != session.role_arn for role in list(roles)):
            return None
        principal = Principal(session.arn, session.user_id, self._account, session.role_arn, session.session_name)
        expires = session.expiration.replace(tzinfo=UTC)
        return Credential(access_key_id, session.secret_access_key, principal, session.session_token, expires)
