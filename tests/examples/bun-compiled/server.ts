Bun.serve({ fetch: () => new Response("edge") });
