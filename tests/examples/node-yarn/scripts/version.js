require("node:fs").writeFileSync("version.txt", require("../package.json").version);
