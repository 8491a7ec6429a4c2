namespace Migrations;

/// <summary>What a <see cref="ScriptClient"/> is called.</summary>
public static class ScriptClientExtensions
{
    /// <summary>Its name on the command line: <c>psql</c>.</summary>
    public static string Word(this ScriptClient client) =>
        client switch
        {
            ScriptClient.Psql => "psql",
            ScriptClient.Sqlite3 => "sqlite3",
            ScriptClient.D1 => "d1",
            ScriptClient.Plain => "plain",
            _ => throw new ArgumentOutOfRangeException(nameof(client), client, message: null),
        };
}
