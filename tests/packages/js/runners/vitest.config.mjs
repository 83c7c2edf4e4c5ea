export default { test: { globalSetup: "./iamlocal.setup.mjs", include: ["vitest.test.mjs"] } };
