// The graph of both GraphQL services: schema, resolvers, and loaders over MySQL.

import DataLoader from "dataloader";
import mysql from "mysql2/promise";

import { WORKERS, setting } from "./shared.mjs";

export const typeDefs = `
  type Book {
    isbn: ID!
    title: String!
    author: String!
    description: String!
    genre: String!
    price: Float!
    quantity: Int!
  }
  type BookPage {
    nodes: [Book!]!
    hasNextPage: Boolean!
  }
  type Customer {
    id: Int!
    userId: String!
    name: String!
    phone: String!
    address: String!
    address2: String
    city: String!
    state: String!
    zipcode: String!
  }
  input BookInput {
    isbn: ID!
    title: String!
    author: String!
    description: String!
    genre: String!
    price: Float!
    quantity: Int!
  }
  type Query {
    book(isbn: ID!): Book
    books(first: Int, after: ID): BookPage!
    customer(id: Int!): Customer
  }
  type Mutation {
    updateBook(isbn: ID!, book: BookInput!): Book
  }
`;

const pool = mysql.createPool({
  uri: setting("DATABASE_URL"),
  connectionLimit: Math.max(1, Math.floor(Number(setting("POOL_SIZE")) / WORKERS)),
  decimalNumbers: true,
});

const BOOK = "isbn, title, author, description, genre, price, quantity";
const CUSTOMER = "id, user_id AS userId, name, phone, address, address2, city, state, zipcode";

/** A loader of rows by their key: the keys of one request, by one statement. */
function loader(table, columns, key) {
  return new DataLoader(async (keys) => {
    const places = keys.map(() => "?").join(", ");
    const [rows] = await pool.execute(`SELECT ${columns} FROM ${table} WHERE ${key} IN (${places})`, keys);
    const found = new Map(rows.map((row) => [row[key], row]));
    return keys.map((one) => found.get(one) ?? null);
  });
}

/** What each request gets anew. */
export function makeContext() {
  return { books: loader("books", BOOK, "isbn"), customers: loader("customers", CUSTOMER, "id") };
}

async function books(first, after) {
  if (first == null) {
    const [nodes] = await pool.execute(`SELECT ${BOOK} FROM books ORDER BY isbn`);
    return { nodes, hasNextPage: false };
  }
  const page = `SELECT ${BOOK} FROM books WHERE isbn > ? ORDER BY isbn LIMIT ?`;
  const [rows] = await pool.execute(page, [after ?? "", String(first + 1)]);
  return { nodes: rows.slice(0, first), hasNextPage: rows.length > first };
}

function fault(isbn, book) {
  const texts = ["isbn", "title", "author", "description", "genre"];
  if (texts.some((name) => book[name].trim() === "")) return "no text may be empty";
  if (book.isbn !== isbn) return "the ISBN is another one";
  if (!(book.price > 0) || Math.abs(book.price * 100 - Math.round(book.price * 100)) > 1e-6) return "price";
  return book.quantity < 0 ? "quantity" : null;
}

async function updateBook(isbn, book) {
  const wrong = fault(isbn, book);
  if (wrong) throw Object.assign(new Error(wrong), { extensions: { code: "BAD_USER_INPUT" } });
  const [{ affectedRows }] = await pool.execute(
    "UPDATE books SET title = ?, author = ?, description = ?, genre = ?, price = ?, quantity = ? WHERE isbn = ?",
    [book.title, book.author, book.description, book.genre, book.price, book.quantity, isbn],
  );
  return affectedRows === 0 ? null : book;
}

export const resolvers = {
  Query: {
    book: (_, { isbn }, context) => context.books.load(isbn),
    books: (_, { first, after }) => books(first, after),
    customer: (_, { id }, context) => context.customers.load(id),
  },
  Mutation: { updateBook: (_, { isbn, book }) => updateBook(isbn, book) },
};
