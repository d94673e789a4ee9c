import { greeting } from "./greeting.ts";

const status = Number(Deno.env.get("STATUS") ?? 200);
const server = Deno.serve({ port: 8000 }, () => new Response(greeting, { status }));
Deno.addSignalListener("SIGTERM", async () => {
  await server.shutdown();
  Deno.exit(0);
});
