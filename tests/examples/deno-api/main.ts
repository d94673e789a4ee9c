import { Application } from "@oak/oak";

const app = new Application();
app.use((context) => context.response.body = "api");
await app.listen({ port: 8000 });
