namespace Migrations.Databases;

/// <summary>A backup as a driver reads it: not compressed any more.</summary>
/// <param name="Path">The file or folder.</param>
/// <param name="Format">Its format.</param>
public sealed record BackupSource(string Path, BackupFormat Format)
{
    /// <summary>What its manifest says in <see cref="BackupContent.Settings"/>; null where it says nothing.</summary>
    public IReadOnlyDictionary<string, string>? Settings { get; init; }

    /// <summary>
    /// Whether no one writes to it: it has a manifest, or is one of our temporary copies. Any other file may be a database in use.
    /// </summary>
    public bool IsSealed { get; init; }

    /// <summary>
    /// Whether code in it that cannot be seen into may run while it is loaded. What visibly reaches beyond its database may never.
    /// </summary>
    public bool AcceptUnseenCode { get; init; }

    /// <summary>
    /// Whether what the server cannot make of it any more may be left out: an index whose function fails, for example. A driver names it in
    /// <see cref="RestoreOutcome.LeftOut"/>.
    /// </summary>
    public bool AcceptFaults { get; init; }
}
