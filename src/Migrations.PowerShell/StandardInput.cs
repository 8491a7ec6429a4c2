namespace Migrations.PowerShell;

/// <summary>
/// What PowerShell's console reads answers from. Where a process was started with its standard input closed, the first pipe that the
/// runtime opens for itself gets the number 0; a question then waits for ever for what no one can write.
/// </summary>
internal static class StandardInput
{
    private const string Descriptors = "/proc/self/fd";

    /// <summary>Whether it is a pipe whose other end this process holds itself; false where that cannot be found out.</summary>
    public static bool IsOwnPipe()
    {
        try
        {
            return OperatingSystem.IsLinux()
                && TargetOf(Descriptors + "/0") is { } input
                && input.StartsWith("pipe:", StringComparison.Ordinal)
                && Directory
                    .EnumerateFiles(Descriptors)
                    .Any(d =>
                        Path.GetFileName(d) is not ("0" or "1" or "2") && string.Equals(TargetOf(d), input, StringComparison.Ordinal)
                    );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string? TargetOf(string descriptor)
    {
        try
        {
            return new FileInfo(descriptor).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It was closed meanwhile.
            return null;
        }
    }
}
