// Whether a service's answer to a request is the one of graphql-js.

/** What a service answered, in short: its data and its errors' paths, or the code of its refusal. */
export function answered({ status, json, text }) {
  if (json === undefined) {
    return { fault: `not JSON (${status}): ${text}` };
  }
  const errors = json.errors ?? [];
  if (!("data" in json)) {
    return { refused: errors[0]?.extensions?.code, message: errors[0]?.message };
  }
  return { data: JSON.stringify(json.data), paths: paths(errors), messages: errors.map(({ message }) => message) };
}

/** What graphql-js says of a request, in the same words. It refuses variables, and operations that the schema has not, without a path. */
export function expected(result) {
  const errors = result.errors ?? [];
  if (!("data" in result) || errors.some(({ path }) => path === undefined)) {
    return { refused: "GRAPHQL_VALIDATION_FAILED", message: errors[0].message };
  }
  return { data: JSON.stringify(result.data), paths: paths(errors), messages: errors.map(({ message }) => message) };
}

/** Whether both say the same. Messages are for people. */
export function same(right, found) {
  if (right.fault || found.fault || right.refused !== found.refused || right.data !== found.data) {
    return false;
  }
  // graphql-js stops at an argument that cannot be, before it looks at other fields, so that their errors are not told.
  const stopped = right.messages?.some((message) => /^Argument .* (must not be null|has invalid value .*)\.$/s.test(message));
  return stopped ? found.messages.length > 0 : right.paths === found.paths;
}

function paths(errors) {
  return JSON.stringify(errors.map(({ path }) => JSON.stringify(path)).sort());
}
