// Uses the documentation page of a BFF as a person would, in a browser without a network: gives it a token,
// tries a call, and sees its answer.
//
//     npm install --no-save playwright-core@1.65.1
//     node deploy/docs.mjs http://127.0.0.1:8081/docs "$TOKEN" . 979-5-9000-0001-4
//
// The arguments after the address and the token: the folder in which npm was run, and the ISBN of a book. Chromium is Debian's: apt-get install chromium.

import assert from "node:assert/strict";

import { visit } from "./browser.mjs";

const [url, token, folder, isbn] = process.argv.slice(2);
if (!isbn) {
  console.error("usage: node docs.mjs <URL> <token> <folder of node_modules> <ISBN>");
  process.exit(64);
}

/** Fills the token into the dialog behind "Authorize". */
async function giveToken(page) {
  await page.getByRole("button", { name: "Authorize" }).first().click();
  const dialog = page.locator(".modal-ux");
  await dialog.locator("input").fill(token);
  await dialog.getByRole("button", { name: "Apply credentials" }).click();
  await dialog.getByText("Authorized").waitFor();
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await dialog.waitFor({ state: "detached" });
}

/** Opens the operation that reads a book, and tries it. */
async function readBook(page) {
  const operation = page.locator("#operations-books-readBook");
  await operation.getByRole("button", { name: "get /books/{ISBN}" }).first().click();
  await operation.getByPlaceholder("ISBN").fill(isbn);
  await operation.getByRole("button", { name: "Execute" }).click();
  const answer = operation.locator(".live-responses-table");
  await answer.locator("td.response-col_status").getByText("200").waitFor();
  return JSON.parse(await answer.locator(".highlight-code code").first().innerText());
}

await visit(folder, url, async (page) => {
  await page.getByRole("heading", { name: /^Bookstore for/ }).waitFor();
  await giveToken(page);
  const book = await readBook(page);
  assert.equal(book.ISBN, isbn);
  console.log(`the answer to a call: ${JSON.stringify(book)}`);
});
