// The build step: the server says what was written here.
require("node:fs").writeFileSync("greeting.txt", "hello from node\n");
