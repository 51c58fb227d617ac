// The REST BFF over either GraphQL service: web and mobile shapes.

import { Pool } from "undici";

import { inWorkers, listen, makeApp, problem, requireToken, setting } from "./shared.mjs";

const BOOK = "ISBN: isbn title Author: author description genre price quantity";
const MOBILE_CUSTOMER = "id userId name phone";
const CUSTOMER = `${MOBILE_CUSTOMER} address address2 city state zipcode`;

const ONE_BOOK = `query Book($isbn: ID!) { found: book(isbn: $isbn) { ${BOOK} } }`;
const BOOKS = `query Books($first: Int, $after: ID) {
  books(first: $first, after: $after) { nodes { ${BOOK} } hasNextPage }
}`;
const UPDATE_BOOK = `mutation UpdateBook($isbn: ID!, $book: BookInput!) {
  found: updateBook(isbn: $isbn, book: $book) { ${BOOK} }
}`;
const WEB_CUSTOMER_BY_ID = `query Customer($id: Int!) { found: customer(id: $id) { ${CUSTOMER} } }`;
const MOBILE_CUSTOMER_BY_ID = `query Customer($id: Int!) { found: customer(id: $id) { ${MOBILE_CUSTOMER} } }`;

const text = { type: "string" };
const book = {
  type: "object",
  properties: {
    ISBN: text,
    title: text,
    Author: text,
    description: text,
    genre: text,
    price: { type: "number" },
    quantity: { type: "integer" },
  },
};
const bookBody = { ...book, required: Object.keys(book.properties), additionalProperties: false };
const customer = {
  type: "object",
  properties: {
    ...{ id: { type: "integer" }, userId: text, name: text, phone: text },
    ...{ address: text, address2: { type: "string", nullable: true }, city: text, state: text, zipcode: text },
  },
};

const upstream = new Pool(setting("SERVICE_URL"), { connections: 64, headersTimeout: 10_000, bodyTimeout: 10_000 });

/** The data that a document brings; throws what the client may know as `{ status, message }`. */
async function ask(request, query, variables) {
  const { body } = await upstream.request({
    method: "POST",
    path: "/graphql",
    headers: { "content-type": "application/json", authorization: request.headers.authorization },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await body.json();
  if (!errors) return data;
  if (errors[0].extensions?.code === "BAD_USER_INPUT") throw { status: 400, message: errors[0].message };
  request.log.error({ errors }, "the call failed");
  throw { status: 502, message: "Something went wrong on our side." };
}

async function clientType(request, reply) {
  const type = String(request.headers["x-client-type"] ?? "").toLowerCase();
  if (type !== "web" && type !== "ios" && type !== "android") {
    return problem(reply, 400, "X-Client-Type must be Web, iOS or Android.");
  }
  request.mobile = type !== "web";
}

/** A book as the client knows it: the mobile apps have `non-fiction` by a code. */
function shown(request, one) {
  if (request.mobile && one.genre === "non-fiction") one.genre = "3";
  return one;
}

async function books(request, reply) {
  const { limit, after } = request.query;
  const { nodes, hasNextPage } = (await ask(request, BOOKS, { first: limit, after })).books;
  if (hasNextPage) reply.header("link", `</books?limit=${limit}&after=${nodes.at(-1).ISBN}>; rel="next"`);
  return request.mobile ? nodes.map((one) => shown(request, one)) : nodes;
}

async function oneBook(request, reply) {
  const { isbn } = request.params;
  const { found } = await ask(request, ONE_BOOK, { isbn });
  return found ? shown(request, found) : problem(reply, 404, `There is no book with the ISBN ${isbn}.`);
}

async function replaceBook(request, reply) {
  const { isbn } = request.params;
  const { ISBN, Author, ...rest } = request.body;
  const { found } = await ask(request, UPDATE_BOOK, { isbn, book: { isbn: ISBN, author: Author, ...rest } });
  return found ? shown(request, found) : problem(reply, 404, `There is no book with the ISBN ${isbn}.`);
}

async function oneCustomer(request, reply) {
  const { id } = request.params;
  const { found } = await ask(request, request.mobile ? MOBILE_CUSTOMER_BY_ID : WEB_CUSTOMER_BY_ID, { id });
  return found ?? problem(reply, 404, `There is no customer with the number ${id}.`);
}

const paging = { type: "object", properties: { limit: { type: "integer", minimum: 1, maximum: 1000 }, after: text } };
const byId = { type: "object", properties: { id: { type: "integer" } } };

inWorkers(async () => {
  const app = makeApp();
  app.decorateRequest("mobile", false);
  app.setErrorHandler((error, request, reply) => {
    const status = error.status ?? error.statusCode ?? 500;
    if (status >= 500) request.log.error(error);
    return problem(reply, status, status < 500 ? error.message : "Something went wrong on our side.");
  });
  app.register(async (api) => {
    api.addHook("onRequest", clientType);
    api.addHook("onRequest", requireToken);
    api.get("/books", { schema: { querystring: paging, response: { 200: { type: "array", items: book } } } }, books);
    api.get("/books/:isbn", { schema: { response: { 200: book } } }, oneBook);
    api.put("/books/:isbn", { schema: { body: bookBody, response: { 200: book } } }, replaceBook);
    api.get("/customers/:id", { schema: { params: byId, response: { 200: customer } } }, oneCustomer);
  });
  await listen(app);
});
