using Migrations.Databases;

namespace Migrations.Planning;

/// <summary>A request to run a script that is no migration. It is a file or a text.</summary>
public sealed record DatabaseScriptRequest
{
    /// <summary>The file's full path; null for a text.</summary>
    public string? File { get; init; }

    /// <summary>The SQL itself; null for a file.</summary>
    public string? Command { get; init; }

    /// <summary>Whether it runs although rows or values would go, or may.</summary>
    public bool AcceptDataLoss { get; init; }

    /// <summary>Takes the rows that its statements give, once it is committed; null: they are not read.</summary>
    public IRowSink? Rows { get; init; }
}
