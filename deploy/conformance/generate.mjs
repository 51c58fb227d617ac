// Random documents over a schema: fragments, named and inline, on objects, unions and interfaces; aliases; fields that are there again
// and again; @skip and @include with literals, variables and defaults; variables in arguments, lists and objects.
//
// Most are valid. What is not is as good: then the service has to refuse it.

/** Makes documents for one graph. */
export class Generator {
  constructor(graphql, schema, candidates, chance) {
    Object.assign(this, { graphql, schema, candidates, chance });
  }

  /** A request: a document, the values of its variables, and an operation's name where there are several. */
  request() {
    this.variables = new Map();
    this.fragments = [];
    this.arguments = new Map();
    this.keys = new Map();
    this.size = 0;
    const isMutation = this.chance.often(0.2);
    const root = isMutation ? this.schema.getMutationType() : this.schema.getQueryType();
    const selected = this.selectionSet(root, 0, root.name);
    const name = this.chance.often(0.3) ? " Asked" : "";
    const keyword = isMutation ? "mutation" : "query";
    const defined = [...this.variables.values()].map(({ definition }) => definition).join(", ");
    const operation = `${keyword}${name}${defined && `(${defined})`} ${selected}`;
    const parts = [name || defined || isMutation || this.chance.often(0.5) ? operation : selected, ...this.fragments];
    if (name && this.chance.often(0.3)) {
      parts.push("query Other { __typename }");
    }
    const values = [...this.variables].filter(([, { value }]) => value !== undefined);
    const variables = Object.fromEntries(values.map(([name, { value }]) => [name, value]));
    return { query: parts.join("\n"), variables, operationName: name ? "Asked" : undefined };
  }

  selectionSet(type, depth, place) {
    const count = 1 + this.chance.below(depth > 3 ? 2 : 5);
    const parts = Array.from({ length: count }, () => this.selection(type, depth, place));
    return `{ ${parts.join(" ")} }`;
  }

  selection(type, depth, place) {
    this.size += 1;
    const kind = this.size > 120 ? 0 : this.chance.next();
    if (kind > 0.85 && depth < 8) {
      return this.inline(type, depth, place);
    }
    if (kind > 0.7 && depth < 8) {
      return this.spread(type, depth, place);
    }
    const fields = type.getFields ? Object.values(type.getFields()) : [];
    const isRoot = type === this.schema.getQueryType();
    const names = [...fields, "__typename", ...(isRoot && this.chance.often(0.1) ? ["__type"] : [])];
    const field = this.size > 150 ? "__typename" : this.chance.of(names);
    return field === "__typename" ? this.typeName() : this.field(type, field, depth, place);
  }

  typeName() {
    const alias = this.chance.often(0.2) ? `${this.chance.of(["kind", "what"])}: ` : "";
    return `${alias}__typename${this.directives()}`;
  }

  field(type, field, depth, place) {
    const definition = field === "__type" ? this.graphql.TypeMetaFieldDef : field;
    const named = this.graphql.getNamedType(definition.type);
    const isLeaf = this.graphql.isLeafType(named);
    const variant = this.chance.often(0.25) ? this.chance.below(3) : -1;
    const key = variant < 0 ? definition.name : `${definition.name}${variant}`;
    // Fields that share a key must have the same arguments, unless the document is to be refused.
    const here = `${place}/${type.name}.${key}${this.chance.often(0.01) ? "!" : ""}`;
    if (!this.arguments.has(here)) {
      this.arguments.set(here, this.argumentsOf(definition));
    }
    const alias = key === definition.name ? "" : `${key}: `;
    const clash = this.chance.often(0.005) ? "clash: " : alias;
    const below = isLeaf ? "" : ` ${this.selectionSet(named, depth + 1, `${place}/${key}`)}`;
    return `${clash}${definition.name}${this.arguments.get(here)}${this.directives()}${below}`;
  }

  inline(type, depth, place) {
    const on = this.chance.often(0.3) ? type : this.related(type);
    const condition = on === type && this.chance.often(0.5) ? "" : ` on ${on.name}`;
    return `...${condition}${this.directives()} ${this.selectionSet(on, depth + 1, place)}`;
  }

  spread(type, depth, place) {
    const known = this.keys.get(`${type.name} ${place}`);
    if (known && this.chance.often(0.5)) {
      return `...${known}${this.directives()}`;
    }
    const [on, name] = [this.related(type), `F${this.fragments.length}`];
    this.fragments.push("");
    const text = `fragment ${name} on ${on.name} ${this.selectionSet(on, depth + 1, place)}`;
    this.fragments[Number(name.slice(1))] = text;
    this.keys.set(`${type.name} ${place}`, name);
    return `...${name}${this.directives()}`;
  }

