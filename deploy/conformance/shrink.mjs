// The smallest request that still shows a difference: parts of it are taken away for as long as it does.

/** A smaller request for which `differs` still holds. */
export async function smallest(graphql, request, differs) {
  let [current, tries] = [request, 0];
  for (let shrunk = true; shrunk && tries < 2000; ) {
    shrunk = false;
    for (const smaller of candidates(graphql, current)) {
      tries += 1;
      if (await differs(smaller)) {
        [current, shrunk] = [smaller, true];
        break;
      }
    }
  }
  return current;
}

/** The request with one part less, for each of its parts. */
function candidates(graphql, request) {
  let document;
  try {
    document = graphql.parse(request.query, { noLocation: true });
  } catch {
    return [];
  }
  const removable = ["Field", "InlineFragment", "FragmentSpread", "Directive", "Argument", "FragmentDefinition"];
  const kinds = [...removable, "VariableDefinition", "OperationDefinition"];
  const found = [];
  const count = nodes(graphql, document, kinds);
  for (let nth = 0; nth < count; nth += 1) {
    const smaller = without(graphql, document, kinds, nth);
    if (smaller) {
      found.push({ ...request, query: smaller });
    }
  }
  return found;
}

function nodes(graphql, document, kinds) {
  let count = 0;
  graphql.visit(document, { enter: (node) => void (count += kinds.includes(node.kind) ? 1 : 0) });
  return count;
}

/** The document without its nth part, without what is empty then, and without what nothing uses any more. */
function without(graphql, document, kinds, nth) {
  let at = -1;
  const smaller = graphql.visit(document, {
    enter: (node) => {
      at += kinds.includes(node.kind) ? 1 : 0;
      return kinds.includes(node.kind) && at === nth ? null : undefined;
    },
  });
  try {
    const text = graphql.print(used(graphql, filled(graphql, smaller)));
    graphql.parse(text);
    return text;
  } catch {
    return undefined;
  }
}

/** The document without selections of nothing. */
function filled(graphql, document) {
  const isEmpty = (node) => node.selectionSet && node.selectionSet.selections.length === 0;
  const dropEmpty = { leave: (node) => (isEmpty(node) ? null : undefined) };
  return graphql.visit(document, { Field: dropEmpty, InlineFragment: dropEmpty, FragmentDefinition: dropEmpty });
}

/** The document without fragments that are not spread, spreads of none, and variables that are not used. */
function used(graphql, document) {
  const [spread, variables] = [new Set(), new Set()];
  const fragments = new Set(document.definitions.flatMap(({ kind, name }) => (kind === "FragmentDefinition" ? [name.value] : [])));
  graphql.visit(document, {
    FragmentSpread: ({ name }) => void spread.add(name.value),
    Variable: ({ name }, key, parent) => void (parent.kind === "VariableDefinition" || variables.add(name.value)),
  });
  const cleaned = graphql.visit(document, {
    FragmentDefinition: ({ name }) => (spread.has(name.value) ? undefined : null),
    FragmentSpread: ({ name }) => (fragments.has(name.value) ? undefined : null),
    VariableDefinition: ({ variable }) => (variables.has(variable.name.value) ? undefined : null),
  });
  const [before, after] = [graphql.print(document), graphql.print(cleaned)];
  return before === after ? document : used(graphql, filled(graphql, cleaned));
}
