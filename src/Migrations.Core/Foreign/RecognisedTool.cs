using Migrations.Databases;

namespace Migrations.Foreign;

/// <summary>A tool whose history is recognised and named, and not read: a baseline takes its place.</summary>
/// <param name="title">The tool's name, as it is shown to people.</param>
/// <param name="shapes">How its table looks.</param>
internal sealed class RecognisedTool(string title, params ForeignShape[] shapes) : ForeignTool
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<RecognisedTool> All { get; } =
    [
        new("Rails", new ForeignShape("schema_migrations", "version") { IsWhole = true, Beside = "ar_internal_metadata" }),
        new("tern", new ForeignShape("schema_version", "version") { IsWhole = true }),
        new("diesel", new ForeignShape("__diesel_schema_migrations", "version run_on")),
        new("refinery", new ForeignShape("refinery_schema_history", "version name applied_on checksum")),
        new("sql-migrate", new ForeignShape("gorp_migrations", "id applied_at")),
        new("yoyo", new ForeignShape("_yoyo_migration", "migration_hash migration_id")),
        new("FluentMigrator", new ForeignShape("versioninfo", "version appliedon description") { IsWhole = true }),
        new(
            "grate",
            new ForeignShape("scriptsrun", "script_name text_hash one_time_script"),
            new ForeignShape("grate_scriptsrun", "script_name text_hash one_time_script")
        ),
        new("Kysely", new ForeignShape("kysely_migration", "name timestamp")),
        new("TypeORM", new ForeignShape("migrations", "id timestamp name") { IsWhole = true }),
        new("db-migrate", new ForeignShape("migrations", "id name run_on") { IsWhole = true }),
        new("ley", new ForeignShape("migrations", "id name created_at") { IsWhole = true }),
        new("postgres-migrations", new ForeignShape("migrations", "id name hash executed_at") { IsWhole = true }),
        new("Laravel", new ForeignShape("migrations", "id migration batch") { IsWhole = true }),
        new("Sequelize", new ForeignShape("sequelizemeta", "name") { IsWhole = true }),
        new("postgrator", new ForeignShape("schemaversion", "version name md5 run_at")),
        new("graphile-migrate", new ForeignShape("migrations", "hash previous_hash filename") { Schema = "graphile_migrate" }),
        new("Sqitch", new ForeignShape("changes", "change_id script_hash change project") { Schema = "sqitch" }),
        new("Atlas", new ForeignShape("atlas_schema_revisions", "version hash partial_hashes")),
        new("Django", new ForeignShape("django_migrations", "id app name applied")),
        new("Phinx", new ForeignShape("phinxlog", "version migration_name")),
        new("Doctrine", new ForeignShape("doctrine_migration_versions", "version executed_at")),
    ];

    public override string Name { get; } = title.ToLowerInvariant();

    public override string Title => title;

    public override IReadOnlyList<ForeignShape> Shapes => shapes;

    public override bool IsAdoptable => false;

    public override ForeignReading Read(IReadOnlyList<ForeignRow> rows) => new([]);
}
