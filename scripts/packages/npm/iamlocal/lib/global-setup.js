"use strict";

const { start } = require("./iamlocal");

/**
 * A function for `globalSetup` of Jest, Vitest and Playwright: one server for all tests, which find it by the variables
 * of the environment, and connect() by the same. Vitest and Playwright call what it returns when all is done; with Jest
 * the server ends with Jest.
 */
function globalSetup(options = {}) {
  return async () => {
    const iam = await start(options);
    // A profile would count more than the key.
    for (const name of ["AWS_PROFILE", "AWS_SESSION_TOKEN"]) delete process.env[name];
    Object.assign(process.env, iam.env());
    return () => iam.stop();
  };
}

module.exports = { globalSetup };
