// Reads the graph of each service as tools do, by introspection, and compares it with the committed one: with
// graphql-js, and with get-graphql-schema. Only what federation adds may differ.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { ask, headers, load, root, services } from "./services.mjs";

const { buildClientSchema, buildSchema, getIntrospectionQuery, lexicographicSortSchema } = load("graphql");
const { parse, print, printSchema, visit } = load("graphql");

const FEDERATION = ["Query._entities", "Query._service", "_Any", "_Entity", "_Service"];

/** A graph in one form, whatever the order it came in. */
function sorted(schema) {
  return printSchema(lexicographicSortSchema(schema));
}

/** A text without its line breaks: get-graphql-schema breaks the lines of long descriptions anew. */
function inOneLine(text) {
  return text.replace(/\s+/g, " ").replaceAll(' """', '"""').replaceAll('""" ', '"""');
}

/** A directive without descriptions of its arguments, which are not printed on our side. */
function withoutWords(directive) {
  return { ...directive, arguments: directive.arguments.map(({ description, ...argument }) => argument) };
}

/** A graph without what federation adds to it, all of which must be there, and without GraphQL's own directives. */
function withoutFederation(sdl) {
  const removed = [];
  const remove = (name) => {
    removed.push(name);
    return null;
  };
  const ofFederation = (node) => (node.name.value.startsWith("_") ? remove(node.name.value) : undefined);
  const query = (node) => {
    const fields = node.fields.filter(({ name }) => !name.value.startsWith("_") || remove(`Query.${name.value}`));
    return node.name.value === "Query" ? { ...node, fields } : ofFederation(node);
  };
  const rest = visit(parse(sdl), {
    ObjectTypeDefinition: query,
    ScalarTypeDefinition: ofFederation,
    UnionTypeDefinition: ofFederation,
    DirectiveDefinition: (node) => (node.name.value === "constraint" ? withoutWords(node) : null),
  });
  assert.deepEqual([...new Set(removed)].sort(), FEDERATION, "federation adds other things than it should");
  return buildSchema(print(rest));
}

for (const [service, url] of Object.entries(services)) {
  const committed = sorted(buildSchema(readFileSync(resolve(root, `graph/sdl/${service}.graphql`), "utf8")));
  const options = { inputValueDeprecation: true, specifiedByUrl: true, directiveIsRepeatable: true, oneOf: true };
  const introspected = printSchema(buildClientSchema(await ask(service, getIntrospectionQuery(options))));
  assert.equal(sorted(withoutFederation(introspected)), committed, `graphql-js reads another graph of ${service}`);

  const tool = load.resolve("get-graphql-schema/dist/index.js");
  const flags = [tool, "-h", `Authorization=${headers.authorization}`, url];
  const got = execFileSync(process.execPath, flags, { encoding: "utf8" });
  const read = inOneLine(sorted(withoutFederation(got)));
  assert.equal(read, inOneLine(committed), `get-graphql-schema reads another graph of ${service}`);
  console.log(`${service}: introspection gives the committed graph`);
}
