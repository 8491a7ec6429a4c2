using Migrations.History;
using Migrations.Sql;

namespace Migrations.Running;

/// <summary>How many statements a script has.</summary>
internal static class StatementCount
{
    /// <summary>Their number; null for a large script, which is not read once more for it.</summary>
    public static int? Of(ISqlDialect dialect, MigrationScript script) =>
        script.Length <= JournalRecorder.LongestStoredScript ? dialect.Split(script).Count() : null;
}
