// What the BFF and both GraphQL services share: settings, workers, tokens, the log line, stopping.

import cluster from "node:cluster";

import { createVerifier } from "fast-jwt";
import Fastify from "fastify";
import pino from "pino";

/** The value of a variable that must be set. */
export function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} must be set`);
  return value;
}

export const WORKERS = Number(setting("WORKERS"));

/** Runs `start` in as many processes as WORKERS says, sharing one port. */
export function inWorkers(start) {
  if (WORKERS === 1 || cluster.isWorker) return start();
  for (let worker = 0; worker < WORKERS; worker += 1) cluster.fork();
  cluster.on("exit", () => process.exit(1));
}

const verify = createVerifier({
  key: setting("JWT_SECRET"),
  algorithms: ["HS256"],
  allowedIss: setting("JWT_ISSUER"),
  clockTolerance: 10_000,
  requiredClaims: ["exp", "iss", "sub"],
});
const subjects = new Set(setting("JWT_SUBJECTS").split(","));

/** Lets requests with a valid token pass. */
export async function requireToken(request, reply) {
  try {
    const [scheme, token] = (request.headers.authorization ?? "").split(" ");
    if (scheme === "Bearer" && subjects.has(verify(token).sub)) return;
  } catch {
    // Whatever is wrong with it, the answer is the same.
  }
  return problem(reply, 401, "A valid bearer token is needed.");
}

/** An error answer. */
export function problem(reply, status, message) {
  return reply.code(status).type("application/problem+json").send(JSON.stringify({ status, message }));
}

/** A fastify app with one line in the log for each request, and `/status` outside of all checks. */
export function makeApp() {
  const stream = pino.destination({ dest: 2, sync: false });
  const app = Fastify({ logger: { level: "info", stream, base: undefined }, disableRequestLogging: true });
  app.addHook("onResponse", (request, reply, done) => {
    const { method } = request;
    const route = request.routeOptions.url ?? "-";
    const micros = Math.round(reply.elapsedTime * 1000);
    request.log.info({ method, route, status: reply.statusCode, micros }, "answered");
    done();
  });
  app.get("/status", () => ({ status: "OK" }));
  return app;
}

/** Listens at LISTEN until SIGTERM. */
export async function listen(app) {
  process.once("SIGTERM", () => process.exit(0));
  const [host, port] = setting("LISTEN").split(":");
  await app.listen({ host, port: Number(port) });
}
