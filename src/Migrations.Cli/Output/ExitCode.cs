namespace Migrations.Cli.Output;

/// <summary>The exit codes of the command.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int Pending = 3;
    public const int Found = 4;
    public const int Locked = 5;
    public const int Cancelled = 130;

    // From the most to the least telling one, for calls on several databases.
    private static readonly int[] Precedence = [Cancelled, Usage, Locked, Failed, Found, Pending, Done];

    /// <summary>The code of a failure.</summary>
    public static int Of(MigrationException error) =>
        error.Category switch
        {
            _ when error.Id is ErrorId.CheckFailed or ErrorId.AdoptionUnproven or ErrorId.CopyIncomplete or ErrorId.GenerationRefused =>
                Found,
            FailureCategory.Usage => Usage,
            FailureCategory.Lock => Locked,
            FailureCategory.Cancelled => Cancelled,
            _ => Failed,
        };

    /// <summary>The code for two outcomes of one call.</summary>
    public static int Combine(int left, int right) => Precedence.First(code => code == left || code == right);
}
