// Asks a service random documents, valid and broken, and compares each answer with the one of graphql-js over the same rows:
// data, the order of fields, the paths of errors, and what is refused.
//
//     npm install --no-save graphql@16.15.0
//     node deploy/conformance/random.mjs books http://127.0.0.1:3001/graphql "$TOKEN" 20000 7 documents.jsonl .
//
// The arguments: the service, its address, a token, how many documents, the seed, a file for the documents and what came of
// them, and the folder in which npm was run. The service needs the rows of services/bookstore/tests/it/conformance.rs.

import { createWriteStream } from "node:fs";
import { broken } from "./broken.mjs";
import { Chance } from "./chance.mjs";
import { answered, expected, same } from "./compare.mjs";
import { Generator } from "./generate.mjs";
import { Reference } from "./reference.mjs";
import { load, Service, toJson } from "./service.mjs";
import { smallest } from "./shrink.mjs";
import { candidates, prepare } from "./values.mjs";

const [name, url, token, count, seed, file, folder] = process.argv.slice(2);
if (!folder) {
  console.error("usage: node random.mjs <service> <URL> <token> <count> <seed> <file> <folder of node_modules>");
  process.exit(64);
}
const require = load(folder);
const graphql = { ...require("graphql"), ...require("graphql/language") };
const service = new Service(url, token);

/** The schema as the service itself tells it. */
async function schemaOf(service) {
  const introspected = await service.data(graphql.getIntrospectionQuery());
  // What built-in scalars are described with is left to the service.
  for (const { name, description } of introspected.__schema.types) {
    const builtIn = graphql.specifiedScalarTypes.find((scalar) => scalar.name === name);
    Object.assign(builtIn ?? {}, { description });
  }
  return graphql.buildSchema(graphql.printSchema(graphql.buildClientSchema(introspected)));
}

/** What graphql-js makes of a request, and what the service does. */
async function both(request) {
  const { document, code, errors } = reference.check(request.query);
  const right = document ? expected(await reference.run(request, document)) : { refused: code, message: errors[0].message };
  return [right, answered(await service.ask(request))];
}

/** In which way the two differ, if they do, and not only because a document costs more than it may. */
function difference(right, found) {
  const differs = found.refused !== "DOCUMENT_TOO_COSTLY" && !same(right, found);
  return differs ? `${right.refused} ${found.refused} ${found.fault !== undefined}` : undefined;
}

const schema = await schemaOf(service);
const reference = new Reference(graphql, schema, service);
await prepare(service, name);
const { edges } = (await service.data(`{ list: ${name}(first: 4) { edges { cursor } } }`)).list;
const values = candidates(name, edges.map(({ cursor }) => cursor));
const documents = createWriteStream(file);
const met = { answered: 0, withErrors: 0, refused: 0, tooCostly: 0 };

for (let nth = 0; nth < Number(count); nth += 1) {
  const chance = new Chance(Number(seed) * 1_000_003 + nth);
  const whole = new Generator(graphql, schema, values, chance).request();
  const request = chance.often(0.25) ? broken(graphql, whole, chance) : whole;
  const [right, found] = await both(request);
  documents.write(`${JSON.stringify({ query: request.query, refused: found.refused ?? null, message: found.message })}\n`);
  if (found.refused === "DOCUMENT_TOO_COSTLY") {
    met.tooCostly += 1;
  } else if (!same(right, found)) {
    const way = difference(right, found);
    const least = await smallest(graphql, request, async (smaller) => difference(...(await both(smaller))) === way);
    const [wanted, got] = await both(least);
    console.log(`document ${nth} of seed ${seed} differs; the least of it that does:\n${toJson(least)}\n${least.query}`);
    const shown = (outcome) => JSON.stringify(outcome).slice(0, 3000);
    console.log(`graphql-js: ${shown(wanted)}\nthe service: ${shown(got)}`);
    process.exit(1);
  } else {
    met[found.refused ? "refused" : found.messages.length > 0 ? "withErrors" : "answered"] += 1;
  }
}
await new Promise((done) => documents.end(done));
if (met.answered < count / 5 || met.withErrors < count / 20 || met.refused < count / 10 || met.tooCostly > count / 6) {
  console.log(`${name}: too few documents of a kind to say anything: ${JSON.stringify(met)}`);
  process.exit(1);
}
console.log(`${name}: ${count} documents of seed ${seed} agree with graphql-js: ${JSON.stringify(met)}`);
