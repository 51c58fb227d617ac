// A service as the scripts here ask it, and the packages in the folder where npm was run.

import { createRequire } from "node:module";
import { resolve } from "node:path";

/** Loads a package from the folder in which npm was run. */
export const load = (folder) => createRequire(resolve(folder, "package.json"));

/** A number that JSON.stringify cannot write: 2.0. In JSON it is a text, which `toJson` makes a number again. */
export const TWO = "\u0000two";

/** The JSON of a request. */
export function toJson(value) {
  return JSON.stringify(value).replaceAll(JSON.stringify(TWO), "2.0");
}

/** A service at `url`, asked with `token`. */
export class Service {
  constructor(url, token) {
    this.url = url;
    this.headers = {
      authorization: `Bearer ${token}`,
      accept: "application/graphql-response+json",
      "content-type": "application/json",
    };
  }

  /** The status of the answer to a request, and its JSON. */
  async ask(request) {
    const response = await fetch(this.url, { method: "POST", headers: this.headers, body: toJson(request) });
    const text = await response.text();
    try {
      return { status: response.status, text, json: JSON.parse(text) };
    } catch {
      return { status: response.status, text, json: undefined };
    }
  }

  /** The data of a request that must succeed. */
  async data(query, variables = {}) {
    const { json, text } = await this.ask({ query, variables });
    if (!json?.data || json.errors) {
      throw new Error(`${query}: ${text}`);
    }
    return json.data;
  }
}
