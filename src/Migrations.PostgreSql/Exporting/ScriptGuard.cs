using System.Globalization;
using System.Text;
using Migrations.Databases;

namespace Migrations.PostgreSql;

/// <summary>The statement that stops a script with words, before anything, where it does not belong.</summary>
/// <param name="place">What the script is for.</param>
/// <param name="rows">The history's statements.</param>
internal sealed class ScriptGuard(ClientScriptPlace place, ScriptRows rows)
{
    private readonly StringBuilder _body = new();

    /// <summary>The first schema of the path, in which names without a schema are; null when none of the path exists.</summary>
    public required string? FirstSchema { get; init; }

    /// <summary>Whether the history's table is there.</summary>
    public required bool HasTable { get; init; }

    /// <summary>The key of the migration lock.</summary>
    public required long Lock { get; init; }

    /// <summary>The statement.</summary>
    public string Demand()
    {
        _body.Clear();
        // Other clients may send several statements at once, which are a transaction too, and a harmless one.
        if (place.Client == ScriptClient.Psql)
            When(
                "pg_catalog.transaction_timestamp() OPERATOR(pg_catalog.<>) pg_catalog.statement_timestamp()",
                "The script begins and ends transactions itself, and runs in one already.",
                "Run it without a transaction around it (psql: without -1)."
            );
        When(
            $"pg_catalog.current_database() OPERATOR(pg_catalog.<>) {Text(place.Target.Database)}",
            $"The script was made for the database {place.Target.Database}.",
            "Connect to it, or make a script for this one."
        );
        if (FirstSchema is not null)
            When(
                $"pg_catalog.current_schema() IS DISTINCT FROM {Text(FirstSchema)}",
                $"The script was made for the schema {FirstSchema}, which is not the first of the search_path here.",
                $"Connect with search_path={FirstSchema}."
            );
        When(
            $"NOT pg_catalog.pg_try_advisory_lock({Key})",
            "Another run holds the migration lock of this database.",
            "Wait until it has ended."
        );
        if (!place.IsIdempotent)
            DemandHistory();
        return Block();
    }

    /// <summary>The statement that gives the lock back.</summary>
    public string Release => $"DO {Quote($"BEGIN PERFORM pg_catalog.pg_advisory_unlock({Key}); END")};";

    private string Key => $"{Text(Lock.ToString(CultureInfo.InvariantCulture))}::pg_catalog.int8";

    private void DemandHistory()
    {
        var isMissing = $"pg_catalog.to_regclass({Text(rows.Table)}) IS NULL";
        const string hint = "Nothing was run. Make a new script.";
        if (HasTable)
            When(isMissing, $"The migration history {rows.Table} is missing: this is not the database that the script was made for.", hint);
        var last = place.Last is { } entry
            ? string.Create(
                CultureInfo.InvariantCulture,
                $" OR (SELECT pg_catalog.max(id) FROM ONLY {rows.Table} WHERE {rows.IsOwn}) IS DISTINCT FROM {entry.Id}::pg_catalog.int8 "
                    + $"OR NOT EXISTS (SELECT FROM ONLY {rows.Table} WHERE id OPERATOR(pg_catalog.=) {entry.Id}::pg_catalog.int8 "
                    + $"AND run_id OPERATOR(pg_catalog.=) {Text(entry.RunId.ToString())})"
            )
            : "";
        var changed = string.Create(
            CultureInfo.InvariantCulture,
            $"(SELECT pg_catalog.count(*) FROM ONLY {rows.Table} WHERE {rows.IsOwn}) OPERATOR(pg_catalog.<>) "
                + $"{place.Rows}::pg_catalog.int8{last}"
        );
        const string words = "The migration history is not as it was when the script was made.";
        // A statement is looked at only when it is reached: then the table is there.
        if (HasTable)
            When(changed, words, hint);
        else
            _body.Append(CultureInfo.InvariantCulture, $"    IF NOT ({isMissing}) THEN\n    {If(changed, words, hint)}    END IF;\n");
    }

    private void When(string condition, string words, string hint) => _body.Append("    ").Append(If(condition, words, hint));

    private static string If(string condition, string words, string hint) =>
        $"IF {condition} THEN\n        RAISE EXCEPTION USING MESSAGE = {Text(words)}, HINT = {Text(hint)};\n    END IF;\n";

    private string Block() => $"DO {Quote($"\nBEGIN\n{_body}END\n")};";

    /// <summary>A text in dollar quotes that do not occur in it.</summary>
    public static string Quote(string text)
    {
        var tag = "$migrations$";
        for (var i = 1; text.Contains(tag, StringComparison.Ordinal); i++)
            tag = string.Create(CultureInfo.InvariantCulture, $"$migrations{i}$");
        return tag + text + tag;
    }

    private static string Text(string text) => PostgreSqlText.Literal(text);
}
