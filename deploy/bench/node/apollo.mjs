// The GraphQL service on Apollo Server.

import { ApolloServer } from "@apollo/server";
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from "@as-integrations/fastify";

import { makeContext, resolvers, typeDefs } from "./graph.mjs";
import { inWorkers, listen, makeApp, requireToken } from "./shared.mjs";

inWorkers(async () => {
  const app = makeApp();
  const apollo = new ApolloServer({ typeDefs, resolvers, plugins: [fastifyApolloDrainPlugin(app)] });
  await apollo.start();
  const handler = fastifyApolloHandler(apollo, { context: async () => makeContext() });
  app.post("/graphql", { onRequest: requireToken }, handler);
  await listen(app);
});
