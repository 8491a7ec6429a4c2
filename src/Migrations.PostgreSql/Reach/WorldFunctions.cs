namespace Migrations.PostgreSql;

/// <summary>Functions that reach beyond their database, whoever calls them.</summary>
internal static class WorldFunctions
{
    // Extensions whose functions start work elsewhere: pg_cron (https://github.com/citusdata/pg_cron), aws_s3, pglogical and their like.
    private static readonly HashSet<string> Schemas = new(StringComparer.Ordinal)
    {
        "AWS_S3",
        "AWS_LAMBDA",
        "AZURE_STORAGE",
        "PGLOGICAL",
        "SPOCK",
        "BDR",
    };

    private static readonly string[] Beginnings =
    [
        "DBLINK",
        "POSTGRES_FDW_",
        "PG_LS_",
        "PG_FILE_",
        "PG_REPLICATION_ORIGIN_",
        "PG_REPLICATION_SLOT_",
        "PG_LOGICAL_SLOT_",
        "PG_COPY_LOGICAL_",
        "PG_COPY_PHYSICAL_",
        "PG_SYNC_REPLICATION_",
        "PG_WAL_REPLAY_",
        "PG_STAT_STATEMENTS_RESET",
    ];

    // https://www.postgresql.org/docs/current/functions-admin.html, https://www.postgresql.org/docs/current/lo-funcs.html,
    // https://www.postgresql.org/docs/current/adminpack.html
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "PG_READ_FILE",
        "PG_READ_BINARY_FILE",
        "PG_STAT_FILE",
        "LO_IMPORT",
        "LO_EXPORT",
        "PG_RELOAD_CONF",
        "PG_ROTATE_LOGFILE",
        "PG_LOGFILE_ROTATE",
        "PG_TERMINATE_BACKEND",
        "PG_CANCEL_BACKEND",
        "PG_LOG_BACKEND_MEMORY_CONTEXTS",
        "PG_CREATE_PHYSICAL_REPLICATION_SLOT",
        "PG_CREATE_LOGICAL_REPLICATION_SLOT",
        "PG_DROP_REPLICATION_SLOT",
        "PG_LOGICAL_EMIT_MESSAGE",
        "PG_PROMOTE",
        "PG_SWITCH_WAL",
        "PG_CREATE_RESTORE_POINT",
        "PG_BACKUP_START",
        "PG_BACKUP_STOP",
        "PG_START_BACKUP",
        "PG_STOP_BACKUP",
        "PG_STAT_RESET_SHARED",
        "PG_STAT_RESET_SLRU",
        "PG_STAT_RESET_REPLICATION_SLOT",
        "PG_STAT_RESET_SUBSCRIPTION_STATS",
        "HTTP_GET",
        "HTTP_POST",
        "HTTP_PUT",
        "HTTP_PATCH",
        "HTTP_DELETE",
        "HTTP_HEAD",
    };

    /// <summary>Whether a function is one, by its name in upper case and its schema's, which is empty where none is written.</summary>
    public static bool Contain(string schema, string name) =>
        Schemas.Contains(schema)
        || (schema is "CRON" && (name.Contains("SCHEDULE", StringComparison.Ordinal) || name is "ALTER_JOB"))
        || Names.Contains(name)
        || Array.Exists(Beginnings, b => name.StartsWith(b, StringComparison.Ordinal));
}
