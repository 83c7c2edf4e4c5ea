// The JavaScript SDK's web identity providers, as AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN and AWS_ENDPOINT_URL_STS have them.
// Prints who each of them is: node web_identity.mjs
import { readFileSync } from "node:fs";
import { fromTokenFile, fromWebToken } from "@aws-sdk/credential-provider-web-identity";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

const who = async (credentials) => {
  const client = new STSClient({ region: "eu-central-1", maxAttempts: 1, ...(credentials ? { credentials } : {}) });
  return (await client.send(new GetCallerIdentityCommand({}))).Arn;
};
const found = { chain: await who(), fromTokenFile: await who(fromTokenFile()) };
found.fromWebToken = await who(fromWebToken({
  roleArn: process.env.AWS_ROLE_ARN, roleSessionName: "web-token", durationSeconds: 900,
  webIdentityToken: readFileSync(process.env.AWS_WEB_IDENTITY_TOKEN_FILE, "ascii") }));
try {
  await who(fromWebToken({ roleArn: process.env.AWS_ROLE_ARN, roleSessionName: "forged", webIdentityToken: "e30.e30.e30" }));
} catch (error) {
  found.refused = error.name;
}
console.log(JSON.stringify(found));
