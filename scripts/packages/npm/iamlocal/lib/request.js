"use strict";

const http = require("node:http");
const https = require("node:https");
const { IamlocalError } = require("./error");

// A connection each: none is left open that would keep the process from ending.
const agents = { "http:": new http.Agent({ keepAlive: false }), "https:": new https.Agent({ keepAlive: false }) };

/** The answer's `status`, `type` and `text`. */
function send(method, url, body, { ca, headers = {} } = {}) {
  return new Promise((resolve, reject) => {
    const { request } = url.protocol === "https:" ? https : http;
    const size = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    const asked = request(url, { method, headers: { ...headers, ...size }, ca, agent: agents[url.protocol] }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (part) => (text += part));
      answer.on("error", reject);
      answer.on("end", () => resolve({ status: answer.statusCode, type: answer.headers["content-type"] ?? "", text }));
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

/**
 * Asks a server, and reads the answer: JSON, or text where it is text. What it refuses is an IamlocalError with `status`.
 *
 * @param query members that are undefined are left out
 * @param body a string as it is, anything else as JSON
 */
async function ask(endpoint, method, path, { query = {}, body, ca } = {}) {
  const url = new URL(path, endpoint);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  const sent = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  let answer;
  try {
    answer = await send(method, url, sent, { ca });
  } catch (cause) {
    throw new IamlocalError(`${method} ${url}: ${cause.message || cause.code}`, { cause });
  }
  const read = answer.type.startsWith("application/json") ? JSON.parse(answer.text) : answer.text;
  if (answer.status >= 300) {
    const said = read?.error ?? answer.text;
    throw new IamlocalError(`${method} ${url.pathname}: ${answer.status} ${said}`, { status: answer.status });
  }
  return read;
}

module.exports = { ask, send };
