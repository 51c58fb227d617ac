// Puts GraphiQL on the page and gives it the token of the field in the bar.
"use strict";

const ENDPOINT = "/graphql";
const EXAMPLES = "/graphql/playground/examples.graphql";
const ACCEPT = "application/graphql-response+json, application/json;q=0.9";
/** How long the field must rest before its token is used, in milliseconds. */
const REST = 400;

const field = document.getElementById("token");
const notice = document.getElementById("notice");
const root = ReactDOM.createRoot(document.getElementById("playground"));

/** Shows a sentence beside the field, and where tokens come from. */
function note(sentence) {
  const command = document.createElement("code");
  command.textContent = "bookstore token";
  notice.replaceChildren(...(sentence ? [`${sentence} `, command, " prints one."] : []));
}

/** The token in the field, also when it was pasted with the name of its scheme. */
function enteredToken() {
  return field.value.trim().replace(/^bearer\s+/i, "");
}

/** What GraphiQL calls to send a request with `token`. */
function fetcherWith(token) {
  return async (request, { headers } = {}) => {
    if (!token) {
      return { errors: [{ message: "Nothing was sent: there is no token yet." }] };
    }
    const response = await fetch(ENDPOINT, {
      method: "POST",
      headers: { Accept: ACCEPT, "Content-Type": "application/json", Authorization: `Bearer ${token}`, ...headers },
      body: JSON.stringify(request),
    });
    // A late answer to an earlier token says nothing about the one in the field.
    if (token === enteredToken()) {
      note(response.status === 401 ? "This token is not valid (any more)." : "");
    }
    return response.json();
  };
}

/** One tab for each example; an example begins with a comment after an empty line. */
function tabsOf(examples) {
  return examples.trim().split(/\n\n(?=#)/).map((query) => ({ query }));
}

/** Draws GraphiQL anew; a changed key makes it fetch the schema with the new token. */
function show(defaultTabs) {
  const token = enteredToken();
  sessionStorage.setItem("token", token);
  note(token ? "" : "Paste a token here to begin.");
  root.render(React.createElement(GraphiQL, { key: token, fetcher: fetcherWith(token), defaultTabs }));
}

async function start() {
  const examples = await fetch(EXAMPLES);
  const tabs = tabsOf(await examples.text());
  let resting;
  field.value = sessionStorage.getItem("token") ?? "";
  field.addEventListener("input", () => {
    clearTimeout(resting);
    resting = setTimeout(() => show(tabs), REST);
  });
  show(tabs);
}

start();
