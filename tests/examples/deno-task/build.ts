await Deno.writeTextFile("index.html", "<h1>ready</h1>");
