// The first hour of IAM with the JavaScript SDK: node tests/clients/js/story.mjs http://127.0.0.1:4566
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import {
  AddRoleToInstanceProfileCommand, AttachRolePolicyCommand, AttachUserPolicyCommand, CreateAccessKeyCommand,
  CreateInstanceProfileCommand, CreatePolicyCommand, CreateRoleCommand, CreateUserCommand, GetPolicyVersionCommand,
  GetRoleCommand, GetUserCommand, IAMClient, ListUsersCommand, PutUserPolicyCommand, TagUserCommand, UntagUserCommand,
  paginateListUsers,
} from "@aws-sdk/client-iam";
import { AssumeRoleCommand, GetAccessKeyInfoCommand, GetCallerIdentityCommand, GetSessionTokenCommand, STSClient }
  from "@aws-sdk/client-sts";

const endpoint = process.argv[2];
const clients = (accessKeyId, secretAccessKey, sessionToken) => {
  const options = { endpoint, region: "eu-central-1", maxAttempts: 1,
                    credentials: { accessKeyId, secretAccessKey, sessionToken } };
  return { iam: new IAMClient(options), sts: new STSClient(options) };
};
const refused = async (promise, name, status, message) => {
  await assert.rejects(promise, (error) => {
    assert.equal(error.name, name);
    assert.equal(error.$metadata.httpStatusCode, status);
    assert.match(error.$metadata.requestId, /^[0-9a-f-]{36}$/);
    // Refusals end with where their details are.
    if (message) assert.equal(error.message.split(". Go to https://")[0], message);
    return true;
  });
};
const policy = (...statements) => JSON.stringify({ Version: "2012-10-17", Statement: statements });

const root = clients("test", "test");
const identity = await root.sts.send(new GetCallerIdentityCommand({}));
const account = identity.Account;
assert.equal(identity.Arn, `arn:aws:iam::${account}:root`);

// Characters that this SDK writes differently from others: a space as %20, and '()! escaped.
const odd = "a b+c/d=e@f:g_h-i.j";
const { User: alice } = await root.iam.send(
  new CreateUserCommand({ UserName: "alice", Path: "/it's(odd)!*/", Tags: [{ Key: odd, Value: odd }, { Key: "empty", Value: "" }] }));
assert.equal(alice.Arn, `arn:aws:iam::${account}:user/it's(odd)!*/alice`);
assert.deepEqual(alice.Tags, [{ Key: odd, Value: odd }, { Key: "empty", Value: "" }]);
assert.ok(alice.CreateDate instanceof Date);
// An empty list is sent as an empty parameter, and is a list.
await assert.rejects(root.iam.send(new TagUserCommand({ UserName: "alice", Tags: [] })), { name: "InvalidInputException" });
await root.iam.send(new UntagUserCommand({ UserName: "alice", TagKeys: ["empty"] }));
const { User: again } = await root.iam.send(new GetUserCommand({ UserName: "alice" }));
assert.deepEqual(again.Tags, [{ Key: odd, Value: odd }]);

const document = policy({ Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" });
const { Policy: work } = await root.iam.send(new CreatePolicyCommand({ PolicyName: "work", PolicyDocument: document }));
const { PolicyVersion: version } = await root.iam.send(
  new GetPolicyVersionCommand({ PolicyArn: work.Arn, VersionId: "v1" }));
assert.equal(decodeURIComponent(version.Document), document);
await root.iam.send(new AttachUserPolicyCommand({ UserName: "alice", PolicyArn: work.Arn }));

const { AccessKey: key } = await root.iam.send(new CreateAccessKeyCommand({ UserName: "alice" }));
const asAlice = clients(key.AccessKeyId, key.SecretAccessKey);
await refused(
  asAlice.iam.send(new ListUsersCommand({})), "AccessDenied", 403,
  `User: ${alice.Arn} is not authorized to perform: iam:ListUsers on resource: arn:aws:iam::${account}:user/ because no `
  + "identity-based policy allows the iam:ListUsers action");
await refused(root.iam.send(new GetUserCommand({ UserName: "nobody" })), "NoSuchEntityException", 404,
              "The user with name nobody cannot be found.");
await refused(root.iam.send(new PutUserPolicyCommand({ UserName: "alice", PolicyName: "p", PolicyDocument: "{" })),
              "MalformedPolicyDocumentException", 400);
await refused(clients(key.AccessKeyId, "wrong").sts.send(new GetCallerIdentityCommand({})), "SignatureDoesNotMatch", 403);
await refused(clients("AKIAIOSFODNN7EXAMPLE", "x").sts.send(new GetCallerIdentityCommand({})), "InvalidClientTokenId", 403,
              "The security token included in the request is invalid.");

const trust = policy({ Effect: "Allow", Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: "sts:AssumeRole" });
const { Role: role } = await root.iam.send(
  new CreateRoleCommand({ RoleName: "job", AssumeRolePolicyDocument: trust, MaxSessionDuration: 7200 }));
await root.iam.send(
  new AttachRolePolicyCommand({ RoleName: "job", PolicyArn: "arn:aws:iam::aws:policy/IAMReadOnlyAccess" }));
const { Role: stored } = await root.iam.send(new GetRoleCommand({ RoleName: "job" }));
assert.equal(stored.MaxSessionDuration, 7200);
assert.equal(decodeURIComponent(stored.AssumeRolePolicyDocument), trust);
const { Credentials: credentials, AssumedRoleUser: assumed } = await asAlice.sts.send(
  new AssumeRoleCommand({ RoleArn: role.Arn, RoleSessionName: "work", DurationSeconds: 7200 }));
assert.equal(assumed.Arn, `arn:aws:sts::${account}:assumed-role/job/work`);
assert.ok(credentials.Expiration - Date.now() > 7_100_000);
const session = clients(credentials.AccessKeyId, credentials.SecretAccessKey, credentials.SessionToken);
assert.equal((await session.sts.send(new GetCallerIdentityCommand({}))).Arn, assumed.Arn);
assert.deepEqual((await session.iam.send(new ListUsersCommand({}))).Users.map((user) => user.UserName), ["alice"]);
await refused(session.iam.send(new CreateUserCommand({ UserName: "eve" })), "AccessDenied", 403);

await root.iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: "box" }));
await root.iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: "box", RoleName: "job" }));
const token = await asAlice.sts.send(new GetSessionTokenCommand({ DurationSeconds: 900 }));
assert.match(token.Credentials.AccessKeyId, /^ASIA/);
assert.equal((await root.sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: key.AccessKeyId }))).Account, account);

for (let number = 0; number < 5; number++) await root.iam.send(new CreateUserCommand({ UserName: `user${number}` }));
const pages = [];
for await (const page of paginateListUsers({ client: root.iam, pageSize: 4 }, {})) pages.push(page.Users.length);
assert.deepEqual(pages, [4, 2]);

// The endpoint may have a path.
const pathed = new STSClient({ endpoint: `${endpoint}/sts/path`, region: "us-east-1",
                               credentials: { accessKeyId: "test", secretAccessKey: "test" } });
assert.equal((await pathed.send(new GetCallerIdentityCommand({}))).Account, account);

const { version: sdk } = createRequire(import.meta.url)("@aws-sdk/client-iam/package.json");
console.log(`JavaScript SDK ${sdk}: done`);
