// Every call of toxiproxy-node-client, against the server at HOST:PORT (the first argument).
// Prints one line for each call that did what it should; the first that doesn't ends it with status 1.
"use strict";

const assert = require("node:assert");
const net = require("node:net");
const { Toxiproxy } = require("toxiproxy-node-client");

const done = (call) => console.log(call);

/** Milliseconds until an echo came back, or the error code of the connect. */
const echo = (port) =>
  new Promise((resolve) => {
    const start = Date.now();
    const socket = net.connect(port, "127.0.0.1", () => socket.write("x"));
    socket.on("data", () => {
      resolve(Date.now() - start);
      socket.destroy();
    });
    socket.on("error", (error) => resolve(error.code));
  });

async function main() {
  const upstream = net.createServer((socket) => {
    socket.on("error", () => {});
    socket.pipe(socket);
  });
  await new Promise((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const toxiproxy = new Toxiproxy(`http://${process.argv[2]}`);
  const address = `127.0.0.1:${upstream.address().port}`;

  assert.deepStrictEqual(JSON.parse(await toxiproxy.getVersion()), { version: "git" });
  done("Toxiproxy.getVersion");

  const proxy = await toxiproxy.createProxy({ name: "node", listen: "localhost:0", upstream: address });
  assert.match(proxy.listen, /^127\.0\.0\.1:\d+$/);
  assert.strictEqual(proxy.enabled, true);
  done("Toxiproxy.createProxy");
  const port = Number(proxy.listen.split(":")[1]);
  assert.ok((await echo(port)) < 5000);

  await assert.rejects(toxiproxy.createProxy({ name: "node", upstream: address }), /status code 409/);
  done("Toxiproxy.createProxy refused");

  assert.deepStrictEqual((await toxiproxy.get("node")).toJson(), proxy.toJson());
  done("Toxiproxy.get");
  await assert.rejects(toxiproxy.get("none"), /status code 404/);
  done("Toxiproxy.get refused");
  assert.deepStrictEqual(Object.keys(await toxiproxy.getAll()), ["node"]);
  done("Toxiproxy.getAll");

  const toxic = await proxy.addToxic({ name: "slow", type: "latency", stream: "upstream", toxicity: 1, attributes: { latency: 300, jitter: 0 } });
  assert.strictEqual(toxic.attributes.latency, 300);
  done("Proxy.addToxic");
  assert.ok((await echo(port)) >= 290);
  assert.deepStrictEqual((await proxy.getToxic("slow")).toJson(), toxic.toJson());
  done("Proxy.getToxic");
  const changed = await toxic.update({ attributes: { latency: 600, jitter: 0 }, toxicity: 1 });
  assert.strictEqual(changed.attributes.latency, 600);
  done("Toxic.update");
  assert.ok((await echo(port)) >= 590);
  await assert.rejects(proxy.addToxic({ type: "none", attributes: {} }), /status code 400/);
  done("Proxy.addToxic refused");
  await changed.remove();
  await assert.rejects(proxy.getToxic("slow"), /status code 404/);
  done("Toxic.remove");

  const off = await proxy.update({ enabled: false, listen: proxy.listen, upstream: proxy.upstream });
  assert.strictEqual(off.enabled, false);
  done("Proxy.update");
  assert.strictEqual(await echo(port), "ECONNREFUSED");
  await proxy.addToxic({ type: "bandwidth", attributes: { rate: 1000 } });
  await toxiproxy.reset();
  assert.strictEqual((await toxiproxy.get("node")).enabled, true);
  await assert.rejects(proxy.getToxic("bandwidth_downstream"), /status code 404/);
  done("Toxiproxy.reset");
  assert.ok((await echo(port)) < 5000);

  const populated = await toxiproxy.populate([
    { name: "node", listen: proxy.listen, upstream: address, enabled: true },
    { name: "other", listen: "localhost:0", upstream: address },
  ]);
  assert.deepStrictEqual(Object.keys(populated), ["node", "other"]);
  assert.strictEqual(populated.node.listen, proxy.listen);
  done("Toxiproxy.populate");

  for (const each of Object.values(await toxiproxy.getAll())) await each.remove();
  assert.deepStrictEqual(await toxiproxy.getAll(), {});
  done("Proxy.remove");
  upstream.close();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
