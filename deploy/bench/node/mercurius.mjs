// The GraphQL service on mercurius, with its just-in-time compiler.

import mercurius from "mercurius";

import { makeContext, resolvers, typeDefs } from "./graph.mjs";
import { inWorkers, listen, makeApp, requireToken } from "./shared.mjs";

inWorkers(async () => {
  const app = makeApp();
  app.register(async (graph) => {
    graph.addHook("onRequest", requireToken);
    graph.register(mercurius, { schema: typeDefs, resolvers, jit: 1, context: makeContext });
  });
  await listen(app);
});
