namespace Migrations.Cli.Options;

/// <summary>What a command does to databases.</summary>
internal enum CommandEffect
{
    /// <summary>Nothing: it looks at them.</summary>
    None,

    /// <summary>It changes them.</summary>
    Changes,

    /// <summary>It takes changes back, so that services have their turn in reverse.</summary>
    Undoes,
}
