// Migrates as an application with Drizzle does: <address> <folder>.
const [address, migrationsFolder] = process.argv.slice(2);

async function postgres() {
  const { drizzle } = require("drizzle-orm/node-postgres");
  const { migrate } = require("drizzle-orm/node-postgres/migrator");
  const { Pool } = require("pg");
  const pool = new Pool({ connectionString: address });
  await migrate(drizzle(pool), { migrationsFolder });
  await pool.end();
}

function sqlite() {
  const { drizzle } = require("drizzle-orm/better-sqlite3");
  const { migrate } = require("drizzle-orm/better-sqlite3/migrator");
  const database = new (require("better-sqlite3"))(address);
  migrate(drizzle(database), { migrationsFolder });
  database.close();
}

(async () => (address.startsWith("postgres:") ? postgres() : sqlite()))();
