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

/** What graphql-js says of a request, in the same words; its variables are refused without a path. */
export function expected(result) {
  const errors = result.errors ?? [];
  if (!("data" in result)) {
    return { refused: "GRAPHQL_VALIDATION_FAILED", message: errors[0].message };
  }
  return { data: JSON.stringify(result.data), paths: paths(errors), messages: errors.map(({ message }) => message) };
}

/** Whether both say the same. Messages are for people. */
export function same(one, other) {
  if (one.fault || other.fault) {
    return false;
  }
  return one.refused === other.refused && one.data === other.data && one.paths === other.paths;
}

function paths(errors) {
  return JSON.stringify(errors.map(({ path }) => JSON.stringify(path)).sort());
}
