// Composes the services with another graph that refers to their entities, and asks all at once through
// Apollo's gateway. That one is only here: baskets, which know a book by its ISBN and a customer by its number.

import assert from "node:assert/strict";
import { ask, headers, load, services } from "./services.mjs";

const { ApolloGateway, LocalGraphQLDataSource, RemoteGraphQLDataSource } = load("@apollo/gateway");
const { buildSchema, graphql, parse } = load("graphql");
const { composeServices } = load("@theguild/federation-composition");

const ORDERS = `
  type Query { basket: Basket }
  type Basket { book: Book customer: Customer }
  type Book { isbn: String! }
  type Customer { id: ID! }
`;
const BASKETS_SUBGRAPH = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key"])
  ${ORDERS.replace(/(type (Book|Customer)) { (\w+)/g, '$1 @key(fields: "$3", resolvable: false) { $3')}
`;

/** Another graph, which has one basket. */
class Baskets extends LocalGraphQLDataSource {
  constructor(isbn, id) {
    super(buildSchema(ORDERS));
    this.basket = { book: { isbn }, customer: { id } };
  }

  async process({ request }) {
    const rootValue = { basket: this.basket };
    return graphql({ schema: this.schema, source: request.query, variableValues: request.variables, rootValue });
  }
}

/** One of the services; it wants a token. */
class Service extends RemoteGraphQLDataSource {
  willSendRequest({ request }) {
    request.http.headers.set("authorization", headers.authorization);
  }
}

/** The supergraph of the graphs that the services say they have. */
async function compose() {
  const sdl = async (service) => (await ask(service, "{ _service { sdl } }"))._service.sdl;
  const graphs = [{ name: "baskets", typeDefs: parse(BASKETS_SUBGRAPH), url: "local:baskets" }];
  for (const [name, url] of Object.entries(services)) {
    graphs.push({ name, url, typeDefs: parse(await sdl(name)) });
  }
  const { errors, supergraphSdl } = composeServices(graphs);
  assert.deepEqual((errors ?? []).map((error) => error.message), [], "the graphs do not compose");
  return supergraphSdl;
}

/** Asks the supergraph, and gives the data. */
async function askAll(supergraphSdl, baskets, query) {
  const logger = { debug() {}, info() {}, warn: console.warn, error: console.error };
  const buildService = ({ name, url }) => (name === "baskets" ? baskets : new Service({ url }));
  const gateway = new ApolloGateway({ supergraphSdl, buildService, logger });
  const { executor, schema } = await gateway.load();
  const document = parse(query);
  const operation = document.definitions[0];
  const request = { query, variables: {} };
  const more = { schema, logger, queryHash: query, context: {} };
  const { data, errors } = await executor({ request, document, operation, ...more });
  await gateway.stop();
  assert.equal(errors, undefined, JSON.stringify(errors));
  return JSON.parse(JSON.stringify(data));
}

const book = (await ask("books", "{ books(first: 1) { nodes { isbn title price } } }")).books.nodes[0];
const customer = (await ask("customers", "{ customers(first: 1) { nodes { id name } } }")).customers.nodes[0];
// Through that other graph, which makes the gateway ask for `_entities`, and directly.
const answer = await askAll(
  await compose(),
  new Baskets(book.isbn, customer.id),
  `{ basket { book { title price rating } customer { name } }
     book(isbn: "${book.isbn}") { title rating ratings reviews(first: 1) { nodes { stars author } } }
     customer(id: "${customer.id}") { name } }`,
);
assert.deepEqual(answer, {
  basket: { book: { title: book.title, price: book.price, rating: 4 }, customer: { name: customer.name } },
  book: { title: book.title, rating: 4, ratings: 1, reviews: { nodes: [{ stars: 4, author: "starlord" }] } },
  customer: { name: customer.name },
});
console.log("one query through the gateway got a book, its reviews and a customer, both ways");
