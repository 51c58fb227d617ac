// Generates the TypeScript types of both clients' documents with graphql-codegen, from the graphs that the
// services give, and holds them to what the clients are to get.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { headers, load, root, services, tools } from "./services.mjs";

const { generate } = load("@graphql-codegen/cli");
const ts = load("typescript");

const out = resolve(tools, "generated");

/** What the types must say; `@ts-expect-error` is an error where there is none. */
const EXPECTED = `
import type { BooksByIsbnQuery, CreateBookMutationVariables } from "./bff-web-books";
import type { CustomersByIdQuery as WebCustomers } from "./bff-web-customers";
import type { CustomersByIdQuery as MobileCustomers } from "./bff-mobile-customers";

type Found<Q extends { found: ReadonlyArray<unknown> }> = NonNullable<Q["found"][number]>;

export const book: Found<BooksByIsbnQuery> = {
  version: "1", ISBN: "1", title: "T", Author: "A", description: "D", genre: "G", price: 1.5, quantity: 1,
};
export const price: number = book.price;
// @ts-expect-error a quantity is a number
export const quantity: string = book.quantity;
// @ts-expect-error a book that is created has all its fields
export const created: CreateBookMutationVariables = { book: { isbn: "1" } };

const brief = { version: "1", id: "1", userId: "a@b.c", name: "N", phone: "P" };
const whole = { ...brief, address: "A", address2: null, city: "C", state: "PA", zipcode: "15213" };
export const mobile: Found<MobileCustomers> = brief;
export const web: Found<WebCustomers> = whole;
// @ts-expect-error mobile gets no address
export const address = mobile.address;
// @ts-expect-error the web gets one
export const without: Found<WebCustomers> = brief;
`;

/** A file of types for what each client asks of each graph. */
function outputs() {
  const config = { scalars: { Decimal: "number", ID: "string", _Any: "unknown" }, strictScalars: true };
  const plugins = ["typescript", "typescript-operations"];
  const files = {};
  for (const [service, url] of Object.entries(services)) {
    for (const client of ["bff-web", "bff-mobile"]) {
      const schema = [{ [url]: { headers } }];
      const folder = resolve(root, client, "documents");
      const documents = [resolve(folder, service, "*.graphql")];
      // What all mutations share fits no graph of which a client only reads.
      const asked = readdirSync(resolve(folder, service)).map((file) => readFileSync(resolve(folder, service, file), "utf8"));
      if (asked.some((text) => text.includes("...Refused"))) documents.push(resolve(folder, "fragments.graphql"));
      files[resolve(out, `${client}-${service}.ts`)] = { schema, documents, plugins, config };
    }
  }
  return files;
}

/** What the compiler has against the files. */
function compile(files) {
  const { ES2022: target } = ts.ScriptTarget;
  const { ES2022: module } = ts.ModuleKind;
  const { Bundler: moduleResolution } = ts.ModuleResolutionKind;
  const options = { strict: true, noEmit: true, types: [], target, module, moduleResolution };
  const found = ts.getPreEmitDiagnostics(ts.createProgram(files, options));
  return ts.formatDiagnostics(found, {
    getCurrentDirectory: () => out,
    getCanonicalFileName: (name) => name,
    getNewLine: () => "\n",
  });
}

mkdirSync(out, { recursive: true });
const files = await generate({ generates: outputs(), cwd: tools, silent: true }, true);
assert.equal(files.length, 2 * Object.keys(services).length, "graphql-codegen made other files than it should");
writeFileSync(resolve(out, "expected.ts"), EXPECTED);
const complaints = compile([...files.map(({ filename }) => filename), resolve(out, "expected.ts")]);
assert.equal(complaints, "", `the types are not as expected:\n${complaints}`);
console.log("the types of both clients compile and are as expected");
