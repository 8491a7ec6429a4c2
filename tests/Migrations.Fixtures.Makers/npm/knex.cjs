// Migrates as an application with Knex does: <address> <folder>.
const knex = require("knex");

const [address, directory] = process.argv.slice(2);
const settings = address.startsWith("postgres:")
  ? { client: "pg", connection: address }
  : { client: "better-sqlite3", connection: { filename: address }, useNullAsDefault: true };

(async () => {
  const database = knex(settings);
  await database.migrate.latest({ directory });
  await database.destroy();
})();
