// One server for all tests of Jest, which its globalSetup has started: an account for each file.
const { CreateUserCommand, IAMClient, ListUsersCommand } = require("@aws-sdk/client-iam");
const { connect } = require("iamlocal");

let account, client, state;
beforeAll(async () => {
  const iam = await connect();
  account = await iam.account({ seed: "seed.yaml" });
  state = await account.snapshot();
  client = iam.explain(new IAMClient(account.clientConfig()));
});
beforeEach(() => state.restore());
afterAll(() => account.delete());

test.each([1, 2])("each test begins with the seed (%d)", async () => {
  jest.useFakeTimers();
  await state.restore();
  jest.useRealTimers();
  const { Users } = await client.send(new ListUsersCommand({}));
  expect(Users.map((user) => user.UserName)).toEqual(["app", "ci"]);
  await client.send(new CreateUserCommand({ UserName: "bob" }));
});
