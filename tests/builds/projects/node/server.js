const { readFileSync } = require("node:fs");
const { createServer } = require("node:http");

const greeting = readFileSync(`${__dirname}/greeting.txt`);
const server = createServer((request, response) => {
  response.statusCode = Number(process.env.STATUS ?? 200);
  response.end(greeting);
});
server.listen(Number(process.env.PORT));
process.on("SIGTERM", () => server.close(() => process.exit(0)));
