// A server for one file of tests, while time stands still for everybody else.
const { GetCallerIdentityCommand, STSClient } = require("@aws-sdk/client-sts");
const { start } = require("iamlocal");

test("a server of its own", async () => {
  jest.useFakeTimers({ doNotFake: ["nextTick"] });
  const iam = await start();
  await iam.stop();
  jest.useRealTimers();
});

test("another one, that nobody stops", async () => {
  const iam = await start({ accountId: "777788889999" });
  const { Account } = await new STSClient(iam.clientConfig()).send(new GetCallerIdentityCommand({}));
  expect(Account).toBe("777788889999");
});
