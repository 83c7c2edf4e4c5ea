"use strict";

const fs = require("node:fs/promises");

/** Whether it names a file or a folder. A string that has a line break or begins with `{` is the text of a seed. */
function isPath(seed) {
  return typeof seed === "string" && !seed.includes("\n") && !seed.startsWith("{");
}

/** The seed as the server takes it: YAML or JSON. */
async function textOf(seed) {
  if (isPath(seed)) return fs.readFile(seed, "utf8");
  return typeof seed === "string" ? seed : JSON.stringify(seed);
}

module.exports = { isPath, textOf };
