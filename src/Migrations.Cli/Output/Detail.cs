namespace Migrations.Cli.Output;

/// <summary>How much is printed for people.</summary>
internal enum Detail
{
    /// <summary>Errors, warnings, and what was asked for.</summary>
    Quiet,

    /// <summary>Each step and the outcome besides.</summary>
    Normal,

    /// <summary>Connection attempts, notices and figures besides.</summary>
    Verbose,
}
