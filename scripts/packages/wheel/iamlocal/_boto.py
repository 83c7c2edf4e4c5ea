"""Sessions of boto3 that meet a server of ours."""

from __future__ import annotations

import os
from typing import Any

import boto3
import botocore.configprovider
import botocore.loaders
import botocore.session

from ._account import Credentials

# AWS's service models are read once, and not for each account anew.
_loader = botocore.loaders.create_loader(os.environ.get("AWS_DATA_PATH"))


class _Session(boto3.session.Session):  # type: ignore[misc]
    """One that knows where the server is. boto3 itself reads AWS_ENDPOINT_URL only since 1.28."""

    iamlocal_endpoint = ""

    def client(self, *arguments: Any, **options: Any) -> Any:
        # The sixth positional argument names the endpoint, too.
        if len(arguments) < 6 and options.get("endpoint_url") is None:
            options["endpoint_url"] = self.iamlocal_endpoint
        return super().client(*arguments, **options)


def session_at(endpoint: str, region: str, credentials: Credentials) -> Any:
    """A session with these credentials. What ~/.aws has to say of profiles and the like is not read."""
    below = botocore.session.Session()
    below.register_component("data_loader", _loader)
    settings = below.get_component("config_store")
    for variable, value in (("config_file", os.devnull), ("credentials_file", os.devnull), ("profile", None)):
        settings.set_config_provider(variable, botocore.configprovider.ConstantProvider(value))
    session = _Session(credentials.access_key_id, credentials.secret_access_key, credentials.session_token,
                       region_name=region, botocore_session=below)
    session.iamlocal_endpoint = endpoint
    return session
