using System.Management.Automation;
using System.Management.Automation.Language;
using Migrations.Databases;

namespace Migrations.PowerShell;

/// <summary>
/// An error carries the line that was typed and the arguments with it, and PowerShell shows the line. A connection in either may hold a
/// password.
/// </summary>
internal static class InvocationSecrets
{
    private const string Hidden = "***";

    /// <summary>Takes connections out of what an invocation remembers.</summary>
    public static void Hide(InvocationInfo invocation, IReadOnlyCollection<string> databases)
    {
        var connections = databases.Where(MayHoldSecret).ToList();
        if (connections.Count == 0)
            return;
        foreach (var (name, value) in invocation.BoundParameters.ToList())
        {
            if (value is string text && connections.Contains(text, StringComparer.Ordinal))
                invocation.BoundParameters[name] = Hidden;
            else if (value is string[] texts && texts.Any(t => connections.Contains(t, StringComparer.Ordinal)))
                invocation.BoundParameters[name] = texts.Select(t => MayHoldSecret(t) ? Hidden : t).ToArray();
        }

        var line = connections.Aggregate(invocation.Line, (text, connection) => text.Replace(connection, Hidden, StringComparison.Ordinal));
        if (string.Equals(line, invocation.Line, StringComparison.Ordinal))
            return;
        var column = Math.Min(invocation.OffsetInLine, line.TrimEnd().Length);
        invocation.DisplayScriptPosition = new ScriptExtent(
            new ScriptPosition(invocation.ScriptName, invocation.ScriptLineNumber, column, line),
            new ScriptPosition(invocation.ScriptName, invocation.ScriptLineNumber, line.TrimEnd().Length + 1, line)
        );
    }

    /// <summary>Whatever may be a connection; a path holds none.</summary>
    private static bool MayHoldSecret(string database) =>
        ConnectionText.Find(database) is not null || database.Contains('=', StringComparison.Ordinal);
}
