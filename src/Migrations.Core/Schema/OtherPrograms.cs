using System.IO.Enumeration;

namespace Migrations.Schema;

/// <summary>
/// The tables that programs beside this one keep in a database: their migration histories, and what replication and hosting put there. A
/// name alone decides only where no one else would take it; the others are known by their columns too.
/// </summary>
internal static class OtherPrograms
{
    // A name with a dot is one in a schema. The columns distinguish the program's table from others of the same name.
    private static readonly (string Table, string[] Columns)[] Tables =
    [
        // Cloudflare D1 and Litestream.
        ("_cf_*", []),
        ("d1_migrations", ["name", "applied_at"]),
        ("_migrations", ["name", "applied_at"]),
        ("_litestream_*", []),
        // Histories of migration tools.
        ("schema_migrations", ["version"]),
        ("ar_internal_metadata", ["key", "value"]),
        ("alembic_version", ["version_num"]),
        ("gorp_migrations", ["id", "applied_at"]),
        ("goose_db_version", ["version_id", "is_applied"]),
        ("_yoyo_*", []),
        ("yoyo_lock", ["locked", "pid"]),
        ("__EFMigrationsHistory", ["MigrationId"]),
        ("__EFMigrationsLock", []),
        ("SchemaVersions", ["ScriptName", "Applied"]),
        ("changelog", ["type", "version", "checksum", "installed_by", "success"]),
        ("VersionInfo", ["Version", "AppliedOn"]),
        ("*ScriptsRun", ["script_name", "text_hash"]),
        ("*ScriptsRunErrors", ["script_name", "erroneous_part_of_script"]),
        ("*Version", ["repository_path", "entered_by"]),
        ("knex_migrations", ["name", "batch"]),
        ("knex_migrations_lock", ["is_locked"]),
        ("kysely_migration", ["name", "timestamp"]),
        ("kysely_migration_lock", ["is_locked"]),
        ("migrations", ["timestamp", "name"]),
        ("migrations", ["name", "run_on"]),
        ("migrations", ["name", "created_at"]),
        ("migrations", ["name", "hash", "executed_at"]),
        ("migrations", ["migration", "batch"]),
        ("pgmigrations", ["name", "run_on"]),
        ("SequelizeMeta", ["name"]),
        ("schemaversion", ["version", "md5", "run_at"]),
        ("schema_version", ["version"]),
        ("__drizzle_migrations", ["hash", "created_at"]),
        ("graphile_migrate.*", []),
        ("supabase_migrations.*", []),
        ("sqitch.*", []),
        ("databasechangelog", ["author", "filename", "md5sum"]),
        ("databasechangeloglock", ["locked", "lockedby"]),
        ("flyway_schema_history", ["installed_rank", "script"]),
        ("_sqlx_migrations", ["version", "checksum"]),
        ("__diesel_schema_migrations", ["version"]),
        ("refinery_schema_history", ["version", "checksum"]),
        ("_prisma_migrations", ["checksum", "migration_name"]),
        ("atlas_schema_revisions", ["version", "hash"]),
        ("django_migrations", ["app", "name", "applied"]),
        ("phinxlog", ["version", "migration_name"]),
        ("doctrine_migration_versions", ["version", "executed_at"]),
        // SpatiaLite's; PostGIS' own came with its extension and are left out with it.
        ("spatial_ref_sys*", ["srid"]),
        ("geometry_columns*", ["f_table_name"]),
        ("*_geometry_columns*", ["f_geometry_column"]),
        ("spatialite_history", []),
        ("data_licenses", ["url"]),
        ("sql_statements_log", ["time_start", "sql_statement"]),
    ];

    private static readonly string[] Schemas =
    [
        "drizzle",
        "grate",
        "graphile_migrate",
        "supabase_migrations",
        "sqitch",
        "atlas_schema_revisions",
    ];

    /// <summary>Whether a table is another program's.</summary>
    /// <param name="name">Its name, with its schema where there is one, without quotes.</param>
    /// <param name="columns">The names of its columns, in any case.</param>
    public static bool IsTable(string name, IReadOnlySet<string> columns) =>
        Tables.Any(t =>
            FileSystemName.MatchesSimpleExpression(
                t.Table,
                t.Table.Contains('.', StringComparison.Ordinal) ? name : name.AsSpan(name.LastIndexOf('.') + 1)
            ) && t.Columns.All(columns.Contains)
        );

    /// <summary>Whether a schema is one that another program makes for its own tables.</summary>
    public static bool IsSchema(string name) => Schemas.Contains(name, StringComparer.Ordinal);
}
