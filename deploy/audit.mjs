// Holds a GraphQL endpoint to the audits of GraphQL over HTTP in the npm package `graphql-http`:
//
//     npm install --no-save graphql-http@1.23.1 graphql@16.15.0
//     node deploy/audit.mjs http://127.0.0.1:3001/graphql "$TOKEN" .
//
// The last argument is the folder in which npm was run. Prints each audit that is not ok, and how many are.

import { createRequire } from "node:module";
import { resolve } from "node:path";

const [url, token, folder] = process.argv.slice(2);
if (!folder) {
  console.error("usage: node audit.mjs <URL> <token> <folder of node_modules>");
  process.exit(64);
}
const { serverAudits } = createRequire(resolve(folder, "package.json"))("graphql-http");

/** Fetches what an audit asks for, with the token that the endpoint wants. */
function fetchFn(target, request = {}) {
  return fetch(target, { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } });
}

/** The result of one audit, also when there was no answer. */
async function run(audit) {
  try {
    return await audit.fn();
  } catch (error) {
    return { status: "error", reason: `${error.message} (${error.cause ?? "no cause"})` };
  }
}

const audits = serverAudits({ url, fetchFn });
let passed = 0;
for (const audit of audits) {
  const { status, reason } = await run(audit);
  if (status === "ok") {
    passed += 1;
  } else {
    console.log(`${audit.id} ${audit.name}: ${status}: ${reason}`);
  }
}
console.log(`${passed} of ${audits.length} audits passed`);
process.exitCode = passed === audits.length ? 0 : 1;
