// graphql-js over the rows of a service: what it makes of a document is what the service must answer.
//
// A field of the root is asked of the service by itself, with all that can be selected below it, no fragment but one
// for each object of a union, no alias and no directive. The rest, which is what is tried here, is graphql-js's own.

/** The service's schema, run by graphql-js. */
export class Reference {
  constructor(graphql, schema, service) {
    Object.assign(this, { graphql, schema, service, asked: new Map() });
  }

  /** The parsed document, or what is wrong with it. */
  check(query) {
    const { MaxIntrospectionDepthRule, parse, specifiedRules, validate } = this.graphql;
    // How deep introspection may go is no rule of the specification.
    const rules = specifiedRules.filter((rule) => rule !== MaxIntrospectionDepthRule);
    try {
      const document = parse(query);
      if (hasDescriptions(document)) {
        throw new Error("descriptions in a document, which are newer than the edition of October 2021");
      }
      const errors = validate(this.schema, document, rules);
      return errors.length === 0 ? { document } : { code: "GRAPHQL_VALIDATION_FAILED", errors };
    } catch (error) {
      return { code: "GRAPHQL_PARSE_FAILED", errors: [error] };
    }
  }

  /** The result of a request whose document is valid. Run twice: then all that is asked of the service is known. */
  async run({ variables, operationName }, document) {
    const request = {
      schema: this.schema,
      document,
      operationName,
      variableValues: JSON.parse(JSON.stringify(variables).replaceAll(JSON.stringify("\u0000two"), "2.0")),
      fieldResolver: (source, given, context, info) => this.field(source, given, info),
      typeResolver: (value) => value.__typename,
    };
    await this.graphql.execute(request);
    // Where a field made all null, the others may still be on their way.
    for (const [key, answer] of this.asked) {
      this.asked.set(key, await answer);
    }
    return this.graphql.execute(request);
  }

  field(source, given, info) {
    const isRoot = info.path.prev === undefined;
    return isRoot ? this.root(info.parentType.getFields()[info.fieldName], given, info) : source[info.fieldName];
  }

  async root(field, given, { operation }) {
    const key = JSON.stringify([operation.operation, field.name, given]);
    if (!this.asked.has(key)) {
      this.asked.set(key, this.ask(field, given, operation.operation));
    }
    const answer = this.asked.get(key);
    const { json, text } = answer instanceof Promise ? await answer : answer;
    if (!json) {
      throw new Error(`no JSON: ${text}`);
    }
    const errors = json.errors ?? [];
    if (errors.some((error) => (error.path ?? []).length < 2)) {
      throw new Error(errors[0].message);
    }
    const value = structuredClone(json.data[field.name]);
    for (const { path, message } of errors) {
      const [, ...rest] = path;
      const last = rest.pop();
      rest.reduce((at, step) => at[step], value)[last] = new Error(message);
    }
    return value;
  }

  ask(field, given, keyword) {
    const args = field.args.filter(({ name }) => name in given);
    const defined = args.map(({ name, type }) => `$${name}: ${type}`).join(", ");
    const passed = args.map(({ name }) => `${name}: $${name}`).join(", ");
    const wrap = (text) => (text ? `(${text})` : "");
    const query = `${keyword}${wrap(defined)} { ${field.name}${wrap(passed)}${this.everything(field.type)} }`;
    return this.service.ask({ query, variables: given });
  }

  /** All that can be selected on a type. */
  everything(type) {
    const { getNamedType, isAbstractType, isObjectType } = this.graphql;
    const named = getNamedType(type);
    const fields = (object) =>
      Object.values(object.getFields())
        .map((field) => `${field.name}${this.everything(field.type)}`)
        .join(" ");
    if (isAbstractType(named)) {
      const objects = this.schema.getPossibleTypes(named);
      return ` { __typename ${objects.map((object) => `... on ${object.name} { ${fields(object)} }`).join(" ")} }`;
    }
    return isObjectType(named) ? ` { ${fields(named)} }` : "";
  }
}

/** Whether an operation, a fragment or a variable is described (edition of September 2025). */
function hasDescriptions({ definitions }) {
  const all = definitions.flatMap((one) => [one, ...(one.variableDefinitions ?? [])]);
  return all.some(({ description }) => description);
}
