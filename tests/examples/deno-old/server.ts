import { serveDir } from "https://deno.land/std@0.224.0/http/file_server.ts";

Deno.serve({ port: 8080 }, (request) => serveDir(request, { fsRoot: "public" }));
