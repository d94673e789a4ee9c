console.log("encoding", process.argv.slice(2));
