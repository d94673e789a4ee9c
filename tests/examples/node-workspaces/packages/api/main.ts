import { createServer } from "node:http";

createServer((_, response) => response.end("api")).listen(Number(process.env.PORT));
