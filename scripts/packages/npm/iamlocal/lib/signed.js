"use strict";

const { createHash, createHmac } = require("node:crypto");
const { IamlocalError } = require("./error");
const { send } = require("./request");

const VERSIONS = { iam: "2010-05-08", sts: "2011-06-15" };
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const hmac = (key, text) => createHmac("sha256", key).update(text).digest();

/** The headers of a POST to / with that form, signed by AWS's Signature Version 4. */
function sign(url, region, credentials, service, form, now) {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const headers = { "content-type": "application/x-www-form-urlencoded", host: url.host, "x-amz-date": time };
  if (credentials.sessionToken) headers["x-amz-security-token"] = credentials.sessionToken;
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join("");
  const request = ["POST", "/", "", lines, names.join(";"), sha256(form)].join("\n");
  const scope = [time.slice(0, 8), region, service, "aws4_request"];
  const key = scope.reduce(hmac, `AWS4${credentials.secretAccessKey}`);
  const signature = hmac(key, ["AWS4-HMAC-SHA256", time, scope.join("/"), sha256(request)].join("\n")).toString("hex");
  headers.authorization =
    `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope.join("/")}, ` +
    `SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return headers;
}

/** The text of the first element of that name. */
function findElement(xml, name) {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return found?.replace(/&(\w+);/g, (entity, its) => ENTITIES[its] ?? entity);
}

/**
 * Calls an operation of IAM or STS, for the few that the API needs itself; programs have an SDK.
 *
 * @param wanted names of elements
 * @return their texts
 */
async function call({ endpoint, region, credentials, ca }, service, action, parameters, wanted) {
  const url = new URL("/", endpoint);
  const form = String(new URLSearchParams({ Action: action, Version: VERSIONS[service], ...parameters }));
  const headers = sign(url, service === "iam" ? "us-east-1" : region, credentials, service, form, new Date());
  const answer = await send("POST", url, form, { ca, headers });
  if (answer.status !== 200) {
    const code = findElement(answer.text, "Code") ?? answer.status;
    throw new IamlocalError(`${service}:${action}: ${code}: ${findElement(answer.text, "Message") ?? answer.text}`, {
      status: answer.status,
      code,
    });
  }
  return wanted.map((name) => findElement(answer.text, name));
}

module.exports = { call };
