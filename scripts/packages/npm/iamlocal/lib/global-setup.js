"use strict";

const { start } = require("./iamlocal");

// What would make clients somebody else, or let them ignore where the server is.
const ELSEWHERE = [
  "AWS_PROFILE",
  "AWS_DEFAULT_PROFILE",
  "AWS_SESSION_TOKEN",
  "AWS_SECURITY_TOKEN",
  "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
];

/**
 * A function for `globalSetup` of Jest, Vitest and Playwright: one server for all tests, which find it by the variables
 * of the environment, and connect() by the same. Vitest and Playwright call what it returns when all is done; with Jest
 * the server ends with Jest.
 */
function globalSetup(options = {}) {
  return async () => {
    const iam = await start(options);
    for (const name of ELSEWHERE) delete process.env[name];
    Object.assign(process.env, iam.env());
    return () => iam.stop();
  };
}

module.exports = { globalSetup };
