namespace Migrations.Testing;

/// <summary>How a server that the tests start differs from the usual one.</summary>
public sealed record PostgreSqlSetup
{
    /// <summary>Files to lay into the server's folder before it starts: name and text.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Settings, as in <c>postgresql.conf</c>; <c>{folder}</c> stands for the server's folder.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
