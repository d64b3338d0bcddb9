#!/usr/bin/env node
// Plain JavaScript that every Node understands: an old one gets a sentence instead of a crash.
import module from "node:module";
import process from "node:process";

const needed = 24;
const major = Number(process.versions.node.split(".")[0]);
if (major < needed) {
  process.stderr.write(
    `lxd-chatops needs Node ${needed} or newer, and this is ${process.versions.node}. ` +
      "The installation brings its own: start it by `npm start`, `npm run demo` or `npx lxd-chatops`.\n",
  );
  process.exit(1);
}
try {
  process.loadEnvFile();
} catch (error) {
  if (error.code !== "ENOENT") throw error;
}
// compiled code is kept beside the packages: the next start takes a third less
module.enableCompileCache?.();
const args = process.argv.slice(2);
if (args[0] === "demo") {
  const { demo } = await import("../sandbox/demo.ts");
  await demo(args.slice(1));
} else {
  const { main } = await import("../src/main.ts");
  await main(args);
}
