// Creates a user, and tells how many attempts that took.
import { IAMClient, CreateUserCommand } from "@aws-sdk/client-iam";

const iam = new IAMClient({ endpoint: process.env.ENDPOINT, region: "us-east-1", maxAttempts: 5,
                            credentials: { accessKeyId: "test", secretAccessKey: "test" } });
const { User, $metadata } = await iam.send(new CreateUserCommand({ UserName: "alice" }));
console.log(JSON.stringify({ user: User.UserName, attempts: $metadata.attempts }));
