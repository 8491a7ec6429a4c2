using Migrations.Databases;

namespace Migrations.PostgreSql;

/// <summary>The names of the history table. Without a schema of its own it is in <c>public</c>.</summary>
internal static class HistoryTable
{
    /// <summary>The schema, as it is.</summary>
    public static string Schema(SessionOptions options) => options.HistorySchema ?? "public";

    /// <summary>The table as it stands in statements.</summary>
    public static string Of(SessionOptions options) =>
        PostgreSqlText.Name(Schema(options)) + "." + PostgreSqlText.Name(options.HistoryTable);

    /// <summary>Schema and table as they are shown to people.</summary>
    public static string Display(SessionOptions options) => $"{Schema(options)}.{options.HistoryTable}";
}
