export default { fetch: () => new Response("links") };
