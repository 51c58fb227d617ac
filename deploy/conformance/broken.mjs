// Documents with a fault: a valid one of which a token is gone, doubled, or another one.

const OTHERS = [
  "{", "}", "(", ")", "[", "]", ":", "!", "=", "$", "@", "...", "|", "&", "on", "fragment", "query", "mutation", "subscription",
  "null", "true", "1", "1.5", "\"text\"", "-", "nothing", "__typename", "isbn", "id", "name", "title", "String", "Int", "Book",
  "Boolean", "PageInfo", "if", "skip", "include", "deprecated", "first", "nodes", "$v0", "$if0", "00", "1.", "\"", "\u00e9", "{}",
];

/** A request whose document was changed in one to three places. */
export function broken(graphql, request, chance) {
  const tokens = [];
  const lexer = new graphql.Lexer(new graphql.Source(request.query));
  while (lexer.advance().kind !== graphql.TokenKind.EOF) {
    tokens.push(request.query.slice(lexer.token.start, lexer.token.end));
  }
  for (let times = 1 + chance.below(3); times > 0; times -= 1) {
    const at = chance.below(tokens.length);
    const kind = chance.below(5);
    if (kind === 0) {
      tokens.splice(at, 1);
    } else if (kind === 1) {
      tokens.splice(at, 0, tokens[at]);
    } else if (kind === 2) {
      tokens.splice(at, 0, chance.of(OTHERS));
    } else if (kind === 3) {
      [tokens[at], tokens[chance.below(tokens.length)]] = [tokens[chance.below(tokens.length)], tokens[at]];
    } else {
      tokens[at] = chance.of(OTHERS);
    }
  }
  return { ...request, query: tokens.join(" ") };
}
