// Prints requests signed by the JavaScript SDK (v3) as JSON: what tests/unit/auth verifies and tampers with.
//
//     npm install --prefix DIR @aws-sdk/client-iam @aws-sdk/client-sts @smithy/signature-v4 @smithy/protocol-http \
//         @smithy/querystring-builder @aws-crypto/sha256-js
//     node tests/clients/sigv4_vectors.mjs DIR > tests/unit/auth/data/javascript.json
//
// The keys are AWS's documented examples. Requests of the clients are signed now, the others at a fixed time.
import { createRequire } from "node:module";
import { resolve } from "node:path";

const require = createRequire(resolve(process.argv[2] ?? ".") + "/");
const { SignatureV4 } = require("@smithy/signature-v4");
const { HttpRequest, HttpResponse } = require("@smithy/protocol-http");
const { buildQueryString } = require("@smithy/querystring-builder");
const { Sha256 } = require("@aws-crypto/sha256-js");
const sts = require("@aws-sdk/client-sts");
const iam = require("@aws-sdk/client-iam");

const accessKeyId = "AKIAIOSFODNN7EXAMPLE";
const secretAccessKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const token = "FwoGZXIvYXdzEXAMPLE//////////wEaDEXAMPLE+token/with=signs==";
const now = new Date(Date.UTC(2024, 1, 29, 23, 59, 58));
const host = "localhost:4566";

const cases = [];

function add(name, service, request, sessionToken) {
    const query = buildQueryString(request.query ?? {});
    // The user agent is not signed, and tells of the machine.
    const headers = Object.entries(request.headers).filter(([key]) => key.toLowerCase() !== "user-agent");
    if (!headers.some(([key]) => key.toLowerCase() === "host")) headers.push(["host", host]);
    cases.push({
        name, service,
        method: request.method,
        target: request.path + (query ? "?" + query : ""),
        headers,
        body: Buffer.from(request.body ?? "").toString("base64"),
        access_key_id: accessKeyId,
        secret: secretAccessKey,
        session_token: sessionToken ?? "",
    });
}

/** A call of the real client, caught where it would go to the network. */
async function call(name, service, Client, command, { path = "/", sessionToken } = {}) {
    const client = new Client({
        region: "eu-west-1",
        endpoint: `http://${host}${path}`,
        maxAttempts: 1,
        defaultUserAgentProvider: async () => [["aws-sdk-js", "3"], ["os/any"], ["lang/js"]],
        credentials: { accessKeyId, secretAccessKey, sessionToken },
        requestHandler: {
            handle: async (request) => {
                add(name, service, request, sessionToken);
                return { response: new HttpResponse({ statusCode: 200, headers: {}, body: Buffer.from("") }) };
            },
        },
    });
    try {
        await client.send(command);
    } catch {
        // The empty answer is not what the client expects.
    }
}

function signer(service, sessionToken) {
    return new SignatureV4({
        service, region: "eu-west-1", sha256: Sha256,
        credentials: { accessKeyId, secretAccessKey, sessionToken },
    });
}

/** Requests that the clients do not offer. */
async function sign(name, { method = "POST", path = "/", query = {}, headers = {}, body, sessionToken } = {}) {
    const request = new HttpRequest({
        method, protocol: "http:", hostname: "localhost", port: 4566, path, query, headers: { host, ...headers },
        body });
    add(name, "sts", await signer("sts", sessionToken).sign(request, { signingDate: now }), sessionToken);
}

async function presign(name, { path = "/", query = {}, headers = {}, expiresIn, sessionToken } = {}) {
    const request = new HttpRequest({
        method: "GET", protocol: "http:", hostname: "localhost", port: 4566, path,
        query: { Action: "GetCallerIdentity", Version: "2011-06-15", ...query }, headers: { host, ...headers } });
    const signed = await signer("sts", sessionToken).presign(request, { signingDate: now, expiresIn });
    add(name, "sts", signed, sessionToken);
}

await call("caller identity", "sts", sts.STSClient, new sts.GetCallerIdentityCommand({}));
await call("caller identity with a session token", "sts", sts.STSClient, new sts.GetCallerIdentityCommand({}),
           { sessionToken: token });
for (const path of ["/sts/path", "/sts/path/", "/a%20b//c/./d/"])
    await call(`endpoint ${path}`, "sts", sts.STSClient, new sts.GetCallerIdentityCommand({}), { path });
await call("parameters with spaces and signs", "iam", iam.IAMClient, new iam.CreateUserCommand({
    UserName: "a+b c=d&e'()!*", Path: "/x/~y/", Tags: [{ Key: "k 1", Value: "" }, { Key: "é", Value: "日本" }] }));
await call("an empty list", "iam", iam.IAMClient, new iam.CreateUserCommand({ UserName: "bob", Tags: [] }));

for (const path of ["/", "/a//b///c/", "/a/./b/../c", "/a/b/..", "/..", "/a%20b/%C3%BC/%2F", "/it's(~)*!/$&+,;=:@"])
    await sign(`path ${path}`, { path, body: "Action=GetCallerIdentity" });
await sign("query", {
    method: "GET", query: { Action: "GetCallerIdentity", "a b": ["2", "1", "é/'()*!~"], A: "", b: "+" } });
await sign("header values with white space", {
    headers: { "X-Spaces": "  a   b \t c  ", "X-Comma": "a , b" }, body: "x=1" });
await sign("a session token", { body: "x=1", sessionToken: token });
await sign("a body that is no text", { body: new Uint8Array(Array(256).keys()) });

await presign("presigned");
await presign("presigned for a minute", { expiresIn: 60 });
await presign("presigned with a session token", { sessionToken: token });
await presign("presigned for a cluster", { headers: { "x-k8s-aws-id": "my cluster" } });
await presign("presigned at a path", { path: "/sts//path/./x%20y/", query: { "x y": "é" } });
await presign("presigned with a hoisted header", { headers: { "x-amz-meta": "a b" } });

const version = require("@aws-sdk/client-sts/package.json").version;
process.stdout.write(JSON.stringify({ client: `JavaScript SDK ${version}`, cases }, null, 1) + "\n");
