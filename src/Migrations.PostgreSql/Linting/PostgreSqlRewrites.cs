using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>The safe steps for a statement, as SQL.</summary>
internal static class PostgreSqlRewrites
{
    private const string Now = "In its place";
    private const string Next = "In the next migration";
    private const string Later = "In a later migration, when no running program uses it any more";
    private const string Alone = "In a migration of its own, which then runs without a transaction";
    private const string Filling = "In the next migration, in batches";

    private static LintStep Here(string sql, string when = Now) => new(when, sql) { Place = LintStepPlace.InPlace };

    private static LintStep Following(string sql, string when = Next) => new(when, sql) { Place = LintStepPlace.Following };

    private static LintStep Batched(string sql) => new(Filling, sql) { Place = LintStepPlace.Batches };

    private static LintStep Contract(string sql, string when = Later) => new(when, sql) { Place = LintStepPlace.Contract };

    /// <summary>An index that is built beside writers.</summary>
    public static IReadOnlyList<LintStep> ConcurrentIndex(string sql, int behindIndex) => Outside(sql.Insert(behindIndex, " CONCURRENTLY"));

    /// <summary>A statement that cannot run in a transaction.</summary>
    public static IReadOnlyList<LintStep> Outside(string sql) => [Following(sql + ";", Alone)];

    /// <summary>An index of a partitioned table, which cannot be built beside writers at once.</summary>
    public static IReadOnlyList<LintStep> PartitionedIndex(string sqlOnly) =>
        [
            new LintStep(Now, sqlOnly + ";"),
            new LintStep(
                "For each partition, in a migration of its own",
                "CREATE INDEX CONCURRENTLY <index of the partition> ON <partition> ...;"
            ),
            new LintStep("Then", "ALTER INDEX <index> ATTACH PARTITION <index of the partition>;"),
        ];

    /// <summary>A constraint that holds for new rows at once, and for the old ones when they were read.</summary>
    public static IReadOnlyList<LintStep> NotValid(string table, string name, string text) =>
        [
            Here($"ALTER TABLE {table} ADD CONSTRAINT {name} {text} NOT VALID;"),
            Following($"ALTER TABLE {table} VALIDATE CONSTRAINT {name};"),
        ];

    /// <summary>A statement that waits for the next migration.</summary>
    public static IReadOnlyList<LintStep> NextMigration(string sql) => [Following(sql + ";")];

    /// <summary>A constraint of a new column, as one of the table.</summary>
    public static IReadOnlyList<LintStep> ColumnConstraint(string table, ColumnDefinition column, string word, string constraint)
    {
        var name = Named($"{SqlNames.PlainLast(table)}_{column.Name}_{(word is "CHECK" ? "check" : "fkey")}");
        return [Here($"ALTER TABLE {table} ADD COLUMN {column.Without(word)};"), .. NotValid(table, name, constraint)];
    }

    /// <summary>A unique constraint from an index that was built beside writers.</summary>
    public static IReadOnlyList<LintStep> UniqueIndex(string table, string name, string kind, string columns) =>
        [
            Following($"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} {columns};", Alone),
            Following($"ALTER TABLE {table} ADD CONSTRAINT {name} {kind} USING INDEX {name};"),
        ];

    /// <summary>A new column with unique values.</summary>
    public static IReadOnlyList<LintStep> UniqueColumn(string table, ColumnDefinition column)
    {
        var name = Named($"{SqlNames.PlainLast(table)}_{(column.IsPrimaryKey ? "pkey" : column.Name + "_key")}");
        return
        [
            Here($"ALTER TABLE {table} ADD COLUMN {column.Without("UNIQUE", "PRIMARY")};"),
            .. UniqueIndex(table, name, column.IsPrimaryKey ? "PRIMARY KEY" : "UNIQUE", $"({column.WrittenName})"),
        ];
    }

    /// <summary>NOT NULL by a check that is proven before.</summary>
    public static IReadOnlyList<LintStep> SetNotNull(string table, string shown, string column)
    {
        var name = Named($"{SqlNames.PlainLast(shown)}_{SqlNames.Plain(column)}_not_null");
        return
        [
            Here($"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IS NOT NULL) NOT VALID;"),
            Following($"ALTER TABLE {table} VALIDATE CONSTRAINT {name};"),
            Following(
                $"ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL;\nALTER TABLE {table} DROP CONSTRAINT {name};",
                "In the one after it, which finds the proof and reads no rows"
            ),
        ];
    }

    /// <summary>A new NOT NULL column for rows that have no value yet.</summary>
    public static IReadOnlyList<LintStep> NotNullColumn(string table, ColumnDefinition column) =>
        [
            new LintStep(Now, $"ALTER TABLE {table} ADD COLUMN {column.Without("NOT")};"),
            new LintStep(Filling, $"UPDATE {table} SET {column.WrittenName} = ... WHERE {column.WrittenName} IS NULL;"),
            .. SetNotNull(table, table, column.WrittenName).Select((step, i) => i == 0 ? step with { When = "Then" } : step),
        ];

    /// <summary>A new column whose values are filled in afterwards.</summary>
    public static IReadOnlyList<LintStep> FilledColumn(string table, ColumnDefinition column, StatementWords words)
    {
        if (column.Default is not var (start, end))
            return [];
        var value = words.LineOf(start, end);
        return
        [
            Here(
                $"ALTER TABLE {table} ADD COLUMN {column.Without("DEFAULT", "NOT")};\n"
                    + $"ALTER TABLE {table} ALTER COLUMN {column.WrittenName} SET DEFAULT {value};"
            ),
            Batched($"UPDATE {table} SET {column.WrittenName} = {value} WHERE {column.WrittenName} IS NULL;"),
            .. column.IsNotNull
                ? SetNotNull(table, table, column.WrittenName).Select((step, i) => i == 0 ? step with { When = "Then" } : step)
                : [],
        ];
    }

