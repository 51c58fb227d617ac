// Holds the Gateway API resources among the manifests on standard input (JSON lines) to their schemas, which
// kubernetes-validate does not know. Prints how many there were.
import { createInterface } from "node:readline";
import { Gateway } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/Gateway";
import { HTTPRoute } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute";

const models = { Gateway, HTTPRoute };
let held = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const resource = JSON.parse(line);
  const Model = models[resource.kind];
  if (Model) {
    new Model(resource).validate();
    held += 1;
  }
}
console.log(held);
