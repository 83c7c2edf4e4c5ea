"use strict";

const { IamlocalError } = require("./error");
const { optionalDependencies } = require("../package.json");

/** The path of the program: the one that is named, else that of the variable, else that of the platform's package. */
function getProgram(named = process.env.IAMLOCAL_PROGRAM) {
  if (named) return named;
  const platform = `@iamlocal/${process.platform}-${process.arch}`;
  try {
    return require.resolve(`${platform}/bin/iamlocal`);
  } catch (cause) {
    const known = Object.keys(optionalDependencies);
    const message = known.includes(platform)
      ? `${platform} is not installed, which has the program: npm leaves it out where optional dependencies are left out (--omit=optional)`
      : `there is no program for ${process.platform} on ${process.arch}, only ${known.join(", ")}`;
    throw new IamlocalError(`${message}; IAMLOCAL_PROGRAM may name one`, { cause });
  }
}

/** The environment for it. It refuses variables that begin with IAMLOCAL_ and are no settings. */
function environmentOf(variables) {
  const { IAMLOCAL_PROGRAM, NOTIFY_SOCKET, ...kept } = { ...process.env, ...variables };
  return kept;
}

module.exports = { getProgram, environmentOf };