    /// <summary>Another type by another column.</summary>
    public static IReadOnlyList<LintStep> ColumnType(string table, string column, string type, string conversion)
    {
        var added = CommonRewrites.Behind(column, "_new");
        var value = conversion.Length > 0 ? conversion : $"{column}::{type}";
        return
        [
            Here($"ALTER TABLE {table} ADD COLUMN {added} {type};", "Now; programs write both columns from here on"),
            Batched($"UPDATE {table} SET {added} = {value} WHERE {added} IS NULL AND {column} IS NOT NULL;"),
            Contract(
                $"ALTER TABLE {table} DROP COLUMN {column};\nALTER TABLE {table} RENAME COLUMN {added} TO {column};",
                "In a later migration, when programs read the new column"
            ),
        ];
    }

    /// <summary>A column that goes when no one uses it.</summary>
    public static IReadOnlyList<LintStep> DropColumn(string table, string column) =>
        [
            Here($"ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL;", "Now: programs can leave it out"),
            Contract($"ALTER TABLE {table} DROP COLUMN {column};"),
        ];

    /// <summary>A table that goes when no one uses it.</summary>
    public static IReadOnlyList<LintStep> DropTable(string sql, string table) =>
        [
            Here(
                $"ALTER TABLE {table} RENAME TO {Named(SqlNames.PlainLast(table) + "_unused")};",
                "Now: what still uses it fails, and can be helped"
            ),
            Contract(DropOfUnused(sql, table) + ";"),
        ];

    // By words: as text, the name may also be a part of a keyword.
    private static string DropOfUnused(string sql, string table)
    {
        var words = new StatementWords(sql);
        for (var at = words[2] is "IF" && words[3] is "EXISTS" ? 4 : 2; words[at].Length > 0; at++)
        {
            var end = at;
            if (string.Equals(LossReader.Shown(SqlNames.Qualified(words, ref end)), table, StringComparison.Ordinal))
                return sql[..words.PlaceOf(at)]
                    + CommonRewrites.Behind(table, "_unused")
                    + sql[(words.PlaceOf(end - 1) + words[end - 1].Length)..];
        }

        return sql;
    }

    /// <summary>Programs that read a column, before it may be NULL.</summary>
    public static IReadOnlyList<LintStep> DropNotNull(string sql) =>
        [new LintStep("When all programs that read it expect NULL", sql + ";")];

    /// <summary>A column under two names for a while.</summary>
    public static IReadOnlyList<LintStep> RenameColumn(string table, string column, string name, string? type) =>
        [
            Here($"ALTER TABLE {table} ADD COLUMN {name} {type ?? "<its type>"};", "Now; programs write both columns from here on") with
            {
                Place = type is null ? LintStepPlace.Advice : LintStepPlace.InPlace,
            },
            Batched($"UPDATE {table} SET {name} = {column} WHERE {name} IS NULL AND {column} IS NOT NULL;"),
            Contract($"ALTER TABLE {table} DROP COLUMN {column};", "In a later migration, when programs use the new name"),
        ];

    /// <summary>A table under two names for a while.</summary>
    public static IReadOnlyList<LintStep> RenameTable(string sql, string table, string name) =>
        [
            Here($"{sql};\nCREATE VIEW {table} AS SELECT * FROM {Beside(table, name)};", "In its place, in one migration"),
            Contract($"DROP VIEW {table};", "In a later migration, when programs use the new name"),
        ];

    /// <summary>A table in two schemas for a while.</summary>
    public static IReadOnlyList<LintStep> MoveTable(string sql, string table, string schema) =>
        [
            Here($"{sql};\nCREATE VIEW {table} AS SELECT * FROM {schema}.{SqlNames.LastPart(table)};", "In its place, in one migration"),
            Contract($"DROP VIEW {table};", "In a later migration, when programs use the new name"),
        ];

    /// <summary>A value that takes the place of another.</summary>
    public static IReadOnlyList<LintStep> EnumValue(string type, string value) =>
        [
            new LintStep("Now; programs understand both values from here on", $"ALTER TYPE {type} ADD VALUE {value};"),
            new LintStep(Filling, "UPDATE ... SET ... WHERE ...;"),
        ];

    /// <summary>Space without a lock.</summary>
    public static IReadOnlyList<LintStep> Vacuum(string table) =>
        [
            new LintStep("In its place, when free space is all that is wanted", $"VACUUM (ANALYZE) {table}".TrimEnd() + ";"),
            new LintStep("Or, with the extension pg_repack, from its program", $"pg_repack --table {table}".TrimEnd()),
        ];

    /// <summary>Two statements as one, which goes through the rows once.</summary>
    public static IReadOnlyList<LintStep> Together(string first, string second) =>
        [new LintStep("In place of both", $"{first},\n    {ActionsOf(second)};")];

    /// <summary>A plain name as SQL writes it, in quotes only where it needs them.</summary>
    public static string Named(string plain) => IsPlain(plain) ? plain : SqlNames.Quote(plain);

    private static string Beside(string table, string name) =>
        SqlNames.PlainSchema(table) is not null ? $"{table[..^(SqlNames.LastPart(table).Length + 1)]}.{name}" : name;

    private static string ActionsOf(string sql)
    {
        var words = new StatementWords(sql);
        var (start, _) = AlteredTable.Read(words, 2).Actions[0];
        return sql[words.PlaceOf(start)..];
    }

    private static bool IsPlain(string name) =>
        name.Length > 0
        && (char.IsAsciiLetterLower(name[0]) || name[0] is '_')
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_');
}
