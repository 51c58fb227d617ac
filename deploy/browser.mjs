// Opens pages of the bookstore in Debian's Chromium, with every address but 127.0.0.1 cut off, and holds them
// to load without an error. Used by playground.mjs.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

/** How long a page may take to show something, in milliseconds. */
const PATIENCE = 20_000;

const CHROMIUM = "/usr/bin/chromium";
const LAUNCH = {
  executablePath: CHROMIUM,
  args: [
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
  ],
};

/** The faults of a page: the errors on its console, what its policy blocks, and what it asks others for. */
function faultsOf(page, origin) {
  const faults = [];
  page.on("console", (message) => {
    if (message.type() === "error") {
      faults.push(`console: ${message.text()} (${message.location().url})`);
    }
  });
  page.on("pageerror", (error) => faults.push(`uncaught: ${error.stack}`));
  page.on("requestfailed", (request) => faults.push(`failed: ${request.url()}: ${request.failure()?.errorText}`));
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== origin) {
      faults.push(`asked another site: ${request.url()}`);
    }
  });
  return faults;
}

/** Reports on the console what the policy of a page blocks. */
function reportViolations() {
  document.addEventListener("securitypolicyviolation", (violation) => {
    console.error(`the policy blocked ${violation.effectiveDirective} ${violation.blockedURI} ${violation.sample}`);
  });
}

/** Holds the browser to be unable to reach another site, by trying. */
async function holdOffline(browser) {
  const page = await browser.newPage();
  await assert.rejects(page.goto("http://example.com/"), /ERR_NAME_NOT_RESOLVED/, "the network is not cut off");
  await page.close();
}

/** Adds what the page had to say to an error, and keeps a picture of it. */
async function explain(error, page, faults, folder) {
  const picture = resolve(folder, "failed.png");
  await page.screenshot({ path: picture });
  throw new Error(`${error.message}\nfaults of the page: ${JSON.stringify(faults)}\na picture of it: ${picture}`);
}

/**
 * Opens `url`, lets `use` do what a person would, and holds the page to be without a fault.
 * `folder` is where npm installed playwright-core.
 */
export async function visit(folder, url, use) {
  assert.ok(existsSync(CHROMIUM), `there is no ${CHROMIUM}: install it with apt-get install chromium`);
  const { chromium } = createRequire(resolve(folder, "package.json"))("playwright-core");
  const browser = await chromium.launch(LAUNCH);
  try {
    await holdOffline(browser);
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: "light" });
    page.setDefaultTimeout(PATIENCE);
    await page.addInitScript(reportViolations);
    const faults = faultsOf(page, new URL(url).origin);
    await page.goto(url);
    await use(page).catch((error) => explain(error, page, faults, folder));
    assert.deepEqual(faults, [], "the page has faults");
  } finally {
    await browser.close();
  }
}
