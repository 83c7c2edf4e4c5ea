"""Who asks: the root user of an account, a user of it, or the session of a role."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Union

from ._errors import BenchError
from ._seed import SeedSource, text_for
from ._snapshot import Snapshot, name_of, save

if TYPE_CHECKING:
    from ._server import Iamlocal

@dataclasses.dataclass(frozen=True)
class Credentials:
    """The credentials of somebody. Secrets are not in its repr()."""

    access_key_id: str
    secret_access_key: str = dataclasses.field(repr=False)
    session_token: Optional[str] = dataclasses.field(default=None, repr=False)


class Identity:
    """Somebody who asks the server, with clients that do so in their name."""

    def __init__(self, server: Iamlocal, credentials: Credentials) -> None:
        self._server = server
        self._session: Any = None
        self.credentials = credentials

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.credentials.access_key_id!r} at {self._server.endpoint})"

    def session(self) -> Any:
        """A boto3.Session whose clients meet the server."""
        if self._session is None:
            from ._boto import session_at  # boto3 is asked for only where somebody wants a client

            self._session = session_at(self._server.endpoint, self._server.region, self.credentials)
        return self._session

    def client(self, service: str, **options: Any) -> Any:
        """A client of boto3: client("sts"). Options are those of boto3.client."""
        return self.session().client(service, **options)

    def resource(self, service: str, **options: Any) -> Any:
        """A resource of boto3: resource("iam"). Options are those of boto3.resource."""
        return self.session().resource(service, **options)

    def env(self) -> Dict[str, str]:
        """The variables by which AWS's SDKs and tools meet the server in this name."""
        variables = {
            "AWS_ENDPOINT_URL": self._server.endpoint,
            # These would count more, where somebody has set them.
            "AWS_ENDPOINT_URL_IAM": self._server.endpoint,
            "AWS_ENDPOINT_URL_STS": self._server.endpoint,
            "AWS_REGION": self._server.region,
            "AWS_DEFAULT_REGION": self._server.region,
            "AWS_ACCESS_KEY_ID": self.credentials.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.credentials.secret_access_key,
        }
        if self.credentials.session_token:
            variables["AWS_SESSION_TOKEN"] = self.credentials.session_token
        return variables

    def arn(self) -> str:
        """Who it is, as GetCallerIdentity says."""
        arn: str = self.client("sts").get_caller_identity()["Arn"]
        return arn

    def assume_role(self, role: str, session_name: str = "test", **options: Any) -> Identity:
        """A session of the role: an ARN, or the name of a role in the own account.

        Options are further ones of boto3's assume_role. As in AWS, root may not assume roles.
        """
        sts = self.client("sts")
        if not role.startswith("arn:"):
            role = f"arn:aws:iam::{sts.get_caller_identity()['Account']}:role/{role}"
        made = sts.assume_role(RoleArn=role, RoleSessionName=session_name, **options)["Credentials"]
        return Identity(self._server, Credentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"]))


class Account(Identity):
    """An account, and its root user."""

    def __init__(self, server: Iamlocal, id: str, credentials: Credentials) -> None:
        super().__init__(server, credentials)
        #: Its twelve digits.
        self.id = id

    def __repr__(self) -> str:
        return f"Account({self.id!r} at {self._server.endpoint})"

    def user(self, name: str) -> Identity:
        """A user of the account, with a new access key. As in AWS a user has two at most."""
        key = self.client("iam").create_access_key(UserName=name)["AccessKey"]
        return Identity(self._server, Credentials(key["AccessKeyId"], key["SecretAccessKey"]))

    def seed(self, source: SeedSource, from_: Optional[str] = None) -> Dict[str, int]:
        """Brings the account to the state of a seed, in which another account stands in its place.

        from_: whose number is replaced; it may be left out where the seed has one account.
        """
        counts: Dict[str, int] = self._server.bench("PUT", "seed", text_for(source, self.id, from_))
        return counts

    def snapshot(self, name: Optional[str] = None) -> Snapshot:
        """Saves the state of the account."""
        return save(self._server.bench, name, self.id)

    def restore(self, snapshot: Union[str, Snapshot]) -> None:
        """Goes back to a snapshot of this account."""
        self._server.bench("PUT", f"snapshots/{name_of(snapshot)}", query={"account": self.id})

    def reset(self) -> None:
        """Forgets everything in the account."""
        self._server.bench("POST", "reset", query={"account": self.id})

    def delete(self) -> None:
        """Erases the account, if there is anything of it, and its snapshots."""
        for kept in self._server.bench("GET", "snapshots")["snapshots"]:
            if kept.get("account") == self.id:
                self._server.bench("DELETE", f"snapshots/{kept['name']}")
        try:
            self._server.bench("DELETE", f"accounts/{self.id}")
        except BenchError as error:
            if error.status != 404:
                raise

    def decisions(self, **filters: Union[str, int]) -> List[Dict[str, Any]]:
        """The last decisions on requests from this account, the newest first; see Iamlocal.decisions."""
        given: Dict[str, Union[str, int]] = {"principal": _anybody_of(self.id), **filters}
        return self._server.decisions(**given)

    def events(self, **filters: Union[str, int]) -> List[Dict[str, Any]]:
        """The last events of this account's trail, the newest first; see Iamlocal.events."""
        given: Dict[str, Union[str, int]] = {"account": self.id, **filters}
        return self._server.events(**given)

    def why(self) -> str:
        """Why the last request from this account that was denied was denied; empty where none was."""
        return self._server.why(principal=_anybody_of(self.id))


def _anybody_of(account: str) -> str:
    """A pattern for the ARNs of its principals."""
    return f"arn:*:{account}:*"
