// What the scripts here share: the services, and the packages in the folder where npm was run, the last argument.
// The versions that the tests use are in services/bookstore/tests/it/schema_tools.rs.
//
//     npm install --no-save <the packages that a script loads>
//     SERVICES="http://127.0.0.1:3001/graphql http://127.0.0.1:3002/graphql http://127.0.0.1:3003/graphql"
//     SERVICES="$SERVICES http://127.0.0.1:3004/graphql http://127.0.0.1:3005/graphql http://127.0.0.1:3006/graphql http://127.0.0.1:3008/graphql"
//     node deploy/schema-tools/supergraph.mjs $SERVICES "$TOKEN" .

import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const [books, customers, accounts, orders, payments, delivery, reviews, token, folder] = process.argv.slice(2);
if (!folder) {
  console.error("usage: node <script> <URL of books> <URL of customers> <URL of accounts> <URL of orders> <URL of payments> <URL of delivery> <URL of reviews> <token> <folder of node_modules>");
  process.exit(64);
}

/** The folder in which npm was run. */
export const tools = resolve(folder);
/** The folder of the repository. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
/** Loads a package from the folder in which npm was run. */
export const load = createRequire(resolve(tools, "package.json"));
/** Where the services are. */
export const services = { books, customers, accounts, orders, payments, delivery, reviews };
/** What a service must be sent. */
export const headers = { authorization: `Bearer ${token}` };

/** Asks a service, and gives the data. */
export async function ask(service, query, variables = {}) {
  const response = await fetch(services[service], {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors || !data) {
    throw new Error(`${service} answered ${response.status}: ${JSON.stringify(errors)}`);
  }
  return data;
}
