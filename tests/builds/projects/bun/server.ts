const status = Number(process.env.STATUS ?? 200);
const server = Bun.serve({ port: 3000, fetch: () => new Response("hello from bun\n", { status }) });
process.on("SIGTERM", async () => {
  await server.stop();
  process.exit(0);
});
