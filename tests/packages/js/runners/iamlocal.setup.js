const { globalSetup } = require("iamlocal");

module.exports = globalSetup({ seed: "seed.yaml" });
