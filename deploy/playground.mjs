// Uses the playground of a service as a person would, in a browser without a network: gives it a token, runs the
// first example, completes the name of a field, and reads the description of a list in the docs explorer.
//
//     npm install --no-save playwright-core@1.65.1
//     node deploy/playground.mjs http://127.0.0.1:3001/graphql "$TOKEN" . books title [picture.png]
//
// The arguments after the address and the token: the folder in which npm was run, a list of the service, a field
// of what is in it, and where to put a picture. Chromium is Debian's: apt-get install chromium.

import assert from "node:assert/strict";

import { visit } from "./browser.mjs";

const [url, token, folder, list, field, picture] = process.argv.slice(2);
if (!field) {
  console.error("usage: node playground.mjs <URL> <token> <folder of node_modules> <list> <field> [<picture>]");
  process.exit(64);
}

const answer = (page) => page.locator(".result-window .CodeMirror-code");
const written = (page) => page.locator(".graphiql-query-editor .CodeMirror").evaluate((it) => it.CodeMirror.getValue());

/** Runs what is in the editor, and waits until the answer says `text`. */
async function runUntil(page, text) {
  await page.getByRole("button", { name: /^Execute query/ }).click();
  await answer(page).getByText(text).first().waitFor();
}

async function giveToken(page) {
  await page.getByText("Paste a token here to begin.").waitFor();
  await page.getByLabel("Token").fill(token);
  await page.getByText("Paste a token here to begin.").waitFor({ state: "detached" });
}

/** Types a query but for the end of the last name, and takes what is offered for it. */
async function completeField(page) {
  await page.getByRole("button", { name: "New tab" }).click();
  await page.locator(".graphiql-query-editor .CodeMirror").click();
  await page.keyboard.press("Control+A");
  await page.keyboard.type(`query Typed { ${list}(first: 1) { nodes { ${field.slice(0, 3)}`, { delay: 20 });
  await page.locator(".CodeMirror-hints li").getByText(field, { exact: true }).waitFor();
  assert.doesNotMatch(await written(page), new RegExp(`\\b${field}\\b`));
  await page.keyboard.press("Enter");
  await page.locator(".CodeMirror-hints").waitFor({ state: "detached" });
  assert.match(await written(page), new RegExp(`nodes \\{\\s*${field}\\s*\\}`));
  // GraphiQL reads what was typed a moment later, and then names the tab after it.
  await page.getByRole("tab", { name: "Typed" }).waitFor();
}

/** Finds the list in the docs explorer, and reads what it says. */
async function readDocs(page) {
  await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
  const docs = page.locator(".graphiql-doc-explorer");
  await docs.getByRole("link", { name: "Query", exact: true }).click();
  await docs.getByRole("link", { name: list, exact: true }).click();
  const description = docs.locator(".graphiql-doc-explorer-content .graphiql-markdown-description").first();
  const text = await description.innerText();
  assert.ok(text.length > 20, `the docs explorer says only ${JSON.stringify(text)} of ${list}`);
  return text.trim();
}

/** Opens the settings: with a dialog, GraphiQL writes a style into the page, which the policy has to know. */
async function openSettings(page) {
  await page.getByRole("button", { name: "Open settings dialog" }).click();
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
}

await visit(folder, url, async (page) => {
  await giveToken(page);
  await runUntil(page, `"${list}"`);
  await completeField(page);
  await runUntil(page, `"${field}"`);
  console.log(`the answer to a completed query: ${(await answer(page).innerText()).replace(/\s+/g, " ")}`);
  console.log(`the docs explorer on ${list}: ${await readDocs(page)}`);
  await openSettings(page);
  if (picture) {
    await page.getByRole("tab").first().click();
    await page.screenshot({ path: picture });
  }
});
