// Who a provider of the JavaScript SDK makes of a program: node providers.mjs PROVIDER STS-ENDPOINT
import { webcrypto } from "node:crypto";

import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromHttp } from "@aws-sdk/credential-provider-http";
import { fromLoginCredentials } from "@aws-sdk/credential-provider-login";
import { defaultProvider } from "@aws-sdk/credential-provider-node";
import { fromProcess } from "@aws-sdk/credential-provider-process";
import { fromContainerMetadata, fromInstanceMetadata } from "@smithy/credential-provider-imds";

// Node 18, which Debian has, keeps it in a module; the provider of logins wants it everywhere.
globalThis.crypto ??= webcrypto;

const providers = {
  instance: () => fromInstanceMetadata({ maxRetries: 0 }),
  container: () => fromContainerMetadata({ maxRetries: 0 }),
  http: () => fromHttp({}),
  process: () => fromProcess({}),
  login: () => fromLoginCredentials({}),
  usual: () => defaultProvider({}),
};

const [name, endpoint] = process.argv.slice(2);
const credentials = await providers[name]()();
const sts = new STSClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
const { Arn: arn } = await sts.send(new GetCallerIdentityCommand({}));
console.log(JSON.stringify({
  key: credentials.accessKeyId,
  account: credentials.accountId ?? null,
  expires: credentials.expiration?.toISOString() ?? null,
  arn,
}));
