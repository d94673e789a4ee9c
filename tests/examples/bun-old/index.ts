import { Database } from "bun:sqlite";

const notes = new Database(process.env.DATABASE);
Bun.serve({ fetch: () => Response.json(notes.query("select 1").all()) });