  /** A type that an object, a union or an interface can be as well; now and then one that it cannot. */
  related(type) {
    const { doTypesOverlap, isAbstractType, isCompositeType } = this.graphql;
    const all = Object.values(this.schema.getTypeMap());
    if (this.chance.often(0.005)) {
      return this.chance.of(all.filter((one) => isCompositeType(one) && !one.name.startsWith("__")));
    }
    const others = all.filter((one) => isAbstractType(one) && one !== type && doTypesOverlap(this.schema, one, type));
    const objects = isAbstractType(type) ? this.schema.getPossibleTypes(type) : [type];
    return this.chance.of([type, ...objects, ...others]);
  }

  directives() {
    if (!this.chance.often(0.2)) {
      return "";
    }
    const name = this.chance.of(["skip", "include"]);
    const value = this.chance.often(0.4) ? String(this.chance.often(0.5)) : `$${this.condition()}`;
    return ` @${name}(if: ${value})`;
  }

  /** A variable for a condition: with a value, with a default, or with both. */
  condition() {
    const kind = this.chance.below(6);
    const name = `if${kind}`;
    const [type, value] = [
      ["Boolean!", true],
      ["Boolean!", false],
      ["Boolean = true", undefined],
      ["Boolean = false", undefined],
      ["Boolean! = true", false],
      ["Boolean = false", true],
    ][kind];
    this.variables.set(name, { definition: `$${name}: ${type}`, value });
    return name;
  }

  argumentsOf(field) {
    const whole = this.candidates.whole[field.name];
    const parts = [];
    if (whole) {
      const given = this.chance.of(whole);
      const all = field.args.filter(({ name }) => name in given);
      return `(${all.map(({ name, type }) => `${name}: ${this.given(given[name], type, true)}`).join(", ")})`;
    }
    for (const argument of field.args) {
      const isRequired = this.graphql.isRequiredArgument(argument);
      if (this.chance.often(isRequired ? 0.995 : 0.35)) {
        parts.push(`${argument.name}: ${this.argument(argument)}`);
      }
    }
    return parts.length === 0 ? "" : `(${parts.join(", ")})`;
  }

  argument(argument) {
    const value = this.chance.of(this.candidates[argument.name] ?? [null]);
    if (value === null && this.graphql.isNonNullType(argument.type)) {
      return this.variable(argument.type, this.chance.of(["1", "x"]));
    }
    return this.given(value, argument.type);
  }

  /** A value, as a variable or as it is; `exactly` this one, or now and then a wrong one. */
  given(value, type, exactly = false) {
    return this.chance.often(0.4) ? this.variable(type, value, exactly) : this.literal(value, type, exactly);
  }

  /** A variable with this value, which is given, or a default; null can be left out. */
  variable(type, value, exactly = false) {
    const name = `v${this.variables.size}`;
    const kind = this.chance.next();
    const nullable = this.graphql.getNullableType(type);
    let definition = `$${name}: ${this.chance.often(0.5) ? nullable : type}`;
    let given = kind < 0.02 && !exactly ? this.chance.of([true, "wrong", 1.5, [], {}, null]) : value;
    if (kind > 0.7 && value !== null) {
      definition = `$${name}: ${nullable} = ${this.literal(value, nullable)}`;
      given = kind > 0.96 && !exactly ? null : kind > 0.85 ? undefined : value;
    } else if (value === null && kind > 0.4) {
      given = undefined;
    } else if (this.graphql.isNonNullType(type) && !this.chance.often(0.02)) {
      definition = `$${name}: ${type}`;
    }
    if (given === 2 && this.chance.often(0.3)) {
      given = "\u0000two";
    }
    this.variables.set(name, { definition, value: given });
    return `$${name}`;
  }

  /** A value within another one: now and then a variable, unless all is to be `exactly` so. */
  part(value, type, exactly) {
    const varies = !exactly && value !== null && this.chance.often(0.1);
    return varies ? this.variable(type, value) : this.literal(value, type, exactly);
  }

  /** A value as the text of a document. */
  literal(value, type, exactly = false) {
    const { getNullableType, isEnumType, isInputObjectType, isListType } = this.graphql;
    const bare = getNullableType(type);
    const item = isListType(bare) ? bare.ofType : bare;
    if (value === null) {
      return "null";
    }
    if (Array.isArray(value)) {
      return `[${value.map((one) => this.part(one, item, exactly || value.length > 20)).join(", ")}]`;
    }
    if (typeof value === "object") {
      const fields = isInputObjectType(bare) ? bare.getFields() : {};
      const parts = Object.entries(value).map(([name, one]) => {
        const type = fields[name]?.type;
        return `${name}: ${type ? this.part(one, type, exactly) : JSON.stringify(one)}`;
      });
      return `{${parts.join(", ")}}`;
    }
    if (isEnumType(getNullableType(item))) {
      return String(value);
    }
    return typeof value === "string" && this.chance.often(0.1) ? escaped(value) : JSON.stringify(value);
  }
}

/** A text written with escapes, of both kinds. */
function escaped(text) {
  const hex = (letter) => letter.codePointAt(0).toString(16);
  const one = (letter, nth) => (nth % 2 ? `\\u${hex(letter).padStart(4, "0")}` : `\\u{${hex(letter)}}`);
  return `"${[...text].map(one).join("")}"`;
}
