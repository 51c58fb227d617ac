// Values for the arguments of both graphs, by the name of the argument: such as there are rows for, such as there are none
// for, and such as are refused while the document runs.

const MANY = Array.from({ length: 501 }, (_, nth) => String(nth));
const BOOK = { title: "T", author: "A", description: "D", genre: "g", price: 1.5, quantity: 1 };
const CUSTOMER = { name: "N", phone: "1", address: "A", city: "C", state: "PA", zipcode: "1" };
const BOOK_INPUTS = [
  { ...BOOK, isbn: "979-2" },
  { ...BOOK, isbn: "979-77" },
  { ...BOOK, isbn: "", quantity: -1 },
  { ...BOOK, isbn: "979-77", price: "0" },
];
const CUSTOMER_INPUTS = [
  { ...CUSTOMER, userId: "customer2@example.com" },
  { ...CUSTOMER, userId: "keyed@example.com", address2: null },
  { ...CUSTOMER, userId: "nobody", state: "XX" },
];

/**
 * The values that an argument of a graph can be given. No mutation of them changes a row: they are refused, or they
 * repeat what was done under the same idempotency key.
 */
export function candidates(service, cursors) {
  const pages = {
    first: [0, 1, 2, 3, 2, 1, 5, null, -1, 1001],
    last: [0, 1, 2, 4, null, null, -2],
    after: [...cursors, null, "no cursor"],
    before: [...cursors, null, null],
    ifVersion: [["1"], ["1", "2"], "7", null, [], MANY],
    idempotencyKey: ["the-key", null, "", "another-key"],
    name: ["Query", "Nothing", "PageInfo", ...(service === "books" ? ["Book", "BookOrder"] : ["Customer", "CustomerInput"])],
    includeDeprecated: [true, false],
  };
  const books = {
    isbn: ["9790", "979-1", "979 2", "", "9793", "none"],
    isbns: [["979-1", "9799", "9790"], [], "9790", ["9791", "9791"], ["x"], MANY],
    filter: [{}, { genre: "non-fiction" }, { priceFrom: 2, inStock: true }, { priceTo: "x" }, { text: "volume" }, null],
    orderBy: ["ISBN_DESC", "TITLE_ASC", "PRICE_ASC", null],
    input: BOOK_INPUTS,
    representations: [
      [{ __typename: "Book", isbn: "9790" }, { __typename: "Book", isbn: "9" }],
      [{ __typename: "Book" }],
      [{ __typename: "Nothing", isbn: "9790" }],
      [],
    ],
  };
  const customers = {
    id: ["1", 2, 1, "x", "99"],
    ids: [["1", "9", "2"], [1], 2, [], ["x"], MANY],
    userId: ["customer1@example.com", "nobody@example.com", "no address", ""],
    userIds: [["customer1@example.com", "no address", "CUSTOMER2@example.com"], ["x", "y"], "customer0@example.com"],
    input: CUSTOMER_INPUTS,
    representations: [[{ __typename: "Customer", id: "1" }, { __typename: "Customer", id: "77" }], [{ __typename: "Customer" }]],
  };
  // Nothing is removed: what is there has another version.
  const whole = {
    deleteBook: [{ isbn: "979-1", ifVersion: ["1"] }, { isbn: "9" }, { isbn: "", ifVersion: MANY }],
    deleteCustomer: [{ id: "1", ifVersion: ["1"] }, { id: 99 }, { id: "x", ifVersion: MANY }],
  };
  return { ...pages, ...(service === "books" ? books : customers), whole };
}

/** Makes what the mutations repeat: a row for each graph, stored under an idempotency key. */
export async function prepare(service, name) {
  if (name === "books") {
    const mutation = "mutation($i: BookInput!) { createBook(input: $i, idempotencyKey: \"the-key\") { __typename } }";
    await service.data(mutation, { i: { ...BOOK, isbn: "979-77" } });
  } else {
    const mutation = "mutation($i: CustomerInput!) { createCustomer(input: $i, idempotencyKey: \"the-key\") { __typename } }";
    await service.data(mutation, { i: { ...CUSTOMER, userId: "keyed@example.com", address2: null } });
  }
}
