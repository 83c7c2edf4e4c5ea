import iamlocal = require("iamlocal");

async function main(): Promise<string> {
  const iam: iamlocal.Iamlocal = await iamlocal.start();
  await iam.stop();
  return iam.endpoint;
}
main();
